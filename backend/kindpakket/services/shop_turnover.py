"""What a shop sold by month, for officials."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select

from kindpakket.domain.ids import ShopId
from kindpakket.domain.times import month_of
from kindpakket.services.context import Context
from kindpakket.store import tables as t

FEWEST = 10
"""Payments in a month of which anything is told: of fewer, each may be one family's purchase.

What a shop is owed is told whatever there is to it: it is needed to pay, and public on the chain.
"""


@dataclass(frozen=True)
class Month:
    """A month in the Netherlands, as ``2027-01``; amounts in cents.

    All is None when there were too few payments to tell. Refunds count in the month of their
    payment.
    """

    month: str
    payments: int | None
    spent: int | None
    refunded: int | None

    @property
    def net(self) -> int | None:
        """What is left of it for the shop."""
        return None if self.spent is None else self.spent - (self.refunded or 0)


def list_months(context: Context, shop: ShopId) -> list[Month]:
    """Return the months in which a shop was paid, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    context.projection.catch_up()
    payments = t.payments.c
    hour = payments.time - payments.time % 3600  # every month here begins at a whole hour
    of_hour = (func.count(), func.sum(payments.amount), func.sum(payments.refunded))
    query = select(hour, *of_hour).where(payments.shop == shop).group_by(hour)
    sums = defaultdict[str, list[int]](lambda: [0, 0, 0])
    with context.store.read() as db:
        for time, *found in db.execute(query):
            month = sums[month_of(time)]
            month[:] = (before + int(more) for before, more in zip(month, found, strict=True))
    return [
        Month(month, *(found if found[0] >= FEWEST else (None, None, None)))
        for month, found in sorted(sums.items(), reverse=True)
    ]
