"""The figures for officials who pay or decide: sums by shop and month, and what adds up from these.

Nothing finer is shown here. What everyone may see is in
:mod:`kindpakket.services.figures.published_months`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, case, func, literal, select

from kindpakket.domain.ids import ShopId
from kindpakket.domain.times import month_end, month_of, months_between
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.decisions.describe import say_categories
from kindpakket.services.figures.refused import RefusalLine, read_refusals
from kindpakket.services.figures.schemes import SchemeFigures, read_schemes
from kindpakket.store import tables as t
from kindpakket.store import views

Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class ShopMonth:
    """What was paid at a shop in a month, in cents."""

    shop: int
    month: str
    """Of the payments, in the Netherlands: ``2027-01``."""
    payments: int
    spent: int
    """Before refunds."""
    refunded: int
    """Refunds of these payments, at any time."""


@dataclass(frozen=True)
class FigureLine:
    """A sum of payments at some shops or in some months, in cents."""

    key: str
    """Number of a shop, categories as bits in decimal, or a month as ``2027-01``."""
    name: str
    payments: int
    spent: int
    refunded: int

    @property
    def net(self) -> int:
        """Spent, after refunds."""
        return self.spent - self.refunded


@dataclass(frozen=True)
class Figures:
    """Content of the dashboards and exports, at one block."""

    block: int
    time: int
    """Time of that block, in unix seconds."""
    schemes: list[SchemeFigures]
    shop_months: list[ShopMonth]
    """By month and shop; without payments there is none."""
    kinds: Mapping[int, int]
    """The present categories of each shop, as bits."""
    shop_names: Mapping[int, str]
    refusals: list[RefusalLine]

    @cached_property
    def shops(self) -> list[FigureLine]:
        """Every shop by number."""
        return [
            _add_up(str(shop), self.shop_names[shop], own)
            for shop, own in _grouped(self.shop_months, lambda each: each.shop, self.kinds).items()
        ]

    @cached_property
    def categories(self) -> list[FigureLine]:
        """Every kind of shop: all present categories of a shop together, since the ledger has the
        shop and not the basket."""
        every = sorted(set(self.kinds.values()))
        grouped = _grouped(self.shop_months, lambda each: self.kinds[each.shop], every)
        return [_add_up(str(kind), say_categories(kind), own) for kind, own in grouped.items()]

    @cached_property
    def months(self) -> list[FigureLine]:
        """Every month from the first payment to the last."""
        found = [each.month for each in self.shop_months]
        every = months_between(min(found), max(found)) if found else []
        grouped = _grouped(self.shop_months, lambda each: each.month, every)
        return [_add_up(month, month, own) for month, own in grouped.items()]

    @cached_property
    def spent_by_kind(self) -> Mapping[tuple[str, str], int]:
        """What was paid, by month and kind of shop, which are keys of lines; zero for others."""
        found = defaultdict[tuple[str, str], int](int)
        for each in self.shop_months:
            found[each.month, str(self.kinds[each.shop])] += each.spent
        return found


def read_figures(context: Context) -> Figures:
    """Return the figures as they are now, with names in the reader's language.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
    """
    names = read_public_names(context.store)
    with context.read_views() as db:
        cursor = views.read_cursor(db)
        shops = db.execute(select(t.shops.c.shop, t.shops.c.categories).order_by(t.shops.c.shop))
        kinds = {shop: int(categories, 16) for shop, categories in shops}
        return Figures(
            cursor.block,
            cursor.time,
            read_schemes(db, cursor.time, names),
            read_shop_months(db),
            kinds,
            {shop: names.shop(shop) for shop in kinds},
            read_refusals(db),
        )


def read_turnover(context: Context, shop: ShopId) -> list[FigureLine]:
    """Return the months in which a shop was paid, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
    """
    with context.read_views() as db:
        own = read_shop_months(db, t.payments.c.shop == shop)
    return [_add_up(each.month, each.month, [each]) for each in reversed(own)]


def read_shop_months(db: Connection, *only: ColumnElement[bool]) -> list[ShopMonth]:
    """Return the sums of payments, or of some payments, by month and shop."""
    paid = t.payments.c
    first, last = db.execute(select(func.min(paid.time), func.max(paid.time)).where(*only)).one()
    if first is None:
        return []
    *before, newest = months_between(month_of(first), month_of(last))
    month = (
        case(*((paid.time < month_end(each), each) for each in before), else_=newest)
        if before
        else literal(newest)
    )
    sums = (func.count(), func.sum(paid.amount), func.sum(paid.refunded))
    query = (
        select(paid.shop, month.label("month"), *sums)
        .where(*only)
        .group_by("month", paid.shop)
        .order_by("month", paid.shop)
    )
    return [
        ShopMonth(shop, month, payments, int(spent), int(refunded))
        for shop, month, payments, spent, refunded in db.execute(query)
    ]


def _grouped(
    shop_months: Iterable[ShopMonth], key_of: Callable[[ShopMonth], Key], every: Iterable[Key]
) -> dict[Key, list[ShopMonth]]:
    """Group by a key, with the keys in this order."""
    found: dict[Key, list[ShopMonth]] = {key: [] for key in every}
    for each in shop_months:
        found[key_of(each)].append(each)
    return found


def _add_up(key: str, name: str, those: Sequence[ShopMonth]) -> FigureLine:
    return FigureLine(
        key,
        name,
        sum(each.payments for each in those),
        sum(each.spent for each in those),
        sum(each.refunded for each in those),
    )
