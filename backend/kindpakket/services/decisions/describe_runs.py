"""Descriptions of letter runs: number of letters, value of each, total."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select

from kindpakket.domain.ids import Hash
from kindpakket.domain.language import say
from kindpakket.domain.money import format_euros
from kindpakket.ledger.abi import decode_issue
from kindpakket.store import tables as t


def say_run(number: int, sheets: int, amount: int) -> str:
    """Return a description of a run: its number, its letters and cards, and their value.

    Args:
        sheets: letters and cards together; one is worth what the other is.
        amount: of all of them, in cents.
    """
    what = {
        "run": number,
        "sheets": sheets,
        "each": format_euros(amount // sheets),
        "total": format_euros(amount),
    }
    if amount % sheets:  # made with other values than those of its scheme
        return say("Serie %(run)s: %(sheets)s brieven en kaarten, samen %(total)s.", **what)
    return say(
        "Serie %(run)s: %(sheets)s brieven en kaarten van %(each)s, samen %(total)s.", **what
    )


def say_runs(db: Connection, decision_sets: Collection[str]) -> dict[Hash, str]:
    """Return descriptions of the runs that sets of decisions issue, by set; others are left out.

    The value of a run is derived from the calls that officials sign.
    """
    runs, table = t.letter_runs.c, t.prepared_decisions.c
    query = select(runs.run, runs.letters, runs.decision_set).where(
        runs.decision_set.in_(decision_sets)
    )
    rows = db.execute(query).all()
    calls = defaultdict[str, set[bytes]](set)
    parts = select(table.decision_set, table.call).where(
        table.decision_set.in_([row.decision_set for row in rows])
    )
    for decision_set, call in db.execute(parts):
        calls[decision_set].add(call)
    return {
        Hash(row.decision_set): say_run(
            row.run, row.letters, sum(map(worth, calls[row.decision_set]))
        )
        for row in rows
    }


def worth(call: bytes) -> int:
    """Return the total that an ``issue`` call puts on coupons, in cents."""
    _, value, count = decode_issue(call)
    return value * count
