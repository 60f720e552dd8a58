"""An audit of a Kindpakket ledger that shares no code with the server."""
