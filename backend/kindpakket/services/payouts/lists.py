"""Prepared payouts: their lines, verified against the decision that commits to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kindpakket.domain.ids import Hash, ShopId
from kindpakket.domain.language import say
from kindpakket.ledger.abi import decode_call
from kindpakket.protocol.payout_lines import PayoutLine, lines_sha256
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t
from kindpakket.store.database import Store


class PayoutRefused(Exception):
    """The payout cannot be prepared, signed, handed out or withdrawn now; the message says why."""


class State(StrEnum):
    """State of a payout."""

    WAITS = "waits"
    RECORDED = "recorded"
    """The ledger has the hash of its lines: the payment file can be made."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    OVERTAKEN = "overtaken"
    """The ledger has this batch with another hash."""
    WITHDRAWN = "withdrawn"


_DEAD = {State.CANCELLED, State.EXPIRED, State.OVERTAKEN}
"""Its decision can no longer be executed."""


@dataclass(frozen=True)
class PreparedPayout:
    """A payout without its lines; amounts in cents."""

    batch: int
    sha256: Hash
    """Hash of its lines with their salt."""
    created_at: int
    decision: Hash
    call: bytes
    """Id of the decision."""
    shops: int
    amount: int
    """Requested total; at most this much is settled."""
    settled: int | None
    """None until the ledger has it."""
    state: State


def say_state(state: State) -> str:
    """Return the state of a payout, in words."""
    return {
        State.WAITS: say("wacht op de ambtenaren"),
        State.RECORDED: say("vastgelegd"),
        State.CANCELLED: say("ingetrokken"),
        State.EXPIRED: say("verlopen"),
        State.OVERTAKEN: say("achterhaald"),
        State.WITHDRAWN: say("teruggenomen"),
    }[state]


def list_payouts(context: Context) -> list[PreparedPayout]:
    """Return all prepared payouts, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.read_views() as db:
        return read_payouts(db, context.ledger_time())


def read_payouts(db: Connection, now: int) -> list[PreparedPayout]:
    """Return all payouts by the views, newest first.

    Args:
        now: by the ledger's time, in unix seconds, to tell what ran out.
    """
    prepared = (
        select(t.payouts, t.prepared_decisions.c.call, t.prepared_decisions.c.valid_until)
        .join_from(t.payouts, t.prepared_decisions)
        .order_by(t.payouts.c.created_at.desc(), t.payouts.c.batch.desc())
    )
    recorded: dict[int, tuple[str, int]] = {}
    for row in db.execute(select(t.settlements)):
        _, settled = recorded.get(row.batch, ("", 0))
        recorded[row.batch] = row.sha256, settled + row.amount
    ended = select(t.decisions.c.decision).where(t.decisions.c.cancelled)
    cancelled = set(db.scalars(ended))
    return [_payout(row, recorded, row.decision in cancelled, now) for row in db.execute(prepared)]


def find_payout(context: Context, batch: int) -> PreparedPayout | None:
    """Return the payout of a batch: the recorded one, otherwise the newest."""
    payouts = [each for each in list_payouts(context) if each.batch == batch]
    order = {State.RECORDED: 0, State.WITHDRAWN: 2}
    return min(payouts, key=lambda each: order.get(each.state, 1), default=None)


def find_batch_decided(context: Context, decision: str) -> int | None:
    """Return the batch that a decision records; None when no payout here has that decision."""
    table = t.payouts.c
    with context.store.read() as db:
        return db.scalar(select(table.batch).where(table.decision == decision))


def keep_payout(
    db: Connection,
    decided: tuple[int, Hash, Hash],
    salt: bytes,
    lines: Sequence[PayoutLine],
    now: int,
) -> None:
    """Store a payout's lines with their salt, within the caller's transaction.

    Args:
        decided: batch, hash of the lines, and id of the decision.
    """
    batch, sha256, decision = decided
    values = {"batch": batch, "sha256": sha256, "decision": decision}
    db.execute(insert(t.payouts).values(salt=salt, created_at=now, **values))
    for position, line in enumerate(lines):
        place = {"payout": sha256, "position": position}
        db.execute(insert(t.payout_lines).values(place | vars(line)))


def find_lines(store: Store, sha256: str) -> list[PayoutLine] | None:
    """Return the lines with this hash; None when the stored ones have another."""
    lines, salts = t.payout_lines, select(t.payouts.c.salt).where(t.payouts.c.sha256 == sha256)
    listed = select(lines).where(lines.c.payout == sha256).order_by(lines.c.position)
    with store.read() as db:
        salt, rows = db.scalar(salts), db.execute(listed).all()
    found = [
        PayoutLine(ShopId(row.shop), row.holder, row.iban, row.amount, row.reference)
        for row in rows
    ]
    return found if salt is not None and lines_sha256(salt, found) == sha256 else None


def read_lines(context: Context, call: bytes) -> list[PayoutLine]:
    """Return the lines that a call to ``settle`` commits to.

    Officials see these before they sign: their hash, shops, amounts and references are verified
    against the call.

    Raises:
        PayoutRefused: no such lines are kept here, or they were changed.
    """
    _, args = decode_call(call)
    lines = find_lines(context.store, "0x" + args["sha256OfLines"].hex())
    asked = list(zip(args["paidShops"], args["amounts"], strict=False))
    if (
        lines is None
        or any(each.amount <= 0 for each in lines)
        or [(each.shop, each.amount) for each in lines] != asked
        or [each.reference for each in lines]
        != [reference(args["batch"], shop) for shop, _ in asked]
    ):
        raise PayoutRefused(
            say(
                "De regels die bij uitbetaling %(batch)s zijn bewaard, zijn niet die van het "
                "besluit.",
                batch=args["batch"],
            )
        )
    return lines


def reference(batch: int, shop: int) -> str:
    """Return the reference on the bank statements of shop and municipality: ``KP-7-12``."""
    return f"KP-{batch}-{shop}"


def withdraw_payout(context: Context, batch: int) -> None:
    """Free the batch number of a payout whose decision was cancelled or expired. The lines are
    kept.

    Raises:
        PayoutRefused: there is none, or its decision can still be carried out or was.
        LedgerUnavailable: the ledger cannot be read.
    """
    dead = [
        each.sha256 for each in list_payouts(context) if each.batch == batch and each.state in _DEAD
    ]
    if not dead:
        raise PayoutRefused(
            say(
                "Uitbetaling %(batch)s kan niet worden teruggenomen: dat kan als het besluit is "
                "ingetrokken of verlopen.",
                batch=batch,
            )
        )
    with context.store.write() as db:
        these = t.payouts.c.sha256.in_(dead)
        db.execute(update(t.payouts).where(these).values(withdrawn_at=context.now()))


def _payout(
    row: Row[Any], recorded: Mapping[int, tuple[str, int]], cancelled: bool, now: int
) -> PreparedPayout:
    _, args = decode_call(row.call)
    sha256, settled = recorded.get(row.batch, ("", 0))
    if sha256 == row.sha256:
        state = State.RECORDED
    elif row.withdrawn_at is not None:
        state = State.WITHDRAWN
    elif sha256:
        state = State.OVERTAKEN
    elif cancelled:
        state = State.CANCELLED
    else:
        state = State.EXPIRED if row.valid_until < now else State.WAITS
    return PreparedPayout(
        row.batch,
        Hash(row.sha256),
        row.created_at,
        Hash(row.decision),
        row.call,
        len(args["paidShops"]),
        sum(args["amounts"]),
        settled if state is State.RECORDED else None,
        state,
    )
