"""Which payments each payout of a shop paid. With its amount this is an equation that is public."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, select

from kindpakket.store import tables as t


class End(NamedTuple):
    """Up to where a payout counts, both in unix seconds and included."""

    payments: int
    refunds: int


@dataclass(frozen=True)
class PaidOut:
    """The payouts of a shop in order, from 0 on; the next is the one that is still to come."""

    ends: Sequence[End] = ()

    def payment(self, time: int) -> int:
        """Return the number of the payout that pays a payment."""
        return bisect_left(self.ends, time, key=lambda end: end.payments)

    def refund(self, paid: int, time: int) -> int:
        """Return the number of the payout that a refund makes lower.

        Args:
            paid: when its payment was; until that is paid out, the refund makes that payout lower.
        """
        return max(self.payment(paid), bisect_left(self.ends, time, key=lambda end: end.refunds))


@dataclass
class _Books:
    """What a shop was paid, by time, and what it was settled, in order; cents."""

    payments: list[tuple[int, int, str]] = field(default_factory=list)
    refunds: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    settled: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """The sum so far, and the moments of which it can be what the shop was owed."""

    def end(self, settled: int, moment: int) -> End | None:
        """Return up to where payments, less refunds until a moment, come to what was settled."""
        so_far = 0
        for number, (time, amount, payment) in enumerate(self.payments):
            so_far += amount
            so_far -= sum(back for at, back in self.refunds.get(payment, ()) if at <= moment)
            last = number + 1 == len(self.payments) or self.payments[number + 1][0] > time
            if last and so_far == settled and time <= moment:
                return End(time, moment)
        return None


def read_paid_out(db: Connection) -> defaultdict[int, PaidOut]:
    """Read the payouts of each shop of which it is known what they paid.

    A payout pays what was paid up to some moment, less what was refunded until it was prepared or,
    when the contract made it lower, until it was settled. The first moment for which that is so
    is taken; a payout without one is left out, and the next counts from the one before.
    """
    books = defaultdict[int, _Books](_Books)
    paid = t.payments.c
    columns = (paid.shop, paid.time, paid.amount, paid.payment)
    for shop, time, amount, payment in db.execute(select(*columns).order_by(paid.time)):
        books[shop].payments.append((time, amount, payment))
    back = t.refunds.c
    for shop, payment, time, amount in db.execute(
        select(back.shop, back.payment, back.time, back.amount)
    ):
        books[shop].refunds[payment].append((time, amount))
    prepared = {row.sha256: row.created_at for row in db.execute(select(t.payouts))}
    so_far = defaultdict[int, int](int)
    order = (t.settlements.c.block, t.settlements.c.batch)
    for row in db.execute(select(t.settlements).order_by(*order)):
        so_far[row.shop] += row.amount
        if row.amount > 0:
            moments = (prepared.get(row.sha256, row.time), row.time)
            books[row.shop].settled.append((so_far[row.shop], moments))
    found = defaultdict[int, PaidOut](PaidOut)
    for shop, own in books.items():
        found[shop] = PaidOut(_ends(own))
    return found


def _ends(books: _Books) -> list[End]:
    ends: list[End] = []
    for settled, moments in books.settled:
        end = next((end for each in moments if (end := books.end(settled, each))), None)
        if end and (
            not ends or (end.payments > ends[-1].payments and end.refunds > ends[-1].refunds)
        ):
            ends.append(end)
    return ends
