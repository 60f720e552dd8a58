"""Public facts: schemes and shops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from kindpakket.domain import categories
from kindpakket.domain.ids import SchemeId, ShopId
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.services.base.context import Context
from kindpakket.services.schemes.stock import read_stock
from kindpakket.services.shops.register import ShopDetails, details_of
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Scheme:
    """A scheme: rules in force, totals in cents, times in unix seconds."""

    id: SchemeId
    name: str
    opens: int
    closes: int
    paused: bool
    closed: bool
    permitted: list[str]
    excluded: list[str]
    funded: int
    issued: int
    spent: int
    refunded: int
    stock: int
    """What was issued and lies in stock, on letters that were not handed out."""
    parent_text: str
    """The municipality's text for parents, possibly empty; ``shop_text``: for shops."""
    shop_text: str

    @property
    def net(self) -> int:
        """Spent, after refunds."""
        return self.spent - self.refunded

    @property
    def granted(self) -> int:
        """Issued, less the stock."""
        return self.issued - self.stock

    @property
    def left(self) -> int:
        """Not spent: still to be spent, or lapsed when the scheme is over."""
        return self.granted - self.net

    @property
    def not_granted(self) -> int:
        """Not issued: what a decision can take back."""
        return self.funded - self.issued


@dataclass(frozen=True)
class Shop:
    """An admitted shop; ``permitted`` tells whether a scheme's categories include it."""

    id: ShopId
    details: ShopDetails
    categories: list[str]
    permitted: bool | None


def list_schemes(context: Context) -> list[Scheme]:
    """Return every scheme by id."""
    rows, stock = _read_schemes(context)
    return [_scheme(row, stock.get(row.scheme, 0)) for row in rows]


def find_scheme(context: Context, scheme: int) -> Scheme:
    """Return one scheme.

    Raises:
        Refusal: there is no such scheme.
    """
    for each in list_schemes(context):
        if each.id == scheme:
            return each
    raise Refusal(Code.SCHEME_UNKNOWN)


def _read_schemes(context: Context) -> tuple[Sequence[Row[Any]], dict[int, int]]:
    """The rows of schemes, and what each has in stock."""
    details = t.scheme_details
    query = (
        select(t.schemes, t.scheme_names.c.name, details.c.parent_text, details.c.shop_text)
        .outerjoin(t.scheme_names, t.scheme_names.c.scheme == t.schemes.c.scheme)
        .outerjoin(details, details.c.scheme == t.schemes.c.scheme)
        .order_by(t.schemes.c.scheme)
    )
    with context.read_views() as db:
        return db.execute(query).all(), read_stock(db)


def list_shops(context: Context, scheme: int | None) -> list[Shop]:
    """Return the admitted shops, by id.

    Raises:
        Refusal: there is no such scheme.
    """
    rules = None if scheme is None else find_scheme(context, scheme)
    query = (
        select(t.shops, t.shop_details)
        .outerjoin(t.shop_details, t.shop_details.c.shop == t.shops.c.shop)
        .where(t.shops.c.admitted, ~t.shops.c.suspended)
        .order_by(t.shops.c.shop)
    )
    with context.read_views() as db:
        rows = db.execute(query).all()
    return [_shop(row, rules) for row in rows]


def _scheme(row: Row[Any], stock: int) -> Scheme:
    return Scheme(
        SchemeId(row.scheme),
        row.name or f"Regeling {row.scheme}",
        row.opens,
        row.closes,
        row.paused,
        row.closed,
        categories.names_of(int(row.permitted, 16)),
        categories.names_of(int(row.excluded, 16)),
        row.funded,
        row.issued,
        row.spent,
        row.refunded,
        stock,
        row.parent_text or "",
        row.shop_text or "",
    )


def _shop(row: Row[Any], rules: Scheme | None) -> Shop:
    bits = int(row.categories, 16)
    permitted = None
    if rules is not None:
        permitted = categories.allows(
            categories.bits_of(rules.permitted), categories.bits_of(rules.excluded), bits
        )
    return Shop(
        ShopId(row.shop),
        details_of(row.shop, row),
        categories.names_of(bits),
        permitted,
    )
