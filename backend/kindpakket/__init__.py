"""Kindpakket: vouchers for children, with rules that a smart contract enforces."""

from importlib.metadata import version

__version__ = version("kindpakket")
