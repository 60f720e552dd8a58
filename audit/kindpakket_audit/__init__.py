"""An audit of a Kindpakket ledger that shares no code with the server."""

__version__ = "0.1.0"
