"""Letter runs: registration of coupon lists, their decisions, and their progress."""

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Any

from eth_utils.crypto import keccak
from sqlalchemy import Connection, Row, insert, select, update

from kindpakket.domain.ids import Hash, SchemeId
from kindpakket.domain.language import say
from kindpakket.domain.money import format_euros
from kindpakket.ledger.abi import decode_call, encode_call
from kindpakket.services.base.context import Context
from kindpakket.services.decisions.describe_runs import say_run, worth
from kindpakket.services.decisions.prepare import (
    Prepared,
    Preparer,
    is_overtaken,
    list_prepared,
    prepare_with,
    tie,
)
from kindpakket.services.letters.coupon_lists import CouponList, ListInvalid
from kindpakket.services.letters.generate import FEWEST_LETTERS
from kindpakket.services.letters.orders import BegunRun, next_run
from kindpakket.services.letters.sealed_letters import BlankRun, SealedRun, keep_sealed
from kindpakket.services.schemes.details import read_details
from kindpakket.store import tables as t

_AT_ONCE = 500
"""Addresses in one query."""


class ListKnown(ListInvalid):
    """The list was registered before, and waits or is on the ledger."""

    def __init__(self, listed: CouponList, run: Row[Any], *, waits: bool) -> None:
        known, which = (
            say("Deze lijst is al aangeleverd."),
            say_run(run.run, run.letters, listed.total),
        )
        state = say("Zij wacht op een besluit.") if waits else say("Zij staat op het grootboek.")
        super().__init__(f"{known} {which} {state}")
        self.decision_set = run.decision_set and Hash(run.decision_set)


class RunState(StrEnum):
    """State of a run."""

    WAITS = "waits"
    ON_LEDGER = "on_ledger"
    PARTLY = "partly"
    LAPSED = "lapsed"
    BLANK = "blank"
    """Of blank letters: nothing of it is issued, and there is nothing to decide."""
    UNKNOWN = "unknown"
    """Made by a version that did not record which decisions belong to it."""


@dataclass(frozen=True)
class RunFile:
    """A run: number of letters and cards, coupons, and their total in cents."""

    number: int
    scheme: int
    letters: int
    coupons: int
    amount: int | None
    sha256: str
    made_at: int
    """In unix seconds."""
    decision_set: Hash | None
    state: RunState
    waits: bool
    """Whether some of its decisions can still be signed."""


@dataclass(frozen=True)
class Amounts:
    """Total of a list and budget of its scheme, in cents."""

    funded: int
    issued: int
    waiting: int
    """Total of other runs that wait for a decision."""
    listed: int

    @property
    def left(self) -> int:
        """What is left of the budget after all that; negative when it does not suffice."""
        return self.funded - self.issued - self.waiting - self.listed


def weigh(context: Context, listed: CouponList) -> Amounts:
    """Return the total of a list and the budget as it is on the ledger now.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    return _weigh(context, listed.scheme, listed.total, set(listed.issue_calls))


def weigh_begun(context: Context, begun: BegunRun) -> Amounts:
    """Return the total of a run that is not made yet, and the budget.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    split = read_details(context.store, begun.scheme)
    total = begun.letters * sum(split.letter_values) + begun.cards * sum(split.card_values)
    return _weigh(context, begun.scheme, total, set())


def check_list(context: Context, listed: CouponList, letters: int, cards: int) -> None:
    """Check a list against the ledger and against the coupons of the scheme's letters and cards.

    Raises:
        ListKnown: it was handed in before.
        ListInvalid: it does not fit.
        LedgerUnavailable: the ledger cannot be read.
    """
    if context.ledger.view("schemes", listed.scheme)["closes"] == 0:
        raise ListInvalid(say("Er is geen regeling %(scheme)s.", scheme=listed.scheme))
    if letters < FEWEST_LETTERS:
        raise ListInvalid(
            say("Een serie heeft minstens %(fewest)s brieven.", fewest=FEWEST_LETTERS)
        )
    _check_split(context, listed, letters, cards)
    with context.read_views() as db:
        if _find_unfinished(db, context, listed) is None and _any_on_ledger(db, listed):
            raise ListInvalid(say("Een tegoed van deze lijst staat al op het grootboek."))
    if _any_waiting(context, listed):
        raise ListInvalid(
            say("Een tegoed van deze lijst wacht al op een besluit, in een andere lijst.")
        )


def prepare_run(
    context: Context,
    listed: CouponList,
    letters: int,
    cards: int,
    by: Preparer,
    sealed: SealedRun | None = None,
) -> Hash:
    """Register a run and prepare the decisions that issue it, in one transaction.

    Decisions that the letter station prepared are taken over. Those that expired or were cancelled
    are prepared again for what is not on the ledger.

    Args:
        sealed: its letters, if a browser made it; they are stored with it.

    Returns:
        the set of decisions.

    Raises:
        ListKnown: it was handed in before.
        ListInvalid: it does not fit.
        LedgerUnavailable: the ledger cannot be read.
    """
    check_list(context, listed, letters, cards)
    with context.write_with_views() as db:
        before = _find_unfinished(db, context, listed)
        if before is None:
            number = _number_of(db, sealed)
            if sealed is not None:
                keep_sealed(db, sealed)
            by = _with_reason(by, listed, number, letters, cards)
            return record_run(db, context, listed, number, letters + cards, by)[0].decision_set
        progress = _progress(db, context, before.decision_set)
        by = _with_reason(by, listed, before.run, letters, cards)
        if progress.of_station:
            _take_over(db, before.decision_set, by)
            return Hash(before.decision_set)
        rest = [call for call in listed.issue_calls if call not in progress.executed]
        made = [prepare_with(db, context, call, by) for call in rest]
        return tie(db, made, Hash(before.decision_set))[0].decision_set


def record_run(
    db: Connection,
    context: Context,
    listed: CouponList,
    number: int,
    sheets: int,
    by: Preparer | None = None,
) -> list[Prepared]:
    """Record a run of letters and cards, and prepare the decisions for its coupons.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    made = [prepare_with(db, context, call, by) for call in listed.issue_calls]
    prepared = tie(db, made)
    db.execute(
        insert(t.letter_runs).values(
            run=number,
            scheme=listed.scheme,
            letters=sheets,
            coupons=listed.count,
            list_sha256=listed.list_sha256,
            made_at=context.now(),
            decision_set=prepared[0].decision_set,
        )
    )
    return prepared


def record_blank_run(context: Context, blank: BlankRun) -> None:
    """Register a run of blank letters, which needs no decision. Idempotent.

    Raises:
        ListInvalid: another file of this run was handed in before.
    """
    begun, table = blank.sealed.begun, t.letter_runs
    with context.store.write() as db:
        if db.scalar(select(table.c.run).where(table.c.list_sha256 == blank.sha256)):
            return
        number = _number_of(db, blank.sealed)
        keep_sealed(db, blank.sealed)
        db.execute(
            insert(table).values(
                run=number,
                scheme=begun.scheme,
                letters=begun.letters,
                coupons=0,
                list_sha256=blank.sha256,
                made_at=context.now(),
            )
        )


def list_runs(context: Context) -> list[RunFile]:
    """Return every run, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.read_views() as db:
        rows = db.execute(select(t.letter_runs).order_by(t.letter_runs.c.run.desc())).all()
        return [_run(row, _progress(db, context, row.decision_set)) for row in rows]


@dataclass(frozen=True)
class _Progress:
    """The calls of a run, and the state of each."""

    calls: set[bytes]
    executed: set[bytes]
    waiting: set[bytes]
    of_station: bool
    """Prepared by the letter station: no official at the desk compared the list."""

    @property
    def state(self) -> RunState:
        if not self.calls:
            return RunState.UNKNOWN
        if self.executed == self.calls:
            return RunState.ON_LEDGER
        if self.executed:
            return RunState.PARTLY
        return RunState.WAITS if self.waiting else RunState.LAPSED


def _progress(db: Connection, context: Context, decision_set: str | None) -> _Progress:
    calls, executed, nonces = set[bytes](), set[bytes](), dict[bytes, int]()
    officials = set[str | None]()
    prepared, made = t.prepared_decisions, t.decisions
    columns = (prepared.c.valid_until, prepared.c.nonce, prepared.c.prepared_by)
    query = (
        select(prepared.c.call, *columns, made.c.cancelled)
        .outerjoin(made, made.c.decision == prepared.c.decision)
        .where(prepared.c.decision_set == decision_set)
    )
    for call, valid_until, nonce, by, cancelled in db.execute(query):
        calls.add(call)
        if cancelled is None and valid_until >= context.ledger_time():
            nonces[call] = nonce
            officials.add(by)
        elif cancelled is False:
            executed.add(call)
    waiting = _not_overtaken(context, nonces) - executed
    return _Progress(calls, executed, waiting, bool(waiting) and officials == {None})


def _not_overtaken(context: Context, nonces: dict[bytes, int]) -> set[bytes]:
    """The decisions that can still be executed; all are about one scheme."""
    if not nonces:
        return set()
    subject = next(iter(nonces))[:36]
    newest = context.ledger.view("decisionNonces", keccak(subject))
    return {call for call, nonce in nonces.items() if nonce > newest}


def _run(row: Row[Any], progress: _Progress) -> RunFile:
    return RunFile(
        row.run,
        row.scheme,
        row.letters,
        row.coupons,
        sum(map(worth, progress.calls)) if progress.calls else None,
        row.list_sha256,
        row.made_at,
        row.decision_set and Hash(row.decision_set),
        progress.state if row.coupons else RunState.BLANK,
        bool(progress.waiting),
    )


def _find_unfinished(db: Connection, context: Context, listed: CouponList) -> Row[Any] | None:
    """The run of this list, if the rest of it may be prepared again."""
    table = t.letter_runs
    row = db.execute(select(table).where(table.c.list_sha256 == listed.list_sha256)).one_or_none()
    if row is None:
        return None
    progress = _progress(db, context, row.decision_set)
    waits = progress.waiting and not progress.of_station
    if waits or progress.state in (RunState.ON_LEDGER, RunState.UNKNOWN):
        raise ListKnown(listed, row, waits=bool(waits))
    return row


def _take_over(db: Connection, decision_set: str, by: Preparer) -> None:
    table = t.prepared_decisions
    of_station = (table.c.decision_set == decision_set) & table.c.prepared_by.is_(None)
    found = update(table).where(of_station)
    db.execute(found.values(prepared_by=by.official, reason=by.reason))


def _weigh(context: Context, scheme: SchemeId, total: int, own: set[bytes]) -> Amounts:
    now, subject = context.ledger.view("schemes", scheme), encode_call("issue", scheme, 1, [])[:36]
    waiting = (each.message.call for each in list_prepared(context))
    others = sum(worth(call) for call in waiting if call[:36] == subject and call not in own)
    return Amounts(now["funded"], now["issued"], others, total)


def _number_of(db: Connection, sealed: SealedRun | None) -> int:
    if sealed is None:
        return next_run(db)
    number, column = sealed.begun.number, t.letter_runs.c.run
    if db.scalar(select(column).where(column == number)):
        raise ListInvalid(
            say("Serie %(run)s is al aangeleverd, met een ander bestand.", run=number)
        )
    return number


def _check_split(context: Context, listed: CouponList, letters: int, cards: int) -> None:
    split = read_details(context.store, listed.scheme)
    expected = Counter[int]()
    for values, sheets in ((split.letter_values, letters), (split.card_values, cards)):
        for value in values:
            expected[value] += sheets
    found = Counter({value: len(each) for value, each in listed.coupons.items()})
    if +expected != found:
        value = max(found - expected or expected - found)
        raise ListInvalid(
            say(
                "De lijst heeft %(found)s tegoeden van %(value)s. Bij zoveel brieven en kaarten "
                "van deze regeling horen er %(expected)s.",
                found=found[value],
                value=format_euros(value),
                expected=expected[value],
            )
        )


def _any_on_ledger(db: Connection, listed: CouponList) -> bool:
    column, every = t.coupons.c.coupon, list(chain(*listed.coupons.values()))
    parts = (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
    return any(
        db.execute(select(column).where(column.in_(part)).limit(1)).first() for part in parts
    )


def _any_waiting(context: Context, listed: CouponList) -> bool:
    own, subject = set(listed.issue_calls), encode_call("issue", listed.scheme, 1, [])[:36]
    every = set(chain(*listed.coupons.values()))
    return any(
        not every.isdisjoint(decode_call(each.message.call)[1]["newCoupons"])
        for each in list_prepared(context)
        if each.message.call[:36] == subject
        and each.message.call not in own
        and not is_overtaken(context, each)
    )


def _with_reason(
    by: Preparer, listed: CouponList, number: int, letters: int, cards: int
) -> Preparer:
    """Give the second official the same numbers to compare."""
    reason = say(
        "Serie %(run)s: %(letters)s brieven, %(cards)s kaarten. Controlegetal: %(sha256)s.",
        run=number,
        letters=letters,
        cards=cards,
        sha256=listed.list_sha256,
    )
    return replace(by, reason=reason)
