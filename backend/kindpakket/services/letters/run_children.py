"""The number of children that a letter run is for, as shown to who signs its issue: counts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, select

from kindpakket.services.base.context import Context
from kindpakket.services.children.ages import Ages, read_ages
from kindpakket.services.children.people import with_letter
from kindpakket.store import tables as t
from kindpakket.store.register_tables import children

FEWEST_SHOWN = 10
"""Counts of children are rounded down to a multiple of this, and smaller ones are not shown: a
signer may know who is in a list, and the size of a run could be chosen so as to find an exact
count."""


class Match(StrEnum):
    """How the letters of a run compare with the children who wait, counted in tens."""

    NOBODY = "nobody"
    """Fewer than ten wait, or none."""
    FEWER = "fewer"
    """There are fewer letters than children."""
    ENOUGH = "enough"
    """Fewer than twenty letters more than the tens of children."""
    MORE = "more"
    """At least twenty more."""


@dataclass(frozen=True)
class RunChildren:
    """The children who wait for a letter of a run's scheme; counts are rounded down to tens."""

    ages: Ages | None
    """Those for which the scheme is; None for every age."""
    letters: int
    """Letters and cards of the run."""
    lists: list[tuple[int, int]]
    """Number of a list and its children who wait, of each with at least ten."""
    about: int
    """The children of all lists."""

    @property
    def match(self) -> Match:
        """How the letters compare with the children."""
        if self.about == 0:
            return Match.NOBODY
        if self.letters < self.about:
            return Match.FEWER
        return Match.MORE if self.letters >= self.about + 2 * FEWEST_SHOWN else Match.ENOUGH


def count_children_of(context: Context, decision_set: str) -> RunChildren | None:
    """Return for whom the run is that a set of decisions issues; None when it issues none."""
    with context.store.read() as db:
        table = t.letter_runs
        run = db.execute(select(table).where(table.c.decision_set == decision_set)).one_or_none()
        if run is None:
            return None
        waiting = _count_waiting(db, run.scheme)
        ages = read_ages(db).get(run.scheme)
    lists = [(number, _tens(count)) for number, count in waiting if count >= FEWEST_SHOWN]
    return RunChildren(ages, run.letters, lists, _tens(sum(count for _, count in waiting)))


def _count_waiting(db: Connection, scheme: int) -> Sequence[tuple[int, int]]:
    """The number of each list, and its children of the scheme without a letter."""
    query = (
        select(children.c.list, func.count())
        .where(children.c.scheme == scheme, ~with_letter())
        .group_by(children.c.list)
        .order_by(children.c.list)
    )
    return [(number, count) for number, count in db.execute(query)]


def _tens(count: int) -> int:
    return count - count % FEWEST_SHOWN
