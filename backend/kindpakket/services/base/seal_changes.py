"""Sealing of the changes of coupons in a block, each to the coupon's holder."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from kindpakket.domain.ids import ZERO, Address
from kindpakket.domain.times import utc_day_of
from kindpakket.ledger.abi import Event
from kindpakket.ledger.port import Block
from kindpakket.protocol.change_files import month_number, write_groups
from kindpakket.protocol.changes import (
    ID_BYTES,
    NUMBER_OF_MAKING,
    Channel,
    CouponChange,
    Kind,
    MonthKeys,
)
from kindpakket.store import tables as t
from kindpakket.store import views

_Changes = list[tuple[Address, CouponChange]]

_KNOWN = (
    select(
        t.coupons.c.coupon,
        t.coupons.c.scheme,
        t.coupons.c.public_key,
        t.coupons.c.entry_month,
        t.coupons.c.entries,
    )
    .where(t.coupons.c.coupon.in_(bindparam("coupons", expanding=True)))
    .where(t.coupons.c.public_key.is_not(None))
)


def seal_changes(db: Connection, keys: MonthKeys, block: Block) -> None:
    """Store the changes of a block whose events and public keys are in the views.

    A coupon whose public key is unknown gets no entry.
    """
    changes = [
        each
        for entry in block.entries
        for event in entry.events
        for each in _changes_of(event, block.time)
    ]
    if not changes:
        return
    month = month_number(utc_day_of(block.time))
    known, entries = _known_coupons(db, changes), defaultdict(list)
    numbers = {
        coupon: row.entries if row.entry_month == month else 0 for coupon, row in known.items()
    }
    for coupon, change in changes:
        if row := known.get(coupon):
            channel = Channel(keys.key(row.scheme, month), row.public_key, month)
            made = change.kind == Kind.MADE
            number = NUMBER_OF_MAKING if made else numbers[coupon]
            entries[row.scheme].append(channel.seal(number, change))
            numbers[coupon] += not made
    for coupon, number in numbers.items():
        views.count_entries(db, coupon, month, number)
    for scheme, sealed in entries.items():
        views.add_changes(db, scheme, block.number, block.time, write_groups(block.time, sealed))


def _changes_of(event: Event, time: int) -> Iterator[tuple[Address, CouponChange]]:
    args = event.args
    match event.name:
        case "Paid":
            paid = (args["nonce"], time, args["payment"][:ID_BYTES])
            for coupon, debit in zip(args["coupons"], args["debits"], strict=True):
                yield coupon, CouponChange(Kind.PAID, args["shop"], args["amount"], debit, *paid)
        case "Refunded" if args["coupon"] != ZERO:
            to = (0, 0, time, args["payment"][:ID_BYTES])
            yield args["coupon"], CouponChange(Kind.REFUNDED, args["shop"], args["amount"], *to)
        case "Moved":
            for coupon, target, amount in zip(
                args["from"], args["to"], args["amounts"], strict=True
            ):
                start = bytes.fromhex(target[2:])[:ID_BYTES]
                yield (
                    coupon,
                    CouponChange(Kind.MOVED, 0, amount, amount, args["nonce"], time, start),
                )
                if target != ZERO:
                    yield target, CouponChange.made(amount, time)


def _known_coupons(db: Connection, changes: _Changes) -> Mapping[Address, Row[*tuple[Any, ...]]]:
    coupons = list({coupon for coupon, _ in changes})
    return {Address(row.coupon): row for row in db.execute(_KNOWN, {"coupons": coupons})}
