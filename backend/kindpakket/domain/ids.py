"""Ids that must not be taken for one another. They start at 1."""

from typing import NewType

SchemeId = NewType("SchemeId", int)
ShopId = NewType("ShopId", int)
Address = NewType("Address", str)
"""A 0x-prefixed address in lower case, 42 characters."""
ZERO = Address("0x" + "00" * 20)
"""Nobody's; a move to it gives back to the scheme."""
Hash = NewType("Hash", str)
"""A 0x-prefixed 32-byte hash in lower case, 66 characters."""

MAX_SCHEME = 2**16 - 1
MAX_SHOP = 2**32 - 1
MAX_TIME = 2**40 - 1
MAX_REFERENCE = 2**53 - 1
"""A reference stays below 2^53, so that a JSON number carries it."""
