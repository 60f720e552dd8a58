"""Unusual patterns at a shop, for a person to look at: nothing follows from them automatically, and
most are harmless.

Coupons are not named, so that an official learns that something happened often and not to whom.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from kindpakket.domain.ids import ShopId
from kindpakket.domain.language import say, say_moment
from kindpakket.services.base.context import Context
from kindpakket.services.figures.letter_bound import read_origins
from kindpakket.store import tables as t

MANY_DRAWS = 4
DRAWS_WITHIN = 3600
REFUND_BEFORE_PAYOUT = 24 * 3600
ROUND = 5_00
"""In cents. Prices are seldom multiples of five euros."""
ROUND_SHARE = 50
"""Threshold in percent of a shop's payments."""
FEWEST_PAYMENTS = 20
"""Minimum number of payments for a share."""


class SignalKind(StrEnum):
    """Kind of pattern."""

    MANY_DRAWS = "many_draws"
    REFUNDS_BEFORE_PAYOUT = "refunds_before_payout"
    ROUND_AMOUNTS = "round_amounts"


@dataclass(frozen=True)
class Signal:
    """One occurrence, with its first and last second."""

    kind: SignalKind
    count: int
    first: int
    last: int
    text: str


def list_signals(context: Context, shop: ShopId) -> list[Signal]:
    """Return the patterns of a shop's whole history, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.read_views() as db:
        found = [*_many_draws(db, shop), *_refunds_before_payouts(db, shop), *_round(db, shop)]
    return sorted(found, key=lambda signal: (-signal.last, signal.kind))


def _many_draws(db: Connection, shop: ShopId) -> list[Signal]:
    """Many draws on one coupon within an hour; each draw is in at most one signal."""
    origins = read_origins(db)
    query = (
        select(t.debits.c.coupon, t.payments.c.time)
        .join_from(t.debits, t.payments)
        .where((t.payments.c.shop == shop) & (t.debits.c.amount > 0))
        .order_by(t.payments.c.time)
    )
    draws = defaultdict[str, list[int]](list)
    for coupon, time in db.execute(query):
        draws[origins.get(coupon, coupon)].append(time)
    return [
        Signal(
            SignalKind.MANY_DRAWS,
            len(times),
            times[0],
            times[-1],
            say(
                "Van één tegoed is binnen een uur %(count)s keer betaald, vanaf %(first)s.",
                count=len(times),
                first=say_moment(times[0]),
            ),
        )
        for every in draws.values()
        for times in _bursts(every)
    ]


def _bursts(times: list[int]) -> list[list[int]]:
    """Disjoint runs of enough draws within an hour, from the first on."""
    found, start = [], 0
    while start < len(times):
        end = bisect_left(times, times[start] + DRAWS_WITHIN, start)
        if end - start >= MANY_DRAWS:
            found.append(times[start:end])
        start = end if end - start >= MANY_DRAWS else start + 1
    return found


def _refunds_before_payouts(db: Connection, shop: ShopId) -> list[Signal]:
    """Refunds from a day before a payout to this shop was prepared until it was recorded."""
    payouts = select(t.payouts.c.sha256, t.payouts.c.created_at)
    prepared = {row.sha256: row.created_at for row in db.execute(payouts)}
    paid_out = (t.settlements.c.shop == shop) & (t.settlements.c.amount > 0)
    refunds = sorted(db.scalars(select(t.refunds.c.time).where(t.refunds.c.shop == shop)))
    signals = []
    for row in db.execute(select(t.settlements).where(paid_out)):
        start = prepared.get(row.sha256, row.time) - REFUND_BEFORE_PAYOUT
        times = [time for time in refunds if start <= time <= row.time]
        if times:
            text = say(
                "Kort voor uitbetaling %(batch)s is %(count)s keer geld teruggegeven.",
                batch=row.batch,
                count=len(times),
            )
            signals.append(
                Signal(SignalKind.REFUNDS_BEFORE_PAYOUT, len(times), times[0], times[-1], text)
            )
    return signals


def _round(db: Connection, shop: ShopId) -> list[Signal]:
    """A large share of round amounts among a shop's payments."""
    query = select(t.payments.c.time, t.payments.c.amount).where(t.payments.c.shop == shop)
    rows = db.execute(query).all()
    times = sorted(row.time for row in rows if row.amount % ROUND == 0)
    if len(rows) < FEWEST_PAYMENTS or len(times) * 100 < len(rows) * ROUND_SHARE:
        return []
    text = say(
        "Van %(all)s betalingen zijn er %(count)s een veelvoud van 5 euro.",
        all=len(rows),
        count=len(times),
    )
    return [Signal(SignalKind.ROUND_AMOUNTS, len(times), times[0], times[-1], text)]
