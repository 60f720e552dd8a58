"""Checklist of a municipality from founding to the first payment."""

from enum import StrEnum

from sqlalchemy import func, select

from kindpakket.domain.capacities import Capacity
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t

ENOUGH_OFFICIALS = 3
"""Minimum number of officials: two decide, and one may be absent. The key in the safe does not
count."""


class Step(StrEnum):
    """One step, in this order."""

    OFFICIALS = "officials"
    SCHEME = "scheme"
    FUNDED = "funded"
    SHOP = "shop"
    ADMITTED = "admitted"
    TILL = "till"
    LETTERS = "letters"
    ISSUED = "issued"
    PAID = "paid"


def list_steps(context: Context) -> dict[Step, bool]:
    """Return every step in order, and whether it is done."""
    people = (t.officials.c.capacities > 0) & (t.officials.c.capacities != Capacity.OFFICIALS)
    counts = {
        Step.OFFICIALS: select(func.count()).select_from(t.officials).where(people),
        Step.SCHEME: select(func.count()).select_from(t.schemes),
        Step.FUNDED: select(func.count()).select_from(t.schemes).where(t.schemes.c.funded > 0),
        Step.SHOP: select(func.count()).select_from(t.shop_details),
        Step.ADMITTED: select(func.count()).select_from(t.shops).where(t.shops.c.admitted),
        Step.TILL: select(func.count()).select_from(t.tills).where(t.tills.c.active),
        Step.LETTERS: select(func.count())
        .select_from(t.letter_runs)
        .where(t.letter_runs.c.coupons > 0),
        Step.ISSUED: select(func.count()).select_from(t.schemes).where(t.schemes.c.issued > 0),
        Step.PAID: select(func.count()).select_from(t.payments.select().limit(1).subquery()),
    }
    enough = {Step.OFFICIALS: ENOUGH_OFFICIALS}
    with context.read_views() as db:
        found = {step: db.scalar(query) or 0 for step, query in counts.items()}
    done = {step: count >= enough.get(step, 1) for step, count in found.items()}
    # Coupons on the ledger came from letters, wherever those were made.
    done[Step.LETTERS] = done[Step.LETTERS] or done[Step.ISSUED]
    return done
