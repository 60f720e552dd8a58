"""What the privacy officers open for a request about a lost letter, one after the other."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import select, update

from kindpakket.domain.ids import Address, Hash, SchemeId
from kindpakket.domain.refusals import Code, Forbidden, Refusal
from kindpakket.services.base.context import Context
from kindpakket.services.lost_letters.privacy_officers import list_officers, read_officers
from kindpakket.services.lost_letters.replacements import (
    Replacement,
    ReplacementState,
    StoredLetter,
    find_letter,
    find_replacement,
)
from kindpakket.store import tables as t

FILE_KEY_BYTES = 16
"""Size of the key of one file of age."""

_Keys = tuple[bytes | None, bytes | None]
"""Of the lost letter and of the blank one."""


@dataclass(frozen=True)
class HandedOver:
    """A former officer's private key, sealed to the key that came after it."""

    recipient: str
    next: str
    sealed: bytes


@dataclass(frozen=True)
class SealedLetter:
    """A letter as it was sealed when it was made, for the officer who opens it."""

    recipient: str
    """The public key that this officer's layer is sealed to."""
    sealed: bytes
    outer: bytes | None
    """The outer layer's file key, which the officer of place 2 handed in; None for that officer."""


@dataclass(frozen=True)
class Task:
    """What an officer opens in the browser."""

    place: int
    own: str
    """The officer's public key (``age1…``)."""
    former: tuple[HandedOver, ...]
    """The keys that were in this place before, newest first."""
    scheme: SchemeId
    lost: SealedLetter
    blank: SealedLetter | None
    """None when what is left goes back to the scheme."""


def find_task(context: Context, replacement: Replacement, official: Address) -> Task | None:
    """Return what an official opens now for a request; None when it waits for somebody else.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    waits = replacement.state(context.now())
    place = {ReplacementState.SECOND: 2, ReplacementState.FIRST: 1}.get(waits)
    officer = read_officers(context).get(place or 0)
    if officer is None or officer.official != official:
        return None
    named, message = list_officers(context, officer.place), replacement.message
    former = tuple(
        HandedOver(each.recipient, after.recipient, each.handed_over)
        for after, each in pairwise(named)
        if each.handed_over is not None
    )
    lost = find_letter(context, message.run, message.number)
    blank = find_letter(context, message.blank_run, message.blank_number)
    if lost is None or (blank is None and message.blank_run):
        return None
    keys: _Keys = (None, None)
    if officer.place == 1:
        keys = _opened(context, replacement.id)
        # Done meanwhile; and never back to the scheme what belongs on a blank letter.
        if keys[0] is None or (keys[1] is None) != (blank is None):
            return None

    def for_officer(letter: StoredLetter, outer: bytes | None) -> SealedLetter:
        return SealedLetter(letter.sealed_to[officer.place - 1], letter.sealed, outer)

    return Task(
        officer.place,
        officer.recipient,
        former,
        lost.scheme,
        for_officer(lost, keys[0]),
        for_officer(blank, keys[1]) if blank else None,
    )


def hand_in_opened(
    context: Context, official: Address, id_: str, lost: bytes, blank: bytes | None
) -> None:
    """Store what the officer of place 2 opened: the file keys of the outer layers.

    A file key opens the stored letter or nothing, so that this officer cannot put a letter of
    their own in its place. What is under the layer is still sealed to the officer of place 1.

    Raises:
        Forbidden: this is not that officer.
        Refusal: there is no such request, it does not wait for this, or these are no file keys.
        LedgerUnavailable: the ledger cannot be read.
    """
    replacement = _waiting_for(context, 2, official, id_)
    sizes = {len(each) for each in (lost, blank) if each is not None}
    if (blank is None) != (not replacement.message.blank_run) or sizes != {FILE_KEY_BYTES}:
        raise Refusal(Code.REQUEST_INVALID)
    _change(
        context,
        replacement,
        opened_lost=lost,
        opened_blank=blank,
        opened_at=context.now(),
        opened_by=official,
    )


def finish(context: Context, official: Address, id_: str) -> None:
    """Record that the officer of place 1 moved what was left; what was opened is deleted.

    Raises:
        Forbidden: this is not that officer.
        Refusal: there is no such request, or it does not wait for this.
        LedgerUnavailable: the ledger cannot be read.
    """
    _end(context, official, id_, done_at=context.now(), done_by=official)


def stop_replacement(context: Context, official: Address, id_: str) -> None:
    """End a request that the officer of place 1 does not carry out; what was opened is deleted.

    Raises:
        Forbidden: this is not that officer.
        Refusal: there is no such request, or it does not wait for this officer.
        LedgerUnavailable: the ledger cannot be read.
    """
    _end(context, official, id_, withdrawn_at=context.now(), withdrawn_by=official)


def _end(context: Context, official: Address, id_: str, **values: Any) -> None:
    replacement = _waiting_for(context, 1, official, id_)
    _change(context, replacement, opened_lost=None, opened_blank=None, **values)


def _waiting_for(context: Context, place: int, official: Address, id_: str) -> Replacement:
    officer = read_officers(context).get(place)
    if officer is None or officer.official != official:
        raise Forbidden
    replacement = find_replacement(context, id_)
    waits = ReplacementState.SECOND if place == 2 else ReplacementState.FIRST
    if replacement.state(context.now()) != waits:
        raise Refusal(Code.NOT_FOUND)
    return replacement


def _change(context: Context, replacement: Replacement, **values: Any) -> None:
    table = t.letter_replacements
    waits = table.c.done_at.is_(None) & table.c.withdrawn_at.is_(None)
    this = (table.c.replacement == replacement.id) & waits
    with context.store.write() as db:
        if not db.execute(update(table).where(this).values(**values)).rowcount:
            raise Refusal(Code.NOT_FOUND)  # withdrawn meanwhile


def _opened(context: Context, id_: Hash) -> _Keys:
    table = t.letter_replacements
    these = table.c.replacement == id_
    columns = select(table.c.opened_lost, table.c.opened_blank).where(these)
    with context.store.read() as db:
        lost, blank = db.execute(columns).one()
    return lost, blank
