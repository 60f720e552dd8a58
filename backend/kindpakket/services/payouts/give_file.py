"""Payment files for the bank: made from what was settled at the first request, then stored as
bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, insert, select

from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.language import say
from kindpakket.domain.times import day_of
from kindpakket.protocol.payout_lines import PayoutLine
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import PublicNames, read_public_names
from kindpakket.services.payouts.lists import PayoutRefused, PreparedPayout, find_lines
from kindpakket.services.payouts.payment_file import (
    Payer,
    Transfer,
    asks_for,
    next_bank_day,
    write_payment_file,
)
from kindpakket.services.payouts.refused_files import list_refusals
from kindpakket.services.payouts.settled import Settlement, read_settlement
from kindpakket.store import tables as t


@dataclass(frozen=True)
class PaymentFile:
    """Metadata of a payment file; times in unix seconds."""

    number: int
    """Starts at 1; increases when the bank refused the file before."""
    sha256: Hash
    day: date
    """Date of execution."""
    made_at: int
    made_by: Address | None
    """None for the command line."""
    refused_by: tuple[Address, ...]
    """The two officials who recorded that the bank refused it; otherwise empty."""


def list_payment_files(context: Context, payout: PreparedPayout) -> list[PaymentFile]:
    """Return the payment files of a payout, oldest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    refused = list_refusals(context, payout.batch)
    return [
        PaymentFile(
            row.number,
            Hash(row.sha256),
            date.fromisoformat(row.day),
            row.made_at,
            row.made_by and Address(row.made_by),
            refused.get(Hash(row.sha256), ()),
        )
        for row in _kept(context, payout.sha256)
    ]


def give_payment_file(context: Context, payer: Payer, batch: int, by: Address | None) -> bytes:
    """Return the payment file of a batch.

    At the first request it is made from what the ledger settled, dated on the next day on which
    banks settle (TARGET). Later requests return the same bytes, until two officials record that the
    bank refused it: then a new one is made with the same references. Concurrent requests make one
    file. The settled amounts are read from the ledger itself, so that changed views, lines, salt or
    files do not make another file.

    Args:
        by: who asks; None on the command line.

    Raises:
        PayoutRefused: the ledger does not have this batch, nothing of it was settled, or what is
            kept here is not what was decided.
        PaymentFileInvalid: the file does not follow the bank's schema.
        LedgerUnavailable: the ledger cannot be read.
    """
    payout, transfers = _read_transfers(context, batch)
    kept = _kept(context, payout)
    refused = list_refusals(context, batch)
    if kept and kept[-1].sha256 not in refused:
        return _checked(kept[-1], batch, transfers)
    day = next_bank_day(day_of(context.now()))
    data = write_payment_file(payer, transfers, day)
    table, number = t.payment_files, len(kept) + 1
    with context.store.write() as db:
        here = (table.c.payout == payout) & (table.c.number == number)
        other = db.execute(select(table).where(here)).one_or_none()
        if other is not None:
            return _checked(other, batch, transfers)
        db.execute(
            insert(table).values(
                payout=payout,
                number=number,
                sha256=_sha256(data),
                bytes=data,
                day=day.isoformat(),
                made_at=context.now(),
                made_by=by,
            )
        )
    return data


def _read_transfers(context: Context, batch: int) -> tuple[Hash, list[Transfer]]:
    """The hash of a payout's lines, and the transfers of what was settled of them; at least one."""
    settlement, lines = _read_decided(context, batch)
    settled = [amount for _, amount in settlement.amounts]
    transfers = transfers_of(read_public_names(context.store), batch, lines, settled)
    if not transfers:
        raise PayoutRefused(
            say(
                "Van uitbetaling %(batch)s was niets meer te betalen: er is geen bestand.",
                batch=batch,
            )
        )
    return settlement.sha256, transfers


def _read_decided(context: Context, batch: int) -> tuple[Settlement, list[PayoutLine]]:
    digest = context.ledger.view("batches", batch, block=context.ledger.head())
    if not any(digest):
        raise PayoutRefused(
            say("Uitbetaling %(batch)s staat nog niet in het grootboek.", batch=batch)
        )
    settlement = read_settlement(context, batch)
    lines = find_lines(context.store, "0x" + digest.hex())
    if (
        settlement is None
        or lines is None
        or settlement.sha256 != "0x" + digest.hex()
        or [shop for shop, _ in settlement.amounts] != [line.shop for line in lines]
    ):
        raise PayoutRefused(
            say("De regels die bij uitbetaling %(batch)s horen, zijn hier niet.", batch=batch)
        )
    return settlement, lines


def transfers_of(
    names: PublicNames, batch: int, lines: Sequence[PayoutLine], settled: Sequence[int]
) -> list[Transfer]:
    """Return the transfers of a batch; lines of which nothing was settled are left out.

    Args:
        settled: of each line, in cents.
    """
    return [
        Transfer(line.holder, line.iban, amount, line.reference, _text(names, batch, line))
        for line, amount in zip(lines, settled, strict=True)
        if amount
    ]


def _text(names: PublicNames, batch: int, line: PayoutLine) -> str:
    # The name last: it is what may be cut off.
    name = names.shops.get(line.shop, say("Winkel %(number)s", number=line.shop))
    return f"Kindpakket uitbetaling {batch}, winkel {line.shop}: {name}"


def _kept(context: Context, payout: str) -> Sequence[Row[Any]]:
    table = t.payment_files
    query = select(table).where(table.c.payout == payout).order_by(table.c.number)
    with context.store.read() as db:
        return db.execute(query).all()


def _checked(row: Row[Any], batch: int, transfers: Sequence[Transfer]) -> bytes:
    """The bytes of a file, if it contains exactly the settled transfers."""
    data = bytes(row.bytes)
    if _sha256(data) != row.sha256 or not asks_for(data, transfers):
        raise PayoutRefused(
            say("Het bestand van uitbetaling %(batch)s is hier veranderd.", batch=batch)
        )
    return data


def _sha256(data: bytes) -> Hash:
    return Hash("0x" + hashlib.sha256(data).hexdigest())
