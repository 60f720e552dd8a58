"""Try a rule on what was paid, before it goes live: who would have been refused?

This is a forecast, from the categories that shops have now and the second of each payment. Once
the rule is in force, the contract decides.

Small numbers are kept back, and what would give them away with all other figures and with what is
public. Who asks again and again, each time a little different, can subtract one answer from
another.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from kindpakket.domain.categories import allows
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.times import months_before
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.decisions.describe import say_categories
from kindpakket.services.figures import read_kept
from kindpakket.services.figures.facts import Cell, Facts, read_facts
from kindpakket.services.figures.groups import Kept, kept_back_beside
from kindpakket.services.figures.suppress import Hidden
from kindpakket.services.schemes.changes import Rules
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Part:
    """A number of payments and their amount in cents; None when these are not shown."""

    payments: int | None
    amount: int | None
    hidden: Hidden | None


@dataclass(frozen=True)
class TrialLine:
    """What would have been refused at one shop."""

    shop: int
    name: str
    categories: str
    refused: Part


@dataclass(frozen=True)
class Trial:
    """What a rule would have done."""

    since: int
    """From this second on, payments were looked at."""
    all: Part
    refused: Part
    kept: Part
    shops: list[TrialLine]
    """Those with something that would have been refused, by number."""


class _Fate(StrEnum):
    """What becomes of a payment in a trial."""

    REFUSED = "refused"
    KEPT = "kept"
    NONE = ""
    """Not looked at: of another scheme, or earlier."""


def try_rules(
    context: Context,
    scheme: int,
    rules: Rules,
    months: int,
) -> Trial:
    """Return which payments of a scheme these rules would have refused.

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

        def fate(of: int, shop: int, time: int) -> _Fate:
            if of != scheme or time < since:
                return _Fate.NONE
            kept = shop in allowed and rules.opens <= time < rules.closes
            return _Fate.KEPT if kept else _Fate.REFUSED

        facts = read_facts(db, fate)
    parts = _judge(facts, kept)
    lines = [
        TrialLine(shop, names.shop(shop), say_categories(bits), parts["shop", shop])
        for shop, bits in sorted(shops.items())
        if ("shop", shop) in parts
    ]
    return Trial(since, parts["all", 0], parts["refused", 0], parts["kept", 0], lines)


_Question = tuple[str, int]


def _judge(facts: Facts, kept: Kept) -> dict[_Question, Part]:
    """Add up what a trial shows, unless it may not be shown beside the figures."""
    asked = {("all", 0): set[Cell](), ("refused", 0): set[Cell](), ("kept", 0): set[Cell]()}
    for cell in facts.cells:
        if cell.fate:
            asked["all", 0].add(cell)
            asked[cell.fate, 0].add(cell)
        if cell.fate == _Fate.REFUSED:
            asked.setdefault(("shop", cell.shop), set()).add(cell)
    hidden = kept_back_beside(facts, kept, asked)
    return {
        question: Part(None, None, hidden[question])
        if question in hidden
        else Part(
            sum(facts.cells[cell].payments for cell in those),
            sum(facts.cells[cell].spent for cell in those),
            None,
        )
        for question, those in asked.items()
    }
