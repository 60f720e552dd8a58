"""Refusals by reason, so that a rule that bites wrongly shows."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kindpakket.domain.language import current_catalogue
from kindpakket.domain.refusals import DUTCH, ENGLISH, Code
from kindpakket.services.figures.letter_bound import LetterBound, read_origins
from kindpakket.services.figures.suppress import Hidden, hide
from kindpakket.store import tables as t


@dataclass(frozen=True)
class RefusalLine:
    """Claims that the ledger refused for one reason, in the last thirteen months."""

    code: Code
    name: str
    """As it reads at the till."""
    attempts: int | None
    hidden: Hidden | None


@dataclass(frozen=True)
class Refusals:
    """How often each reason was given, and which of these numbers are not shown."""

    attempts: dict[Code, int]
    hidden: dict[Code, Hidden]


def read_refusals(db: Connection, letters: LetterBound) -> Refusals:
    """Count the refusals that were noted. No total is shown, so no two reasons give one away."""
    origins = read_origins(db)
    attempts, coupons = Counter[Code](), defaultdict[Code, set[str]](set)
    for row in db.execute(select(t.refusals)):
        attempts[Code(row.code)] += row.attempts
        coupons[Code(row.code)].add(origins.get(row.coupon, row.coupon))
    groups = {code: frozenset([code]) for code in attempts}
    behind = {code: frozenset(those) for code, those in coupons.items()}
    return Refusals(dict(attempts), hide(groups, behind, letters))


def tell_refusals(refusals: Refusals) -> list[RefusalLine]:
    """Return a line for each reason that was given, in the order of the closed set."""
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
