"""Deletion of stored personal data at the end of its retention period, and a record of each run.

The periods are also in ``docs/data-protection/retention.nl.md``.
"""

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select

from kindpakket.domain.times import day_of
from kindpakket.services.base.context import Context
from kindpakket.services.children.deletion import delete_children, find_expired
from kindpakket.services.lost_letters.replacements import forget_lapsed
from kindpakket.services.oversight.retention_books import delete_books, find_left
from kindpakket.store import tables as t
from kindpakket.store.register_tables import looks

_DAY = 24 * 3600
DAYS_30 = 30 * _DAY
MONTHS_13 = 396 * _DAY
YEARS_7 = 7 * 366 * _DAY


@dataclass(frozen=True)
class Period:
    """Rows of one table that are deleted some seconds after a point in time."""

    name: str
    table: Table
    since: ColumnElement[int]
    """From when the period counts, in unix seconds."""
    seconds: int
    only: ColumnElement[bool] | None = None
    """Restricts it to some rows."""


_invited = t.official_invitations.c
PERIODS = (
    Period("refusals", t.refusals, t.refusals.c.hour, MONTHS_13),
    Period(
        "unused_official_invitations",
        t.official_invitations,
        _invited.expires_at,
        DAYS_30,
        _invited.official.is_(None),
    ),
    Period("unsigned_messages", t.waiting_messages, t.waiting_messages.c.prepared_at, MONTHS_13),
    Period("inspections", t.inspections, t.inspections.c.opened_at, YEARS_7),
    Period("figure_looks", t.figure_looks, t.figure_looks.c.first_at, YEARS_7),
    Period("letter_replacements", t.letter_replacements, t.letter_replacements.c.nonce, YEARS_7),
    Period("looks", looks, looks.c.start_time // 1000, YEARS_7),
    Period("former_names", t.former_names, t.former_names.c.until, YEARS_7),
    Period("audits", t.audits, t.audits.c.started_at, YEARS_7),
    Period("retention_runs", t.retention_runs, t.retention_runs.c.ran_at, YEARS_7),
)


@dataclass(frozen=True)
class RetentionRun:
    """One run: when, in unix seconds, and how many rows of each kind it deleted."""

    ran_at: int
    deleted: dict[str, int]


def delete_expired(context: Context) -> None:
    """Delete what is past its period, once a day in the Netherlands.

    Raises:
        StoreUnavailable: the store cannot be written.
        LedgerUnavailable: the views cannot be brought up to date.
        OSError: the file of deleted children cannot be written; all but children was deleted.
    """
    now = context.now()
    if _is_today(last_run(context), now):
        return
    try:
        children = _delete_expired_children(context, now)
    except OSError:
        _delete_others(context, now, 0)
        raise
    _delete_others(context, now, children)


def _delete_expired_children(context: Context, now: int) -> int:
    """Return how many were deleted, in a transaction of their own."""
    children = find_expired(context, now)
    with context.store.write() as db:
        delete_children(db, context, children)
    return len(children)


def _delete_others(context: Context, now: int, children: int) -> None:
    """Delete all but children, and record the run with how many of these were deleted."""
    left = find_left(context, now)
    with context.store.write() as db:
        if _is_today(_last_run(db), now):  # by the follower of another server on this database
            return
        message = t.waiting_messages.c
        unsigned = select(message.message).where(message.prepared_at < now - MONTHS_13)
        db.execute(delete(t.waiting_signatures).where(t.waiting_signatures.c.message.in_(unsigned)))
        counts = {}
        for each in PERIODS:
            over = each.since < now - each.seconds
            rows = over if each.only is None else over & each.only
            counts[each.name] = db.execute(delete(each.table).where(rows)).rowcount
        counts["opened_letters"] = forget_lapsed(db, now)
        counts |= delete_books(db, left, now) | {"children": children}
        deleted = json.dumps({name: count for name, count in counts.items() if count})
        db.execute(insert(t.retention_runs).values(ran_at=now, deleted=deleted))


def last_run(context: Context) -> RetentionRun | None:
    """Return the last run; None before the first."""
    with context.store.read() as db:
        return _last_run(db)


def _last_run(db: Connection) -> RetentionRun | None:
    table = t.retention_runs
    row = db.execute(select(table).order_by(table.c.ran_at.desc()).limit(1)).one_or_none()
    return None if row is None else RetentionRun(row.ran_at, json.loads(row.deleted))


def _is_today(run: RetentionRun | None, now: int) -> bool:
    return run is not None and day_of(run.ran_at) == day_of(now)
