"""Amounts owed to shops, read from the ledger and compared with the views."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from kindpakket.domain.ids import ShopId
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t
from kindpakket.store.views import read_cursor


@dataclass(frozen=True)
class Balance:
    """A shop's totals on the ledger; amounts in cents."""

    owed: int
    """Negative after a refund of a payment that was paid out."""
    suspended: bool
    """Suspended, or not admitted."""
    owed_in_views: int
    differs: bool
    """Whether the views differ from the ledger at the same block."""


def read_balances(context: Context, shops: Collection[int] | None = None) -> dict[ShopId, Balance]:
    """Return shops' totals at the last final block, by number.

    Args:
        shops: None for all that the views know.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.read_views() as db:
        block = read_cursor(db).block
        rows = {row.shop: (row.owed, row.settled) for row in db.execute(select(t.shops))}
        sums = select(t.settlements.c.shop, func.sum(t.settlements.c.amount))
        grouped = db.execute(sums.group_by(t.settlements.c.shop))
        paid = {shop: int(amount) for shop, amount in grouped}
    balances = {}
    for shop in sorted(rows if shops is None else shops):
        now = context.ledger.view("shops", shop, block=block)
        told = (*rows.get(shop, (0, 0)), paid.get(shop, 0))
        balances[ShopId(shop)] = Balance(
            now["owed"],
            now["suspended"] or not now["admitted"],
            told[0],
            told != (now["owed"], now["settled"], now["settled"]),
        )
    return balances
