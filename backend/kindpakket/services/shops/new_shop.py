"""Registration of a shop with its details."""

from sqlalchemy import Connection, select

from kindpakket.domain.ids import ShopId
from kindpakket.services.base.context import Context
from kindpakket.services.shops.register import ShopDetails, invite_with
from kindpakket.store import tables as t


class ShopRegistered(Exception):
    """A shop of this name and address is registered already."""

    def __init__(self, shop: ShopId) -> None:
        super().__init__(shop)
        self.shop = shop


def register_shop(context: Context, details: ShopDetails, categories: int) -> ShopId:
    """Register a shop under the next number; its owner is to be invited.

    Args:
        categories: as bits.

    Raises:
        ShopRegistered: it is there already, such as when a form is sent twice.
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.write_with_views() as db:
        _check_new(db, details)
        return invite_with(db, context.now(), details, None, categories)


def _check_new(db: Connection, details: ShopDetails) -> None:
    new = (details.name.lower(), details.address.lower())
    for row in db.execute(select(t.shop_details)):
        if (row.name.lower(), row.address.lower()) == new:
            raise ShopRegistered(ShopId(row.shop))
