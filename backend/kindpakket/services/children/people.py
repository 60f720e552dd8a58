"""Reading and changing the register. What is read is logged in the same transaction."""

import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import itemgetter

from anyascii import anyascii
from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    exists,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from kindpakket.domain.children import NAME_LONGEST, Person, person_from_json
from kindpakket.domain.letters import read_serial, serial
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.services.base.context import Context
from kindpakket.services.children.deletions_file import add_secret, make_file
from kindpakket.services.children.looks import (
    ChildAct,
    LookAtChild,
    RegisterReader,
    log_looks,
    looks_at,
)
from kindpakket.store import tables as t
from kindpakket.store.register_tables import child_lists, children, given_letters, reminders

MOST_FOUND = 20
"""Maximum number of children that a search shows."""
MOST_CHILDREN = 20_000
"""Maximum number of children in the register, since a search reads all of them."""
PAGE = 50
"""Children on one page of a list."""

_replaced = t.letter_replacements.c
REPLACED = exists().where(
    _replaced.run == given_letters.c.run,
    _replaced.number == given_letters.c.number,
    _replaced.done_at.is_not(None),
)
"""Whether a letter was replaced: it has no money."""
WAITS = given_letters.c.handed_out.is_(None) & ~REPLACED
"""Whether a letter is still to be handed out."""


class HandOut(StrEnum):
    """How a letter was handed out."""

    POST = "post"
    COUNTER = "counter"
    """By hand, to somebody whose identity was seen."""


@dataclass(frozen=True)
class GivenLetter:
    """A letter that is for a child; times in unix seconds."""

    run: int
    number: int
    scheme: int
    """Of its run: another one than the child's for a second letter."""
    given_at: int
    handed_out: HandOut | None
    """None: not handed out."""
    handed_out_at: int | None
    replaced: bool
    """Whether what was left moved to another letter or back to the scheme."""

    @property
    def waits(self) -> bool:
        """Whether it is still to be handed out."""
        return self.handed_out is None and not self.replaced


class RemindedBy(StrEnum):
    """How a parent was reminded of the end of a scheme."""

    POST = "post"
    PHONE = "phone"


@dataclass(frozen=True)
class Reminder:
    """The last reminder of the end of a scheme; in unix seconds."""

    scheme: int
    by: RemindedBy
    sent_at: int


@dataclass(frozen=True)
class Child:
    """A child in the register, with the letters that are for it."""

    id: str
    list: int
    position: int
    """In its list, from 1."""
    scheme: int
    person: Person
    letters: tuple[GivenLetter, ...] = ()
    reminders: tuple[Reminder, ...] = ()

    @property
    def waiting_serials(self) -> tuple[str, ...]:
        """The numbers of the letters that are still to be handed out, such as ``4-017``."""
        return tuple(serial(each.run, each.number) for each in self.letters if each.waits)

    def has_letter_of(self, scheme: int) -> bool:
        """Whether a letter of a scheme that was not replaced is for this child."""
        return any(each.scheme == scheme and not each.replaced for each in self.letters)


@dataclass(frozen=True)
class ChildList:
    """A list that was brought in at once."""

    number: int
    made_at: int
    """In unix seconds."""
    made_by: str | None
    """None: on the command line."""
    children: int
    with_letter: int


def fold(name: str) -> str:
    """Return a name for comparison: in small letters without accents, marks and double spaces."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", anyascii(name).lower()).split())


def add_list(
    db: Connection, context: Context, reader: RegisterReader, rows: Sequence[tuple[int, Person]]
) -> int:
    """Add children, each with the number of its scheme, as a list; return its number.

    Raises:
        OSError: there is no file of deletions, and none can be made.
    """
    make_file(context.deletions)
    made = insert(child_lists).values(made_at=context.now(), made_by=reader.official)
    number: int = db.execute(made.returning(child_lists.c.list)).scalar_one()
    added = [
        {
            "child": secrets.token_hex(16),
            "list": number,
            "position": position,
            "scheme": scheme,
            "person": person.kept.as_json(),
        }
        for position, (scheme, person) in enumerate(rows, start=1)
    ]
    db.execute(insert(children), added)
    log_looks(db, context, reader, ChildAct.BROUGHT_IN, (str(each["child"]) for each in added))
    return number


def count_children(context: Context) -> int:
    """Return how many children the register has."""
    with context.store.read() as db:
        return db.scalar(select(func.count()).select_from(children)) or 0


def list_lists(context: Context) -> list[ChildList]:
    """Return every list that still has children, newest first."""
    given = select(given_letters.c.child)
    counted = func.count().label("total")
    has = func.sum(children.c.child.in_(given).cast(children.c.position.type)).label("with_letter")
    query = (
        select(child_lists, counted, has)
        .join(children, children.c.list == child_lists.c.list)
        .group_by(*child_lists.c)
        .order_by(child_lists.c.list.desc())
    )
    with context.store.read() as db:
        return [
            ChildList(row.list, row.made_at, row.made_by, row.total, row.with_letter)
            for row in db.execute(query)
        ]


def read_page(
    context: Context, reader: RegisterReader, number: int, page: int
) -> tuple[list[Child], int]:
    """Return a page of a list, from 1, in its order; and how many children the list has.

    Raises:
        Refusal: there is no such list.
    """
    of_list = children.c.list == number
    with context.store.write() as db:
        total = db.scalar(select(func.count()).where(of_list)) or 0
        if not total:
            raise Refusal(Code.NOT_FOUND)
        places = select(children.c.child).where(of_list).order_by(children.c.position)
        ids = db.scalars(places.limit(PAGE).offset((page - 1) * PAGE)).all()
        log_looks(db, context, reader, ChildAct.LISTED, ids)
        return list(read_children(db, children.c.child.in_(ids))), total


def read_schemes(context: Context, number: int) -> set[int]:
    """Return the schemes for which the children of a list are."""
    with context.store.read() as db:
        return set(db.scalars(select(children.c.scheme).where(children.c.list == number)))


def open_child(
    context: Context, reader: RegisterReader, child: str, act: ChildAct = ChildAct.OPENED
) -> Child:
    """Return one child.

    Raises:
        Refusal: there is no such child.
    """
    with context.store.write() as db:
        found = find_child(db, child)
        log_looks(db, context, reader, act, [child])
    return found


def open_with_looks(
    context: Context, reader: RegisterReader, child: str
) -> tuple[Child, list[LookAtChild]]:
    """Return one child, and every look at it with this one.

    Raises:
        Refusal: there is no such child.
    """
    found = open_child(context, reader, child, ChildAct.PRINTED)
    with context.store.read() as db:
        return found, looks_at(db, child)


def search_children(
    context: Context, reader: RegisterReader, typed: str
) -> tuple[list[Child], bool]:
    """Find children by a letter number, or by the starts of words of their name.

    Returns:
        the first :data:`MOST_FOUND` in alphabetical order, and whether there are more.
    """
    with context.store.read() as db:
        found = _search(db, typed[:NAME_LONGEST])
    with context.store.write() as db:
        of_these = children.c.child.in_(found[:MOST_FOUND])
        read = {each.id: each for each in read_children(db, of_these)}
        log_looks(db, context, reader, ChildAct.LISTED, read)
    shown = [read[each] for each in found[:MOST_FOUND] if each in read]
    return shown, len(found) > MOST_FOUND


def change_person(context: Context, reader: RegisterReader, child: str, person: Person) -> None:
    """Store another name, birth date, address or telephone number of a child. Restoring an
    older backup does not bring back an address that became secret.

    Raises:
        Refusal: there is no such child.
        OSError: the file of deletions cannot be written; nothing was changed.
    """
    with context.store.write() as db:
        before = find_child(db, child).person
        if person.secret and not before.secret:
            add_secret(context.deletions, child)
        changed = update(children).where(children.c.child == child)
        db.execute(changed.values(person=person.kept.as_json()))
        log_looks(db, context, reader, ChildAct.CHANGED, [child])


def hide_addresses(
    db: Connection, context: Context, reader: RegisterReader, ids: Collection[str]
) -> None:
    """Hide the addresses of children; restoring an older backup does not bring them back.

    Raises:
        OSError: the file of deletions cannot be written.
    """
    for child in ids:
        add_secret(context.deletions, child)
        hide_address(db, child)
    log_looks(db, context, reader, ChildAct.CHANGED, ids)


def hide_address(db: Connection, child: str) -> None:
    """Store that the address of a child is secret, without the address."""
    this = children.c.child == child
    person = person_from_json(db.execute(select(children.c.person).where(this)).scalar_one())
    hidden = replace(person, secret=True).kept
    db.execute(update(children).where(this).values(person=hidden.as_json()))


def with_letter(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the clause of the children who have, or had, a letter; or one of these.

    Args:
        which: clauses on ``letter_runs`` and ``given_letters``.
    """
    runs = t.letter_runs.c.run == given_letters.c.run
    has = select(given_letters.c.child).join(t.letter_runs, runs).where(*which)
    return children.c.child.in_(has)


def find_child(db: Connection, child: str) -> Child:
    """Return one child; the caller logs why.

    Raises:
        Refusal: there is no such child.
    """
    for found in read_children(db, children.c.child == child):
        return found
    raise Refusal(Code.NOT_FOUND)


def read_children(db: Connection, which: ColumnElement[bool] | None = None) -> Iterator[Child]:
    """Return children in the order of their lists, by default all; the caller logs why."""
    ids = select(children.c.child) if which is None else select(children.c.child).where(which)
    letters = defaultdict[str, list[GivenLetter]](list)
    of_these = (
        select(given_letters, t.letter_runs.c.scheme, REPLACED.label("replaced"))
        .join(t.letter_runs, t.letter_runs.c.run == given_letters.c.run)
        .where(given_letters.c.child.in_(ids))
    )
    for row in db.execute(of_these.order_by(given_letters.c.given_at, given_letters.c.run)):
        how = HandOut(row.handed_out) if row.handed_out else None
        letters[row.child].append(
            GivenLetter(
                row.run,
                row.number,
                row.scheme,
                row.given_at,
                how,
                row.handed_out_at,
                row.replaced,
            )
        )
    reminded = defaultdict[str, list[Reminder]](list)
    sent = select(reminders).where(reminders.c.child.in_(ids)).order_by(reminders.c.sent_at)
    for row in db.execute(sent):
        reminded[row.child].append(Reminder(row.scheme, RemindedBy(row.how), row.sent_at))
    query = select(children) if which is None else select(children).where(which)
    for row in db.execute(query.order_by(children.c.list, children.c.position)):
        yield Child(
            row.child,
            row.list,
            row.position,
            row.scheme,
            person_from_json(row.person),
            tuple(letters[row.child]),
            tuple(reminded[row.child]),
        )


def read_version(db: Connection) -> frozenset[tuple[str, str]]:
    """Return what changes with every change of children and of their letters: the ids, what is kept
    of each child, still encrypted, and the number of each letter."""
    kept = select(children.c.child, type_coerce(children.c.person, Text).label("person"))
    given = select(given_letters.c.child, given_letters.c.run, given_letters.c.number)
    letters = ((row.child, serial(row.run, row.number)) for row in db.execute(given))
    return frozenset((row.child, row.person) for row in db.execute(kept)).union(letters)


def _search(db: Connection, typed: str) -> list[str]:
    """The ids of children with this letter, or with these starts of names, by name."""
    table = children.c
    if (read := read_serial(typed)) is not None:
        run, number = read
        of = (given_letters.c.run == run) & (given_letters.c.number == number)
        with_letter = table.child.in_(select(given_letters.c.child).where(of))
        return list(db.scalars(select(table.child).where(with_letter)))
    words = set(fold(typed).split())
    if not words:
        return []
    rows = db.execute(select(table.child, table.person).order_by(table.list, table.position))
    named = [(fold(person_from_json(row.person).name), row.child) for row in rows]
    found = [each for each in named if _has_starts(each[0], words)]
    return [child for _name, child in sorted(found, key=itemgetter(0))]


def _has_starts(name: str, words: set[str]) -> bool:
    """Whether each word is the start of a part of the name."""
    parts = name.split()
    return all(any(part.startswith(word) for part in parts) for word in words)
