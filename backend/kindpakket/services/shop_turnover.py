"""What a shop sold by month, for officials."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select

from kindpakket.domain.ids import ShopId
from kindpakket.domain.times import month_of
from kindpakket.services.context import Context
from kindpakket.services.letters_behind import read_letter_bound, read_origins
from kindpakket.services.suppress import MINIMUM
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Month:
    """A month in the Netherlands, as ``2027-01``; amounts in cents.

    All is None when it could be of fewer than ten letters. Refunds count in the month of their
    payment. What a shop is owed is told whatever there is to it: it is needed to pay, and public
    on the chain.
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
    used = select(hour, t.debits.c.coupon).distinct().join_from(t.debits, t.payments)
    sums = defaultdict[str, list[int]](lambda: [0, 0, 0])
    coupons = defaultdict[str, set[str]](set)
    with context.store.read() as db:
        letters_in, origins = read_letter_bound(db, shop), read_origins(db)
        for time, *found in db.execute(query):
            month = sums[month_of(time)]
            month[:] = (before + int(more) for before, more in zip(month, found, strict=True))
        for time, coupon in db.execute(used.where(payments.shop == shop, t.debits.c.amount > 0)):
            coupons[month_of(time)].add(origins.get(coupon, coupon))
    return [
        Month(month, *(found if letters_in(coupons[month]) >= MINIMUM else (None, None, None)))
        for month, found in sorted(sums.items(), reverse=True)
    ]
