"""Pages of long lists, by the last row of the previous page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, tuple_

from kindpakket.domain.refusals import Code, Refusal

PAGE = 1000
"""Rows of one response, at most. A shorter page is the last."""


def read_page(
    db: Connection,
    query: Select[Any],
    order: Sequence[ColumnElement[Any]],
    *,
    after: ColumnElement[bool] | None = None,
    most: int | None = None,
) -> Sequence[Row[Any]]:
    """Return a page of the rows of a query, the last in the order first.

    Args:
        order: the sort key, unique for each row.
        after: selects the last row of the previous page; None for the first page.
        most: the size of a page; None for all.

    Raises:
        Refusal: no row of the query matches ``after``.
    """
    if after is not None:
        last = db.execute(query.with_only_columns(*order).where(after)).first()
        if last is None:
            raise Refusal(Code.REQUEST_INVALID)
        place, there = tuple_(*order), tuple_(*last)
        query = query.where(place < there)
    ordered = query.order_by(*(each.desc() for each in order))
    return db.execute(ordered.limit(most)).all()
