"""Inspections: reads of a shop's single payments by an official, with the reason recorded."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, insert, select

from kindpakket.domain.ids import Address, ShopId
from kindpakket.domain.refusals import Code, Forbidden, Refusal
from kindpakket.services.base import sessions
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission
from kindpakket.store import tables as t

INSPECTION_SECONDS = 30 * 60
LONGEST_REASON = 400
"""Maximum length of a reason, in characters."""


@dataclass(frozen=True)
class Inspection:
    """Who reads which shop's payments, of which days in the Netherlands, why, and until when."""

    number: int
    official: Address
    shop: ShopId
    first: date
    last: date
    reason: str
    opened_at: int
    expires_at: int


def open_inspection(
    context: Context, official: Address, shop: ShopId, first: date, last: date, reason: str
) -> Inspection:
    """Record why an official reads a shop's payments, and allow it for half an hour.

    Args:
        reason: in the official's own words, checked by the caller.

    Raises:
        Refusal: the ledger does not know the shop, or the last day comes before the first.
    """
    if last < first:
        raise Refusal(Code.REQUEST_INVALID)
    if not context.ledger.view("shops", shop)["known"]:
        raise Refusal(Code.NOT_FOUND)
    now = context.now()
    with context.store.write() as db:
        made = db.execute(
            insert(t.inspections)
            .values(
                official=official,
                shop=shop,
                first=first.isoformat(),
                last=last.isoformat(),
                reason=reason,
                opened_at=now,
                expires_at=now + INSPECTION_SECONDS,
            )
            .returning(t.inspections)
        ).one()
    return _inspection(made)


def list_inspections(context: Context) -> list[Inspection]:
    """Return every inspection, newest first."""
    with context.store.read() as db:
        rows = db.execute(select(t.inspections).order_by(t.inspections.c.inspection.desc())).all()
    return [_inspection(row) for row in rows]


def find_open(context: Context, official: Address, shop: int, number: int) -> Inspection:
    """Return an official's own inspection that has not expired.

    Raises:
        Forbidden: there is none.
    """
    for each in _list_open(context, official, shop):
        if each.number == number:
            return each
    raise Forbidden


def require_payments(
    context: Context, token: str, shop: ShopId, first: date | None, last: date | None
) -> sessions.Reader:
    """Return the reader of a shop's payments of these days.

    The shop's owner and its tills may read by their rights; officials during an inspection.

    Raises:
        Refusal: no live session, no such shop, another's, or no reason was given for these days.
    """
    reader = sessions.require_shop(context, token, shop, ReadPermission.SHOP_PAYMENTS)
    if reader.kind is not sessions.ReaderKind.OFFICIAL:
        return reader
    opened = _list_open(context, reader.address, shop)
    within = first and last and any(e.first <= first and last <= e.last for e in opened)
    if not within:
        raise Refusal(Code.REASON_MISSING)
    return reader


def _list_open(context: Context, official: Address, shop: int) -> list[Inspection]:
    table = t.inspections
    mine = (table.c.official == official) & (table.c.shop == shop)
    with context.store.read() as db:
        rows = db.execute(select(table).where(mine, table.c.expires_at >= context.now())).all()
    return [_inspection(row) for row in rows]


def _inspection(row: Row[tuple[object, ...]]) -> Inspection:
    return Inspection(
        row.inspection,
        Address(row.official),
        ShopId(row.shop),
        date.fromisoformat(row.first),
        date.fromisoformat(row.last),
        row.reason,
        row.opened_at,
        row.expires_at,
    )
