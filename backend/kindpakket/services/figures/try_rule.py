"""Trial of rules on past payments: which would have been refused?

A forecast, from the present categories of shops and the time of each payment. Once the rules are in
force, the contract decides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from kindpakket.domain.categories import allows
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import Hidden
from kindpakket.domain.times import months_before
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.decisions.describe import say_categories
from kindpakket.services.figures import read_kept
from kindpakket.services.figures.facts import Cell, Facts, read_facts
from kindpakket.services.figures.groups import Kept, Question, kept_back_beside
from kindpakket.services.schemes.changes import Rules
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Part:
    """Number and total of payments, in cents; None when suppressed."""

    payments: int | None
    amount: int | None
    hidden: Hidden | None


@dataclass(frozen=True)
class TrialLine:
    """Payments at one shop that would have been refused."""

    shop: int
    name: str
    categories: str
    refused: Part


@dataclass(frozen=True)
class Trial:
    """Result of a trial."""

    since: int
    """Start of the period, in unix seconds."""
    all: Part
    refused: Part
    kept: Part
    shops: list[TrialLine]
    """Shops with payments that would have been refused, by number."""


class _Outcome(StrEnum):
    """Outcome of a payment in a trial."""

    REFUSED = "refused"
    KEPT = "kept"
    NONE = ""
    """Of another scheme, or before the period."""


def try_rules(
    context: Context,
    scheme: int,
    rules: Rules,
    months: int,
) -> Trial:
    """Return the payments of a scheme that these rules would have refused.

    Args:
        months: how far back to look, from the beginning of that day.

    Raises:
        Refusal: there is no such scheme.
        LedgerUnavailable: the ledger cannot be read.
    """
    since, names = months_before(context.now(), months), read_public_names(context.store)
    kept = read_kept(context)
    with context.read_views() as db:
        if db.scalar(select(t.schemes.c.scheme).where(t.schemes.c.scheme == scheme)) is None:
            raise Refusal(Code.SCHEME_UNKNOWN)
        shops = {row.shop: int(row.categories, 16) for row in db.execute(select(t.shops))}
        allowed = {
            shop for shop, bits in shops.items() if allows(rules.permitted, rules.excluded, bits)
        }

        def outcome(of: int, shop: int, time: int) -> _Outcome:
            if of != scheme or time < since:
                return _Outcome.NONE
            accepted = shop in allowed and rules.opens <= time < rules.closes
            return _Outcome.KEPT if accepted else _Outcome.REFUSED

        facts = read_facts(db, outcome)
    parts = _judge(facts, kept)
    lines = [
        TrialLine(shop, names.shop(shop), say_categories(bits), parts["refused at", shop])
        for shop, bits in sorted(shops.items())
        if ("refused at", shop) in parts
    ]
    return Trial(since, parts["all", 0], parts["refused", 0], parts["kept", 0], lines)


def _judge(facts: Facts, kept: Kept) -> dict[Question, Part]:
    """Sum up the shown parts of a trial, with suppression."""
    here = [cell for cell in facts.cells if cell.outcome]
    refused = [cell for cell in here if cell.outcome == _Outcome.REFUSED]
    asked: dict[Question, Collection[Cell]] = {
        ("all", 0): here,
        ("refused", 0): refused,
        ("kept", 0): [cell for cell in here if cell.outcome == _Outcome.KEPT],
    }
    for shop in {cell.shop for cell in refused}:
        asked["refused at", shop] = [cell for cell in refused if cell.shop == shop]
    hidden = kept_back_beside(facts, kept, asked)
    return {
        question: Part(None, None, hidden[question])
        if question in hidden
        else Part(
            sum(facts.cells[cell].payments for cell in cells),
            sum(facts.cells[cell].spent for cell in cells),
            None,
        )
        for question, cells in asked.items()
    }
