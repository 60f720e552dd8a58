"""Refusals by reason, to find rules with unwanted effects."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kindpakket.domain.language import current_catalogue
from kindpakket.domain.refusals import DUTCH, ENGLISH, Code
from kindpakket.domain.tables import Hidden
from kindpakket.services.figures.letter_bound import LetterBound, read_origins
from kindpakket.services.figures.suppress import hide
from kindpakket.store import tables as t


@dataclass(frozen=True)
class RefusalLine:
    """Claims refused for one reason in the last thirteen months."""

    code: Code
    name: str
    """The text shown at the till."""
    attempts: int | None
    hidden: Hidden | None


@dataclass(frozen=True)
class Refusals:
    """Number of refusals by reason, and which of these are suppressed."""

    attempts: dict[Code, int]
    hidden: dict[Code, Hidden]


def read_refusals(db: Connection, letters: LetterBound) -> Refusals:
    """Count the recorded refusals. There is no total, so a suppressed number does not follow from
    others."""
    origins = read_origins(db)
    attempts, coupons = Counter[Code](), defaultdict[Code, set[str]](set)
    for row in db.execute(select(t.refusals)):
        attempts[Code(row.code)] += row.attempts
        coupons[Code(row.code)].add(origins.get(row.coupon, row.coupon))
    groups = {code: frozenset([code]) for code in attempts}
    behind = {code: frozenset(those) for code, those in coupons.items()}
    return Refusals(dict(attempts), hide(groups, behind, letters))


def tell_refusals(refusals: Refusals) -> list[RefusalLine]:
    """Return a line for each reason, in the order of the closed set."""
    return [
        RefusalLine(
            code,
            (ENGLISH if current_catalogue().language == "en" else DUTCH)[code].title,
            None if code in refusals.hidden else refusals.attempts[code],
            refusals.hidden.get(code),
        )
        for code in Code
        if code in refusals.attempts
    ]
