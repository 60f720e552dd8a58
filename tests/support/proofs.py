"""The proof code of a payment, which tills compute."""

from kindpakket.domain import base32
from kindpakket.domain.ids import Hash
from kindpakket.domain.proofs import CHARACTERS, ProofCode


def proof_of(payment: Hash) -> ProofCode:
    """Return the first 50 bits of a payment's id, which need not be unique."""
    return ProofCode(base32.encode(bytes.fromhex(payment[2:]))[:CHARACTERS])
