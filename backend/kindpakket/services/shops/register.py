"""The municipality's register of shops, combined with their state on the ledger."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from kindpakket.domain.ids import Address, ShopId
from kindpakket.domain.language import say
from kindpakket.domain.locations import Location
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import keep_former
from kindpakket.store import tables as t


class Stage(StrEnum):
    """Stage of a shop's admission."""

    INVITED = "invited"
    ENROLLED = "enrolled"
    """An owner's key waits for a decision; the ledger does not have the shop."""
    ADMITTED = "admitted"
    SUSPENDED = "suspended"
    """Admitted, and suspended until two officials lift it."""
    ENDED = "ended"
    """Not admitted."""


@dataclass(frozen=True)
class ShopDetails:
    """What the municipality writes down about a shop; off the ledger.

    All but ``kvk`` is public. Texts that are not given are empty.
    """

    name: str
    address: str
    location: Location | None = None
    kvk: str = ""
    """Its number at the Chamber of Commerce, eight digits."""
    phone: str = ""
    opening_hours: str = ""
    examples: str = ""
    """Examples of what one can buy there."""

    @property
    def row(self) -> dict[str, Any]:
        """The columns of the table."""
        place = self.location
        return {
            "name": self.name,
            "address": self.address,
            "latitude": place and place.latitude,
            "longitude": place and place.longitude,
        } | {name: getattr(self, name) or None for name in _OPTIONAL}


_OPTIONAL = ("kvk", "phone", "opening_hours", "examples")


@dataclass(frozen=True)
class ShopFile:
    """A shop, on the ledger or only invited; amounts in cents."""

    id: ShopId
    details: ShopDetails
    owner: Address | None
    """The owner on the ledger, or of the invitation; None when there is none."""
    enrolled: Address | None
    """The key that the newest invitation was used for, until a decision."""
    categories: int
    """As bits, from the ledger, or from the invitation."""
    known: bool
    """Whether the shop is on the ledger."""
    admitted: bool
    suspended: bool
    """Whether it is suspended, admitted or not."""
    owed: int
    settled: int

    @property
    def name(self) -> str:
        """Its name."""
        return self.details.name

    @property
    def address(self) -> str:
        """Its address."""
        return self.details.address

    @property
    def candidate(self) -> Address | None:
        """The owner to decide on: who enrolled last, otherwise the present owner."""
        return self.enrolled or self.owner

    @property
    def stage(self) -> Stage:
        """Stage of admission."""
        if self.known:
            if not self.admitted:
                return Stage.ENDED
            return Stage.SUSPENDED if self.suspended else Stage.ADMITTED
        return Stage.INVITED if self.candidate is None else Stage.ENROLLED

    def matches(self, sought: str) -> bool:
        """Whether a text is in its number, name and address."""
        return sought.lower() in f"{self.id} {self.name} {self.address}".lower()


def invite(
    context: Context, details: ShopDetails, owner: Address | None, categories: int
) -> ShopId:
    """Register an invited shop under the next number.

    Args:
        owner: None when an invitation will be used to name the owner.
        categories: as bits.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.write_with_views() as db:
        return invite_with(db, context.now(), details, owner, categories)


def invite_with(
    db: Connection, now: int, details: ShopDetails, owner: Address | None, categories: int
) -> ShopId:
    """Register an invited shop within the caller's transaction, whose views are up to date."""
    last = max(
        db.scalar(select(func.max(column))) or 0
        for column in (t.shop_details.c.shop, t.shops.c.shop)
    )
    db.execute(
        insert(t.shop_details).values(
            shop=last + 1,
            invited_at=now,
            invited_owner=owner,
            invited_categories=hex(categories),
            **details.row,
        )
    )
    return ShopId(last + 1)


def describe_shop(context: Context, shop: ShopId, details: ShopDetails) -> None:
    """Replace what is written down about a shop.

    Raises:
        LookupError: there is no such shop.
    """
    if find_shop_file(context, shop) is None:
        raise LookupError(shop)
    table, values = t.shop_details, details.row
    with context.store.write() as db:
        before = db.scalar(select(table.c.name).where(table.c.shop == shop))
        keep_former(db, "shop", shop, before, details.name, context.now())
        changed = db.execute(update(table).where(table.c.shop == shop).values(**values))
        if not changed.rowcount:  # the ledger's, and not invited here
            db.execute(insert(table).values(shop=shop, invited_at=context.now(), **values))


def set_invited_categories(context: Context, shop: ShopId, categories: int) -> None:
    """Set the categories of an invited shop; once it is on the ledger, officials decide."""
    table = t.shop_details
    with context.store.write() as db:
        db.execute(
            update(table).where(table.c.shop == shop).values(invited_categories=hex(categories))
        )


def list_shop_files(context: Context) -> list[ShopFile]:
    """Return every shop that was invited or is on the ledger, by number."""
    with context.read_views() as db:
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


def details_of(shop: int, row: Row[Any] | None) -> ShopDetails:
    """Return what is written down about a shop.

    Args:
        row: of the table, with null in every column or None when the shop was not invited here.
    """
    if row is None or row.name is None:
        return ShopDetails(say("Winkel %(number)s", number=shop), "")
    place = None if row.latitude is None else Location(row.latitude, row.longitude)
    texts = {name: getattr(row, name) or "" for name in _OPTIONAL}
    return ShopDetails(row.name, row.address, place, **texts)


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
        details_of(shop, invited),
        owner,
        used.owner if used is not None and waits else None,
        int(bits or "0x0", 16),
        known is not None,
        known is not None and known.admitted,
        known is not None and known.suspended,
        known.owed if known else 0,
        known.settled if known else 0,
    )
