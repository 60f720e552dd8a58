"""Lines of figures: name and amounts, or the reason why there is no amount."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from kindpakket.domain.language import say
from kindpakket.domain.tables import Hidden
from kindpakket.services.base.names import PublicNames
from kindpakket.services.decisions.describe import say_categories
from kindpakket.services.figures.facts import Budget, Cell, Facts
from kindpakket.services.figures.groups import NOTHING_KEPT, Axis, Groups, Kept, Key, groups_of


@dataclass(frozen=True)
class ReportLine:
    """One group of a breakdown. Amounts in cents; None when suppressed."""

    by: Axis
    key: str
    name: str
    payments: int | None
    spent: int | None
    """Before refunds."""
    refunded: int | None
    """Refunds of these payments, at any time."""
    left: int | None
    """Amount that can still be spent: of the total and of schemes, now; of weeks, at the end:
    issued so far less spent so far, before refunds."""
    hidden: Hidden | None
    """Reason why payments are suppressed; the amounts of the total and of schemes are public."""
    refunds_hidden: Hidden | None
    funded: int | None = None
    """Of the total, of schemes and of weeks, by decisions."""
    issued: int | None = None
    """Of the total and of schemes, less the stock; of weeks by decisions, with the stock."""
    lapsed: int | None = None
    """Lapsed amount, of the total and of schemes."""
    so_far: int | None = None
    """Of weeks: spent until their end, before refunds; suppressed where ``left`` is."""

    @property
    def net(self) -> int | None:
        """Spent, after refunds."""
        if self.spent is None or self.refunded is None:
            return None
        return self.spent - self.refunded


def measure(facts: Facts, which: Collection[Axis], kept: Kept = NOTHING_KEPT) -> list[ReportLine]:
    """Return the lines along some axes, in order, without names."""
    cells = [cell for cell in facts.cells if cell.scheme not in kept.schemes]
    groups = groups_of(facts, cells)
    lines: list[ReportLine] = []
    for by in which:
        keys = sorted((key for key in groups if key[0] is by), key=lambda key: key[1])
        own = [_line(key, groups[key], facts, kept) for key in keys]
        lines += _with_budgets(own, facts, groups, kept) if by is Axis.WEEK else own
    return lines


def named(lines: Iterable[ReportLine], names: PublicNames) -> list[ReportLine]:
    """Add names to lines, in the reader's language."""
    return [replace(line, name=_name(line, names)) for line in lines]


def _line(key: Key, cells: Iterable[Cell], facts: Facts, kept: Kept) -> ReportLine:
    by, what = key
    parts = [facts.cells[cell] for cell in cells]
    payments = sum(part.payments for part in parts)
    if by in (Axis.TOTAL, Axis.SCHEME):
        return _public(key, payments, facts, kept)
    hidden = kept.payments.get(key)
    refunds_hidden = hidden or kept.refunds.get(key)
    return ReportLine(
        by,
        str(what),
        "",
        None if hidden else payments,
        None if hidden else sum(part.spent for part in parts),
        None if refunds_hidden else sum(part.refunded for part in parts),
        None,
        hidden,
        refunds_hidden,
    )


def _public(key: Key, payments: int, facts: Facts, kept: Kept) -> ReportLine:
    """The total or a scheme, with its public amounts; the number of payments can be suppressed."""
    by, what = key
    own = [each for scheme, each in facts.schemes.items() if what in ("", scheme)]
    few = what in kept.schemes or (by is Axis.TOTAL and kept.schemes)
    hidden = Hidden.TOO_FEW if few else kept.payments.get(key)
    return ReportLine(
        by,
        str(what),
        "",
        None if hidden else payments,
        sum(each.spent for each in own),
        sum(each.refunded for each in own),
        sum(each.left for each in own),
        hidden,
        None,
        sum(each.funded for each in own),
        sum(each.issued for each in own),
        sum(each.lapsed for each in own),
    )


def _with_budgets(
    lines: Iterable[ReportLine], facts: Facts, groups: Groups, kept: Kept
) -> list[ReportLine]:
    """Add to weeks the amounts by decisions, and the amount left."""
    told, issued, so_far, begun = [], 0, 0, False
    for line in lines:
        key = (Axis.WEEK, line.key)
        own = {each: facts.budgets.get((line.key, each), Budget(0, 0)) for each in facts.schemes}
        issued += sum(budget.issued for each, budget in own.items() if each not in kept.schemes)
        so_far += sum(facts.cells[cell].spent for cell in groups[key])
        begun = begun or bool(groups[key])
        hidden = begun and (Axis.UNTIL_WEEK, line.key) in kept.payments
        told.append(
            replace(
                line,
                left=None if hidden else issued - so_far,
                so_far=None if hidden else so_far,
                funded=sum(budget.funded for budget in own.values()),
                issued=sum(budget.issued for budget in own.values()),
            )
        )
    return told


def _name(line: ReportLine, names: PublicNames) -> str:
    match line.by:
        case Axis.TOTAL:
            return say("Totaal")
        case Axis.SCHEME:
            return names.scheme(int(line.key))
        case Axis.SHOP:
            return names.shop(int(line.key))
        case Axis.CATEGORY:
            return say_categories(int(line.key))
        case Axis.WEEK:
            year, week = line.key.split("-W")
            return say("week %(week)s van %(year)s", week=int(week), year=year)
        case Axis.SHOP_MONTH:
            return line.key.partition("/")[2]
        case Axis.HOUR:
            hour = int(line.key)
            return say("%(start)s tot %(end)s uur", start=hour, end=hour + 1)
        case _:
            return line.key
