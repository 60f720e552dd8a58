"""The ages that a scheme is for. Children of other ages get another amount: another scheme."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from kindpakket.domain.children import Person
from kindpakket.domain.times import day_of
from kindpakket.store import tables as t
from kindpakket.store.database import Store
from kindpakket.store.register_tables import scheme_ages

OLDEST = 25


@dataclass(frozen=True)
class Ages:
    """From the youngest to the oldest, both included, in years on the scheme's first day."""

    youngest: int = 0
    oldest: int = OLDEST

    def overlap(self, other: "Ages") -> bool:
        """Whether some age is in both."""
        return self.youngest <= other.oldest and other.youngest <= self.oldest


def read_ages(db: Connection) -> dict[int, Ages]:
    """Return the ages of schemes that have them; another is for every age."""
    return {row.scheme: Ages(row.youngest, row.oldest) for row in db.execute(select(scheme_ages))}


def is_of_age(db: Connection, now: int, scheme: int) -> Callable[[Person], bool]:
    """Return whether a child has an age of a scheme now, or on its first day if that is later.

    Args:
        db: may read the views.
        now: in unix seconds.
    """
    ages = read_ages(db).get(scheme, Ages())
    opens = db.scalar(select(t.schemes.c.opens).where(t.schemes.c.scheme == scheme)) or now
    day = day_of(max(now, opens))
    return lambda person: ages.youngest <= person.age_on(day) <= ages.oldest


def find_ages(store: Store, scheme: int) -> Ages:
    """Return the ages of one scheme."""
    with store.read() as db:
        return read_ages(db).get(scheme, Ages())


def set_ages(store: Store, scheme: int, ages: Ages) -> None:
    """Set the ages of a scheme, for lists that are brought in from now on."""
    with store.write() as db:
        db.execute(delete(scheme_ages).where(scheme_ages.c.scheme == scheme))
        row = {"scheme": scheme, "youngest": ages.youngest, "oldest": ages.oldest}
        db.execute(insert(scheme_ages).values(row))


def do_overlap(ages: Mapping[int, Ages], schemes: Iterable[int]) -> bool:
    """Whether some age is in two of these schemes."""
    of_these = [ages.get(each, Ages()) for each in schemes]
    return any(
        one.overlap(other) for at, one in enumerate(of_these) for other in of_these[at + 1 :]
    )
