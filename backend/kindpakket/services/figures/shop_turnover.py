"""Turnover of a shop by month, for officials."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select

from kindpakket.domain.ids import ShopId
from kindpakket.domain.tables import Hidden
from kindpakket.domain.times import month_of
from kindpakket.services.base.context import Context
from kindpakket.services.figures.letter_bound import LetterBound, read_letter_bound, read_origins
from kindpakket.services.figures.suppress import hide
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Month:
    """A month in the Netherlands, as ``2027-01``; amounts in cents.

    Suppressed amounts are None: those about fewer than ten letters, and those from which such an
    amount follows together with what the shop is owed and was paid out, which is public. Refunds
    count in the month of their payment, and are suppressed by the letters that got them.
    """

    month: str
    payments: int | None
    spent: int | None
    refunded: int | None
    hidden: Hidden | None = None
    """Reason why the payments are suppressed."""

    @property
    def net(self) -> int | None:
        """Amount for the shop after refunds."""
        if self.spent is None or self.refunded is None:
            return None
        return self.spent - self.refunded


@dataclass
class _Sum:
    payments: int = 0
    spent: int = 0
    refunded: int = 0
    coupons: set[str] = field(default_factory=set)
    refunded_coupons: set[str] = field(default_factory=set)


def list_months(context: Context, shop: ShopId) -> list[Month]:
    """Return the months in which a shop was paid, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    payments = t.payments.c
    hour = payments.time - payments.time % 3600  # every month here begins at a whole hour
    amounts = (func.count(), func.sum(payments.amount), func.sum(payments.refunded))
    of_hour = select(hour, *amounts).where(payments.shop == shop).group_by(hour)
    used = (
        select(hour, t.debits.c.coupon, payments.refunded > 0)
        .distinct()
        .join_from(t.debits, t.payments)
        .where(payments.shop == shop, t.debits.c.amount > 0)
    )
    sums = defaultdict[str, _Sum](_Sum)
    with context.read_views() as db:
        letters_in, origins = read_letter_bound(db, shop), read_origins(db)
        for time, count, spent, refunded in db.execute(of_hour):
            month = sums[month_of(time)]
            month.payments += count
            month.spent += int(spent)
            month.refunded += int(refunded)
        for time, coupon, back in db.execute(used):
            month, origin = sums[month_of(time)], origins.get(coupon, coupon)
            month.coupons.add(origin)
            if back:
                month.refunded_coupons.add(origin)
    return _months(sums, letters_in)


def _months(sums: dict[str, _Sum], letters_in: LetterBound) -> list[Month]:
    spent = _hide({month: each.coupons for month, each in sums.items()}, letters_in)
    back = {month: each.refunded_coupons for month, each in sums.items() if each.refunded}
    refunded = _hide(back, letters_in)
    return [
        Month(month, None, None, None, spent[month])
        if month in spent
        else Month(month, each.payments, each.spent, None if month in refunded else each.refunded)
        for month, each in sorted(sums.items(), reverse=True)
    ]


def _hide(coupons: dict[str, set[str]], letters_in: LetterBound) -> dict[str, Hidden]:
    """Return the suppressed months; the total of all months is known."""
    groups = {month: frozenset({month}) for month in coupons}
    whole = {"": frozenset(coupons)} if coupons else {}
    used = {month: frozenset(those) for month, those in coupons.items()}
    hidden = hide(groups | whole, used, letters_in, [list(groups)], known=list(whole))
    return {month: why for month, why in hidden.items() if month in groups}
