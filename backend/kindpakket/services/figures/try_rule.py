"""Trial of rules on past payments: which would have been refused?

A forecast, from the present categories of shops and the time of each payment. Once the rules are in
force, the contract decides.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection, select

from kindpakket.domain.categories import allows
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import Hidden
from kindpakket.domain.times import months_before
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.decisions.describe import say_categories
from kindpakket.services.figures import Figures, read_figures
from kindpakket.services.figures.letter_bound import read_letter_bound, read_origins
from kindpakket.services.figures.suppress import hide
from kindpakket.services.schemes.changes import Rules
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Part:
    """Number and total of payments, in cents; None when suppressed."""

    payments: int | None
    amount: int | None
    hidden: Hidden | None


@dataclass(frozen=True)
class TrialLine:
    """Payments at one shop that would have been refused."""

    shop: int
    name: str
    categories: str
    refused: Part


@dataclass(frozen=True)
class Trial:
    """Result of a trial."""

    since: int
    """Start of the period, in unix seconds."""
    all: Part
    refused: Part
    kept: Part
    shops: list[TrialLine]
    """Shops with payments that would have been refused, by number."""


class _Fate(StrEnum):
    """Outcome of a payment in a trial."""

    REFUSED = "refused"
    KEPT = "kept"
    EARLIER = "earlier"
    """Of the scheme, before the period."""
    ELSEWHERE = "elsewhere"
    """Of another scheme."""
    APART = "apart"
    """Of another scheme that is in no breakdown."""


@dataclass
class _Cell:
    payments: int = 0
    amount: int = 0
    coupons: set[str] = field(default_factory=set)


_Cells = dict[tuple[_Fate, int], _Cell]
"""By fate and shop."""


def try_rules(
    context: Context,
    scheme: int,
    rules: Rules,
    months: int,
) -> Trial:
    """Return the payments of a scheme that these rules would have refused.

    Args:
        months: how far back to look, from the beginning of that day.

    Raises:
        Refusal: there is no such scheme.
        LedgerUnavailable: the ledger cannot be read.
    """
    since, names = months_before(context.now(), months), read_public_names(context.store)
    figures = read_figures(context)
    apart = {each.scheme for each in figures.left_out}
    with context.read_views() as db:
        if db.scalar(select(t.schemes.c.scheme).where(t.schemes.c.scheme == scheme)) is None:
            raise Refusal(Code.SCHEME_UNKNOWN)
        shops = {row.shop: int(row.categories, 16) for row in db.execute(select(t.shops))}
        allowed = {
            shop for shop, bits in shops.items() if allows(rules.permitted, rules.excluded, bits)
        }

        def fate(of: int, shop: int, time: int) -> _Fate:
            if of != scheme:
                return _Fate.APART if of in apart else _Fate.ELSEWHERE
            if time < since:
                return _Fate.EARLIER
            kept = shop in allowed and rules.opens <= time < rules.closes
            return _Fate.KEPT if kept else _Fate.REFUSED

        cells = _read(db, fate)
        parts = _judge(db, cells, figures)
    lines = [
        TrialLine(shop, names.shop(shop), say_categories(bits), parts["shop", shop])
        for shop, bits in sorted(shops.items())
        if ("shop", shop) in parts
    ]
    return Trial(since, parts["all", 0], parts["refused", 0], parts["kept", 0], lines)


def _read(db: Connection, fate: Callable[[int, int, int], _Fate]) -> _Cells:
    cells = defaultdict[tuple[_Fate, int], _Cell](_Cell)
    found: dict[str, _Cell] = {}
    table = t.payments.c
    columns = (table.payment, table.scheme, table.shop, table.time, table.amount)
    for payment, scheme, shop, time, amount in db.execute(select(*columns)):
        found[payment] = cell = cells[fate(scheme, shop, time), shop]
        cell.payments += 1
        cell.amount += amount
    origins = read_origins(db)
    debits = select(t.debits.c.payment, t.debits.c.coupon).where(t.debits.c.amount > 0)
    for payment, coupon in db.execute(debits):
        found[payment].coupons.add(origins.get(coupon, coupon))
    return dict(cells)


def _judge(db: Connection, cells: _Cells, figures: Figures) -> dict[tuple[str, int], Part]:
    """Sum up the shown parts of a trial, with suppression."""
    here = {cell for cell in cells if cell[0] in (_Fate.REFUSED, _Fate.KEPT)}
    shown = {
        ("all", 0): here,
        ("refused", 0): {cell for cell in here if cell[0] is _Fate.REFUSED},
        ("kept", 0): {cell for cell in here if cell[0] is _Fate.KEPT},
    }
    shown |= {("shop", shop): {(fate, shop)} for fate, shop in shown["refused", 0]}
    known = _known(cells, figures)
    hidden = hide(
        {key: frozenset(those) for key, those in (shown | known).items()},
        {cell: frozenset(each.coupons) for cell, each in cells.items()},
        read_letter_bound(db),
        known=known,
    )
    return {
        key: Part(None, None, hidden[key])
        if key in hidden
        else Part(
            sum(cells[cell].payments for cell in those),
            sum(cells[cell].amount for cell in those),
            None,
        )
        for key, those in shown.items()
    }


def _known(cells: _Cells, figures: Figures) -> dict[tuple[str, int], set[tuple[_Fate, int]]]:
    """The sums that the figures show: of the scheme, of all schemes, and of shops."""
    told = {cell for cell in cells if cell[0] is not _Fate.APART}
    seen = {int(line.key) for line in figures.shops if line.spent is not None}
    return {
        ("scheme in figures", 0): {cell for cell in told if cell[0] is not _Fate.ELSEWHERE},
        ("total in figures", 0): told,
        **{("shop in figures", shop): {cell for cell in told if cell[1] == shop} for shop in seen},
    }
