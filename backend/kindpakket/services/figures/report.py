"""Where the money went: by scheme, shop, category and month; small numbers are kept back."""

from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.figures.facts import read_facts
from kindpakket.services.figures.groups import NOTHING_KEPT, Axis, kept_back
from kindpakket.services.figures.lines import ReportLine, measure, named

_DIVISIONS = (Axis.TOTAL, Axis.SCHEME, Axis.SHOP, Axis.CATEGORY, Axis.MONTH)


def report(context: Context, *, everything: bool = False) -> list[ReportLine]:
    """Return the lines of all divisions, the total first.

    What could speak of fewer than ten letters is hidden, and what that could be computed from, here
    or in the figures of the desk: :mod:`kindpakket.services.figures.suppress` has the rule. The
    payments of a scheme of which fewer were used are in its totals, which are public, and nowhere
    else.

    Args:
        everything: for officials, who may see small numbers too.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.read_views() as db:
        facts = read_facts(db)
    kept = NOTHING_KEPT if everything else kept_back(facts)
    return named(measure(facts, _DIVISIONS, kept), read_public_names(context.store))
