"""One-time links for officials to come: who holds one names, once, the key that they will have."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Row, delete, insert, select, update

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.enrolment import OfficialInvitation, official_code
from kindpakket.services.context import Context
from kindpakket.services.names import name_official
from kindpakket.store import tables as t

INVITATION_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Newcomer:
    """An official to come; times in unix seconds."""

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
        """What to compare with the newcomer's screen; None while the invitation is unused."""
        return None if self.official is None else official_code(self.official)


def invite_official(
    context: Context, name: str, capacities: Capacity, by: Address
) -> tuple[OfficialInvitation, int]:
    """Make an invitation; the server keeps a hash of the secret only.

    Returns:
        the invitation, and the last second in which it can be used.
    """
    made, expires_at = OfficialInvitation.draw(), context.now() + INVITATION_SECONDS
    with context.store.write() as db:
        db.execute(
            insert(t.official_invitations).values(
                secret_sha256=_digest(made.secret),
                name=name,
                capacities=int(capacities),
                expires_at=expires_at,
                invited_by=by,
            )
        )
    return made, expires_at


def enrol_official(context: Context, invitation: OfficialInvitation, official: Address) -> Newcomer:
    """Use an invitation to name a key; again with the same key changes nothing.

    It changes nothing on the ledger: two officials decide on it.

    Raises:
        Refusal: the invitation is none, has expired or was used by another key.
    """
    now, table = context.now(), t.official_invitations
    this = table.c.secret_sha256 == _digest(invitation.secret)
    with context.store.write() as db:
        row = db.execute(select(table).where(this)).one_or_none()
        if row is None:
            raise Refusal(Code.INVITATION_UNKNOWN)
        if row.official not in (None, official):
            raise Refusal(Code.INVITATION_USED)
        if row.official is None:
            if row.expires_at < now:
                raise Refusal(Code.INVITATION_EXPIRED)
            db.execute(update(table).where(this).values(official=official, used_at=now))
        row = db.execute(select(table).where(this)).one()
    name_official(context.store, official, row.name)
    return _newcomer(row)


def list_newcomers(context: Context) -> list[Newcomer]:
    """Return the invitations that can still be used, or whose key waits for a decision."""
    table = t.official_invitations
    with context.store.read() as db:
        rows = db.execute(select(table).order_by(table.c.expires_at)).all()
    newcomers = [_newcomer(row) for row in rows]
    return [each for each in newcomers if _waits(context, each)]


def withdraw_invitation(context: Context, newcomer: Hash) -> None:
    """End an invitation that was not used, or forget a key that was not decided on."""
    with context.store.write() as db:
        table = t.official_invitations
        db.execute(delete(table).where(table.c.secret_sha256 == newcomer))


def _waits(context: Context, newcomer: Newcomer) -> bool:
    if newcomer.official is None:
        return newcomer.expires_at >= context.now()
    return not context.ledger.view("officials", newcomer.official)


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


def _digest(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()
