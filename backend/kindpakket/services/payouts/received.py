"""A shop's part of every payout."""

from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.ids import ShopId
from kindpakket.services.base.context import Context
from kindpakket.services.base.paging import read_page
from kindpakket.services.payouts.returns import find_origin
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Received:
    """A shop's part of a batch, in cents; negative when it was returned."""

    batch: int
    amount: int
    time: int
    sha256: str
    returned_from: int | None
    """The batch that it was returned from; None for money that was paid."""


def list_received(
    context: Context, shop: ShopId, before: int | None = None, most: int | None = None
) -> list[Received]:
    """Return a shop's parts of payouts, newest first; zero amounts are left out.

    Args:
        before: the last batch of the previous page; None for the first page.
        most: the size of a page; None for all.

    Raises:
        Refusal: ``before`` is not in the list.
    """
    table = t.settlements.c
    query = select(t.settlements).where((table.shop == shop) & (table.amount != 0))
    order = (table.block, table.batch)
    newer = None if before is None else table.batch == before
    with context.read_views() as db:
        return [
            Received(
                row.batch,
                row.amount,
                row.time,
                row.sha256,
                find_origin(db, shop, -row.amount, row.sha256) if row.amount < 0 else None,
            )
            for row in read_page(db, query, order, after=newer, most=most)
        ]
