"""When payments are made: by day of the week and hour, where that tells nothing of few letters.

Payments of whole months are counted together, in periods that share no payment. A period ends with
the first month after which :mod:`kindpakket.services.figures.suppress` hides little of it. That
takes longest by hours, and less long by parts of days and by days. A period of a finer division
consists of whole periods of the coarser one; what was told of those counts as known, as do the sums
by shop and month. The finest division that has a period is told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import chain
from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, select

from kindpakket.domain.refusals import Code, RateLimited
from kindpakket.domain.times import day_of, hour_of, month_of
from kindpakket.services.base.context import Context
from kindpakket.services.figures.letter_bound import read_letter_bound, read_origins
from kindpakket.services.figures.published_totals import published_until
from kindpakket.services.figures.suppress import LettersIn, hide
from kindpakket.store import tables as t


class Division(IntEnum):
    """How long a part of a day is, in hours."""

    DAY = 24
    PART = 6
    """Night, morning, afternoon and evening."""
    HOUR = 1


class Moment(NamedTuple):
    """A part of a day: its day of the week, 1 for Monday, and its first hour."""

    weekday: int
    hour: int


class Cell(NamedTuple):
    """Payments that nothing here tells apart."""

    month: str
    """As ``2027-01``."""
    shop: int
    weekday: int
    hour: int


@dataclass
class CellPayments:
    """The payments of a cell."""

    count: int = 0
    coupons: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class BusyTimes:
    """Numbers of payments in some whole months together."""

    division: Division
    first: str
    """As ``2027-01``."""
    last: str
    payments: Mapping[Moment, int]
    """At least so many; at others there were none, or what they are is not told."""


_Group = tuple[object, ...]
"""A division, the last month of a period and a moment; or a shop and a month."""
_Groups = dict[_Group, frozenset[Cell]]
_MOST_HIDDEN = 0.05
"""Of the payments of a period."""


@dataclass(frozen=True)
class _Period:
    last: str
    payments: Mapping[Moment, int]
    """Those that may be told."""


_made = WeakKeyDictionary[Context, tuple[str, BusyTimes | None]]()
"""What was found last, and in which month: nothing changes within a month."""
_finding = Lock()
"""Held during the computation, which takes seconds in a large municipality. Other requests are
refused meanwhile, so that payments do not lack threads."""
_BUSY_SECONDS = 10
"""Seconds after which a refused request can be repeated."""


def read_busy_times(context: Context) -> BusyTimes | None:
    """Return the finest numbers that may be told; None if there are none.

    A month counts from six in the morning after it, as in
    :mod:`kindpakket.services.figures.published_totals`.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
        RateLimited: SERVER_BUSY, they are being computed for another request.
    """
    month = month_of(published_until(context.now()))
    before, found = _made.get(context, ("", None))
    if before == month:
        return found
    if not _finding.acquire(blocking=False):
        raise RateLimited(_BUSY_SECONDS, Code.SERVER_BUSY)
    try:
        with context.read_views() as db:
            cells, letters_in = _read_cells(db, month), read_letter_bound(db)
        found = find_busy_times(cells, letters_in)
        _made[context] = month, found
    finally:
        _finding.release()
    return found


def _read_cells(db: Connection, before: str) -> dict[Cell, CellPayments]:
    """Read the payments before a month."""
    origins, cells = read_origins(db), defaultdict[Cell, CellPayments](CellPayments)
    paid, found = t.payments.c, dict[str, CellPayments]()
    for payment, shop, time in db.execute(select(paid.payment, paid.shop, paid.time)):
        if (month := month_of(time)) < before:
            own = cells[Cell(month, shop, day_of(time).isoweekday(), hour_of(time))]
            own.count += 1
            found[payment] = own
    debits = select(t.debits.c.payment, t.debits.c.coupon).where(t.debits.c.amount > 0)
    for payment, coupon in db.execute(debits):
        if payment in found:
            found[payment].coupons.add(origins.get(coupon, coupon))
    return cells


def find_busy_times(cells: Mapping[Cell, CellPayments], letters_in: LettersIn) -> BusyTimes | None:
    """Return the finest numbers that may be told of payments in whole months; None if there are
    none."""
    known = _group((("shop", cell.shop, cell.month), cell) for cell in cells)
    ends, found = sorted({cell.month for cell in cells}), None
    for division in Division:
        periods = list(_periods(cells, letters_in, division, ends, known))
        if periods:
            ends = [period.last for period in periods]
            counts = Counter[Moment]()
            for period in periods:
                counts.update(period.payments)
            found = BusyTimes(division, min(cell.month for cell in cells), ends[-1], counts)
    return found


def _periods(
    cells: Mapping[Cell, CellPayments],
    letters_in: LettersIn,
    division: Division,
    ends: Iterable[str],
    known: _Groups,
) -> Iterator[_Period]:
    """Yield the periods, and add what is told of them to what is known.

    Args:
        ends: months with which a period may end, in order.
    """
    after = ""
    for month in ends:
        own = {cell: each for cell, each in cells.items() if after < cell.month <= month}
        groups = _group(((division, month, _moment(cell, division)), cell) for cell in own)
        told = {group: groups[group] for group in _told(groups, own, known, letters_in)}
        counts = Counter[Moment]()
        for cell in chain.from_iterable(told.values()):
            counts[_moment(cell, division)] += own[cell].count
        if counts.total() >= (1 - _MOST_HIDDEN) * sum(each.count for each in own.values()):
            known |= told
            yield _Period(month, counts)
            after = month


def _told(
    groups: _Groups, own: Mapping[Cell, CellPayments], known: _Groups, letters_in: LettersIn
) -> list[_Group]:
    """Return the groups that may be told, beside what is known."""
    coupons = {cell: frozenset(each.coupons) for cell, each in own.items()}
    beside = {group: cells for group, cells in known.items() if cells <= own.keys()}
    hidden = hide(groups | beside, coupons, letters_in, [[*groups]], known=[*beside])
    return [group for group in groups if group not in hidden]


def _group(cells: Iterable[tuple[_Group, Cell]]) -> _Groups:
    found = defaultdict[_Group, set[Cell]](set)
    for group, cell in cells:
        found[group].add(cell)
    return {group: frozenset(own) for group, own in found.items()}


def _moment(cell: Cell, division: Division) -> Moment:
    return Moment(cell.weekday, cell.hour - cell.hour % division)
