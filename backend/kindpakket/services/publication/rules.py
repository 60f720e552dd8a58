"""The rules in force and how they changed, from the decisions on the ledger.

An official is told by the code of the key only.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger.abi import FUNCTIONS, decode_call
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.messages import SUBJECT_BYTES
from kindpakket.services.schemes.changes import Rules
from kindpakket.store import tables as t

MOST_CHANGES = 1_000
"""Maximum number of changes that are published; the ledger has all."""


class What(StrEnum):
    """Kind of change."""

    OPENED = "opened"
    RULES = "rules"
    CLOSED = "closed"
    PAUSED = "paused"
    RESUMED = "resumed"
    BUDGET = "budget"
    CATEGORIES = "categories"
    """The table of what categories mean."""


@dataclass(frozen=True)
class RuleChange:
    """An executed decision; the time in unix seconds."""

    decision: Hash
    block: int
    time: int
    officials: tuple[str, ...]
    """Codes of the keys that signed: two, or one for a pause."""
    what: What
    scheme: int
    """0 for the table of categories."""
    rules: Rules | None = None
    amount: int = 0
    """What is added to the budget, in cents; below zero when it becomes less."""


_RULES = ("openScheme", "setRules")
_OF_A_SCHEME = (*_RULES, "closeScheme", "setPaused")
_FUNCTIONS = (*_OF_A_SCHEME, "fund", "setCategories")


def list_changes(db: Connection, budget_until: int) -> list[RuleChange]:
    """Return the last changes of rules, newest first.

    Args:
        budget_until: budgets that changed from this second on are left out, as they are in the
            published totals.
    """
    table = t.decisions.c
    selector = func.substr(table.call, 1, 4)
    query = (
        select(t.decisions)
        .where(~table.cancelled, selector.in_([FUNCTIONS[each].id for each in _FUNCTIONS]))
        .where(or_(selector != FUNCTIONS["fund"].id, table.time < budget_until))
        .order_by(table.block.desc(), table.decision)
        .limit(MOST_CHANGES)
    )
    return [change for row in db.execute(query) if (change := _change(row))]


def read_decisions(db: Connection, schemes: Collection[int]) -> dict[int, list[RuleChange]]:
    """Return the decisions that made each scheme's rules as they are now: the last one on the
    rules, that on the end, and that on a pause, as far as they can be read."""
    table = t.decisions.c
    subject = func.substr(table.call, 1, SUBJECT_BYTES)
    subjects = [
        FUNCTIONS[name].id + scheme.to_bytes(32) for name in _OF_A_SCHEME for scheme in schemes
    ]
    order = func.row_number().over(partition_by=subject, order_by=table.block.desc())
    ranked = (
        select(t.decisions, order.label("newest"))
        .where(~table.cancelled, subject.in_(subjects))
        .subquery()
    )
    rows = db.execute(select(ranked).where(ranked.c.newest == 1).order_by(ranked.c.block))
    found: dict[int, dict[str, RuleChange]] = {scheme: {} for scheme in schemes}
    for change in filter(None, map(_change, rows)):
        about = "rules" if change.rules else "end" if change.what is What.CLOSED else "pause"
        found[change.scheme][about] = change
    return {
        scheme: [each for each in own.values() if each.what is not What.RESUMED]
        for scheme, own in found.items()
    }


def _change(row: Row[Any]) -> RuleChange | None:
    try:
        function, args = decode_call(row.call)
    except ValueError:  # encoded so that only the contract decodes it
        return None
    what = {
        "openScheme": What.OPENED,
        "setRules": What.RULES,
        "closeScheme": What.CLOSED,
        "setPaused": What.PAUSED if args.get("paused") else What.RESUMED,
        "fund": What.BUDGET,
        "setCategories": What.CATEGORIES,
    }[function]
    return RuleChange(
        Hash(row.decision),
        row.block,
        row.time,
        tuple(official_code(Address(each)) for each in row.signers.split()),
        what,
        args.get("scheme", 0),
        Rules(*(args[name] for name in ("opens", "closes", "permitted", "excluded")))
        if function in _RULES
        else None,
        args.get("amount", 0),
    )
