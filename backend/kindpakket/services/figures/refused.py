"""Refusals by reason, to find rules with unwanted effects."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from kindpakket.domain.language import current_catalogue
from kindpakket.domain.refusals import DUTCH, ENGLISH, Code
from kindpakket.store import tables as t


@dataclass(frozen=True)
class RefusalLine:
    """Claims refused for one reason in the last thirteen months, at all shops."""

    code: Code
    name: str
    """The text shown at the till."""
    attempts: int


def read_refusals(db: Connection) -> list[RefusalLine]:
    """Count the recorded refusals, in the order of the closed set."""
    query = select(t.refusals.c.code, func.sum(t.refusals.c.attempts)).group_by(t.refusals.c.code)
    attempts = {Code(code): int(count) for code, count in db.execute(query)}
    texts = ENGLISH if current_catalogue().language == "en" else DUTCH
    return [
        RefusalLine(code, texts[code].title, attempts[code]) for code in Code if code in attempts
    ]
