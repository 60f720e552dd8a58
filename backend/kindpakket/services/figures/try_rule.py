"""Trial of rules on past payments: which would have been refused?

A forecast from sums by shop and month, so that it tells nothing finer. Once the rules are in force,
the contract decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, select

from kindpakket.domain.categories import allows
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.times import (
    day_of,
    last_second,
    midnight,
    month_end,
    month_of,
    month_start,
    months_before,
)
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.decisions.describe import say_categories
from kindpakket.services.figures.shop_months import ShopMonth, read_shop_months
from kindpakket.services.schemes.changes import Rules
from kindpakket.store import tables as t


class TrialOutcome(StrEnum):
    """What rules would have done with the payments of a shop in a month."""

    REFUSED = "refused"
    KEPT = "kept"
    UNSURE = "unsure"
    """The period of the rules begins or ends within that month: some would have been refused."""


@dataclass(frozen=True)
class TrialPart:
    """Number and total of payments, in cents, before refunds."""

    payments: int
    amount: int


@dataclass(frozen=True)
class TrialLine:
    """Payments at one shop."""

    shop: int
    name: str
    categories: str
    parts: dict[TrialOutcome, TrialPart]
    """Of every outcome."""


@dataclass(frozen=True)
class Trial:
    """Result of a trial."""

    since: int
    """Start of the first month, in unix seconds."""
    parts: dict[TrialOutcome, TrialPart]
    """Of every outcome, at all shops."""
    shops: list[TrialLine]
    """Shops with payments, by number."""


def try_rules(context: Context, scheme: int, rules: Rules, months: int) -> Trial:
    """Return what these rules would have done with the payments of a scheme.

    Args:
        months: how many months to look at, this one included.

    Raises:
        Refusal: there is no such scheme.
        LedgerUnavailable: the ledger cannot be read.
    """
    names = read_public_names(context.store)
    since = month_start(month_of(months_before(context.now(), months - 1)))
    with context.read_views() as db:
        if db.scalar(select(t.schemes.c.scheme).where(t.schemes.c.scheme == scheme)) is None:
            raise Refusal(Code.SCHEME_UNKNOWN)
        shops = {row.shop: int(row.categories, 16) for row in db.execute(select(t.shops))}
        paid = t.payments.c
        found = read_shop_months(db, paid.scheme == scheme, paid.time >= since)
        first, last = _read_span(db, scheme)
    opens = midnight(day_of(min(rules.opens, last + 1)))
    closes = last_second(day_of(min(rules.closes - 1, last))) + 1

    def outcome(each: ShopMonth) -> TrialOutcome:
        start, end = max(first, month_start(each.month)), min(last, month_end(each.month) - 1)
        allowed = allows(rules.permitted, rules.excluded, shops[each.shop])
        if not allowed or end < opens or closes <= start:
            return TrialOutcome.REFUSED
        whole = opens <= start and end < closes
        return TrialOutcome.KEPT if whole else TrialOutcome.UNSURE

    judged = [(each, outcome(each)) for each in found]
    lines = [
        TrialLine(
            shop,
            names.shop(shop),
            say_categories(bits),
            _add_up([(each, how) for each, how in judged if each.shop == shop]),
        )
        for shop, bits in sorted(shops.items())
        if any(each.shop == shop for each in found)
    ]
    return Trial(since, _add_up(judged), lines)


def _read_span(db: Connection, scheme: int) -> tuple[int, int]:
    """The first and the last second of the days with payments of a scheme. In whole days, so that a
    trial does not tell the time of a payment."""
    time = t.payments.c.time
    ends = select(func.min(time), func.max(time)).where(t.payments.c.scheme == scheme)
    first, last = (each or 0 for each in db.execute(ends).one())
    return midnight(day_of(first)), last_second(day_of(last))


def _add_up(judged: Sequence[tuple[ShopMonth, TrialOutcome]]) -> dict[TrialOutcome, TrialPart]:
    parts = {}
    for outcome in TrialOutcome:
        own = [each for each, how in judged if how is outcome]
        parts[outcome] = TrialPart(
            sum(each.payments for each in own), sum(each.spent for each in own)
        )
    return parts
