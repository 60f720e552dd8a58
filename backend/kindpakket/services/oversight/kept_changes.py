"""Comparison of the stored changes and issued coupons with those that follow from the chain.

Wallets read these; the audit of the chain does not know them.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.ledger.port import Ledger
from kindpakket.protocol.changes import MonthKeys
from kindpakket.services.base.project import Projection
from kindpakket.store import tables as t
from kindpakket.store import views
from kindpakket.store.database import Store
from kindpakket_audit.findings import Finding, Level


@dataclass(frozen=True)
class _Kept:
    cursor: views.Cursor
    changes: dict[tuple[int, int], tuple[int, bytes]]
    """Time and groups by block and scheme."""
    issued: dict[int, dict[int, bytes]]
    """By scheme and value."""


def audit_changes(ledger: Ledger, store: Store, month_keys: MonthKeys) -> list[Finding]:
    """Return where the stored changes of coupons differ from the ledger, up to the last block that
    the store has.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: the store cannot be read.
    """
    kept = _read(store)
    if kept.cursor == views.EMPTY:
        return []
    if kept.cursor.secret_sha256 != month_keys.secret_sha256:
        told = "zijn met een ander geheim verzegeld"
        return [_finding(Level.WARNING, kept.cursor.block, kept.cursor.time, told)]
    with closing(Store("sqlite://")) as fresh:
        Projection(ledger, fresh, month_keys).catch_up()
        made = _read(fresh)
    return list(_differences(kept, made))


def _differences(kept: _Kept, made: _Kept) -> Iterator[Finding]:
    last = min(kept.cursor.block, made.cursor.block)
    for block, scheme in sorted(kept.changes.keys() | made.changes.keys()):
        key = (block, scheme)
        if block <= last and kept.changes.get(key) != made.changes.get(key):
            time, _ = made.changes.get(key) or kept.changes[key]
            told = f"van regeling {scheme} zijn niet die van de keten"
            yield _finding(Level.DIFFERENCE, block, time, told)
    if kept.cursor.block == made.cursor.block and kept.issued != made.issued:
        told = "de lijst van toegekende tegoeden is niet die van de keten"
        yield _finding(Level.DIFFERENCE, made.cursor.block, made.cursor.time, told)


def _finding(level: Level, block: int, time: int, difference: str) -> Finding:
    return Finding(level, block, time, None, "Bewaarde wijzigingen van tegoeden", difference)


def _read(store: Store) -> _Kept:
    with store.read(views=True) as db:
        changes = {
            (row.block, row.scheme): (row.time, bytes(row.groups))
            for row in db.execute(select(t.coupon_changes))
        }
        issued: dict[int, dict[int, bytes]] = {}
        for row in db.execute(select(t.issued_coupons)):
            issued.setdefault(row.scheme, {})[row.value] = bytes(row.prefixes)
        return _Kept(views.read_cursor(db), changes, issued)
