"""Reminders before the end of a scheme. Which letters have something left cannot be known, so the
parents of all children with a letter of the scheme are reminded, once: by post, or by telephone
when the address is secret."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select, tuple_

from kindpakket.domain.refusals import Code, Refusal
from kindpakket.services.base.context import Context
from kindpakket.services.children.looks import ChildAct, RegisterReader, log_looks
from kindpakket.services.children.people import (
    PAGE,
    Child,
    RemindedBy,
    read_children,
    with_letter,
)
from kindpakket.services.letters.hand_out import MOST_POSTED
from kindpakket.store import tables as t
from kindpakket.store.register_tables import children, given_letters, reminders

_AHEAD = 4 * 7 * 24 * 3600
"""How long before its end a scheme is reminded of, in seconds."""


@dataclass(frozen=True)
class Reminders:
    """Of one scheme; times in unix seconds."""

    closes: int
    starts: int
    """From when on there are reminders."""
    is_time: bool
    batch: tuple[str, ...]
    """The ids of the first children, at most :data:`MOST_POSTED`, to whom one is posted next."""
    to_post: int
    to_call: int
    sent: int


def list_due(context: Context) -> list[int]:
    """Return the schemes that end within four weeks, and of which a parent is not reminded yet.

    Raises:
        LedgerUnavailable: the schemes cannot be read.
    """
    with context.read_views() as db:
        schemes = db.scalars(select(t.schemes.c.scheme).order_by(t.schemes.c.scheme)).all()
        waiting = ((each, _waiting(db, context, each)) for each in schemes)
        return [
            scheme
            for scheme, which in waiting
            if which is not None and db.execute(select(children.c.child).where(which)).first()
        ]


def read_reminders(context: Context, scheme: int) -> Reminders:
    """Return how far the reminders of a scheme are.

    Raises:
        Refusal: there is no such scheme.
        LedgerUnavailable: the schemes cannot be read.
    """
    with context.read_views() as db:
        closes = db.scalar(select(t.schemes.c.closes).where(t.schemes.c.scheme == scheme))
        if closes is None:
            raise Refusal(Code.NOT_FOUND)
        which = _waiting(db, context, scheme)
        found = [] if which is None else list(read_children(db, which))
        post = [child.id for child in found if not child.person.secret]
        sent = select(func.count()).select_from(reminders).where(_reminds_of(scheme, closes))
        return Reminders(
            closes,
            closes - _AHEAD,
            which is not None,
            tuple(post[:MOST_POSTED]),
            len(post),
            len(found) - len(post),
            db.scalar(sent) or 0,
        )


def list_to_print(
    context: Context, reader: RegisterReader, scheme: int, ids: Iterable[str]
) -> list[Child]:
    """Return those of these children who are to be reminded by post, to print addresses.

    Raises:
        LedgerUnavailable: the schemes cannot be read.
    """
    with context.write_with_views() as db:
        found = [each for each in _of(db, context, scheme, ids) if not each.person.secret]
        log_looks(db, context, reader, ChildAct.PRINTED, (each.id for each in found))
    return found


def list_to_call(context: Context, reader: RegisterReader, scheme: int) -> list[Child]:
    """Return the first children, at most :data:`PAGE`, whose parent is to be called: their address
    is secret.

    Raises:
        LedgerUnavailable: the schemes cannot be read.
    """
    with context.read_views() as db:
        which = _waiting(db, context, scheme)
        found = () if which is None else read_children(db, which)
        secret = [each.id for each in found if each.person.secret][:PAGE]
    with context.write_with_views() as db:
        shown = [each for each in _of(db, context, scheme, secret) if each.person.secret]
        log_looks(db, context, reader, ChildAct.LISTED, (each.id for each in shown))
    return shown


def mark_reminded(
    context: Context, reader: RegisterReader, scheme: int, ids: Iterable[str], by: RemindedBy
) -> int:
    """Record that the parents of these children were reminded, by post only of those whose address
    is not secret; return how many were not yet.

    Raises:
        LedgerUnavailable: the schemes cannot be read.
    """
    sent = {"scheme": scheme, "how": by, "sent_at": context.now(), "sent_by": reader.official}
    with context.write_with_views() as db:
        found = [
            each.id
            for each in _of(db, context, scheme, ids)
            if by is RemindedBy.PHONE or not each.person.secret
        ]
        former = reminders.c.child.in_(found) & (reminders.c.scheme == scheme)
        db.execute(delete(reminders).where(former))
        if found:
            db.execute(insert(reminders), [{"child": child} | sent for child in found])
        log_looks(db, context, reader, ChildAct.REMINDED, found)
    return len(found)


def _waiting(db: Connection, context: Context, scheme: int) -> ColumnElement[bool] | None:
    """Which children are still to be reminded; None when it is not the time."""
    table, now = t.schemes.c, context.now()
    ends = (table.scheme == scheme) & table.closes.between(now + 1, now + _AHEAD)
    closes = db.scalar(select(table.closes).where(ends))
    if closes is None:
        return None
    has_letter = with_letter(t.letter_runs.c.scheme == scheme, ~_is_back_with_scheme())
    is_reminded = reminders.c.child == children.c.child
    return has_letter & ~exists().where(is_reminded, _reminds_of(scheme, closes))


def _is_back_with_scheme() -> ColumnElement[bool]:
    """Whether the money of a letter went back to the scheme, from it or from one of the letters
    that replaced it, so that no letter has it."""
    table = t.letter_replacements.c
    done = select(table.run, table.number).where(table.done_at.is_not(None))
    back = done.where(table.blank_run == 0).cte(recursive=True)
    to_one = tuple_(table.blank_run, table.blank_number) == tuple_(back.c.run, back.c.number)
    back = back.union(done.join(back, to_one))
    return tuple_(given_letters.c.run, given_letters.c.number).in_(select(back))


def _reminds_of(scheme: int, closes: int) -> ColumnElement[bool]:
    """Whether a reminder is of this end of a scheme, and not of an earlier one."""
    return (reminders.c.scheme == scheme) & (reminders.c.sent_at >= closes - _AHEAD)


def _of(db: Connection, context: Context, scheme: int, ids: Iterable[str]) -> list[Child]:
    """Those of these children who are still to be reminded."""
    which = _waiting(db, context, scheme)
    these = children.c.child.in_(list(islice(ids, MOST_POSTED)))
    return [] if which is None else list(read_children(db, which & these))
