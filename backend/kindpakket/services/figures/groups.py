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
    SHOP_MONTH = "shop_month"
    """Payments at one shop in one month; the key is ``1/2027-01``."""


class Amount(StrEnum):
    """Amount of the payments in a group."""

    SPENT = "spent"
    """With it goes the number of payments."""
    REFUNDED = "refunded"


Key = tuple[Axis, int | str]
Groups = dict[Key, frozenset[Cell]]
Question = tuple[str, int]
"""Name of a sum of payments that a trial shows; no axis has this name."""
Figure = tuple[Amount, Key | Question]
Part = int
"""Position of a cell for what was spent, and its complement (``~``) for what was refunded of it."""

TOTAL: Key = (Axis.TOTAL, "")


@dataclass(frozen=True)
class Kept:
    """Figures that are suppressed, and the reason."""

    payments: Mapping[Key | Question, Hidden]
    """Suppressed numbers of payments and amounts spent."""
    refunds: Mapping[Key | Question, Hidden]
    schemes: Collection[int]
    """Schemes left out of all breakdowns: so few letters were used that their public totals are
    about these."""

    def hides(self, figure: Figure) -> bool:
        """Whether a figure is suppressed; refunds always are where payments are."""
        amount, key = figure
        return key in self.payments or (amount is Amount.REFUNDED and key in self.refunds)


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
    for cell in facts.cells:
        found[Axis.SHOP_MONTH, f"{cell.shop}/{cell.month}"] = set()
    for cell in sorted(cells):
        found[Axis.SCHEME, cell.scheme].add(cell)
        found[Axis.SHOP, cell.shop].add(cell)
        found[Axis.MONTH, cell.month].add(cell)
        found[Axis.WEEK, cell.week].add(cell)
        found[Axis.HOUR, cell.hour].add(cell)
        found[Axis.SHOP_MONTH, f"{cell.shop}/{cell.month}"].add(cell)
    for shop, bits in facts.categories.items():
        found[Axis.CATEGORY, bits] = found[Axis.CATEGORY, bits] | found[Axis.SHOP, shop]
    return {key: frozenset(members) for key, members in found.items()}


def kept_back(facts: Facts) -> Kept:
    """Return the suppressed figures of payments and of refunds.

    The totals of schemes are public, and so is what each shop sold less its refunds: that was paid
    to it or is owed. Refunds are suppressed by the letters that got them: a shop can have many
    families and one refund.
    """
    few = _few(facts)
    kept: dict[Amount, dict[Key | Question, Hidden]] = {amount: {} for amount in Amount}
    for (amount, key), why in _hidden(facts, few).items():
        kept[amount][key] = why
    # That there were no refunds at all, everyone knows.
    refunded = any(each.refunded for cell, each in facts.cells.items() if cell.scheme not in few)
    return Kept(kept[Amount.SPENT], kept[Amount.REFUNDED] if refunded else {}, few)


def kept_back_beside(
    facts: Facts, kept: Kept, asked: Mapping[Question, Collection[Cell]]
) -> dict[Question, Hidden]:
    """Return which other sums of payments are suppressed, since the figures are known.

    Args:
        kept: the suppressed figures.
        asked: the cells of each sum.
    """
    hidden = _hidden(facts, kept.schemes, asked, kept)
    return {key: why for key in asked if (why := hidden.get((Amount.SPENT, key)))}


def _few(facts: Facts) -> set[int]:
    """The schemes with payments of fewer than ten letters."""
    own = defaultdict[int, set[str]](set)
    for cell, each in facts.cells.items():
        own[cell.scheme] |= each.coupons
    return {scheme for scheme, those in own.items() if facts.letters(those) < MINIMUM}


def _hidden(
    facts: Facts,
    few: Collection[int],
    asked: Mapping[Question, Collection[Cell]] | None = None,
    kept: Kept | None = None,
) -> dict[Figure, Hidden]:
    """Return all suppressed sums.

    Args:
        few: schemes whose payments are in their totals only.
        asked: sums of payments besides the figures.
        kept: the suppressed figures, if all others are known.
    """
    groups = groups_of(facts, [cell for cell in facts.cells if cell.scheme not in few])
    for scheme in few:
        own = frozenset(cell for cell in facts.cells if cell.scheme == scheme)
        groups[Axis.SCHEME, scheme] = own
    place = {cell: position for position, cell in enumerate(facts.cells)}
    coupons = {place[cell]: frozenset(each.coupons) for cell, each in facts.cells.items()}
    coupons |= {
        ~place[cell]: frozenset(each.refunded_coupons)
        for cell, each in facts.cells.items()
        if each.refunded
    }
    sums: dict[Figure, frozenset[Part]] = {}
    for key, cells in groups.items():
        spent = frozenset(map(place.__getitem__, cells))
        sums[Amount.SPENT, key] = spent
        sums[Amount.REFUNDED, key] = frozenset(~part for part in spent if ~part in coupons)
    running: dict[Figure, Figure] = {
        (Amount.SPENT, (Axis.UNTIL_WEEK, key[1])): (Amount.SPENT, key)
        for key in _keys(groups, Axis.WEEK)
    }
    hidden = {figure for figure in (*sums, *running) if kept and kept.hides(figure)}
    known = [figure for figure in (*sums, *running) if figure not in hidden]
    if not kept:
        public = (Axis.TOTAL, Axis.SCHEME)
        known = [figure for figure in sums if figure[1][0] in public and sums[figure]]
    for question, those in (asked or {}).items():
        sums[Amount.SPENT, question] = frozenset(map(place.__getitem__, those))
    shops = defaultdict[int, list[Part]](list)
    for cell in facts.cells:
        shops[cell.shop].append(place[cell])
    return hide(
        sums,
        coupons,
        facts.letters,
        [
            [(amount, key) for key in keys]
            for amount in Amount
            for keys in _divisions(facts, groups)
        ],
        known=known,
        running=running,
        refunds={part: ~part for part in place.values() if ~part in coupons},
        net=shops.values(),
        hidden=hidden,
    )


def _divisions(facts: Facts, groups: Groups) -> list[list[Key]]:
    shops, months = defaultdict[int, list[Key]](list), defaultdict[str, list[Key]](list)
    for shop, bits in facts.categories.items():
        shops[bits].append((Axis.SHOP, shop))
    for key in _keys(groups, Axis.SHOP_MONTH):
        for part in str(key[1]).split("/"):
            months[part].append(key)
    once = (Axis.SCHEME, Axis.CATEGORY, Axis.MONTH, Axis.WEEK, Axis.HOUR)
    return [*(_keys(groups, by) for by in once), *shops.values(), *months.values()]


def _keys(groups: Iterable[Key], by: Axis) -> list[Key]:
    return sorted((key for key in groups if key[0] is by), key=lambda key: key[1])


def _weeks(facts: Facts) -> list[str]:
    """The weeks from the first payment or decision until now."""
    known = {cell.week for cell in facts.cells} | {week for week, _ in facts.budgets}
    return weeks_between(min(known), max(*known, week_of(facts.time))) if known else []
