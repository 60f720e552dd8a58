"""Key figures of each scheme."""

from dataclasses import dataclass

from kindpakket.domain.tables import Hidden
from kindpakket.services.figures.facts import Facts
from kindpakket.services.figures.suppress import MINIMUM


@dataclass(frozen=True)
class SchemeFigures:
    """A scheme's public totals in cents, and the share of letters that were used."""

    scheme: int
    name: str
    funded: int
    issued: int
    """Less the stock."""
    stock: int
    spent: int
    """Before refunds; ``net`` after them."""
    refunded: int
    net: int
    left: int
    lapsed: int
    coupons: int
    """Number of issued coupons; a moved one counts once."""
    coupons_used: int | None
    letters_used: int | None
    """Lower bound on the number of used letters."""
    hidden: Hidden | None
    """Reason why the last two are suppressed: few letters were used, or all but a few."""


def measure_schemes(facts: Facts) -> list[SchemeFigures]:
    """Return all schemes by number, without names."""
    used = {coupon for each in facts.cells.values() for coupon in each.coupons}
    return [_scheme(scheme, facts, used) for scheme in facts.schemes]


def _scheme(scheme: int, facts: Facts, used: set[str]) -> SchemeFigures:
    totals, coupons = facts.schemes[scheme], facts.coupons.get(scheme, set())
    spent_from, untouched = coupons & used, coupons - used
    letters = facts.letters(spent_from)
    few = letters < MINIMUM or 0 < facts.letters(untouched) < MINIMUM
    return SchemeFigures(
        scheme,
        "",
        totals.funded,
        totals.issued,
        totals.stock,
        totals.spent,
        totals.refunded,
        totals.net,
        totals.left,
        totals.lapsed,
        len(coupons),
        None if few else len(spent_from),
        None if few else letters,
        Hidden.TOO_FEW if few else None,
    )
