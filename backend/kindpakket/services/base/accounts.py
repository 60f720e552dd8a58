"""Work accounts of officials, each bound to one official's key by a signature of that key.

The signature is kept and checked at each sign-in: write access to the database is not enough to
bind one. Of an account, only its issuer and subject are stored.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, select

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address
from kindpakket.domain.refusals import Code, Forbidden, Refusal
from kindpakket.oidc.tokens import Account, ConfirmedAccount, LoggedOut
from kindpakket.protocol.messages import WorkAccount
from kindpakket.protocol.signatures import SignatureMalformed
from kindpakket.services.base import sessions
from kindpakket.services.base.context import Context
from kindpakket.services.base.sessions import BoundAccount, Session, digest
from kindpakket.store import tables as t

CONFIRMED_SECONDS = 10 * 60
"""How long an account that signed in waits for a signature of a key."""


@dataclass(frozen=True)
class WaitingAccount:
    """An account that waits for a signature of a key."""

    token: str
    bound: bool
    """Whether it is bound to that key already."""


def sign_in_with_account(context: Context, confirmed: ConfirmedAccount) -> Session | WaitingAccount:
    """Open a session for an account that is bound to an official's key, unless it takes that too.

    Raises:
        Forbidden: its key is not of an official any more.
    """
    now, token = context.now(), secrets.token_urlsafe(32)
    bound = find_bound(context, confirmed)
    if bound and not Capacity(context.ledger.view("officials", bound.official)):
        raise Forbidden
    with context.store.write() as db:
        if bound is not None and not context.account_required:
            return sessions.open_session(db, now, bound.official, confirmed, by_key=False)
        db.execute(
            insert(t.confirmed_accounts).values(
                token_sha256=digest(token),
                issuer=confirmed.account.issuer,
                subject=confirmed.account.subject,
                sid=confirmed.session,
                expires_at=now + CONFIRMED_SECONDS,
            )
        )
    return WaitingAccount(token, bound is not None)


def find_confirmed(context: Context, token: str) -> ConfirmedAccount | None:
    """Return the account that waits under a token."""
    table = t.confirmed_accounts
    waits = _under(token) & (table.c.expires_at >= context.now())
    with context.store.read() as db:
        row = db.execute(select(table).where(waits)).one_or_none()
    return None if row is None else ConfirmedAccount(Account(row.issuer, row.subject), row.sid)


def find_bound(context: Context, confirmed: ConfirmedAccount) -> BoundAccount | None:
    """Return the official whose key an account is bound to, by the signature of the binding."""
    account = confirmed.account
    with context.store.read() as db:
        row = db.execute(select(t.work_accounts).where(_of(t.work_accounts, account))).one_or_none()
    if row is None:
        return None
    if _signer(context, account, row.nonce, row.signature) != row.official:
        return None
    return BoundAccount(confirmed, Address(row.official))


def forget_confirmed(context: Context, token: str) -> None:
    """Delete an account that waits."""
    with context.store.write() as db:
        db.execute(delete(t.confirmed_accounts).where(_under(token)))


def binding(account: Account, nonce: int) -> WorkAccount:
    """Return the message with which a key binds an account to itself.

    Args:
        nonce: the time, in unix seconds.
    """
    return WorkAccount(account.issuer, account.subject, nonce)


def bind(context: Context, token: str, nonce: int, signature: bytes) -> Session:
    """Bind the account that waits to the official's key that signed, and open a session by both.

    Raises:
        Refusal: no account waits, the signature is not by an official, or too old; or the account
            or the key is bound already.
    """
    now, confirmed = context.now(), find_confirmed(context, token)
    if confirmed is None or not now - CONFIRMED_SECONDS <= nonce <= now:
        raise Refusal(Code.ACCOUNT_REFUSED)
    account = confirmed.account
    official = _signer(context, account, nonce, signature)
    if official is None:
        raise Refusal(Code.SIGNATURE_INVALID)
    if not Capacity(context.ledger.view("officials", official)):
        raise Forbidden
    with context.store.write() as db:
        if db.execute(delete(t.confirmed_accounts).where(_under(token))).rowcount == 0:
            raise Refusal(Code.ACCOUNT_REFUSED)
        table = t.work_accounts
        former = (table.c.official == official) & (table.c.issuer != account.issuer)
        db.execute(delete(table).where(former))  # of a provider that is not used any more
        either = or_(table.c.official == official, _of(table, account))
        if db.execute(select(table.c.official).where(either)).first() is not None:
            raise Refusal(Code.ACCOUNT_OF_ANOTHER_KEY)
        db.execute(
            insert(table).values(
                official=official,
                issuer=account.issuer,
                subject=account.subject,
                nonce=nonce,
                signature=signature,
            )
        )
        return sessions.open_session(db, now, official, confirmed)


def unbind(context: Context, official: Address) -> None:
    """Withdraw the binding of a key, and end the sessions of the account."""
    with context.store.write() as db:
        _unbind(db, official)


def unbind_former_officials(context: Context) -> None:
    """Withdraw the bindings of keys that hold no capacity.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: the store cannot be written.
    """
    former = [
        official
        for official in list_bound(context)
        if not Capacity(context.ledger.view("officials", official))
    ]
    for official in former:
        unbind(context, official)


def list_bound(context: Context) -> dict[Address, int]:
    """Return when the account of each key was bound, in unix seconds."""
    with context.store.read() as db:
        rows = db.execute(select(t.work_accounts.c.official, t.work_accounts.c.nonce))
        return {Address(row.official): row.nonce for row in rows}


def end_sessions(context: Context, logged_out: LoggedOut) -> None:
    """End the sessions that were opened by an account that signed out at its provider.

    Raises:
        Refusal: the token was used before.
    """
    used = t.logout_tokens
    with context.store.write() as db:
        if db.execute(select(used).where(used.c.jti == logged_out.id)).first() is not None:
            raise Refusal(Code.ACCOUNT_REFUSED)
        db.execute(insert(used).values(jti=logged_out.id, expires_at=logged_out.expires_at))
        for table in (t.sessions, t.confirmed_accounts):
            ended = table.c.issuer == logged_out.issuer
            if logged_out.subject is not None:
                ended &= table.c.subject == logged_out.subject
            if logged_out.session is not None:
                ended &= table.c.sid == logged_out.session
            db.execute(delete(table).where(ended))


def _signer(context: Context, account: Account, nonce: int, signature: bytes) -> Address | None:
    try:
        return binding(account, nonce).signer(context.ledger.domain, signature)
    except SignatureMalformed:
        return None


def _unbind(db: Connection, official: Address) -> None:
    mine = t.work_accounts.c.official == official
    row = db.execute(select(t.work_accounts).where(mine)).one_or_none()
    if row is None:
        return
    db.execute(delete(t.work_accounts).where(mine))
    account = Account(row.issuer, row.subject)
    for table in (t.sessions, t.confirmed_accounts):
        db.execute(delete(table).where(_of(table, account)))


def _under(token: str) -> ColumnElement[bool]:
    return t.confirmed_accounts.c.token_sha256 == digest(token)


def _of(table: Table, account: Account) -> ColumnElement[bool]:
    return (table.c.issuer == account.issuer) & (table.c.subject == account.subject)
