"""Public totals of schemes: updated once a day, in steps of at least ten letters.

Each day at six in the morning, changes before midnight are considered. A total moves to its value
at that time when at least ten letters are behind the changes since it moved last.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import chain

from sqlalchemy import Connection, delete, func, insert, select

from kindpakket.domain.times import day_of, hours_earlier, midnight
from kindpakket.services.base.context import Context
from kindpakket.services.figures.letter_bound import read_letter_bound, read_origins
from kindpakket.services.figures.suppress import MINIMUM, LettersIn
from kindpakket.services.schemes.look_up import Scheme
from kindpakket.store import tables as t

WAIT_HOURS = 6
"""Hours after midnight on the clock: earlier blocks are final by then on any chain."""


class Total(StrEnum):
    """A published total; each moves independently, and no change is in two of them."""

    FUNDED = "funded"
    """Set by two officials; no letter is behind it."""
    GRANTED = "granted"
    """Issued by decision. The public ``issued`` is this less GIVEN_BACK and TO_NOBODY."""
    GIVEN_BACK = "given_back"
    """By a move to no coupon."""
    SPENT = "spent"
    REFUNDED = "refunded"
    """To a coupon. The public ``refunded`` is this and TO_NOBODY."""
    TO_NOBODY = "to_nobody"
    """Refunded to a coupon that was given back."""


@dataclass(frozen=True)
class TotalChange:
    """Change of a total in cents, with the coupon behind it; empty without one."""

    block: int
    time: int
    amount: int
    coupon: str
    shop: int = 0
    """Of a payment, the shop that was paid."""


@dataclass(frozen=True)
class TotalStep:
    """Changes that a published total includes from one morning on: of ten letters or more."""

    until: int
    """The midnight before which they were made, in unix seconds."""
    changes: tuple[TotalChange, ...]

    @property
    def amount(self) -> int:
        """By how much the total moves, in cents."""
        return sum(each.amount for each in self.changes)


@dataclass(frozen=True)
class _Published:
    amount: int = 0
    block: int = -1
    """Changes up to this block are included."""
    until: int = 0


_NOTHING = _Published()
Changes = dict[tuple[int, Total], list[TotalChange]]
_ChangeRow = tuple[int, Total, int, int, int, str, int]
"""Scheme, total, block, time, amount, coupon and shop, as of :class:`TotalChange`."""


def published_until(now: int) -> int:
    """Return the midnight before which changes are considered at this time, in unix seconds."""
    return midnight(hours_earlier(now, WAIT_HOURS))


def publish_totals(context: Context) -> None:
    """Publish the totals that are due; idempotent.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    last = published_until(context.now())
    looked = select(t.published_totals.c.scheme).where(t.published_totals.c.until >= last)
    late = select(t.schemes.c.scheme).where(t.schemes.c.scheme.not_in(looked))
    with context.read_views() as db:
        if db.execute(late).first() is None:
            return
    with context.write_with_views() as db:
        letters_in, changes, published = read_letter_bound(db), _read_changes(db), _read(db)
        db.execute(delete(t.published_totals))
        for scheme in db.scalars(select(t.schemes.c.scheme)).all():
            for total in Total:
                key = (scheme, total)
                now = _moved_on(
                    published.get(key, _Published()), changes[key], last, letters_in, total
                )
                db.execute(
                    insert(t.published_totals).values(scheme=scheme, total=total.value, **vars(now))
                )


def as_published(context: Context, schemes: Iterable[Scheme]) -> list[Scheme]:
    """Return schemes with their totals as last published; zero at first.

    These are the ledger's, without stock: a letter that is handed out changes none of them.
    """
    with context.store.read() as db:
        published = _read(db)
    return [_as_published(scheme, published) for scheme in schemes]


def find_returnable(context: Context, scheme: Scheme) -> int:
    """Return what to offer to take back of a scheme's budget, in cents.

    The decision is public. To the last cent it would tell what few letters gave back, which is not
    published yet: that waits.

    Raises:
        StoreUnavailable: the store cannot be read.
    """
    (published,) = as_published(context, [scheme])
    return max(0, min(scheme.not_granted, scheme.funded - published.issued))


def _as_published(scheme: Scheme, published: dict[tuple[int, Total], _Published]) -> Scheme:
    funded, granted, given_back, spent, refunded, to_nobody = (
        published.get((scheme.id, total), _Published()).amount for total in Total
    )
    return replace(
        scheme,
        funded=funded,
        issued=granted - given_back - to_nobody,
        spent=spent,
        refunded=refunded + to_nobody,
        stock=0,
    )


def list_steps(
    db: Connection, last: int, letters_in: LettersIn
) -> dict[tuple[int, Total], list[TotalStep]]:
    """Return all steps of all totals until a midnight, in order: those of every morning so far.

    Args:
        last: as of :func:`published_until`.
    """
    return {
        (scheme, total): list(steps_of(changes, last, letters_in, total))
        for (scheme, total), changes in _read_changes(db).items()
    }


def steps_of(
    changes: Sequence[TotalChange],
    last: int,
    letters_in: LettersIn,
    total: Total,
    now: _Published = _NOTHING,
) -> Iterator[TotalStep]:
    """Yield the steps that follow on what is published, by the rule at each midnight that was not
    considered, up to the last."""
    waiting = [each for each in changes if each.block > now.block]
    waiting.sort(key=lambda each: each.block)  # and so by time
    times, begin = [each.time for each in waiting], 0
    for until in _midnights(waiting, now.until, last):
        end = bisect_left(times, until)
        step = waiting[begin:end]
        if step and (
            total is Total.FUNDED or letters_in({each.coupon for each in step}) >= MINIMUM
        ):
            yield TotalStep(until, tuple(step))
            begin = end


def _moved_on(
    now: _Published,
    changes: Sequence[TotalChange],
    last: int,
    letters_in: LettersIn,
    total: Total,
) -> _Published:
    for step in steps_of(changes, last, letters_in, total, now):
        end = max(each.block for each in step.changes)
        now = _Published(now.amount + step.amount, end)
    return replace(now, until=last)


def _midnights(changes: Iterable[TotalChange], looked: int, last: int) -> Iterator[int]:
    """The midnights after ``looked`` that follow a change."""
    first = day_of(looked)
    days = {max(day_of(each.time), first) + timedelta(days=1) for each in changes}
    return (until for day in sorted(days) if (until := midnight(day)) <= last)


def _read(db: Connection) -> dict[tuple[int, Total], _Published]:
    return {
        (row.scheme, Total(row.total)): _Published(row.amount, row.block, row.until)
        for row in db.execute(select(t.published_totals))
    }


def _read_changes(db: Connection) -> Changes:
    """Read all changes of totals. Moved coupons count as the issued ones."""
    origins, changes = read_origins(db), defaultdict[tuple[int, Total], list[TotalChange]](list)
    rows = chain(_read_budget(db), _read_spent(db), _read_refunded(db))
    for scheme, total, block, time, amount, coupon, shop in rows:
        change = TotalChange(block, time, amount, origins.get(coupon, coupon), shop)
        changes[scheme, total].append(change)
    return changes


def _read_budget(db: Connection) -> Iterator[_ChangeRow]:
    table = t.budget_changes
    for row in db.execute(select(table).order_by(table.c.block)):
        yield row.scheme, Total(row.total), row.block, row.time, row.amount, row.coupon, 0


def _read_spent(db: Connection) -> Iterator[_ChangeRow]:
    """A payment from several coupons is one change for each."""
    paid, debits = t.payments.c, t.debits
    query = (
        select(paid.scheme, paid.block, paid.time, debits.c.amount, debits.c.coupon, paid.shop)
        .join_from(debits, t.payments)
        .where(debits.c.amount > 0)
    )
    for scheme, block, time, amount, coupon, shop in db.execute(query):
        yield scheme, Total.SPENT, block, time, amount, coupon, shop


def _read_refunded(db: Connection) -> Iterator[_ChangeRow]:
    """A refund belongs to the coupon that paid first."""
    paid, back, debits = t.payments.c, t.refunds.c, t.debits
    first = (
        select(debits.c.payment, func.min(debits.c.position).label("position"))
        .where(debits.c.amount > 0)
        .group_by(debits.c.payment)
        .subquery()
    )
    payer = (debits.c.payment == first.c.payment) & (debits.c.position == first.c.position)
    query = (
        select(paid.scheme, back.block, back.time, back.amount, debits.c.coupon, back.coupon)
        .join_from(t.refunds, t.payments)
        .join(debits, debits.c.payment == paid.payment)
        .join(first, payer)
    )
    for scheme, block, time, amount, coupon, target in db.execute(query):
        total = Total.TO_NOBODY if target is None else Total.REFUNDED
        yield scheme, total, block, time, amount, coupon, 0
