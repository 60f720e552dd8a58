"""Letters and cards with an amount that lie in stock: issued on the ledger, granted to nobody yet.

Officials record the numbers; the ledger and its coupons tell nothing about it.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from kindpakket.services.schemes.details import read_cents
from kindpakket.store import tables as t


def query_stock() -> Select[Any]:
    """Return the query of the run and number of each letter in stock.

    One that was replaced is in stock no more: nothing is left on it.
    """
    stock, replaced = t.letter_stock.c, t.letter_replacements.c
    done = and_(
        replaced.run == stock.run, replaced.number == stock.number, replaced.done_at.is_not(None)
    )
    return (
        select(stock.run, stock.number)
        .where(stock.handed_out_at.is_(None), ~select(replaced.run).where(done).exists())
        .order_by(stock.run, stock.number)
    )


def read_stock(db: Connection) -> dict[int, int]:
    """Return the amount in stock by scheme, in cents.

    It is at most what is left on the scheme's coupons, since a letter that paid was handed out.
    """
    amounts = defaultdict[int, int](int)
    runs = {row.run: row for row in db.execute(select(t.begun_runs))}
    for run, number in db.execute(query_stock()):
        row = runs[run]
        is_letter = number <= row.letters
        amounts[row.scheme] += sum(read_cents(row.letter_values if is_letter else row.card_values))
    on_ledger = db.execute(select(t.schemes).where(t.schemes.c.scheme.in_(amounts)))
    return {
        row.scheme: min(amounts[row.scheme], row.issued - row.spent + row.refunded)
        for row in on_ledger
    }
