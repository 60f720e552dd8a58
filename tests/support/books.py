"""The store's views, in the format of the contract's views."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from kindpakket.domain.times import utc_day_of
from kindpakket.ledger.abi import FUNCTIONS
from kindpakket.protocol.change_files import Span, read_changes, write_header
from kindpakket.protocol.letter_reader import HeldCoupon, follow
from kindpakket.protocol.signatures import Key
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t
from kindpakket.store import views
from kindpakket.store.database import Store
from tests.support.hands import NOBODY
from tests.support.snapshot import Snapshot

_TABLES: dict[str, Table] = {
    "schemes": t.schemes,
    "shops": t.shops,
    "tills": t.tills,
    "coupons": t.coupons,
    "payments": t.payments,
}
_WORDS = {"last_nonce": "lastNonce"}
_IN_HEX = {"permitted", "excluded", "categories"}


def tell(store: Store) -> Snapshot:
    """The answers that the contract's views should give, by the store."""
    told: Snapshot = {}
    with store.read(views=True) as db:
        for view, table in _TABLES.items():
            for row in db.execute(select(table)).mappings():
                told[view, _id(next(iter(row.values())))] = _known(view, dict(row))
        told |= _moves(db)
        for row in db.execute(select(t.debits).where(t.debits.c.position == 0)):
            told["payments", _id(row.payment)]["coupon"] = row.coupon
        for row in db.execute(select(t.refunds)):
            told["refunds", _id(row.refund)] = True
        for row in db.execute(select(t.settlements)):
            told["batches", row.batch] = _id(row.sha256)
        for row in db.execute(select(t.officials)):
            told["officials", row.official] = row.capacities
        for row in db.execute(select(t.decisions).where(t.decisions.c.cancelled)):
            told["cancelled", _id(row.decision)] = True
    return told


def _moves(db: Connection) -> Snapshot:
    told: Snapshot = {}
    for row in db.execute(select(t.coupons)):
        if row.moved:
            told.setdefault(("movedTo", row.origin or row.coupon), NOBODY)
        if row.origin is not None:
            told["origins", row.coupon] = row.origin
            if not row.moved:
                told["movedTo", row.origin] = row.coupon
    return told


def _known(view: str, row: dict[str, Any]) -> dict[str, Any]:
    words = {item["name"] for item in FUNCTIONS[view].outputs}
    named = {_WORDS.get(column, column): value for column, value in row.items()}
    return {
        word: int(value, 16) if word in _IN_HEX else value
        for word, value in named.items()
        if word in words
    }


def _id(value: Any) -> Any:
    """Hashes are bytes in the contract and text in the store."""
    return bytes.fromhex(value[2:]) if isinstance(value, str) and len(value) == 66 else value


def rows(store: Store) -> dict[str, list[str]]:
    """All rows of all views."""
    with store.read(views=True) as db:
        return {
            name: sorted(repr(row) for row in db.execute(select(table)))
            for name, table in t.views.tables.items()
        }


def read_by_holders(context: Context, keys: Mapping[str, Key]) -> dict[str, HeldCoupon]:
    """Every coupon, as its holder reads it from the files of the months."""
    with context.store.read(views=True) as db:
        coupons = db.execute(
            select(t.coupons.c.coupon, t.coupons.c.scheme, t.coupons.c.value)
        ).all()
        changes = db.execute(select(t.coupon_changes).order_by(t.coupon_changes.c.block)).all()
    groups: dict[tuple[int, Span], bytes] = defaultdict(bytes)
    for row in changes:
        groups[row.scheme, Span.of_month(utc_day_of(row.time))] += row.groups
    held = {row.coupon: HeldCoupon(0, 0, row.value) for row in coupons}
    for (scheme, span), data in groups.items():
        public_key = context.month_keys.public(scheme, span.month)
        file = read_changes(write_header(scheme, span, public_key) + data, scheme, span)
        for row in coupons:
            if row.scheme == scheme:
                held[row.coupon] = follow(held[row.coupon], keys[row.coupon], file)
    return held


def throw_away(store: Store) -> None:
    with store.write(views=True) as db:
        views.clear(db)
