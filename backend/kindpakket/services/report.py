"""Where the money went: by scheme, shop, category and month; small numbers are kept back."""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Row, select

from kindpakket.domain.times import day_of
from kindpakket.services.context import Context
from kindpakket.services.names import Names, read_names
from kindpakket.services.say_decision import say_categories
from kindpakket.services.suppress import Hidden, hide
from kindpakket.store import tables as t


class By(StrEnum):
    """A way to divide the money. Each adds up to the total."""

    TOTAL = "total"
    SCHEME = "scheme"
    SHOP = "shop"
    CATEGORY = "category"
    """All categories that the shop has now, together: the ledger knows the shop, not the basket."""
    MONTH = "month"
    """In which was paid, in the Netherlands."""


@dataclass(frozen=True)
class Line:
    """Payments that have something in common. Amounts in cents; None when they are not shown."""

    by: By
    key: str
    name: str
    payments: int | None
    spent: int | None
    refunded: int | None
    """What was given back of these payments, whenever that was."""
    left: int | None
    """What can still be spent; of the total and of schemes only."""
    hidden: Hidden | None


class _Cell(NamedTuple):
    scheme: int
    shop: int
    month: str


_Key = tuple[By, int | str]


@dataclass
class _Sum:
    payments: int = 0
    spent: int = 0
    refunded: int = 0
    coupons: set[str] = field(default_factory=set)


@dataclass
class _Facts:
    """What the views say: cents issued by scheme, categories as bits by shop, and payments."""

    issued: dict[int, int]
    categories: dict[int, int]
    cells: dict[_Cell, _Sum]


def report(context: Context, *, everything: bool = False) -> list[Line]:
    """Return the lines of all breakdowns, the total first.

    Groups of payments from fewer than ten different coupons are hidden, and others with them where
    theirs could be computed from what is shown (:mod:`kindpakket.services.suppress` has the rule).

    Args:
        everything: for officials, who may see small numbers too.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    context.projection.catch_up()
    with context.store.read() as db:
        facts = _read(db)
    groups = _groups(facts)
    hidden = {} if everything else _hidden(facts, groups)
    names = read_names(context.store)
    lines = [_line(key, cells, facts, names, hidden.get(key)) for key, cells in groups.items()]
    return sorted(lines, key=lambda line: list(By).index(line.by))


def month_of(seconds: int) -> str:
    """Return the month in the Netherlands: ``2027-01``."""
    return f"{day_of(seconds):%Y-%m}"


def _read(db: Connection) -> _Facts:
    cells: defaultdict[_Cell, _Sum] = defaultdict(_Sum)
    for row in db.execute(select(t.payments)):
        cell = cells[_cell(row)]
        cell.payments += 1
        cell.spent += row.amount
        cell.refunded += row.refunded
    # A coupon that moved is still the same budget, and counts once.
    moves = select(t.coupons.c.coupon, t.coupons.c.moved_to).where(
        t.coupons.c.moved_to.is_not(None)
    )
    moved_to = {row.coupon: row.moved_to for row in db.execute(moves)}
    columns = (t.payments.c.scheme, t.payments.c.shop, t.payments.c.time, t.debits.c.coupon)
    debits = select(*columns).join_from(t.debits, t.payments).where(t.debits.c.amount > 0)
    for row in db.execute(debits):
        coupon = row.coupon
        while coupon in moved_to:
            coupon = moved_to[coupon]
        cells[_cell(row)].coupons.add(coupon)
    return _Facts(
        {row.scheme: row.issued for row in db.execute(select(t.schemes))},
        {row.shop: int(row.categories, 16) for row in db.execute(select(t.shops))},
        cells,
    )


def _cell(row: Row[tuple[object, ...]]) -> _Cell:
    return _Cell(row.scheme, row.shop, month_of(row.time))


def _groups(facts: _Facts) -> dict[_Key, frozenset[_Cell]]:
    """Every group by breakdown; of shops and schemes also those without payments."""
    found: defaultdict[_Key, set[_Cell]] = defaultdict(set)
    found[By.TOTAL, ""] = set(facts.cells)
    for scheme in sorted(facts.issued):
        found[By.SCHEME, scheme] = {cell for cell in facts.cells if cell.scheme == scheme}
    for shop, bits in sorted(facts.categories.items()):
        own = {cell for cell in facts.cells if cell.shop == shop}
        found[By.SHOP, shop] = own
        found[By.CATEGORY, bits] |= own
    for cell in sorted(facts.cells, key=lambda cell: cell.month):
        found[By.MONTH, cell.month].add(cell)
    return {key: frozenset(cells) for key, cells in found.items()}


def _hidden(facts: _Facts, groups: dict[_Key, frozenset[_Cell]]) -> dict[_Key, Hidden]:
    breakdowns = [
        [key for key in groups if key[0] is by] for by in (By.SCHEME, By.CATEGORY, By.MONTH)
    ]
    shops: defaultdict[_Key, list[_Key]] = defaultdict(list)
    for shop, bits in facts.categories.items():
        shops[By.CATEGORY, bits].append((By.SHOP, shop))
    wholes: dict[_Key, list[list[_Key]]] = {(By.TOTAL, ""): breakdowns}
    wholes |= {kind: [parts] for kind, parts in shops.items()}
    coupons = {cell: frozenset(part.coupons) for cell, part in facts.cells.items()}
    return hide(groups, coupons, wholes)


def _line(
    key: _Key, cells: frozenset[_Cell], facts: _Facts, names: Names, hidden: Hidden | None
) -> Line:
    by, what = key
    name = _name(by, what, names)
    if hidden:
        return Line(by, str(what), name, None, None, None, None, hidden)
    parts = [facts.cells[cell] for cell in cells]
    payments = sum(part.payments for part in parts)
    spent, refunded = sum(part.spent for part in parts), sum(part.refunded for part in parts)
    left = None
    if by is By.TOTAL:
        left = sum(facts.issued.values()) - spent + refunded
    elif by is By.SCHEME:
        left = facts.issued[int(what)] - spent + refunded
    return Line(by, str(what), name, payments, spent, refunded, left, None)


def _name(by: By, what: int | str, names: Names) -> str:
    match by:
        case By.TOTAL:
            return "Totaal"
        case By.SCHEME:
            return names.scheme(int(what))
        case By.SHOP:
            return names.shop(int(what))
        case By.CATEGORY:
            return say_categories(int(what))
        case By.MONTH:
            return str(what)
