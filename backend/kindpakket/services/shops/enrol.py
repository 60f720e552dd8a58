"""One-time invitations of shops: the holder names the key of the shop's owner, and officials
decide."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from kindpakket.domain.ids import Address, ShopId
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.enrolment import Invitation, owner_code
from kindpakket.services.base.context import Context
from kindpakket.services.decisions.invitations import INVITATION_SECONDS, digest
from kindpakket.services.shops.register import ShopFile, find_shop_file, list_shop_files
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Enrolment:
    """A shop's newest invitation and its use; times in unix seconds."""

    shop: ShopId
    name: str
    expires_at: int
    owner: Address | None
    """The key that it was used for; None when unused."""
    used_at: int | None
    waits: bool
    """Whether it was used and the decision is still to come."""

    @property
    def owner_code(self) -> str | None:
        """The key's code, to compare with the owner's device; None when unused."""
        return None if self.owner is None else owner_code(self.shop, self.owner)


def invite_owner(context: Context, shop: ShopId) -> tuple[Invitation, int]:
    """Create an invitation, which replaces an earlier one of this shop. The server keeps only a
    hash of its secret.

    Returns:
        the invitation, and the last second in which it can be used.

    Raises:
        Refusal: there is no such shop.
        LedgerUnavailable: the ledger cannot be read.
    """
    file = find_shop_file(context, shop)
    if file is None:
        raise Refusal(Code.NOT_FOUND)
    made, expires_at = Invitation.generate(shop), context.now() + INVITATION_SECONDS
    with context.store.write() as db:
        db.execute(delete(t.invitations).where(t.invitations.c.shop == shop))
        db.execute(
            insert(t.invitations).values(
                shop=shop,
                secret_sha256=digest(made.secret),
                expires_at=expires_at,
                replaces=file.owner if file.known else None,
            )
        )
    return made, expires_at


def enrol(context: Context, invitation: Invitation, owner: Address) -> tuple[ShopFile, bool]:
    """Use an invitation to name a shop's owner; return the shop, and whether this call changed
    anything. Nothing changes on the ledger.

    Raises:
        Refusal: there is no such invitation, or it has expired or was used by another key.
        LedgerUnavailable: the ledger cannot be read.
    """
    now, table = context.now(), t.invitations
    this = (table.c.shop == invitation.shop) & (table.c.secret_sha256 == digest(invitation.secret))
    with context.store.write() as db:
        row = db.execute(select(table).where(this)).one_or_none()
        if row is None:
            raise Refusal(Code.INVITATION_UNKNOWN)
        if row.owner not in (None, owner):
            raise Refusal(Code.INVITATION_USED)
        if row.owner is None:
            if row.expires_at < now:
                raise Refusal(Code.INVITATION_EXPIRED)
            db.execute(update(table).where(this).values(owner=owner, used_at=now))
    file = find_shop_file(context, invitation.shop)
    if file is None:  # the ledger's views are being built again
        raise Refusal(Code.INVITATION_UNKNOWN)
    return file, row.owner is None


def list_enrolments(context: Context) -> list[Enrolment]:
    """Return the newest invitation of each shop that has one, by number."""
    files = {file.id: file for file in list_shop_files(context)}
    with context.store.read() as db:
        rows = db.execute(select(t.invitations).order_by(t.invitations.c.shop)).all()
    return [
        Enrolment(
            ShopId(row.shop),
            file.name,
            row.expires_at,
            row.owner and Address(row.owner),
            row.used_at,
            file.enrolled is not None,
        )
        for row in rows
        if (file := files.get(ShopId(row.shop)))
    ]
