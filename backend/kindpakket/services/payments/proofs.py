"""Public facts about a payment, by proof code: no shop, till or customer."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from kindpakket.domain.proofs import ProofCode, id_range
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t


class ProofStatus(StrEnum):
    """Whether the payment was refunded."""

    PAID = "paid"
    REFUNDED = "refunded"
    """All of it was given back."""


@dataclass(frozen=True)
class Proven:
    """A payment with some proof code; amounts in cents, time in unix seconds."""

    status: ProofStatus
    amount: int
    refunded: int
    time: int


def look_up_proof(context: Context, proof: ProofCode) -> list[Proven]:
    """Return the payments with this proof code, newest first; rarely more than one."""
    first, last = id_range(proof)
    query = (
        select(t.payments)
        .where(t.payments.c.payment.between(first, last))
        .order_by(t.payments.c.time.desc(), t.payments.c.block.desc())
    )
    with context.read_views() as db:
        rows = db.execute(query).all()
    return [
        Proven(
            ProofStatus.REFUNDED if row.refunded == row.amount else ProofStatus.PAID,
            row.amount,
            row.refunded,
            row.time,
        )
        for row in rows
    ]
