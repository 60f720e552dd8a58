"""The ways to divide the money, and what of each may be seen."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from kindpakket.domain.times import week_of, weeks_between
from kindpakket.services.figures.facts import Cell, Facts
from kindpakket.services.figures.suppress import MINIMUM, Equation, Hidden, hide


class Axis(StrEnum):
    """A way to divide the money. Each adds up to the total."""

    TOTAL = "total"
    SCHEME = "scheme"
    SHOP = "shop"
    CATEGORY = "category"
    """All categories that the shop has now, together: the ledger knows the shop, not the basket."""
    MONTH = "month"
    """In which was paid, in the Netherlands."""
    WEEK = "week"
    HOUR = "hour"
    UNTIL_WEEK = "until_week"
    """All that was paid by the end of a week."""
    SHOP_MONTH = "shop_month"
    """At one shop in one month; its key is that of :func:`shop_month`."""


Key = tuple[Axis, int | str]
Groups = dict[Key, frozenset[Cell]]

TOTAL: Key = (Axis.TOTAL, "")


class Amount(StrEnum):
    """What is told of the payments in a group."""

    SPENT = "spent"
    REFUNDED = "refunded"


Figure = tuple[Amount, Key]
Part = tuple[Cell, int | None]
"""What was spent in a cell, or what was refunded of it, by the number of the payout that this made
lower: the smallest parts that public amounts tell apart."""


@dataclass(frozen=True)
class FigureSums:
    """All amounts that are told anywhere, as sums of parts, and what is public of these."""

    groups: dict[Figure, frozenset[Part]]
    coupons: dict[Part, frozenset[str]]
    """Those behind each part."""
    divisions: list[list[Figure]]
    known: list[Figure]
    """Totals of schemes."""
    running: dict[Figure, Figure]
    equations: list[Equation[Part]]
    """What each shop was paid by each payout, and what it is owed."""
    refunds: dict[Part, list[Part]]


@dataclass(frozen=True)
class Kept:
    """What is not shown, and why."""

    payments: Mapping[Key, Hidden]
    """Of how many payments there were, and of what was spent."""
    refunds: Mapping[Key, Hidden]
    schemes: Collection[int]
    """Whose payments are in no division: so few letters were used that their totals, which
    everyone knows, speak of these."""

    def hides(self, figure: "Figure") -> bool:
        """Whether a figure is not shown; refunds never are where payments are not."""
        amount, key = figure
        return key in self.payments or (amount is Amount.REFUNDED and key in self.refunds)


NOTHING_KEPT = Kept({}, {}, ())


def groups_of(facts: Facts, cells: Collection[Cell]) -> Groups:
    """Divide cells in every way; some groups of schemes, shops and weeks have none of them."""
    found = defaultdict[Key, set[Cell]](set)
    found[TOTAL] = set(cells)
    for scheme in facts.schemes:
        found[Axis.SCHEME, scheme] = set()
    for shop, bits in facts.categories.items():
        found[Axis.SHOP, shop] = found[Axis.CATEGORY, bits] = set()
    for week in _weeks(facts):
        found[Axis.WEEK, week] = set()
    for cell in facts.cells:
        found[shop_month(cell.shop, cell.month)] = set()
    for cell in sorted(cells):
        found[Axis.SCHEME, cell.scheme].add(cell)
        found[Axis.SHOP, cell.shop].add(cell)
        found[Axis.MONTH, cell.month].add(cell)
        found[Axis.WEEK, cell.week].add(cell)
        found[Axis.HOUR, cell.hour].add(cell)
        found[shop_month(cell.shop, cell.month)].add(cell)
    for shop, bits in facts.categories.items():
        found[Axis.CATEGORY, bits] = found[Axis.CATEGORY, bits] | found[Axis.SHOP, shop]
    return {key: frozenset(members) for key, members in found.items()}


def shop_month(shop: int, month: str) -> Key:
    """Return the key of what a shop was paid in a month."""
    return Axis.SHOP_MONTH, f"{shop}/{month}"


def kept_back(facts: Facts) -> Kept:
    """Return what may not be shown of payments and of refunds.

    What schemes spent and refunded in all is known to everyone, and so is what a shop is owed and
    was paid out. Refunds are counted by the letters that got them: many families pay at a shop
    where only one was refunded.
    """
    few = _few(facts)
    sums = sums_of(facts, few)
    hidden = _hide(facts, sums, sums.groups, sums.known, sums.divisions, sums.running)
    kept: dict[Amount, dict[Key, Hidden]] = {amount: {} for amount in Amount}
    for (amount, key), why in hidden.items():
        kept[amount][key] = why
    # That there were no refunds at all, everyone knows.
    return Kept(kept[Amount.SPENT], kept[Amount.REFUNDED] if sums.refunds else {}, few)


Question = tuple[str, int]


def kept_back_beside(
    facts: Facts, kept: Kept, asked: Mapping[Question, Collection[Cell]]
) -> dict[Question, Hidden]:
    """Return which other sums of payments may not be shown beside the figures.

    Args:
        kept: what the figures do not show.
        asked: the cells of each sum.
    """
    sums = sums_of(facts, kept.schemes)
    groups: dict[Figure | Question, frozenset[Part]] = {
        figure: parts for figure, parts in sums.groups.items() if not kept.hides(figure)
    }
    so_far = frozenset[Part]()
    for total, step in sums.running.items():
        so_far |= sums.groups[step]
        if not kept.hides(total):
            groups[total] = so_far
    known = list(groups)
    for question, cells in asked.items():
        groups[question] = frozenset((cell, None) for cell in cells)
    hidden = _hide(facts, sums, groups, known)
    return {question: hidden[question] for question in asked if question in hidden}


Group = TypeVar("Group", bound=tuple[object, object])


def _hide(
    facts: Facts,
    sums: FigureSums,
    groups: Mapping[Group, frozenset[Part]],
    known: Collection[Group],
    divisions: Collection[Sequence[Group]] = (),
    running: Mapping[Group, Group] | None = None,
) -> dict[Group, Hidden]:
    """Return what is hidden: first for how many payments there were, and then for amounts too.

    What a shop was paid is public, in how many payments is not.
    """
    paid = {group: parts for group, parts in groups.items() if group[0] is not Amount.REFUNDED}
    hidden = hide(
        paid,
        {part: coupons for part, coupons in sums.coupons.items() if part[1] is None},
        facts.letters,
        [parts for parts in divisions if paid.keys() >= {*parts}],
        known=[group for group in known if group in paid],
        running=running,
    )
    return hidden | hide(
        groups,
        sums.coupons,
        facts.letters,
        divisions,
        known=known,
        running=running,
        equations=sums.equations,
        refunds=sums.refunds,
        hidden=hidden,
    )


def sums_of(facts: Facts, few: Collection[int]) -> FigureSums:
    """Return all amounts as sums of parts.

    Args:
        few: the schemes whose payments are in their totals only.
    """
    groups = groups_of(facts, [cell for cell in facts.cells if cell.scheme not in few])
    for cell in facts.cells:
        if cell.scheme in few:
            groups[Axis.SCHEME, cell.scheme] |= {cell}
    spent: dict[Cell, Part] = {cell: (cell, None) for cell in facts.cells}
    refunded: dict[Cell, list[Part]] = {
        cell: [(cell, payout) for payout in each.refunds] for cell, each in facts.cells.items()
    }
    sums: dict[Figure, frozenset[Part]] = {}
    for key, cells in groups.items():
        sums[Amount.SPENT, key] = frozenset(spent[cell] for cell in cells)
        sums[Amount.REFUNDED, key] = frozenset(part for cell in cells for part in refunded[cell])
    coupons = {part: frozenset(facts.cells[cell].coupons) for cell, part in spent.items()}
    coupons |= {
        (cell, payout): frozenset(those)
        for cell, each in facts.cells.items()
        for payout, those in each.refunds.items()
    }
    public = [TOTAL, *_keys(groups, Axis.SCHEME)]
    return FigureSums(
        sums,
        coupons,
        [
            [(amount, key) for key in keys]
            for amount in Amount
            for keys in _divisions(facts, groups)
        ],
        [(amount, key) for amount in Amount for key in public if sums[amount, key]],
        {
            (Amount.SPENT, (Axis.UNTIL_WEEK, week)): (Amount.SPENT, (Axis.WEEK, week))
            for _, week in _keys(groups, Axis.WEEK)
        },
        _equations(coupons),
        {spent[cell]: parts for cell, parts in refunded.items() if parts},
    )


def _few(facts: Facts) -> set[int]:
    """The schemes in which something happened, with fewer than ten letters."""
    own = defaultdict[int, set[str]](set)
    for cell, each in facts.cells.items():
        own[cell.scheme] |= each.coupons
    return {scheme for scheme, those in own.items() if facts.letters(those) < MINIMUM}


def _divisions(facts: Facts, groups: Groups) -> list[list[Key]]:
    divided = [
        _keys(groups, by) for by in (Axis.SCHEME, Axis.CATEGORY, Axis.MONTH, Axis.WEEK, Axis.HOUR)
    ]
    shops, months = defaultdict[int, list[Key]](list), defaultdict[int | str, list[Key]](list)
    for shop, bits in facts.categories.items():
        shops[bits].append((Axis.SHOP, shop))
    for key in _keys(groups, Axis.SHOP_MONTH):
        for part in str(key[1]).split("/"):
            months[part].append(key)
    return [*divided, *shops.values(), *months.values()]


def _equations(parts: Iterable[Part]) -> list[Equation[Part]]:
    """A payout pays what was spent since the one before, less what was refunded since then."""
    found = defaultdict[tuple[int, int], tuple[list[Part], list[Part]]](lambda: ([], []))
    for cell, payout in parts:
        if payout is None:
            found[cell.shop, cell.payout][0].append((cell, payout))
        else:
            found[cell.shop, payout][1].append((cell, payout))
    return list(found.values())


def _keys(groups: Iterable[Key], by: Axis) -> list[Key]:
    return sorted((key for key in groups if key[0] is by), key=lambda key: key[1])


def _weeks(facts: Facts) -> list[str]:
    """From the first in which something happened up to now."""
    known = {cell.week for cell in facts.cells} | {week for week, _ in facts.budgets}
    return weeks_between(min(known), max(*known, week_of(facts.time))) if known else []
