"""Kindpakket: vouchers for children, with rules that a smart contract enforces."""

import os
from importlib.metadata import version

__version__ = version("kindpakket")

# A tenth of what the embedded chain does is hashing; the default is the slower of two libraries.
os.environ.setdefault("ETH_HASH_BACKEND", "pysha3")
