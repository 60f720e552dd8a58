"""An estimate of what will be left of a scheme when it ends.

The rate of spending follows from the published months: it stays as in one of the last three whole
ones, of which the slowest and the fastest give the bounds. The amount left now is exact, so that
the estimate is for officials.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import Row, select

from kindpakket.domain.times import month_end, month_of, month_start, months_between
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.figures.published_months import PublishedMonth, read_published_months
from kindpakket.services.figures.published_totals import published_until
from kindpakket.services.schemes.stock import read_stock
from kindpakket.store import tables as t

MONTHS = 3
"""Number of whole months that an estimate uses; fewer when a scheme has fewer."""
MOST_TO_COME = 36
"""The most months to come that the course has."""
_LATEST = 2**33
"""The year 2242: a scheme may end at a time that is no day."""
_EURO = 100


@dataclass(frozen=True)
class MonthLeft:
    """What is left at the end of a month or of the scheme, in cents, at least and at most."""

    month: str
    """As ``2027-01``."""
    least: int
    most: int
    """The same in a month that is over."""


@dataclass(frozen=True)
class Forecast:
    """What will be left of a scheme; amounts in cents, times in unix seconds."""

    scheme: int
    name: str
    closes: int
    """The first second after it."""
    left: int
    """Now, without the stock; the months of the course that are over include it."""
    slowest: int
    """Spent in that month, after refunds."""
    fastest: int
    course: tuple[MonthLeft, ...]
    """From the first whole month to the month in which the scheme ends, or the last shown."""
    known: int
    """Number of months of the course that are over; the others are estimated."""
    least: int
    """Left at the end, at least."""
    most: int


@dataclass(frozen=True)
class _Month:
    month: str
    spent: int
    """After refunds; zero if more was refunded."""
    left: int
    """At its end."""

    @property
    def a_second(self) -> float:
        """Spent in each second."""
        return self.spent / (month_end(self.month) - month_start(self.month))


def read_forecasts(context: Context) -> list[Forecast]:
    """Return an estimate of each scheme that is open and has a whole month behind it.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
    """
    now, names, scheme = context.now(), read_public_names(context.store), t.schemes.c
    is_open = ~scheme.closed & ~scheme.paused & (scheme.opens <= now) & (scheme.closes > now)
    last = published_until(now)
    with context.read_views() as db:
        published, stock = read_published_months(db, last), read_stock(db)
        rows = db.execute(select(t.schemes).where(is_open).order_by(scheme.scheme)).all()
    return [
        _forecast(row, names.scheme(row.scheme), stock.get(row.scheme, 0), months, now)
        for row in rows
        if (months := list(_whole_months(published.get(row.scheme, ()), row.opens, last)))
    ]


def _whole_months(published: Sequence[PublishedMonth], opens: int, last: int) -> Iterator[_Month]:
    """Yield the months from opening on, that are whole and before a midnight."""
    if not published:
        return
    known = {each.month: each for each in published}
    months = months_between(min(known), month_of(last - 1))
    moved = [known.get(month, PublishedMonth(month, 0, 0, 0)) for month in months]
    left = accumulate(each.granted - each.spent + each.refunded for each in moved)
    for each, rest in zip(moved, left, strict=True):
        if opens <= month_start(each.month) and month_end(each.month) <= last:
            yield _Month(each.month, max(0, each.spent - each.refunded), rest)


def _forecast(row: Row[Any], name: str, stock: int, months: list[_Month], now: int) -> Forecast:
    left: int = row.issued - row.spent + row.refunded - stock
    recent = sorted(months[-MONTHS:], key=lambda each: each.a_second)
    slowest, fastest = recent[0], recent[-1]

    closes = min(row.closes, _LATEST)

    def left_at(end: int, like: _Month) -> int:
        return max(0, round((left - like.a_second * max(0, end - now)) / _EURO) * _EURO)

    past = [MonthLeft(each.month, each.left, each.left) for each in months]
    to_come = months_between(months[-1].month, month_of(closes - 1))[1 : MOST_TO_COME + 1]
    ends = [(month, min(month_end(month), closes)) for month in to_come]
    course = [MonthLeft(month, left_at(end, fastest), left_at(end, slowest)) for month, end in ends]
    return Forecast(
        row.scheme,
        name,
        row.closes,
        left,
        slowest.spent,
        fastest.spent,
        (*past, *course),
        len(past),
        left_at(closes, fastest),
        left_at(closes, slowest),
    )
