"""Registration of a shop with its details."""

from sqlalchemy import Connection, select

from kindpakket.domain.ids import ShopId
from kindpakket.domain.locations import Location
from kindpakket.services.base.context import Context
from kindpakket.services.shops.register import invite_with
from kindpakket.store import tables as t


class ShopRegistered(Exception):
    """A shop of this name and address is registered already."""

    def __init__(self, shop: ShopId) -> None:
        super().__init__(shop)
        self.shop = shop


def register_shop(
    context: Context,
    name: str,
    address: str,
    categories: int,
    location: Location | None,
    kvk: str,
) -> ShopId:
    """Register a shop under the next number; its owner is to be invited.

    Args:
        categories: as bits.
        location: None when it is not known; public, like the address.
        kvk: its number at the Chamber of Commerce, eight digits.

    Raises:
        ShopRegistered: it is there already, such as when a form is sent twice.
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.write_with_views() as db:
        _check_new(db, name, address)
        return invite_with(db, context.now(), name, address, None, categories, location, kvk)


def _check_new(db: Connection, name: str, address: str) -> None:
    for row in db.execute(select(t.shop_details)):
        if (row.name.lower(), row.address.lower()) == (name.lower(), address.lower()):
            raise ShopRegistered(ShopId(row.shop))
