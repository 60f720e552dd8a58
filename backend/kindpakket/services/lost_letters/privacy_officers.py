"""The two privacy officers, to whose keys letters are sealed: named by two officials each.

As with bank accounts the database is not trusted: a naming counts by its signatures and by the
signers' capacities on the ledger.
"""

from dataclasses import dataclass
from typing import Any

import pyrage
from sqlalchemy import Row, insert, select, update

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.messages import PrivacyOfficer
from kindpakket.services.base.context import Context
from kindpakket.services.base.two_signatures import MOST_AHEAD, read_two, require_two
from kindpakket.store import tables as t

PLACES = (1, 2)
"""The order in which a letter is sealed; who is second opens first."""
LONGEST_HANDED_OVER = 2_000
"""Maximum size of a sealed private key, in bytes."""


class OfficerInvalid(ValueError):
    """This official cannot be named; the message says why."""


@dataclass(frozen=True)
class NamedOfficer:
    """A privacy officer, and by whom they were named."""

    message: PrivacyOfficer
    signers: tuple[Address, ...]
    named_at: int
    """In unix seconds; from the database and not verified."""
    handed_over: bytes | None
    """The private key, sealed to the next one who was named in this place."""

    @property
    def place(self) -> int:
        """1 or 2."""
        return self.message.place

    @property
    def official(self) -> Address:
        """Who holds the key."""
        return self.message.official

    @property
    def recipient(self) -> str:
        """The public key (``age1…``)."""
        return self.message.recipient


def is_recipient(text: str) -> bool:
    """Whether a text is a public key of age."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def new_officer(context: Context, place: int, official: Address, recipient: str) -> PrivacyOfficer:
    """Return the message that names an official in a place.

    Raises:
        OfficerInvalid: the official cannot be named.
        LedgerUnavailable: the ledger cannot be read.
    """
    newest = max((each.message.nonce for each in list_officers(context, place)), default=0)
    message = PrivacyOfficer(place, official, recipient, max(context.now(), newest + 1))
    _check(context, message)
    return message


def name_officer(context: Context, message: PrivacyOfficer, signatures: list[bytes]) -> None:
    """Store a naming; idempotent.

    Args:
        signatures: of two officials who hold OFFICIALS, signers ascending; neither is the one who
            is named.

    Raises:
        Refusal: it cannot be named, the signers lack the authority, or the nonce is too old or too
            far ahead.
        LedgerUnavailable: the ledger cannot be read.
    """
    try:
        _check(context, message)
    except OfficerInvalid as error:
        raise Refusal(Code.CALL_INVALID) from error
    if message.nonce > context.now() + MOST_AHEAD:
        raise Refusal(Code.NONCE_TOO_FAR_AHEAD)
    block = context.ledger.head()
    require_two(context, message, signatures, Capacity.OFFICIALS, {message.official})
    table = t.privacy_officers
    with context.store.write() as db:
        newest = db.execute(_versions(message.place).limit(1)).one_or_none()
        if newest is not None and message.nonce <= newest.nonce:
            if _message(newest) == message:
                return
            raise Refusal(Code.NONCE_TOO_OLD)
        db.execute(
            insert(table).values(
                place=message.place,
                nonce=message.nonce,
                official=message.official,
                recipient=message.recipient,
                signatures=b"".join(signatures),
                named_at=context.now(),
                block=block,
            )
        )


def read_officers(context: Context) -> dict[int, NamedOfficer]:
    """Return the officer of each place; a place that was never filled is absent.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    found = {place: list_officers(context, place) for place in PLACES}
    return {place: named[0] for place, named in found.items() if named}


def list_officers(context: Context, place: int) -> list[NamedOfficer]:
    """Return all who were named in a place, newest first; none whose signatures are not valid.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.store.read() as db:
        rows = db.execute(_versions(place)).all()
    return [named for row in rows if (named := _read(context, row)) is not None]


def hand_over(context: Context, official: Address, place: int, nonce: int, sealed: bytes) -> None:
    """Store the private key of a former officer, which its holder sealed to the next one's key.

    Raises:
        Refusal: that is not a key of this official with a next one, or it was handed over.
        LedgerUnavailable: the ledger cannot be read.
    """
    former = list_officers(context, place)[1:]
    mine = [each for each in former if (each.message.nonce, each.official) == (nonce, official)]
    if not mine or mine[0].handed_over is not None or not 0 < len(sealed) <= LONGEST_HANDED_OVER:
        raise Refusal(Code.NOT_FOUND)
    table = t.privacy_officers.c
    this = (table.place == place) & (table.nonce == nonce) & table.handed_over.is_(None)
    with context.store.write() as db:
        db.execute(update(t.privacy_officers).where(this).values(handed_over=sealed))


def _check(context: Context, message: PrivacyOfficer) -> None:
    if message.place not in PLACES or not is_recipient(message.recipient):
        raise OfficerInvalid(say("Kies een plaats en een sleutel op dit apparaat."))
    if not context.ledger.view("officials", message.official) & Capacity.REGISTER:
        raise OfficerInvalid(say("Een privacyfunctionaris heeft de bevoegdheid Persoonsgegevens."))
    # Former ones too: their keys open what was sealed before, and are handed over to the next.
    others = list_officers(context, 3 - message.place)
    if message.official in {each.official for each in others}:
        raise OfficerInvalid(
            say("De privacyfunctionarissen zijn twee mensen, ook als een van hen opvolgt.")
        )
    if message.recipient in {each.recipient for each in others}:
        raise OfficerInvalid(say("De privacyfunctionarissen hebben elk een eigen sleutel."))


def _versions(place: int) -> Any:
    table = t.privacy_officers
    return select(table).where(table.c.place == place).order_by(table.c.nonce.desc())


def _message(row: Row[Any]) -> PrivacyOfficer:
    return PrivacyOfficer(row.place, Address(row.official), row.recipient, row.nonce)


def _read(context: Context, row: Row[Any]) -> NamedOfficer | None:
    message = _message(row)
    signers = read_two(context, message, row, Capacity.OFFICIALS)
    if signers is None or message.official in signers:
        return None
    return NamedOfficer(message, signers, row.named_at, row.handed_over)
