"""The files for the bank: kept from the moment they are prepared, given out once recorded."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select, update

from kindpakket.domain.ids import Hash, ShopId
from kindpakket.domain.language import say
from kindpakket.ledger.abi import decode_call
from kindpakket.services.context import Context
from kindpakket.services.payment_file import Transfer, read_payment_file
from kindpakket.store import tables as t


class PayoutRefused(Exception):
    """A payout cannot be made, given out or withdrawn now; the message says why."""


class State(StrEnum):
    """How far a file is."""

    WAITS = "waits"
    RECORDED = "recorded"
    """The ledger has its hash: it may go to the bank."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    OVERTAKEN = "overtaken"
    """The ledger has this batch with another hash."""
    WITHDRAWN = "withdrawn"


_DEAD = {State.CANCELLED, State.EXPIRED, State.OVERTAKEN}
"""The decision that would record such a file cannot be carried out any more."""


@dataclass(frozen=True)
class PayoutFile:
    """What there is to know of a file, and not what is in it. Amount in cents."""

    batch: int
    sha256: Hash
    created_at: int
    decision: Hash
    shops: int
    amount: int
    state: State


@dataclass(frozen=True)
class PayoutLine:
    """One shop's part of a file."""

    shop: ShopId
    transfer: Transfer


def list_payout_files(context: Context) -> list[PayoutFile]:
    """Return every file that was ever prepared, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    context.projection.catch_up()
    with context.store.read() as db:
        return read_files(db, context.now())


def read_files(db: Connection, now: int) -> list[PayoutFile]:
    """Return every file as the views know it at this moment, newest first."""
    files = (
        select(t.payout_files, t.prepared_decisions.c.call, t.prepared_decisions.c.valid_until)
        .join_from(t.payout_files, t.prepared_decisions)
        .order_by(t.payout_files.c.created_at.desc(), t.payout_files.c.batch.desc())
    )
    ended = select(t.decisions.c.decision).where(t.decisions.c.cancelled)
    recorded = {row.batch: row.sha256 for row in db.execute(select(t.settlements))}
    cancelled = set(db.scalars(ended))
    return [_file(row, recorded, row.decision in cancelled, now) for row in db.execute(files)]


def read_payout_file(context: Context, batch: int) -> bytes:
    """Return the file of a batch for the bank: the same bytes each time.

    The ledger itself is asked, at its last final block, and what is kept is hashed again: neither
    a view nor a stored file that was tampered with makes another file go out.

    Raises:
        PayoutRefused: the ledger does not have this batch, or has it with a hash of no file here.
        LedgerUnavailable: the ledger cannot be read.
    """
    digest = context.ledger.view("batches", batch, block=context.ledger.head())
    if not any(digest):
        raise PayoutRefused(
            say("Uitbetaling %(batch)s staat nog niet in het grootboek.", batch=batch)
        )
    kept = select(t.payout_files.c.bytes).where(t.payout_files.c.batch == batch)
    with context.store.read() as db:
        found = [data for data in db.scalars(kept) if hashlib.sha256(data).digest() == digest]
    if not found:
        raise PayoutRefused(
            say("Het bestand dat bij uitbetaling %(batch)s hoort, is hier niet.", batch=batch)
        )
    return bytes(found[0])


def find_payout(context: Context, batch: int) -> PayoutFile | None:
    """Return the file of a batch that counts: the recorded one, or else the newest."""
    files = [each for each in list_payout_files(context) if each.batch == batch]
    order = {State.RECORDED: 0, State.WITHDRAWN: 2}
    return min(files, key=lambda each: order.get(each.state, 1), default=None)


def find_batch_decided(context: Context, decision: str) -> int | None:
    """Return which batch a decision records; None when it is about no file of here."""
    table = t.payout_files.c
    with context.store.read() as db:
        return db.scalar(select(table.batch).where(table.decision == decision))


def read_payout_lines(context: Context, file: PayoutFile) -> list[PayoutLine]:
    """Return what the bank would be told, from the very bytes that it would get, by shop.

    This is what officials look at before they sign. So that it cannot be another file than the one
    they decide on, it is held against the call: its hash, the shops and the amounts.

    Raises:
        PayoutRefused: it is not the file that was decided on.
    """
    query = select(t.payout_files.c.bytes, t.prepared_decisions.c.call).join_from(
        t.payout_files, t.prepared_decisions
    )
    with context.store.read() as db:
        row = db.execute(query.where(t.payout_files.c.sha256 == file.sha256)).one()
    _, args = decode_call(row.call)
    wrong = PayoutRefused(
        say("Het bestand van uitbetaling %(batch)s is niet dat van het besluit.", batch=file.batch)
    )
    if hashlib.sha256(row.bytes).digest() != args["sha256OfLines"]:
        raise wrong
    transfers = read_payment_file(row.bytes)
    shops = [ShopId(shop) for shop in args["paidShops"]]
    told = [(each.reference, each.amount) for each in transfers]
    expected = zip((reference(args["batch"], shop) for shop in shops), args["amounts"], strict=True)
    if told != list(expected):
        raise wrong
    return [PayoutLine(*each) for each in zip(shops, transfers, strict=True)]


def reference(batch: int, shop: int) -> str:
    """Return what a shop and the municipality read on their bank statements: ``KP-7-12``."""
    return f"KP-{batch}-{shop}"


def withdraw_payout(context: Context, batch: int) -> None:
    """Free the number of a batch whose decision was cancelled or ran out. The file is kept.

    Raises:
        PayoutRefused: there is none, or its decision can still be carried out or was.
        LedgerUnavailable: the ledger cannot be read.
    """
    dead = [
        each.sha256
        for each in list_payout_files(context)
        if each.batch == batch and each.state in _DEAD
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
        table = t.payout_files
        these = table.c.sha256.in_(dead)
        db.execute(update(table).where(these).values(withdrawn_at=context.now()))


def _file(row: Row[Any], recorded: Mapping[int, str], cancelled: bool, now: int) -> PayoutFile:
    _, args = decode_call(row.call)
    if recorded.get(row.batch) == row.sha256:
        state = State.RECORDED
    elif row.withdrawn_at is not None:
        state = State.WITHDRAWN
    elif row.batch in recorded:
        state = State.OVERTAKEN
    elif cancelled:
        state = State.CANCELLED
    else:
        state = State.EXPIRED if row.valid_until < now else State.WAITS
    return PayoutFile(
        row.batch,
        Hash(row.sha256),
        row.created_at,
        Hash(row.decision),
        len(args["paidShops"]),
        sum(args["amounts"]),
        state,
    )
