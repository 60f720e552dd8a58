"""Key figures of each scheme."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, exists, func, select

from kindpakket.services.base.names import PublicNames
from kindpakket.services.figures.letter_bound import fewest_letters, read_most
from kindpakket.services.schemes.stock import read_stock
from kindpakket.store import tables as t


@dataclass(frozen=True)
class SchemeFigures:
    """A scheme's totals in cents, and how many coupons and letters were used."""

    scheme: int
    name: str
    funded: int
    issued: int
    """Less the stock."""
    stock: int
    spent: int
    """Before refunds; ``net`` after them."""
    refunded: int
    over: bool
    """Whether it accepts no payments any more: the rest has lapsed."""
    coupons: int
    """Number of issued coupons; a moved one counts once."""
    coupons_used: int
    letters_used: int
    """Lower bound on the number of used letters."""

    @property
    def net(self) -> int:
        """Spent, after refunds."""
        return self.spent - self.refunded

    @property
    def left(self) -> int:
        """Amount that can still be spent."""
        return 0 if self.over else self.issued - self.net

    @property
    def lapsed(self) -> int:
        """Amount that was not spent in time."""
        return self.issued - self.net - self.left


def read_schemes(db: Connection, now: int, names: PublicNames) -> list[SchemeFigures]:
    """Return all schemes by number."""
    stock, most, coupon = read_stock(db), read_most(db), t.coupons.c
    count = select(coupon.scheme, func.count()).where(coupon.origin.is_(None))
    issued = {row[0]: row[1] for row in db.execute(count.group_by(coupon.scheme))}
    paid = exists().where(t.debits.c.coupon == coupon.coupon, t.debits.c.amount > 0)
    origin = select(func.coalesce(coupon.origin, coupon.coupon).label("coupon"))
    origins = origin.where(paid).distinct().subquery()
    query = (
        select(coupon.scheme, coupon.value, func.count())
        .join(origins, origins.c.coupon == coupon.coupon)
        .group_by(coupon.scheme, coupon.value)
    )
    used = defaultdict[int, dict[tuple[int, int], int]](dict)
    for scheme, value, n in db.execute(query):
        used[scheme][scheme, value] = n
    return [
        SchemeFigures(
            row.scheme,
            names.scheme(row.scheme),
            row.funded,
            row.issued - stock.get(row.scheme, 0),
            stock.get(row.scheme, 0),
            row.spent,
            row.refunded,
            row.closed or now >= row.closes,
            issued.get(row.scheme, 0),
            sum(used[row.scheme].values()),
            fewest_letters(used[row.scheme], most),
        )
        for row in db.execute(select(t.schemes).order_by(t.schemes.c.scheme))
    ]
