"""The coupons file of a scheme, and its files of changes: the same bytes for everybody."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from kindpakket.domain.ids import MAX_SCHEME
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.times import utc_day_of
from kindpakket.protocol.change_files import Span, write_coupons, write_end, write_header
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t
from kindpakket.store.views import read_cursor


@dataclass(frozen=True)
class File:
    """A file; one that is over never changes again."""

    content: bytes
    over: bool


def coupons_file(context: Context, scheme: int) -> File:
    """Return the issued coupons of a scheme.

    Raises:
        Refusal: there is no such scheme, or it has no coupons.
    """
    table = t.issued_coupons
    with context.read_views() as db:
        first_issue = _first_issue(db, scheme)
        rows = db.execute(select(table.c.value, table.c.prefixes).where(table.c.scheme == scheme))
        prefixes = {row.value: row.prefixes for row in rows}
    return File(write_coupons(scheme, utc_day_of(first_issue), prefixes), over=False)


def changes_file(context: Context, scheme: int, span: Span) -> File:
    """Return all changes of a scheme's coupons in a day or month.

    Raises:
        Refusal: there is no such scheme; or the day or month lies before its first issue, or in
            the future.
    """
    table = t.coupon_changes
    within = (table.c.scheme == scheme) & table.c.time.between(span.first, span.last)
    with context.read_views() as db:
        last_block = read_cursor(db).time
        if span.last < _first_issue(db, scheme):
            raise Refusal(Code.NOT_FOUND)
        if span.first > last_block and span.first > context.ledger_time():
            raise Refusal(Code.NOT_FOUND)
        over = last_block > span.last
        groups = db.scalars(select(table.c.groups).where(within).order_by(table.c.block)).all()
    header = write_header(scheme, span, context.month_keys.public(scheme, span.month))
    return File(b"".join([header, *groups, write_end(span) if over else b""]), over)


def _first_issue(db: Connection, scheme: int) -> int:
    """Return the time of the first issue of a scheme, in unix seconds."""
    known = select(t.schemes.c.first_issue).where(t.schemes.c.scheme == scheme)
    row = db.execute(known).one_or_none() if scheme <= MAX_SCHEME else None
    if row is None:
        raise Refusal(Code.SCHEME_UNKNOWN)
    if row.first_issue is None:
        raise Refusal(Code.NOT_FOUND)
    first_issue: int = row.first_issue
    return first_issue
