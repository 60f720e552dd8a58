"""The proof code on a receipt: the beginning of a payment's id, short enough to type over."""

from typing import NewType

from kindpakket.domain import base32
from kindpakket.domain.ids import Hash

ProofCode = NewType("ProofCode", str)
"""Ten characters of Crockford base32, without the dash."""

CHARACTERS = 10
SHOWN_BY = 5
_ID_BYTES, _ID_CHARACTERS = 32, 52


class ProofUnreadable(ValueError):
    """Not ten letters and digits, or a U among them."""


def proof_of(payment: Hash) -> ProofCode:
    """Return a payment's proof code, its first 50 bits: others may have the same."""
    return ProofCode(base32.spell(bytes.fromhex(payment[2:]))[:CHARACTERS])


def show_proof(proof: ProofCode) -> str:
    """Return it as it is shown: ``XXXXX-XXXXX``."""
    return base32.grouped(proof, SHOWN_BY)


def read_proof(text: str) -> ProofCode:
    """Read a proof code as typed.

    Case, spaces and dashes do not matter; O is read as 0, I and L as 1.

    Raises:
        ProofUnreadable: it is none.
    """
    try:
        bare = base32.plain(text)
    except base32.Misspelt as error:
        raise ProofUnreadable(str(error)) from error
    if len(bare) != CHARACTERS:
        raise ProofUnreadable(f"a proof code has {CHARACTERS} letters and digits")
    return ProofCode(bare)


def ids_with(proof: ProofCode) -> tuple[Hash, Hash]:
    """Return the first and the last id that a payment with this proof code can have."""
    first = int.from_bytes(base32.read(proof.ljust(_ID_CHARACTERS, "0"), _ID_BYTES))
    last = first | (1 << 8 * _ID_BYTES - 5 * CHARACTERS) - 1
    return Hash(f"0x{first:064x}"), Hash(f"0x{last:064x}")
