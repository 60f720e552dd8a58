"""Deletion of children: at the end of their period, on request, and again after a restore.

The id of each deleted child is added to a file outside the database first, so that a copy of before
is not served with the child in it. The id is random, and leads nowhere without such a copy.
"""

import os
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, select, update

from kindpakket.services.base.context import Context
from kindpakket.services.children.looks import ChildAct, RegisterReader, log_looks
from kindpakket.services.children.people import find_child
from kindpakket.store import tables as t
from kindpakket.store.register_tables import child_lists, children, given_letters

_AT_ONCE = 500
"""Ids in one statement."""
_DAY = 24 * 3600
NOBODY = ""
"""Instead of the child, of a letter that was handed out to one who was deleted."""


class DeletionsUnknown(Exception):
    """The file of deletions is not here, though the copy has children."""


def find_expired(context: Context) -> list[str]:
    """Return the children whose scheme has been over for the period.

    Raises:
        LedgerUnavailable: the views cannot be brought up to date.
    """
    before = context.now() - context.register_days * _DAY
    over = select(t.schemes.c.scheme).where(t.schemes.c.closes < before)
    with context.read_views() as db:
        return list(db.scalars(select(children.c.child).where(children.c.scheme.in_(over))))


def delete_child(context: Context, reader: RegisterReader, child: str) -> None:
    """Delete a child on request.

    Raises:
        Refusal: there is no such child.
        OSError: the file of deletions cannot be written; nothing was deleted.
    """
    with context.store.write() as db:
        find_child(db, child)
        log_looks(db, context, reader, ChildAct.DELETED, [child])
        delete_children(db, context, [child])


def delete_children(db: Connection, context: Context, ids: Sequence[str]) -> None:
    """Add children to the file of deletions, and delete them.

    Raises:
        OSError: the file cannot be written.
    """
    if ids:
        _remember(context, ids)
        _delete(db, ids)


def repeat_deletions(context: Context) -> int:
    """Delete again, from a database that was put back, who was deleted since; return how many.

    Raises:
        DeletionsUnknown: there is no file of deletions, and there are children.
        OSError: the file cannot be read.
    """
    try:
        gone = set(context.deletions.read_text("ascii").split())
    except FileNotFoundError as error:
        with context.store.read() as db:
            if db.execute(select(children.c.child).limit(1)).first():
                raise DeletionsUnknown from error
        return 0
    with context.store.write() as db:
        again = [child for child in db.scalars(select(children.c.child)) if child in gone]
        _delete(db, again)
    return len(again)


def _delete(db: Connection, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        these = given_letters.c.child.in_(part)
        waits = these & given_letters.c.handed_out.is_(None)
        db.execute(delete(given_letters).where(waits))
        # A letter that is with a parent is given to nobody else.
        db.execute(update(given_letters).where(these).values(child=NOBODY))
        db.execute(delete(children).where(children.c.child.in_(part)))
    db.execute(delete(child_lists).where(child_lists.c.list.not_in(select(children.c.list))))


def _remember(context: Context, ids: Iterable[str]) -> None:
    descriptor = os.open(context.deletions, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.writelines(f"{child}\n" for child in ids)
        file.flush()
        os.fsync(descriptor)
