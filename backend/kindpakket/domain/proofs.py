"""The proof code on a receipt: the first 50 bits of the payment's id, which need not be unique.

It is short enough to type.
"""

from typing import NewType

from kindpakket.domain import base32
from kindpakket.domain.ids import Hash

ProofCode = NewType("ProofCode", str)

CHARACTERS = 10
"""Length of a proof code in Crockford base32, without the dash."""
SHOWN_BY = 5
"""Characters before the dash."""
_ID_BYTES, _ID_CHARACTERS = 32, 52


class ProofUnreadable(ValueError):
    """Not ten characters of the base32 alphabet, which has no U."""


def format_proof(proof: ProofCode) -> str:
    """Format a proof code as it is shown: ``XXXXX-XXXXX``."""
    return base32.grouped(proof, SHOWN_BY)


def read_proof(text: str) -> ProofCode:
    """Parse a typed proof code.

    Case, spaces and dashes do not matter; O is read as 0, I and L as 1.

    Raises:
        ProofUnreadable: it is not a proof code.
    """
    try:
        bare = base32.normalise_valid(text)
    except base32.Base32Invalid as error:
        raise ProofUnreadable(str(error)) from error
    if len(bare) != CHARACTERS:
        raise ProofUnreadable(f"a proof code has {CHARACTERS} letters and digits")
    return ProofCode(bare)


def id_range(proof: ProofCode) -> tuple[Hash, Hash]:
    """Return the lowest and the highest payment id with this prefix."""
    first = int.from_bytes(base32.decode(proof.ljust(_ID_CHARACTERS, "0"), _ID_BYTES))
    last = first | (1 << 8 * _ID_BYTES - 5 * CHARACTERS) - 1
    return Hash(f"0x{first:064x}"), Hash(f"0x{last:064x}")
