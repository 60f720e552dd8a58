"""What was paid by month and kind of shop, as a sum of published figures.

The sums of shops by month and the totals of months are published; nothing else is used. So no
figure follows that does not follow from those.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kindpakket.domain.tables import Hidden
from kindpakket.domain.times import months_between
from kindpakket.services.figures.lines import ReportLine


@dataclass(frozen=True)
class MonthFigures:
    """What was paid in a month, before refunds, in cents."""

    month: str
    """As ``2027-01``."""
    spent: int | None
    """None when suppressed; ``kinds`` is empty then."""
    kinds: Mapping[str, int | Hidden]
    """By the categories of a shop, as bits in decimal: at least this much, what is published of its
    shops; or the reason why nothing is."""
    hidden: Hidden | None

    @property
    def rest(self) -> int | None:
        """The part of ``spent`` that is not published by kind of shop."""
        return None if self.spent is None else self.spent - sum(map(self.drawn, self.kinds))

    def drawn(self, kind: str) -> int:
        """What is published of a kind of shop."""
        amount = self.kinds.get(kind, 0)
        return 0 if isinstance(amount, Hidden) else amount


def measure_months(
    months: Iterable[ReportLine], shop_months: Iterable[ReportLine], categories: Mapping[int, int]
) -> list[MonthFigures]:
    """Return every month from the first payment to the last.

    Args:
        months: the totals by month.
        shop_months: the sums of each shop by month.
        categories: of each shop, as bits.
    """
    kinds = defaultdict[str, dict[str, int | Hidden]](dict)
    for line in shop_months:
        shop, month = line.key.split("/")
        kind, own = str(categories[int(shop)]), kinds[month]
        before = own.get(kind)
        if line.spent is not None:
            own[kind] = line.spent + (before if isinstance(before, int) else 0)
        elif before is None and line.hidden:
            own[kind] = line.hidden
    known = {line.key: line for line in months}
    every = months_between(min(known), max(known)) if known else []
    return [_month(month, known.get(month), kinds[month]) for month in every]


def _month(month: str, line: ReportLine | None, kinds: Mapping[str, int | Hidden]) -> MonthFigures:
    if line is None:
        return MonthFigures(month, 0, {}, None)
    return MonthFigures(month, line.spent, {} if line.spent is None else kinds, line.hidden)
