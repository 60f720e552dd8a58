"""Report of the money by scheme, shop, category and month, with small numbers suppressed."""

from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.figures.facts import read_facts
from kindpakket.services.figures.groups import NOTHING_KEPT, Axis, kept_back
from kindpakket.services.figures.lines import ReportLine, measure, named

_DIVISIONS = (Axis.TOTAL, Axis.SCHEME, Axis.SHOP, Axis.CATEGORY, Axis.MONTH)


def report(context: Context, *, everything: bool = False) -> list[ReportLine]:
    """Return the lines along all axes, the total first.

    Figures about fewer than ten letters are suppressed, and those from which such a figure follows,
    here or in the desk's figures: :mod:`kindpakket.services.figures.suppress`. The payments of a
    scheme with fewer used letters are in its public totals only.

    Args:
        everything: for officials, who may see small numbers too.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.read_views() as db:
        facts = read_facts(db)
    kept = NOTHING_KEPT if everything else kept_back(facts)
    return named(measure(facts, _DIVISIONS, kept), read_public_names(context.store))
