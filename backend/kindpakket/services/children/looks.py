"""The log of looks at children: who, when, whom and why.

Its fields are those of Logboek Dataverwerkingen 1.0 (Logius), and the official, which that standard
leaves to the organisation. A child is named by a random id, which identifies nobody once the child
is deleted. There is no free text, in which a name could stay behind.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, insert, select

from kindpakket.domain.ids import Address
from kindpakket.domain.times import last_second, midnight
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t
from kindpakket.store.register_tables import looks


class ChildAct(StrEnum):
    """What was done: ``name`` in the log."""

    BROUGHT_IN = "brought-in"
    LISTED = "listed"
    OPENED = "opened"
    CHANGED = "changed"
    LETTER_GIVEN = "letter-given"
    TAKEN_BACK = "letter-taken-back"
    HANDED_OUT = "handed-out"
    REPORTED_LOST = "reported-lost"
    REMINDED = "reminded"
    PRINTED = "printed"
    DELETED = "deleted"


class Purpose(StrEnum):
    """Why: ``processing_activity_id`` in the log, an activity of the record of processing."""

    HAND_OUT = "hand-out"
    """Bring in who is eligible, and hand out letters."""
    COUNTER = "counter"
    """Help a parent at the counter or by telephone."""
    REQUEST = "request"
    """Answer a request under the GDPR: access, rectification, erasure, objection."""
    CONTROL = "control"
    """Check the register itself."""


@dataclass(frozen=True)
class RegisterReader:
    """Who looks and why; ``official`` is None on the command line."""

    official: Address | None
    purpose: Purpose


@dataclass(frozen=True)
class LookAtChild:
    """A look at one child."""

    time: int
    """In unix seconds."""
    child: str
    act: ChildAct
    purpose: Purpose
    official: Address | None


@dataclass(frozen=True)
class LookFilter:
    """Which looks; every one by default."""

    official: str | None = None
    """An address, or :data:`COMMAND_LINE`."""
    child: str = ""
    """The start of its id."""
    day: date | None = None
    """In the Netherlands."""


COMMAND_LINE = ""
"""Instead of an official."""
EVERY_LOOK = LookFilter()


def mark_of(child: str) -> str:
    """Return the start of a child's id, which pages show of it."""
    return child[:8]


def log_looks(
    db: Connection, context: Context, reader: RegisterReader, act: ChildAct, children: Iterable[str]
) -> None:
    """Record an act on children, in the transaction that reads or changes them."""
    trace, now = secrets.token_hex(16), context.now() * 1000
    rows = [
        {
            "span_id": secrets.token_hex(8),
            "trace_id": trace,
            "name": act,
            "processing_activity_id": reader.purpose,
            "start_time": now,
            "end_time": now,
            "data_subject_id": child,
            "official": reader.official,
        }
        for child in children
    ]
    if rows:
        db.execute(insert(looks), rows)


def list_looks(
    context: Context, most: int, which: LookFilter = EVERY_LOOK, page: int = 1
) -> list[LookAtChild]:
    """Return a page, from 1, of at most so many looks at children, newest first."""
    newest = select(looks).order_by(looks.c.start_time.desc(), looks.c.span_id)
    query = newest.where(*_conditions(which)).limit(most).offset((page - 1) * most)
    with context.store.read() as db:
        return [_look(row) for row in db.execute(query)]


def list_readers(context: Context) -> list[Address]:
    """Return every official of now and before, in no order.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.read_views() as db:
        return [Address(each) for each in db.scalars(select(t.officials.c.official))]


def looks_at(db: Connection, child: str) -> list[LookAtChild]:
    """Return every look at one child, newest first."""
    query = select(looks).where(looks.c.data_subject_id == child)
    newest = query.order_by(looks.c.start_time.desc(), looks.c.span_id)
    return [_look(row) for row in db.execute(newest)]


def _conditions(which: LookFilter) -> Iterator[ColumnElement[bool]]:
    table = looks.c
    if which.official is not None:
        yield table.official == (which.official or None)
    if which.child:
        yield table.data_subject_id.between(which.child, f"{which.child}g")  # after every hex digit
    if which.day:
        yield table.start_time >= midnight(which.day) * 1000
        yield table.start_time < (last_second(which.day) + 1) * 1000


def _look(row: Row[tuple[object, ...]]) -> LookAtChild:
    return LookAtChild(
        row.start_time // 1000,
        row.data_subject_id,
        ChildAct(row.name),
        Purpose(row.processing_activity_id),
        row.official and Address(row.official),
    )
