"""Letters and cards with an amount that lie in stock: issued on the ledger, granted to nobody yet.

Officials record the numbers; the ledger and its coupons tell nothing about it.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from kindpakket.services.schemes.details import read_cents
from kindpakket.store import tables as t


def query_stock() -> Select[Any]:
    """Return the query of the run and number of each letter in stock.

    One that was replaced is in stock no more: nothing is left on it.
    """
    stock, replaced = t.letter_stock.c, t.letter_replacements.c
    done = select(replaced.run, replaced.number).where(replaced.done_at.is_not(None))
    return select(stock.run, stock.number).where(
        stock.handed_out_at.is_(None), tuple_(stock.run, stock.number).not_in(done)
    )


def read_stock(db: Connection) -> dict[int, int]:
    """Return the amount in stock by scheme, in cents.

    It is at most what is left on the scheme's coupons, since a letter that paid was handed out.
    """
    begun, stock = t.begun_runs.c, query_stock().subquery().c
    is_letter = (stock.number <= begun.letters).label("is_letter")
    of_a_kind = (begun.scheme, begun.letter_values, begun.card_values, is_letter)
    counted = (
        select(*of_a_kind, func.count().label("letters"))
        .where(begun.run == stock.run)
        .group_by(begun.run, *of_a_kind)
    )
    amounts = defaultdict[int, int](int)
    for row in db.execute(counted):
        values = read_cents(row.letter_values if row.is_letter else row.card_values)
        amounts[row.scheme] += row.letters * sum(values)
    on_ledger = db.execute(select(t.schemes).where(t.schemes.c.scheme.in_(amounts)))
    return {
        row.scheme: min(amounts[row.scheme], row.issued - row.spent + row.refunded)
        for row in on_ledger
    }
