"""Breakdowns of the money, and which of their figures may be shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kindpakket.domain.tables import Hidden
from kindpakket.domain.times import week_of, weeks_between
from kindpakket.services.figures.facts import Cell, Facts
from kindpakket.services.figures.suppress import MINIMUM, hide


class Axis(StrEnum):
    """Axis of a breakdown. The groups of each axis add up to the total."""

    TOTAL = "total"
    SCHEME = "scheme"
    SHOP = "shop"
    CATEGORY = "category"
    """All present categories of the shop together: the ledger has the shop, not the basket."""
    MONTH = "month"
    """Month of the payment, in the Netherlands."""
    WEEK = "week"
    HOUR = "hour"
    UNTIL_WEEK = "until_week"
    """Total of all payments up to the end of a week."""


Key = tuple[Axis, int | str]
Groups = dict[Key, frozenset[Cell]]

TOTAL: Key = (Axis.TOTAL, "")


@dataclass(frozen=True)
class Kept:
    """Figures that are suppressed, and the reason."""

    payments: Mapping[Key, Hidden]
    """Suppressed numbers of payments and amounts spent."""
    refunds: Mapping[Key, Hidden]
    schemes: Collection[int]
    """Schemes left out of all breakdowns: so few letters were used that their public totals are
    about these."""


NOTHING_KEPT = Kept({}, {}, ())


def groups_of(facts: Facts, cells: Collection[Cell]) -> Groups:
    """Group cells along every axis; schemes, shops and weeks without payments are included."""
    found = defaultdict[Key, set[Cell]](set)
    found[TOTAL] = set(cells)
    for scheme in facts.schemes:
        found[Axis.SCHEME, scheme] = set()
    for shop, bits in facts.categories.items():
        found[Axis.SHOP, shop] = found[Axis.CATEGORY, bits] = set()
    for week in _weeks(facts):
        found[Axis.WEEK, week] = set()
    for cell in sorted(cells):
        found[Axis.SCHEME, cell.scheme].add(cell)
        found[Axis.SHOP, cell.shop].add(cell)
        found[Axis.MONTH, cell.month].add(cell)
        found[Axis.WEEK, cell.week].add(cell)
        found[Axis.HOUR, cell.hour].add(cell)
    for shop, bits in facts.categories.items():
        found[Axis.CATEGORY, bits] = found[Axis.CATEGORY, bits] | found[Axis.SHOP, shop]
    return {key: frozenset(members) for key, members in found.items()}


def kept_back(facts: Facts) -> Kept:
    """Return the suppressed figures of payments and of refunds.

    The totals of schemes are public. Refunds are suppressed separately, by the letters that got
    them: a shop can have many families and one refund.
    """
    paid = {cell: frozenset(each.coupons) for cell, each in facts.cells.items()}
    few = _few(facts, paid)
    paid = {cell: coupons for cell, coupons in paid.items() if cell.scheme not in few}
    refunded = {
        cell: frozenset(each.refunded_coupons)
        for cell, each in facts.cells.items()
        if each.refunded and cell.scheme not in few
    }
    # That there were no refunds at all, everyone knows.
    return Kept(_hidden(facts, paid), _hidden(facts, refunded) if refunded else {}, few)


def _few(facts: Facts, coupons: Mapping[Cell, frozenset[str]]) -> set[int]:
    """The schemes with payments of fewer than ten letters."""
    own = defaultdict[int, set[str]](set)
    for cell, those in coupons.items():
        own[cell.scheme] |= those
    return {scheme for scheme, those in own.items() if facts.letters(those) < MINIMUM}


def _hidden(facts: Facts, coupons: Mapping[Cell, frozenset[str]]) -> Mapping[Key, Hidden]:
    groups = groups_of(facts, coupons.keys())
    breakdowns = [
        _keys(groups, by) for by in (Axis.SCHEME, Axis.CATEGORY, Axis.MONTH, Axis.WEEK, Axis.HOUR)
    ]
    shops = defaultdict[int, list[Key]](list)
    for shop, bits in facts.categories.items():
        shops[bits].append((Axis.SHOP, shop))
    schemes = [key for key in _keys(groups, Axis.SCHEME) if groups[key]]
    return hide(
        groups,
        coupons,
        facts.letters,
        [*breakdowns, *shops.values()],
        known=[TOTAL, *schemes] if schemes else [],
        running={(Axis.UNTIL_WEEK, key[1]): key for key in _keys(groups, Axis.WEEK)},
    )


def _keys(groups: Iterable[Key], by: Axis) -> list[Key]:
    return sorted((key for key in groups if key[0] is by), key=lambda key: key[1])


def _weeks(facts: Facts) -> list[str]:
    """The weeks from the first payment or decision until now."""
    known = {cell.week for cell in facts.cells} | {week for week, _ in facts.budgets}
    return weeks_between(min(known), max(*known, week_of(facts.time))) if known else []
