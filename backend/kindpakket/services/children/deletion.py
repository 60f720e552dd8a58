"""Deletion of children: at the end of their period, on request, and again after a restore.

The id of each deleted child is added to a file outside the database first, so that a
restored backup is not served with the child in it.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, tuple_, update

from kindpakket.services.base.context import Context
from kindpakket.services.children.deletions_file import add_deleted, read_deletions
from kindpakket.services.children.looks import ChildAct, RegisterReader, log_looks
from kindpakket.services.children.people import find_child, hide_address, with_letter
from kindpakket.store import tables as t
from kindpakket.store.register_tables import child_lists, children, given_letters, reminders

_AT_ONCE = 500
"""Ids in one statement."""
_DAY = 24 * 3600
NOBODY = ""
"""The child of a letter that was handed out, once that child is deleted."""


class DeletionsUnknown(Exception):
    """The file of deletions is not here, though the copy has children."""


def find_expired(context: Context, now: int) -> list[str]:
    """Return the children whose scheme, and that of each letter, has been over for the period.

    Args:
        now: in unix seconds.

    Raises:
        LedgerUnavailable: the views cannot be brought up to date.
    """
    before = now - context.register_days * _DAY
    over = select(t.schemes.c.scheme).where(t.schemes.c.closes < before)
    goes_on = with_letter(t.letter_runs.c.scheme.not_in(over))
    query = select(children.c.child).where(children.c.scheme.in_(over), ~goes_on)
    with context.read_views() as db:
        return list(db.scalars(query))


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
        add_deleted(context.deletions, ids)
        _delete(db, ids)


def repeat_deletions(context: Context) -> None:
    """Delete again, in a restored database, the children that were deleted since, and hide each
    address that became secret.

    Raises:
        DeletionsUnknown: there is no file of deletions, and there are children.
        OSError: the file cannot be read.
    """
    try:
        gone, secret = read_deletions(context.deletions)
    except FileNotFoundError as error:
        with context.store.read() as db:
            if db.execute(select(children.c.child).limit(1)).first():
                raise DeletionsUnknown from error
        return
    with context.store.write() as db:
        there = db.scalars(select(children.c.child)).all()
        again = [child for child in there if child in gone]
        _delete(db, again)
        for child in secret.difference(again).intersection(there):
            hide_address(db, child)


def _delete(db: Connection, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        these = given_letters.c.child.in_(part)
        db.execute(delete(given_letters).where(these, given_letters.c.handed_out.is_(None)))
        # A letter that a parent has is given to nobody else, so its row stays. Its times are
        # cleared: the log has the same time with the child's id.
        with_parents = select(given_letters.c.run, given_letters.c.number).where(these)
        stock = t.letter_stock.c
        out = tuple_(stock.run, stock.number).in_([tuple(row) for row in db.execute(with_parents)])
        forgotten = update(t.letter_stock).where(out, stock.handed_out_at.is_not(None))
        db.execute(forgotten.values(handed_out_at=0, handed_out_by=None))
        nothing = {"given_at": 0, "handed_out_at": None, "handed_out_by": None}
        db.execute(update(given_letters).where(these).values(child=NOBODY, **nothing))
        for table in (reminders, children):
            db.execute(delete(table).where(table.c.child.in_(part)))
    db.execute(delete(child_lists).where(child_lists.c.list.not_in(select(children.c.list))))
