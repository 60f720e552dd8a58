"""Kindpakket: vouchers for children, with rules that a smart contract enforces."""

import os
from importlib.metadata import version

__version__ = version("kindpakket")

# Hashing is a tenth of the embedded chain's work, and the default backend is the slower one.
os.environ.setdefault("ETH_HASH_BACKEND", "pysha3")
