"""For how many children a letter run is, for who signs its issue: counts, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, exists, func, select

from kindpakket.services.base.context import Context
from kindpakket.services.children.ages import Ages, read_ages
from kindpakket.services.children.people import REPLACED
from kindpakket.store import tables as t
from kindpakket.store.register_tables import children, given_letters

FEWEST_SHOWN = 10
"""A smaller count of children is not shown: who signs may know who is in that list."""


class Match(StrEnum):
    """How the letters of a run compare with the children who wait. No verdict tells the exact
    difference, which would tell a count that is not shown."""

    NOBODY = "nobody"
    FEWER = "fewer"
    """There are fewer letters than children."""
    ENOUGH = "enough"
    """At most nine letters are left over."""
    MORE = "more"
    """At least ten are."""


@dataclass(frozen=True)
class RunChildren:
    """The children who wait for a letter of a run's scheme."""

    ages: Ages | None
    """Those for which the scheme is; None for every age."""
    letters: int
    """Letters and cards of the run."""
    lists: list[tuple[int, int]]
    """Number of a list and its children who wait, of each that is large enough to show."""
    others: int | None
    """Children of the other lists together; None when they are too few to show, 0 for none."""
    match: Match


def count_children_of(context: Context, decision_set: str) -> RunChildren | None:
    """Return for whom the run is that a set of decisions issues; None when it issues none."""
    with context.store.read() as db:
        table = t.letter_runs
        run = db.execute(select(table).where(table.c.decision_set == decision_set)).one_or_none()
        if run is None:
            return None
        waiting = _count_waiting(db, run.scheme)
        ages = read_ages(db).get(run.scheme)
    large = [(number, count) for number, count in waiting if count >= FEWEST_SHOWN]
    total = sum(count for _, count in waiting)
    others = total - sum(count for _, count in large)
    return RunChildren(
        ages,
        run.letters,
        large,
        others if others == 0 or others >= FEWEST_SHOWN else None,
        _match(run.letters, total),
    )


def _count_waiting(db: Connection, scheme: int) -> Sequence[tuple[int, int]]:
    """The number of each list, and its children without a letter of the scheme."""
    has_letter = exists().where(given_letters.c.child == children.c.child, ~REPLACED)
    query = (
        select(children.c.list, func.count())
        .where(children.c.scheme == scheme, ~has_letter)
        .group_by(children.c.list)
        .order_by(children.c.list)
    )
    return [(number, count) for number, count in db.execute(query)]


def _match(letters: int, waiting: int) -> Match:
    if waiting == 0:
        return Match.NOBODY
    if letters < waiting:
        return Match.FEWER
    return Match.ENOUGH if letters < waiting + FEWEST_SHOWN else Match.MORE
