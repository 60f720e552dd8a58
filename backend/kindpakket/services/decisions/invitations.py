"""One-time invitations of officials: the holder names, once, the key that the official will use."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import ZERO, Address, Hash
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.enrolment import OfficialInvitation, official_code
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names, same_name
from kindpakket.services.decisions.prepare import list_prepared
from kindpakket.store import tables as t

INVITATION_SECONDS = 7 * 24 * 3600
"""Validity of an invitation, also of a shop's."""


@dataclass(frozen=True)
class Newcomer:
    """An invited official; times in unix seconds."""

    id: Hash
    """The hash of the invitation's secret."""
    name: str
    capacities: Capacity
    expires_at: int
    invited_by: Address
    official: Address | None
    """The key that the invitation was used for; None when it was not used."""
    used_at: int | None

    @property
    def code(self) -> str | None:
        """The key's code, to compare with the newcomer's screen; None while the invitation is
        unused."""
        return None if self.official is None else official_code(self.official)


def invite_official(
    context: Context, name: str, capacities: Capacity, by: Address
) -> tuple[OfficialInvitation, int]:
    """Create an invitation; the server keeps only a hash of its secret.

    Returns:
        the invitation, and the last second in which it can be used.
    """
    made, expires_at = OfficialInvitation.generate(), context.now() + INVITATION_SECONDS
    with context.store.write() as db:
        db.execute(
            insert(t.official_invitations).values(
                secret_sha256=digest(made.secret),
                name=name,
                capacities=int(capacities),
                expires_at=expires_at,
                invited_by=by,
            )
        )
    return made, expires_at


def enrol_official(context: Context, invitation: OfficialInvitation, official: Address) -> Newcomer:
    """Use an invitation to name a key; idempotent for the same key.

    Nothing changes on the ledger: two officials decide.

    Raises:
        Refusal: there is no such invitation, it has expired or was used by another key, or the key
            is known: whoever has it would put another's name over what it signed before.
    """
    now, table = context.now(), t.official_invitations
    this = table.c.secret_sha256 == digest(invitation.secret)
    with context.write_with_views() as db:
        row = db.execute(select(table).where(this)).one_or_none()
        if row is None:
            raise Refusal(Code.INVITATION_UNKNOWN)
        if row.official not in (None, official):
            raise Refusal(Code.INVITATION_USED)
        if row.official is None:
            if row.expires_at < now:
                raise Refusal(Code.INVITATION_EXPIRED)
            if _is_known(db, official):
                raise Refusal(Code.KEY_KNOWN)
            db.execute(update(table).where(this).values(official=official, used_at=now))
        row = db.execute(select(table).where(this)).one()
    return _newcomer(row)


def list_newcomers(context: Context) -> list[Newcomer]:
    """Return the invitations that are valid, or whose key waits for a decision."""
    table = t.official_invitations
    with context.read_views() as db:
        rows = db.execute(select(table).order_by(table.c.expires_at)).all()
        newcomers = [_newcomer(row) for row in rows]
        ever = set(db.scalars(select(t.officials.c.official)))
    return [each for each in newcomers if _waits(context, each, ever)]


def withdraw_invitation(context: Context, newcomer: Hash) -> None:
    """Delete an invitation, or its key when no decision about it was made."""
    with context.store.write() as db:
        table = t.official_invitations
        db.execute(delete(table).where(table.c.secret_sha256 == newcomer))


def is_name_taken(context: Context, name: str, official: Address | None = None) -> bool:
    """Whether another official has this name, or will have it after a waiting decision.

    Args:
        official: the key that is to have it; None when it is not known yet.
    """
    names = read_names(context)
    waiting = names.waiting(each.id for each in list_prepared(context))
    with context.read_views() as db:
        holders = set(
            db.scalars(select(t.officials.c.official).where(t.officials.c.capacities > 0))
        )
    others: list[tuple[str | None, str]] = [
        *((key, called) for key, called in names.officials.items() if key in holders),
        *((each.official, each.name) for each in list_newcomers(context)),
        *waiting,
    ]
    return any(
        same_name(called, name) for key, called in others if official is None or key != official
    )


def _is_known(db: Connection, key: Address) -> bool:
    """Whether a key is or was an official, till, owner or coupon, or is proposed as one."""
    owner = func.substr(t.decisions.c.call, 81, 20) == bytes.fromhex(key[2:])
    of_shop = func.substr(t.decisions.c.call, 1, 4) == encode_call("setShop", 0, 0, ZERO, False)[:4]
    queries = (
        select(t.officials.c.official).where(t.officials.c.official == key),
        select(t.tills.c.till).where(t.tills.c.till == key),
        select(t.coupons.c.coupon).where(t.coupons.c.coupon == key),
        select(t.decisions.c.decision).where(of_shop & owner),
        select(t.shop_details.c.shop).where(t.shop_details.c.invited_owner == key),
        select(t.invitations.c.shop).where(t.invitations.c.owner == key),
        select(t.official_invitations.c.name).where(t.official_invitations.c.official == key),
    )
    return any(db.execute(query.limit(1)).first() is not None for query in queries)


def _waits(context: Context, newcomer: Newcomer, ever: Collection[str]) -> bool:
    if newcomer.official is None:
        return newcomer.expires_at >= context.now()
    return newcomer.official not in ever


def _newcomer(row: Row[tuple[object, ...]]) -> Newcomer:
    return Newcomer(
        Hash(row.secret_sha256),
        row.name,
        Capacity(row.capacities),
        row.expires_at,
        Address(row.invited_by),
        row.official and Address(row.official),
        row.used_at,
    )


def digest(secret: bytes) -> str:
    """Return the hash of an invitation's secret, which is all that is stored of it."""
    return hashlib.sha256(secret).hexdigest()
