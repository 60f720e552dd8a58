"""The published totals by month, and what was paid by kind of shop.

By month are sums of the steps in which the published totals move, so that nothing follows that does
not follow from those. What was paid in whole months is divided by kind of shop once, and stays so:
a period shares no payment with another, and within it :mod:`kindpakket.services.figures.suppress`
hides what would tell of few letters, with the steps as known; what is hidden is told in one sum. A
period of which it shows no kind waits for the next month.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, func, select

from kindpakket.domain.times import month_end, month_of
from kindpakket.ledger.abi import FUNCTIONS, decode_call
from kindpakket.services.figures.letter_bound import read_letter_bound
from kindpakket.services.figures.published_totals import Total, TotalChange, TotalStep, list_steps
from kindpakket.services.figures.suppress import LettersIn, hide
from kindpakket.store import tables as t

KindOf = Callable[[TotalChange], int]
"""The categories of the shop that was paid, as bits, when it was."""
_Cell = tuple[int, int]
"""The place of a step, and a kind of shop."""
_Group = tuple[str, int]
"""A kind of shop, a step by its place, or the total after it."""


@dataclass(frozen=True)
class PublishedMonth:
    """By how much the published totals moved for a month, in cents.

    A change that waited for ten letters counts in the month in which there were ten.
    """

    month: str
    """As ``2027-01``."""
    granted: int
    """Less what was given back; with the stock."""
    spent: int
    refunded: int


@dataclass(frozen=True)
class KindPeriod:
    """What was paid by kind of shop in some months, before refunds, in cents."""

    first: str
    """As ``2027-01``."""
    last: str
    kinds: Mapping[int, int]
    """By the categories of a shop, as bits; the largest first."""
    others: tuple[int, ...]
    """The other kinds, in an order that does not depend on their amounts."""
    rest: int
    """These together."""


@dataclass(frozen=True)
class PublishedMoney:
    """The published totals of a scheme, and by month and kind; the oldest first."""

    funded: int
    months: tuple[PublishedMonth, ...] = ()
    periods: tuple[KindPeriod, ...] = ()

    @property
    def granted(self) -> int:
        """Issued less what was given back, in cents; with the stock."""
        return sum(each.granted for each in self.months)

    @property
    def spent(self) -> int:
        """Paid, before refunds."""
        return sum(each.spent for each in self.months)

    @property
    def refunded(self) -> int:
        """Given back by shops."""
        return sum(each.refunded for each in self.months)

    @property
    def net(self) -> int:
        """Spent, after refunds."""
        return self.spent - self.refunded

    @property
    def undivided(self) -> int:
        """The part of ``spent`` that is not told by kind of shop yet."""
        return self.spent - sum(sum(each.kinds.values()) + each.rest for each in self.periods)

    @property
    def unused(self) -> int:
        """Granted and not spent: to be spent still, or lapsed when the scheme is over."""
        return self.granted - self.net


def read_published_money(db: Connection, last: int) -> dict[int, PublishedMoney]:
    """Return what is published of each scheme, from the ledger alone: the same on every day after.

    Args:
        last: the midnight up to which changes are considered, in unix seconds.
    """
    letters_in, kind_of = read_letter_bound(db), _read_kinds(db)
    return {
        scheme: PublishedMoney(
            sum(step.amount for step in own[Total.FUNDED]),
            tuple(_by_month(own)),
            tuple(divide_by_kind(own[Total.SPENT], kind_of, letters_in, last)),
        )
        for scheme, own in _steps_of_schemes(db, last, letters_in)
    }


def read_published_months(db: Connection, last: int) -> dict[int, tuple[PublishedMonth, ...]]:
    """Return the months of each scheme as :func:`read_published_money` does, without kinds."""
    steps = _steps_of_schemes(db, last, read_letter_bound(db))
    return {scheme: tuple(_by_month(own)) for scheme, own in steps}


def _steps_of_schemes(
    db: Connection, last: int, letters_in: LettersIn
) -> Iterator[tuple[int, Mapping[Total, Sequence[TotalStep]]]]:
    steps = list_steps(db, last, letters_in)
    for scheme in sorted({scheme for scheme, _ in steps}):
        yield scheme, {total: steps.get((scheme, total), []) for total in Total}


def divide_by_kind(
    steps: Sequence[TotalStep], kind_of: KindOf, letters_in: LettersIn, last: int
) -> Iterator[KindPeriod]:
    """Yield the periods until a midnight in which what was paid can be told by kind of shop."""
    waiting: list[TotalStep] = []
    for month, own in groupby(steps, _month):
        if month_end(month) > last:
            break
        waiting += own
        amounts, hidden = _divide(waiting, kind_of, letters_in)
        told = [kind for kind in amounts if kind not in hidden]
        if told:
            told.sort(key=lambda kind: (-amounts[kind], kind))
            yield KindPeriod(
                _month(waiting[0]),
                month,
                {kind: amounts[kind] for kind in told},
                tuple(sorted(hidden)),
                sum(amounts[kind] for kind in hidden),
            )
            waiting = []


def _divide(
    steps: Sequence[TotalStep], kind_of: KindOf, letters_in: LettersIn
) -> tuple[Mapping[int, int], set[int]]:
    """Amounts by kind, and the kinds that are hidden."""
    coupons, amounts = defaultdict[_Cell, set[str]](set), defaultdict[int, int](int)
    groups = defaultdict[_Group, set[_Cell]](set)
    for place, step in enumerate(steps):
        for change in step.changes:
            cell = place, kind_of(change)
            coupons[cell].add(change.coupon)
            groups["step", cell[0]].add(cell)
            groups["kind", cell[1]].add(cell)
            amounts[cell[1]] += change.amount
    kinds: list[_Group] = [("kind", kind) for kind in amounts]
    # A reader who kept the totals knows each step, and what they moved between any two mornings.
    running: dict[_Group, _Group] = {
        ("total", place): ("step", place) for place in range(len(steps))
    }
    hidden = hide(
        {group: frozenset(cells) for group, cells in groups.items()},
        {cell: frozenset(those) for cell, those in coupons.items()},
        letters_in,
        [kinds],
        known=[*running.values(), *running],
        running=running,
    )
    return amounts, {kind for _, kind in hidden}


def _by_month(steps: Mapping[Total, Sequence[TotalStep]]) -> Iterator[PublishedMonth]:
    moved = {total: defaultdict[str, int](int) for total in Total}
    for total, own in steps.items():
        for step in own:
            moved[total][_month(step)] += step.amount
    money = [moved[total] for total in Total if total is not Total.FUNDED]
    for month in sorted({month for each in money for month in each}):
        granted, given_back, spent, refunded, to_nobody = (each[month] for each in money)
        yield PublishedMonth(month, granted - given_back - to_nobody, spent, refunded + to_nobody)


def _month(step: TotalStep) -> str:
    return month_of(step.until - 1)


def _read_kinds(db: Connection) -> KindOf:
    """Read the categories of shops from decisions, so that a shop that is changed leaves what was
    published as it was."""
    table = t.decisions.c
    query = (
        select(table.call, table.block)
        .where(~table.cancelled, func.substr(table.call, 1, 4) == FUNCTIONS["setShop"].id)
        .order_by(table.block)
    )
    since = defaultdict[int, list[tuple[int, int]]](list)
    for call, block in db.execute(query):
        try:
            _, args = decode_call(call)
        except ValueError:  # encoded so that only the contract decodes it
            continue
        since[args["shop"]].append((block, args["categories"]))

    def kind_of(change: TotalChange) -> int:
        own = since[change.shop]
        at = bisect_right(own, change.block, key=lambda each: each[0])
        return own[at - 1][1] if at else 0

    return kind_of
