"""Refusals by reason that everyone may know: sums of whole months.

Of a scheme, a month and a reason are told together when ten letters or more met that reason in that
month. Such parts share no refusal, so that from any number of sums nothing follows about fewer.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kindpakket.domain.refusals import Code
from kindpakket.domain.times import month_of, month_start, months_between
from kindpakket.services.figures.letter_bound import read_letter_bound, read_origins
from kindpakket.services.figures.suppress import MINIMUM
from kindpakket.store import tables as t


@dataclass(frozen=True)
class PublishedRefusals:
    """Claims that were refused in these months, by reason; the most frequent first."""

    months: tuple[str, ...]
    """As ``2027-01``: those that are over, and of which all refusals are kept still."""
    attempts: Mapping[Code, int]


def read_published_refusals(
    db: Connection, schemes: Collection[int], *, first: int, until: int, kept_since: int
) -> PublishedRefusals:
    """Count the refusals of schemes, all times in unix seconds.

    Args:
        first: when the first of the schemes opened.
        until: the midnight up to which is published.
        kept_since: the time before which refusals are deleted.
    """
    months = months_between(month_of(max(kept_since, min(first, until))), month_of(until))
    whole = tuple(month for month in months[:-1] if month_start(month) >= kept_since)
    return PublishedRefusals(whole, _count(db, schemes, set(whole)) if whole else {})


def _count(db: Connection, schemes: Collection[int], months: set[str]) -> dict[Code, int]:
    letters_in, origins = read_letter_bound(db), read_origins(db)
    attempts, coupons = Counter[tuple[int, str, Code]](), defaultdict[object, set[str]](set)
    for row in db.execute(select(t.refusals).where(t.refusals.c.scheme.in_(schemes))):
        part = row.scheme, month_of(row.hour), Code(row.code)
        if part[1] in months:
            attempts[part] += row.attempts
            coupons[part].add(origins.get(row.coupon, row.coupon))
    told = Counter[Code]()
    for part, times in attempts.items():
        if letters_in(coupons[part]) >= MINIMUM:
            told[part[2]] += times
    return dict(sorted(told.items(), key=lambda each: (-each[1], each[0])))
