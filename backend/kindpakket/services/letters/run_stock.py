"""Which letters of a run lie in stock, as officials record it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, tuple_, union_all, update

from kindpakket.domain.ids import Address
from kindpakket.domain.language import say
from kindpakket.domain.letters import serial
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.services.base.context import Context
from kindpakket.services.letters.orders import find_begun
from kindpakket.services.letters.runs import RunFile, RunState, list_runs
from kindpakket.services.schemes.stock import query_stock
from kindpakket.store import tables as t
from kindpakket.store.register_tables import given_letters


class StockInvalid(ValueError):
    """These letters cannot be in stock; the message says why."""


@dataclass(frozen=True)
class RunStock:
    """The stock of a run of letters with an amount."""

    run: RunFile
    numbers: tuple[int, ...]
    """Of the letters and cards in stock, ascending."""
    amount: int
    """Sum of their values, in cents."""


def read_run_stock(context: Context, number: int) -> RunStock:
    """Return the stock of a run.

    Raises:
        StockInvalid: the run has no stock.
        Refusal: there is no such run.
        LedgerUnavailable: the ledger cannot be read.
    """
    begun = find_begun(context, number)
    run = next((each for each in list_runs(context) if each.number == number), None)
    if run is None:
        raise Refusal(Code.NOT_FOUND)
    if begun is None:
        raise StockInvalid(
            say(
                "Serie %(run)s is gemaakt met de opdrachtregel. De gemeente weet niet welke "
                "nummers brieven en welke kaarten zijn. Al haar brieven tellen als uitgedeeld.",
                run=number,
            )
        )
    if run.state is not RunState.ON_LEDGER:
        raise StockInvalid(say("Serie %(run)s staat niet op het grootboek.", run=number))
    table = t.letter_stock.c
    query = query_stock().where(table.run == number).order_by(table.number)
    with context.store.read() as db:
        numbers = tuple(each for _, each in db.execute(query))
    letters = sum(each <= begun.letters for each in numbers)
    of_letters = letters * sum(begun.letter_values)
    of_cards = (len(numbers) - letters) * sum(begun.card_values)
    return RunStock(run, numbers, of_letters + of_cards)


def store_letters(context: Context, run: int, first: int, last: int, by: Address) -> None:
    """Record that the letters of these numbers lie in stock; idempotent.

    Raises:
        StockInvalid: the run has no stock, or not these numbers, or one of them was handed out or
            replaced: somebody can have read its code.
        Refusal: there is no such run.
        LedgerUnavailable: the ledger cannot be read.
    """
    numbers = set(_numbers(read_run_stock(context, run), first, last))
    values = {"run": run, "stored_at": context.now(), "stored_by": by}
    with context.store.write() as db:
        if gone := numbers & find_gone(db, run):
            raise StockInvalid(
                say(
                    "Brief %(serial)s is uitgedeeld of vervangen. "
                    "Hij komt niet meer in de voorraad.",
                    serial=serial(run, min(gone)),
                )
            )
        table = t.letter_stock.c
        new = numbers - set(db.scalars(select(table.number).where(table.run == run)))
        if new:
            rows = [values | {"number": each} for each in sorted(new)]
            db.execute(insert(t.letter_stock), rows)


def hand_out_letters(context: Context, run: int, first: int, last: int, by: Address) -> None:
    """Record that the letters of these numbers were handed out; idempotent.

    Raises:
        StockInvalid: the run has no stock, or not these numbers.
        Refusal: there is no such run.
        LedgerUnavailable: the ledger cannot be read.
    """
    numbers, table = _numbers(read_run_stock(context, run), first, last), t.letter_stock
    these = (table.c.run == run) & table.c.number.in_(numbers) & table.c.handed_out_at.is_(None)
    with context.store.write() as db:
        values = {"handed_out_at": context.now(), "handed_out_by": by}
        db.execute(update(table).where(these).values(**values))


def take_from_stock(
    db: Connection, letters: Sequence[tuple[int, int]], handed_out: Mapping[str, Any]
) -> None:
    """Record of letters, by run and number, that they were handed out, if they are in stock.

    Args:
        handed_out: ``handed_out_at`` in unix seconds, and ``handed_out_by``.
    """
    table = t.letter_stock
    these = tuple_(table.c.run, table.c.number).in_(letters) & table.c.handed_out_at.is_(None)
    db.execute(update(table).where(these).values(**handed_out))


def find_gone(db: Connection, run: int) -> set[int]:
    """Return the numbers of a run that were handed out, by either record of it, or replaced."""
    stock, given, replaced = t.letter_stock.c, given_letters.c, t.letter_replacements.c
    return set(
        db.scalars(
            union_all(
                select(stock.number).where(stock.run == run, stock.handed_out_at.is_not(None)),
                select(given.number).where(given.run == run, given.handed_out.is_not(None)),
                select(replaced.number).where(replaced.run == run, replaced.done_at.is_not(None)),
            )
        )
    )


def _numbers(stock: RunStock, first: int, last: int) -> range:
    run = stock.run
    if not 0 < first <= last <= run.letters:
        raise StockInvalid(
            say(
                "De nummers van deze serie zijn %(first)s tot en met %(last)s.",
                first=serial(run.number, 1),
                last=serial(run.number, run.letters),
            )
        )
    return range(first, last + 1)
