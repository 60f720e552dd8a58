"""Requests to move what is left of a lost letter to a blank one, or back to the scheme.

Two officials sign a request; the two privacy officers carry it out in their browsers. As with the
naming of officers the database is not trusted: a request counts by its signatures.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, true, update

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address, Hash, SchemeId
from kindpakket.domain.language import say
from kindpakket.domain.letters import serial
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.messages import LetterReplacement
from kindpakket.services.base.context import Context
from kindpakket.services.base.two_signatures import MOST_AHEAD, read_two, require_two
from kindpakket.services.lost_letters.privacy_officers import read_officers
from kindpakket.store import tables as t

VALID_FOR = 7 * 24 * 3600
"""Seconds from a request's nonce in which it is signed and carried out."""
LONGEST_REASON = 300


class ReplacementInvalid(ValueError):
    """This letter cannot be replaced in this way; the message says why."""


class ReplacementState(StrEnum):
    """What a request waits for."""

    SECOND = "second"
    """The officer of place 2, who opens first."""
    FIRST = "first"
    DONE = "done"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    """Withdrawn after the outer layer was opened; a part may have been moved."""


@dataclass(frozen=True)
class Replacement:
    """A request that two officials signed, and what was done. Times in unix seconds."""

    message: LetterReplacement
    signers: tuple[Address, ...]
    signed_at: int
    opened_by: Address | None
    """The officer of place 2, who opened the outer layer."""
    opened_at: int | None
    done_by: Address | None
    """The officer of place 1, who moved what was left."""
    done_at: int | None
    withdrawn_by: Address | None
    """An official before anything was opened; afterwards the officer of place 1."""
    withdrawn_at: int | None

    @property
    def id(self) -> Hash:
        """The message's id."""
        return self.message.hash

    def state(self, now: int) -> ReplacementState:
        """Return what it waits for at a time, in unix seconds."""
        if self.done_at is not None:
            return ReplacementState.DONE
        if self.withdrawn_at is not None:
            withdrawn, stopped = ReplacementState.WITHDRAWN, ReplacementState.STOPPED
            return withdrawn if self.opened_at is None else stopped
        if lapses_at(self.message) < now:
            return ReplacementState.LAPSED
        return ReplacementState.SECOND if self.opened_at is None else ReplacementState.FIRST


@dataclass(frozen=True)
class StoredLetter:
    """A letter or card that a browser made."""

    scheme: SchemeId
    blank: bool
    sealed_to: tuple[str, str]
    """Public keys (``age1…``), in the order in which it is sealed."""
    sealed: bytes


def lapses_at(message: LetterReplacement) -> int:
    """Return the last second in which a request counts."""
    return message.nonce + VALID_FOR


def lost_of(message: LetterReplacement) -> str:
    """Return the number on the letter that was lost."""
    return serial(message.run, message.number)


def blank_of(message: LetterReplacement) -> str | None:
    """Return the number on the blank letter; None when what is left goes back to the scheme."""
    return serial(message.blank_run, message.blank_number) if message.blank_run else None


def barred(context: Context, _message: LetterReplacement) -> set[Address]:
    """Return who may not sign a request: the privacy officers of now.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    return _officers(context)


def new_replacement(
    context: Context, lost: tuple[int, int], blank: tuple[int, int], reason: str, official: Address
) -> LetterReplacement:
    """Return the message that requests a replacement.

    Args:
        lost: run and number of the letter or card that was lost.
        blank: those of the blank letter; zeros to give what is left back to the scheme.
        official: who requests it.

    Raises:
        ReplacementInvalid: the letter cannot be replaced in this way, or a privacy officer, who
            opens letters, requests it.
        LedgerUnavailable: the ledger cannot be read.
    """
    message = LetterReplacement(*lost, *blank, reason, context.now())
    if official in barred(context, message):
        raise ReplacementInvalid(
            say("Een privacyfunctionaris vraagt dit niet aan. Laat een collega het doen.")
        )
    _check(context, message)
    with context.store.read() as db:
        _refuse_taken(db, context, message)
    return message


def order_replacement(
    context: Context, message: LetterReplacement, signatures: list[bytes]
) -> None:
    """Store a request that two officials signed; idempotent.

    Args:
        signatures: of two officials who hold ISSUE and are no privacy officers, signers ascending.

    Raises:
        Refusal: the letter cannot be replaced in this way, the signers lack the authority, or the
            request lapsed.
        LedgerUnavailable: the ledger cannot be read.
    """
    if message.nonce > context.now() + MOST_AHEAD:
        raise Refusal(Code.NONCE_TOO_FAR_AHEAD)
    if lapses_at(message) < context.now():
        raise Refusal(Code.DECISION_EXPIRED)
    block = context.ledger.head()
    require_two(context, message, signatures, Capacity.ISSUE, barred(context, message))
    table = t.letter_replacements
    try:
        _check(context, message)
        with context.store.write() as db:
            if db.scalar(select(table.c.replacement).filter_by(replacement=message.hash)):
                return
            _refuse_taken(db, context, message)
            db.execute(
                insert(table).values(
                    replacement=message.hash,
                    run=message.run,
                    number=message.number,
                    blank_run=message.blank_run,
                    blank_number=message.blank_number,
                    reason=message.reason,
                    nonce=message.nonce,
                    signatures=b"".join(signatures),
                    signed_at=context.now(),
                    block=block,
                )
            )
    except ReplacementInvalid as error:
        raise Refusal(Code.CALL_INVALID) from error


def list_replacements(context: Context) -> list[Replacement]:
    """Return every request that two officials signed, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    return _list(context, true())


def list_open(context: Context) -> list[Replacement]:
    """Return the requests that wait for an officer, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    table = t.letter_replacements.c
    return _list(context, _waits() & (table.nonce >= context.now() - VALID_FOR))


def find_replacement(context: Context, id_: str) -> Replacement:
    """Return a request.

    Raises:
        Refusal: two officials signed none with this id.
        LedgerUnavailable: the ledger cannot be read.
    """
    table = t.letter_replacements
    with context.store.read() as db:
        row = db.execute(select(table).filter_by(replacement=id_)).one_or_none()
    found = None if row is None else _read(context, row, _officers(context))
    if found is None:
        raise Refusal(Code.NOT_FOUND)
    return found


def withdraw_replacement(context: Context, id_: str, official: Address) -> None:
    """Withdraw a request of which nothing was opened; the letters are free for another one.

    Raises:
        Refusal: there is no such request, or it does not wait for the officer of place 2.
        LedgerUnavailable: the ledger cannot be read.
    """
    if find_replacement(context, id_).state(context.now()) is not ReplacementState.SECOND:
        raise Refusal(Code.NOT_FOUND)
    table = t.letter_replacements
    this = (table.c.replacement == id_) & table.c.opened_at.is_(None) & _waits()
    values = {"withdrawn_at": context.now(), "withdrawn_by": official}
    with context.store.write() as db:
        if not db.execute(update(table).where(this).values(**values)).rowcount:
            raise Refusal(Code.NOT_FOUND)


def find_letter(context: Context, run: int, number: int) -> StoredLetter | None:
    """Return a letter or card by its number; None when it is not here."""
    begun, sealed = t.begun_runs.c, t.sealed_letters.c
    query = (
        select(
            begun.scheme, begun.blank, begun.first_recipient, begun.second_recipient, sealed.sealed
        )
        .where(begun.run == sealed.run)
        .where(sealed.run == run, sealed.number == number)
    )
    with context.store.read() as db:
        row = db.execute(query).one_or_none()
    if row is None:
        return None
    sealed_to = (row.first_recipient, row.second_recipient)
    return StoredLetter(SchemeId(row.scheme), row.blank, sealed_to, row.sealed)


def forget_lapsed(db: Connection, now: int) -> int:
    """Delete what was opened for requests that lapsed; return for how many.

    Args:
        now: in unix seconds.
    """
    table = t.letter_replacements
    lapsed = (table.c.nonce < now - VALID_FOR) & table.c.opened_lost.is_not(None)
    changed = update(table).where(lapsed).values(opened_lost=None, opened_blank=None)
    return db.execute(changed).rowcount


def _waits() -> ColumnElement[bool]:
    """Neither done nor withdrawn; it may have lapsed."""
    table = t.letter_replacements.c
    return table.done_at.is_(None) & table.withdrawn_at.is_(None)


def _list(context: Context, which: ColumnElement[bool]) -> list[Replacement]:
    table = t.letter_replacements
    query = select(table).where(which).order_by(table.c.nonce.desc(), table.c.replacement)
    with context.store.read() as db:
        rows = db.execute(query).all()
    officers = _officers(context)
    return [each for row in rows if (each := _read(context, row, officers)) is not None]


def _officers(context: Context) -> set[Address]:
    return {each.official for each in read_officers(context).values()}


def _check(context: Context, message: LetterReplacement) -> None:
    """Check that both letters are here and belong together."""
    lost, blank = (message.run, message.number), (message.blank_run, message.blank_number)
    lost_letter = _require_letter(context, *lost)
    if set(read_officers(context)) != {1, 2}:
        raise ReplacementInvalid(say("Er zijn nog geen twee privacyfunctionarissen."))
    if blank == (0, 0):
        return
    if blank == lost:
        raise ReplacementInvalid(say("Dit is tweemaal dezelfde brief."))
    blank_letter = _require_letter(context, *blank)
    if not blank_letter.blank:
        raise ReplacementInvalid(say("Brief %(serial)s is geen lege brief.", serial=serial(*blank)))
    if blank_letter.scheme != lost_letter.scheme:
        raise ReplacementInvalid(say("De lege brief is van een andere regeling."))


def _require_letter(context: Context, run: int, number: int) -> StoredLetter:
    found = find_letter(context, run, number)
    if found is not None:
        return found
    runs = t.letter_runs.c
    with context.store.read() as db:
        made = db.execute(select(t.letter_runs).where(runs.run == run)).one_or_none()
        browser = db.scalar(select(t.begun_runs.c.run).where(t.begun_runs.c.run == run))
    if made is not None and browser is None and 0 < number <= made.letters:
        raise ReplacementInvalid(
            say(
                "Serie %(run)s is gemaakt met de opdrachtregel. De verzegelde brieven staan niet "
                "hier, maar in een bestand op de computer die de serie maakte.",
                run=run,
            )
        )
    raise ReplacementInvalid(
        say("Er is geen brief of kaart %(serial)s.", serial=serial(run, number))
    )


def _refuse_taken(db: Connection, context: Context, message: LetterReplacement) -> None:
    """Check that no other request is about these letters.

    A request of which something was opened may have moved some coupons: its blank letter stays
    for the same letter.
    """
    table, since = t.letter_replacements.c, context.now() - VALID_FOR
    of_lost = (table.run == message.run) & (table.number == message.number)
    open_ = _waits() & (table.nonce >= since)
    if db.scalar(select(table.replacement).where(of_lost & open_)):
        raise ReplacementInvalid(say("Voor deze brief is er al een verzoek."))
    of_blank = (table.blank_run == message.blank_run) & (table.blank_number == message.blank_number)
    done = of_lost & table.done_at.is_not(None) & ~of_blank
    if (row := db.execute(select(t.letter_replacements).where(done)).first()) is not None:
        raise ReplacementInvalid(_say_replaced(row))
    other = ~of_lost & (table.withdrawn_at.is_(None) | table.opened_at.is_not(None))
    if message.blank_run and db.scalar(select(table.replacement).where(of_blank & other)):
        raise ReplacementInvalid(say("Deze lege brief is al voor een ander verzoek gebruikt."))


def _say_replaced(row: Row[Any]) -> str:
    lost = serial(row.run, row.number)
    if not row.blank_run:
        return say("Wat op brief %(lost)s stond, is terug naar de regeling.", lost=lost)
    blank = serial(row.blank_run, row.blank_number)
    return say(
        "Brief %(lost)s is vervangen door brief %(blank)s: vul dat nummer in.",
        lost=lost,
        blank=blank,
    )


def _read(context: Context, row: Row[Any], officers: Collection[Address]) -> Replacement | None:
    """Read a request; None when its signatures do not count."""
    message = LetterReplacement(
        row.run, row.number, row.blank_run, row.blank_number, row.reason, row.nonce
    )
    signers = read_two(context, message, row, Capacity.ISSUE)
    if signers is None or message.hash != row.replacement:
        return None
    if row.done_at is None and set(officers) & set(signers):
        return None
    return Replacement(
        message,
        signers,
        row.signed_at,
        row.opened_by and Address(row.opened_by),
        row.opened_at,
        row.done_by and Address(row.done_by),
        row.done_at,
        row.withdrawn_by and Address(row.withdrawn_by),
        row.withdrawn_at,
    )
