"""Lower bound on the number of letters that coupons come from. Only the holder knows which coupons
are of one letter."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kindpakket.domain.letters import CARD_VALUES, LETTER_VALUES, MAX_COUPONS
from kindpakket.services.schemes.details import read_cents
from kindpakket.store import tables as t

Kind = tuple[int, int]
"""Scheme, and value in cents."""

_UNKNOWN = (0, 0)


@dataclass(frozen=True)
class LetterBound:
    """Lower bound on the number of letters that a set of coupons can come from."""

    kinds: Mapping[str, Kind]
    """Kind of each coupon."""
    most: Mapping[Kind, int]
    """As :func:`read_most` returns it."""

    def __call__(self, coupons: Iterable[str]) -> int:
        """Return the minimum number of letters that these distinct coupons can come from."""
        counts = Counter(self.kinds.get(coupon, _UNKNOWN) for coupon in coupons)
        return fewest_letters(counts, self.most)


def fewest_letters(counts: Mapping[Kind, int], most: Mapping[Kind, int]) -> int:
    """Return the minimum number of letters that so many coupons of each kind can come from.

    A letter has at most so many coupons of one value as its scheme says, so many coupons need
    several letters. The bound is the maximum over values and over schemes; schemes do not add up,
    since a child may have a letter in each.
    """
    return max((-(-n // most.get(kind, MAX_COUPONS)) for kind, n in counts.items()), default=0)


def read_letter_bound(db: Connection) -> LetterBound:
    """Read the coupons' values, and how many coupons a letter has."""
    rows = db.execute(select(t.coupons.c.coupon, t.coupons.c.scheme, t.coupons.c.value))
    return LetterBound({row.coupon: (row.scheme, row.value) for row in rows}, read_most(db))


def read_most(db: Connection) -> dict[Kind, int]:
    """Return the maximum number of coupons of a kind on one letter or card; other kinds have the
    maximum of a letter.

    It follows from the splits of the letters of each scheme: the one of now, and those with which
    runs were begun.
    """
    details = {row.scheme: row for row in db.execute(select(t.scheme_details))}
    splits: list[tuple[int, Sequence[int]]] = []
    for scheme in db.scalars(select(t.schemes.c.scheme)):
        row = details.get(scheme)
        splits += [
            (scheme, read_cents(row.letter_values) if row else LETTER_VALUES),
            (scheme, read_cents(row.card_values) if row else CARD_VALUES),
        ]
    for run in db.execute(select(t.begun_runs)):
        of_run = read_cents(run.letter_values), read_cents(run.card_values)
        splits += [(run.scheme, values) for values in of_run]
    most: dict[Kind, int] = {}
    for scheme, values in splits:
        for value, count in Counter(values).items():
            most[scheme, value] = max(count, most.get((scheme, value), 0))
    return most


def read_origins(db: Connection) -> dict[str, str]:
    """Return the issued coupon of each coupon that was created by a move."""
    made = select(t.coupons.c.coupon, t.coupons.c.origin).where(t.coupons.c.origin.is_not(None))
    return {row.coupon: row.origin for row in db.execute(made)}
