"""Distinct types for ids. Ids start at 1."""

import re
from typing import NewType

SchemeId = NewType("SchemeId", int)
ShopId = NewType("ShopId", int)
Address = NewType("Address", str)
"""A 0x-prefixed address in lower case, 42 characters."""
ZERO = Address("0x" + "00" * 20)
"""The zero address; a move to it gives back to the scheme."""
Hash = NewType("Hash", str)
"""A 0x-prefixed 32-byte hash in lower case, 66 characters."""

MAX_SCHEME = 2**16 - 1
MAX_SHOP = 2**32 - 1
MAX_TIME = 2**40 - 1
MAX_REFERENCE = 2**53 - 1
"""The maximum of a reference; JSON numbers represent integers up to this exactly."""

LONG = re.compile(r"0x[0-9a-f]{40,64}(?![0-9a-f])")
"""An address or a hash in a text."""


def shorten(text: object) -> str:
    """Abbreviate the addresses and hashes in a text: ``0x9a4e…c31f``."""
    return LONG.sub(lambda found: f"{found[0][:6]}…{found[0][-4:]}", str(text))
