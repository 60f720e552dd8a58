"""What officials decided: the executed and the cancelled decisions on the ledger."""

from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.ids import Address, Hash
from kindpakket.services.context import Context
from kindpakket.store import tables as t


@dataclass(frozen=True)
class DecisionMade:
    """A decision on the ledger; the time in unix seconds."""

    id: Hash
    call: bytes
    signers: tuple[Address, ...]
    cancelled: bool
    time: int
    block: int


def list_made(context: Context) -> list[DecisionMade]:
    """Return every decision that was executed or cancelled, newest first."""
    context.projection.catch_up()
    with context.store.read() as db:
        rows = db.execute(select(t.decisions).order_by(t.decisions.c.block.desc())).all()
    return [
        DecisionMade(
            Hash(row.decision),
            row.call,
            tuple(map(Address, row.signers.split())),
            row.cancelled,
            row.time,
            row.block,
        )
        for row in rows
    ]
