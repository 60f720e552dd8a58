"""Executed and cancelled decisions on the ledger."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from kindpakket.domain.ids import Address, Hash
from kindpakket.protocol.messages import SUBJECT_BYTES
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t


@dataclass(frozen=True)
class RecordedDecision:
    """A decision on the ledger; the time in unix seconds."""

    id: Hash
    call: bytes
    signers: tuple[Address, ...]
    cancelled: bool
    time: int
    block: int


def list_made(
    context: Context,
    *,
    ids: Collection[str] | None = None,
    subjects: Collection[bytes] | None = None,
    besides: Collection[str] = (),
    first: int = 0,
    count: int | None = None,
) -> list[RecordedDecision]:
    """Return decisions that were executed or cancelled, newest first.

    Args:
        ids: none but these.
        subjects: none but those on one of these.
        besides: ids of decisions to leave out.
        first: how many to pass over.
        count: how many to return; None for all.
    """
    table = t.decisions.c
    query = select(t.decisions).order_by(table.block.desc(), table.decision)
    if ids is not None:
        query = query.where(table.decision.in_(ids))
    if subjects is not None:
        query = query.where(func.substr(table.call, 1, SUBJECT_BYTES).in_(subjects))
    if besides:
        query = query.where(table.decision.not_in(besides))
    with context.read_views() as db:
        rows = db.execute(query.offset(first).limit(count)).all()
    return [
        RecordedDecision(
            Hash(row.decision),
            row.call,
            tuple(map(Address, row.signers.split())),
            row.cancelled,
            row.time,
            row.block,
        )
        for row in rows
    ]
