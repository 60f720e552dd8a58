"""The municipality's files of shops: who was invited, and how each stands on the ledger."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select

from kindpakket.domain.ids import Address, ShopId
from kindpakket.services.context import Context
from kindpakket.store import tables as t


@dataclass(frozen=True)
class ShopFile:
    """A shop, on the ledger or invited only; amounts in cents."""

    id: ShopId
    name: str
    address: str
    owner: Address | None
    categories: int
    """As bits: those on the ledger, or those of the invitation."""
    known: bool
    """Whether the ledger knows it."""
    admitted: bool
    owed: int
    settled: int


def invite(context: Context, name: str, address: str, owner: Address, categories: int) -> ShopId:
    """Register an invited shop under the next number.

    Args:
        categories: as bits.

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
            )
        )
    return ShopId(last + 1)


def list_shop_files(context: Context) -> list[ShopFile]:
    """Return every shop that was invited or is on the ledger, by number."""
    context.projection.catch_up()
    with context.store.read() as db:
        invited = {row.shop: row for row in db.execute(select(t.shop_details))}
        known = {row.shop: row for row in db.execute(select(t.shops))}
    return [_file(shop, invited.get(shop), known.get(shop)) for shop in sorted({*invited, *known})]


def find_shop_file(context: Context, shop: int) -> ShopFile | None:
    """Return one shop; None when there is no such shop."""
    return next((each for each in list_shop_files(context) if each.id == shop), None)


def _file(shop: int, invited: Row[Any] | None, known: Row[Any] | None) -> ShopFile:
    if known is not None:
        owner, bits = known.owner, known.categories
    else:
        owner, bits = invited and invited.invited_owner, invited and invited.invited_categories
    return ShopFile(
        ShopId(shop),
        invited.name if invited else f"Winkel {shop}",
        invited.address if invited else "",
        owner,
        int(bits or "0x0", 16),
        known is not None,
        known is not None and known.admitted,
        known.owed if known else 0,
        known.settled if known else 0,
    )
