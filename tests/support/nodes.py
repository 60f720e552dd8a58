"""A real JSON-RPC node for the duration of a test."""

from scripts.bench.nodes import ANVIL_KEY, anvil

__all__ = ["ANVIL_KEY", "anvil"]
