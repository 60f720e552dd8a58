"""Sign-in with a key (ERC-4361), for reading one's own data. Tokens are stored as hashes.

An official's session is by the key, by a work account that is bound to the key, or by both; with
the setting ``oidc_required`` only by both.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from eth_keys.exceptions import BadSignature
from sqlalchemy import Connection, Row, delete, insert, select, update

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address, ShopId
from kindpakket.domain.refusals import Code, Forbidden, Refusal
from kindpakket.oidc.tokens import ConfirmedAccount
from kindpakket.protocol.signatures import check_form, expand
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission, may_read
from kindpakket.store import tables as t

CHALLENGE_SECONDS = 5 * 60
SESSION_SECONDS = 30 * 60
LONGEST_MESSAGE = 600
"""Maximum length of a sign-in message in characters, twice what is needed: parsing takes quadratic
time."""
LONGEST_SECONDS = 10 * 3600
"""Maximum duration of a session that is prolonged: a working day."""


@dataclass(frozen=True)
class Challenge:
    """The values that a sign-in message must contain."""

    nonce: str
    expires_at: int


@dataclass(frozen=True)
class Origin:
    """The origin of the page that signs in, as in ``location.host`` and ``location.origin``."""

    domain: str
    uri: str


@dataclass(frozen=True)
class BoundAccount:
    """A work account that somebody signed in with, and the official whose key it is bound to."""

    confirmed: ConfirmedAccount
    official: Address


@dataclass(frozen=True)
class Session:
    """A read token with its expiry."""

    token: str
    address: Address
    expires_at: int


class ReaderKind(StrEnum):
    """Kind of reader of a shop's data."""

    OWNER = "owner"
    TILL = "till"
    OFFICIAL = "official"


@dataclass(frozen=True)
class Reader:
    """A reader of a shop's data."""

    address: Address
    kind: ReaderKind


def challenge(context: Context) -> Challenge:
    """Generate a nonce for one sign-in."""
    now = context.now()
    made = Challenge(secrets.token_hex(16), now + CHALLENGE_SECONDS)
    with context.store.write() as db:
        db.execute(insert(t.challenges).values(nonce=made.nonce, expires_at=made.expires_at))
    return made


def load_sign_in() -> None:
    """Import the library that parses sign-in messages. It takes about a second, which would delay
    the start or the first sign-in."""
    import siwe  # noqa: F401, PLC0415


def sign_in(
    context: Context,
    message: str,
    signature: bytes,
    origin: Origin,
    account: BoundAccount | None = None,
) -> Session:
    """Check a signed message of ours and open a session for a till, an owner or an official.

    Args:
        origin: what the message must name, so that a page elsewhere cannot use what it was given.
        account: the work account of the same official, for a session by both.

    Raises:
        Refusal: the message is not ours, is too long, is used or expired, or is not signed by its
            address; or the account is bound to another key.
    """
    address, nonce = _read_signed(context, message, signature, origin)
    if account is not None and account.official != address:
        raise Refusal(Code.ACCOUNT_OF_ANOTHER_KEY)
    with context.store.write() as db:
        now = context.now()
        live = (t.challenges.c.nonce == nonce) & (t.challenges.c.expires_at >= now)
        if db.execute(delete(t.challenges).where(live)).rowcount == 0:
            raise Refusal(Code.SESSION_INVALID)
        return open_session(db, now, address, account.confirmed if account else None)


def _read_signed(
    context: Context, message: str, signature: bytes, origin: Origin
) -> tuple[Address, str]:
    """The address that signed a message of ours, and the message's nonce, which may be used."""
    if len(message) > LONGEST_MESSAGE:
        raise Refusal(Code.SESSION_INVALID)
    from siwe import SiweMessage, VerificationError  # noqa: PLC0415 (loaded by load_sign_in)

    try:
        check_form(signature)
        # By the library's expression: its grammar can be kept busy for a second by 600 characters.
        parsed = SiweMessage.from_message(message, abnf=False)
        parsed.verify(
            expand(signature).hex(),
            domain=origin.domain,
            timestamp=datetime.fromtimestamp(context.now(), UTC),
        )
    except (ValueError, VerificationError, BadSignature) as error:
        raise Refusal(Code.SESSION_INVALID) from error
    if (parsed.uri, parsed.chain_id) != (origin.uri, context.ledger.domain.chain_id):
        raise Refusal(Code.SESSION_INVALID)
    return Address(parsed.address.lower()), parsed.nonce


def open_session(
    db: Connection,
    now: int,
    address: Address,
    account: ConfirmedAccount | None,
    *,
    by_key: bool = True,
) -> Session:
    """Store a new session.

    Args:
        account: the work account that signed in, which is bound to this key; None without one.
        by_key: whether the key signed in.
    """
    session = Session(secrets.token_urlsafe(32), address, now + SESSION_SECONDS)
    db.execute(
        insert(t.sessions).values(
            token_sha256=digest(session.token),
            address=address,
            begun_at=now,
            expires_at=session.expires_at,
            by_key=by_key,
            issuer=account and account.account.issuer,
            subject=account and account.account.subject,
            sid=account and account.session,
        )
    )
    return session


def require_shop(context: Context, token: str, shop: ShopId, reading: ReadPermission) -> Reader:
    """Check that a token may read what is this shop's: its owner's, an active till's,
    or that of an official who may read this. The ledger is asked each time: who is blocked or
    replaced reads no more.

    Raises:
        Refusal: no live session, no such shop, or it is another's.
    """
    session, view = _find(context, token), context.ledger.view
    address = Address(session.address)
    till, known = view("tills", address), view("shops", shop)
    if not known["known"]:
        raise Refusal(Code.NOT_FOUND)
    if known["owner"] == address:
        return Reader(address, ReaderKind.OWNER)
    if till["shop"] == shop and till["active"]:
        return Reader(address, ReaderKind.TILL)
    if not may_read(view("officials", address), reading) or _lacks_account(context, session):
        raise Forbidden
    return Reader(address, ReaderKind.OFFICIAL)


def require_capacity(context: Context, token: str, capacity: Capacity) -> Address:
    """Return the official whose token it is, who holds at least one of these capacities now.

    Raises:
        Refusal: no live session, or it is not such an official's.
    """
    address, held = find_official(context, token)
    if not held & capacity:
        raise Forbidden
    return address


def find_official(context: Context, token: str) -> tuple[Address, Capacity]:
    """Return the official whose token it is, and what they may decide on now.

    Raises:
        Refusal: no live session, or it is of no official, or not by all that is required.
    """
    session = _find(context, token)
    address = Address(session.address)
    capacities = Capacity(context.ledger.view("officials", address))
    if not capacities or _lacks_account(context, session):
        raise Forbidden
    return address, capacities


def prolong(context: Context, token: str) -> None:
    """Extend a session in use, up to a working day after its start."""
    now, table = context.now(), t.sessions
    mine = (table.c.token_sha256 == digest(token)) & (table.c.expires_at >= now)
    half_gone = table.c.expires_at < now + SESSION_SECONDS // 2
    young = table.c.begun_at > now + SESSION_SECONDS - LONGEST_SECONDS
    with context.store.read() as db:
        if db.execute(select(table).where(mine & half_gone & young)).one_or_none() is None:
            return
    with context.store.write() as db:
        db.execute(update(table).where(mine & young).values(expires_at=now + SESSION_SECONDS))


def forget_expired(context: Context) -> None:
    """Delete challenges, sessions and the like that have expired.

    Raises:
        StoreUnavailable: the store cannot be written.
    """
    now = context.now()
    with context.store.write() as db:
        for table in (t.challenges, t.sessions, t.confirmed_accounts, t.logout_tokens):
            db.execute(delete(table).where(table.c.expires_at < now))


def sign_out(context: Context, token: str) -> None:
    """End a session."""
    with context.store.write() as db:
        db.execute(delete(t.sessions).where(t.sessions.c.token_sha256 == digest(token)))


def sign_out_everywhere(context: Context, address: Address) -> int:
    """End every session of a key; return how many there were."""
    with context.store.write() as db:
        return db.execute(delete(t.sessions).where(t.sessions.c.address == address)).rowcount


def find_issuer(context: Context, token: str) -> str | None:
    """Return the issuer of the work account that opened a session; None without one."""
    with context.store.read() as db:
        mine = t.sessions.c.token_sha256 == digest(token)
        return db.execute(select(t.sessions.c.issuer).where(mine)).scalar_one_or_none()


def _find(context: Context, token: str) -> Row[Any]:
    """Return a session.

    Raises:
        Refusal: it is not live.
    """
    live = (t.sessions.c.token_sha256 == digest(token)) & (t.sessions.c.expires_at >= context.now())
    with context.store.read() as db:
        row = db.execute(select(t.sessions).where(live)).one_or_none()
    if row is None:
        raise Refusal(Code.SESSION_INVALID)
    return row


def _lacks_account(context: Context, session: Row[Any]) -> bool:
    """Whether a work account and the key are both required, and one of them did not sign in."""
    return context.account_required and (session.subject is None or not session.by_key)


def digest(token: str) -> str:
    """Return the hash of a token, as stored."""
    return hashlib.sha256(token.encode()).hexdigest()
