"""The municipality's files of shops: who was invited, and how each stands on the ledger."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select

from kindpakket.domain.ids import Address, ShopId
from kindpakket.domain.locations import Location
from kindpakket.services.context import Context
from kindpakket.store import tables as t


@dataclass(frozen=True)
class ShopFile:
    """A shop, on the ledger or invited only; amounts in cents."""

    id: ShopId
    name: str
    address: str
    location: Location | None
    owner: Address | None
    """The ledger's, or that of the invitation; None when nobody knows it yet."""
    enrolled: Address | None
    """Who used the shop's newest invitation, until the officials decide."""
    categories: int
    """As bits: those on the ledger, or those of the invitation."""
    known: bool
    """Whether the ledger knows it."""
    admitted: bool
    owed: int
    settled: int

    @property
    def candidate(self) -> Address | None:
        """The owner to decide on: who enrolled last, or else the owner there is."""
        return self.enrolled or self.owner


def invite(
    context: Context,
    name: str,
    address: str,
    owner: Address | None,
    categories: int,
    location: Location | None = None,
) -> ShopId:
    """Register an invited shop under the next number.

    Args:
        owner: None when an invitation will be used to name the owner.
        categories: as bits.
        location: None when it is not known; public, like the address.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    context.projection.catch_up()
    with context.store.write() as db:
        last = max(
            db.scalar(select(func.max(column))) or 0
            for column in (t.shop_details.c.shop, t.shops.c.shop)
        )
        db.execute(
            insert(t.shop_details).values(
                shop=last + 1,
                name=name,
                address=address,
                invited_at=context.now(),
                invited_owner=owner,
                invited_categories=hex(categories),
                latitude=location and location.latitude,
                longitude=location and location.longitude,
            )
        )
    return ShopId(last + 1)


def list_shop_files(context: Context) -> list[ShopFile]:
    """Return every shop that was invited or is on the ledger, by number."""
    context.projection.catch_up()
    with context.store.read() as db:
        invited = {row.shop: row for row in db.execute(select(t.shop_details))}
        known = {row.shop: row for row in db.execute(select(t.shops))}
        used = {row.shop: row for row in db.execute(select(t.invitations))}
    return [
        _file(shop, invited.get(shop), known.get(shop), used.get(shop))
        for shop in sorted({*invited, *known})
    ]


def find_shop_file(context: Context, shop: int) -> ShopFile | None:
    """Return one shop; None when there is no such shop."""
    return next((each for each in list_shop_files(context) if each.id == shop), None)


def location_of(details: Row[Any] | None) -> Location | None:
    """Return where a shop is; None when the register does not know."""
    if details is None or details.latitude is None:
        return None
    return Location(details.latitude, details.longitude)


def _file(
    shop: int, invited: Row[Any] | None, known: Row[Any] | None, used: Row[Any] | None
) -> ShopFile:
    now = known and known.owner
    # When the ledger has another owner than it had, the officials have decided since.
    waits = used is not None and used.replaces == now
    if known is not None:
        owner, bits = known.owner, known.categories
    else:
        owner, bits = invited and invited.invited_owner, invited and invited.invited_categories
    return ShopFile(
        ShopId(shop),
        invited.name if invited else f"Winkel {shop}",
        invited.address if invited else "",
        location_of(invited),
        owner,
        used.owner if used is not None and waits else None,
        int(bits or "0x0", 16),
        known is not None,
        known is not None and known.admitted,
        known.owed if known else 0,
        known.settled if known else 0,
    )
