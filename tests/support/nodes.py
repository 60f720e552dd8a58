"""A real JSON-RPC node, for as long as a test needs it."""

from scripts.bench.nodes import ANVIL_KEY, anvil

__all__ = ["ANVIL_KEY", "anvil"]
