"""Messages that need signatures of two officials and do not go to the ledger; stored until the
second one signs.

A signature is verified again, by the rules of the message's kind, when the message takes effect.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, astuple, dataclass
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, delete, insert, select

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address, Hash, ShopId
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.messages import BankAccount, LetterReplacement, Message, PrivacyOfficer
from kindpakket.services.base.acts import signer_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names
from kindpakket.services.base.two_signatures import HANDS
from kindpakket.services.lost_letters.privacy_officers import name_officer
from kindpakket.services.lost_letters.replacements import (
    VALID_FOR,
    barred,
    blank_of,
    lost_of,
    order_replacement,
)
from kindpakket.services.shops.bank_accounts import newest_nonce, set_account
from kindpakket.store import tables as t


@dataclass(frozen=True)
class MessageKind:
    """One type of message."""

    capacity: Capacity
    """The capacity required to sign."""
    read: Callable[[dict[str, Any]], Message]
    """Makes the message from its fields."""
    words: Callable[[Names, Any], str]
    """Describes its effect in one or two sentences."""
    done: Callable[[Context, Any, list[bytes]], object]
    """Applies it with two signatures, signers ascending; idempotent."""
    barred: Callable[[Context, Any], Collection[Address]] = lambda _context, _message: ()
    """The officials who may not sign it."""
    valid_for: int | None = None
    """Seconds after which it lapses while it waits; None when it does not."""


def _say_account(names: Names, message: BankAccount) -> str:
    grouped = " ".join(message.iban[at : at + 4] for at in range(0, len(message.iban), 4))
    return say(
        "%(shop)s wordt voortaan uitbetaald op %(iban)s, op naam van %(holder)s.",
        shop=names.shop(message.shop),
        iban=grouped,
        holder=message.holder,
    )


def _say_officer(names: Names, message: PrivacyOfficer) -> str:
    about = {"name": names.official(message.official), "recipient": message.recipient}
    if message.place == 1:
        return say(
            "%(name)s wordt de eerste privacyfunctionaris. Nieuwe brieven worden verzegeld met "
            "%(recipient)s.",
            **about,
        )
    return say(
        "%(name)s wordt de tweede privacyfunctionaris. Nieuwe brieven worden verzegeld met "
        "%(recipient)s.",
        **about,
    )


def _say_replacement(_names: Names, message: LetterReplacement) -> str:
    about = {"lost": lost_of(message), "blank": blank_of(message), "reason": message.reason}
    if message.blank_run:
        return say(
            "Wat er nog op brief %(lost)s staat, gaat naar lege brief %(blank)s. Brief %(lost)s is "
            "dan niets meer waard. Reden: %(reason)s",
            **about,
        )
    return say(
        "Wat er nog op brief %(lost)s staat, gaat terug naar de regeling. Brief %(lost)s is dan "
        "niets meer waard. Reden: %(reason)s",
        **about,
    )


KINDS: Mapping[str, MessageKind] = {
    "BankAccount": MessageKind(
        Capacity.SHOPS, lambda fields: BankAccount(**fields), _say_account, set_account
    ),
    "PrivacyOfficer": MessageKind(
        Capacity.OFFICIALS,
        lambda fields: PrivacyOfficer(**fields),
        _say_officer,
        name_officer,
        lambda _, message: (message.official,),
    ),
    "LetterReplacement": MessageKind(
        Capacity.ISSUE,
        lambda fields: LetterReplacement(**fields),
        _say_replacement,
        order_replacement,
        barred,
        VALID_FOR,
    ),
}


@dataclass(frozen=True)
class WaitingMessage:
    """A message that waits for signatures."""

    kind: MessageKind
    message: Message
    prepared_by: Address
    prepared_at: int
    signatures: Mapping[Address, bytes]
    """Signatures of officials who hold the capacity now."""
    barred: Collection[Address]
    """The officials who may not sign it."""

    @property
    def id(self) -> Hash:
        """The message's id."""
        return self.message.hash

    @property
    def signers(self) -> tuple[Address, ...]:
        """Addresses of the signers, ascending."""
        return tuple(sorted(self.signatures))

    def waits_for(self, official: Address, capacities: Capacity) -> bool:
        """Whether this official can sign and has not."""
        may = capacities & self.kind.capacity and official not in self.barred
        return bool(may) and official not in self.signatures


def propose(context: Context, message: Message, official: Address) -> WaitingMessage:
    """Store a message for signing by two officials; idempotent."""
    fields = asdict(message)  # type: ignore[call-overload]
    with context.store.write() as db:
        _add(
            db,
            t.waiting_messages,
            {"message": message.hash},
            kind=type(message).__name__,
            fields=json.dumps(fields),
            prepared_by=official,
            prepared_at=context.now(),
        )
    return find_message(context, message.hash)


def propose_account(
    context: Context, shop: ShopId, iban: str, holder: str, official: Address
) -> WaitingMessage:
    """Propose a shop's account; it takes effect when two officials have signed.

    The same account again, while it waits and nothing newer was signed, is the same proposal.

    Args:
        iban: as :func:`services.shops.bank_accounts.read_iban` returns it; ``holder`` likewise.
    """
    newest, proposed = newest_nonce(context, shop), (shop, iban, holder)
    for each in list_messages(context, BankAccount):
        *waits, nonce = astuple(cast(BankAccount, each.message))
        if tuple(waits) == proposed and nonce > newest:
            return each
    nonce = max(context.now(), newest + 1)
    return propose(context, BankAccount(shop, iban, holder, nonce), official)


def list_messages(context: Context, kind: type[Message] | None = None) -> list[WaitingMessage]:
    """Return the waiting messages, oldest first.

    Args:
        kind: None for all.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    table = t.waiting_messages
    query = select(table).order_by(table.c.prepared_at, table.c.message)
    if kind is not None:
        query = query.where(table.c.kind == kind.__name__)
    return [each for row in _rows(context, query) if (each := _read(context, row)) is not None]


def find_message(context: Context, id_: str) -> WaitingMessage:
    """Return a waiting message.

    Raises:
        Refusal: no message waits under this id.
        LedgerUnavailable: the ledger cannot be read.
    """
    query = select(t.waiting_messages).where(t.waiting_messages.c.message == id_)
    found = next((_read(context, row) for row in _rows(context, query)), None)
    if found is None:
        raise Refusal(Code.NOT_FOUND)
    return found


def sign_message(context: Context, waiting: WaitingMessage, signature: bytes) -> bool:
    """Store an official's signature; return whether it was the second and the message took effect.

    Raises:
        Refusal: it is not of an official with the capacity, or the message can no longer take
            effect.
        LedgerUnavailable: the ledger cannot be read.
    """
    signer = signer_of(context.ledger, waiting.message, signature)
    holds = context.ledger.view("officials", signer) & waiting.kind.capacity
    if not holds or signer in waiting.barred:
        raise Refusal(Code.NOT_AUTHORISED)
    with context.store.write() as db:
        _require(db, waiting.id)
        key = {"message": waiting.id, "signer": signer}
        _add(db, t.waiting_signatures, key, signature=signature)
    signed = find_message(context, waiting.id)
    if len(signed.signers) < HANDS:
        return False
    hands = [signed.signatures[each] for each in signed.signers[:HANDS]]
    waiting.kind.done(context, waiting.message, hands)
    withdraw_message(context, waiting)
    return True


def withdraw_message(context: Context, waiting: WaitingMessage) -> None:
    """Delete a waiting message."""
    with context.store.write() as db:
        for table in (t.waiting_signatures, t.waiting_messages):
            db.execute(delete(table).where(table.c.message == waiting.id))


def _require(db: Connection, id_: Hash) -> None:
    """Check within the transaction that the message still waits."""
    if db.execute(select(t.waiting_messages).filter_by(message=id_)).first() is None:
        raise Refusal(Code.NOT_FOUND)


def _add(db: Connection, table: Table, key: dict[str, str], **values: Any) -> None:
    """Add a row unless there is one with this key."""
    if db.execute(select(table).filter_by(**key)).first() is None:
        db.execute(insert(table).values(key | values))


def _rows(context: Context, query: Any) -> list[Row[Any]]:
    with context.store.read() as db:
        return list(db.execute(query))


def _read(context: Context, row: Row[Any]) -> WaitingMessage | None:
    kind, table = KINDS[row.kind], t.waiting_signatures
    message = kind.read(json.loads(row.fields))
    if message.hash != row.message:  # not what was proposed
        return None
    if kind.valid_for is not None and row.prepared_at + kind.valid_for < context.now():
        return None
    signed = _rows(context, select(table).where(table.c.message == row.message))
    view = context.ledger.view
    signatures = {
        Address(each.signer): each.signature
        for each in signed
        if view("officials", each.signer) & kind.capacity
    }
    prepared_by, not_these = Address(row.prepared_by), kind.barred(context, message)
    return WaitingMessage(kind, message, prepared_by, row.prepared_at, signatures, not_these)
