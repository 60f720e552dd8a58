"""Letter runs: registration of coupon lists, their decisions, and their progress."""

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Any

from eth_utils.crypto import keccak
from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.language import say
from kindpakket.domain.money import format_euros
from kindpakket.ledger.abi import decode_call, encode_call
from kindpakket.protocol.messages import subject_of
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
from kindpakket.services.letters.orders import (
    BegunRun,
    OrderInvalid,
    check_officers,
    take_number,
)
from kindpakket.services.letters.sealed_letters import (
    BlankRun,
    SealedRun,
    hash_sealed,
    keep_sealed,
    stored_sealed,
)
from kindpakket.services.schemes.details import SchemeDetails, read_details
from kindpakket.services.schemes.stock import query_stock
from kindpakket.store import tables as t

_AT_ONCE = 500
"""Addresses in one query."""
_REPLACEABLE = 24 * 3600
"""Seconds in which another file of a run of blank letters is taken, counted from the first."""


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
    begun_by: Address | None
    """None: made by the letter station."""
    handed_in_by: Address | None
    """None: on the command line, or before this was recorded."""
    in_stock: int
    """Number of letters and cards with an amount that lie in stock."""


def check_list(
    context: Context,
    listed: CouponList,
    letters: int,
    cards: int,
    sealed: SealedRun | None = None,
) -> None:
    """Check a list against the ledger and against the coupons of its letters and cards: as its run
    began, or for the station's as its scheme has them now.

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
    split = sealed.begun if sealed else read_details(context.store, listed.scheme)
    _check_split(listed, split, letters, cards)
    with context.read_views() as db:
        unknown = _find_unfinished(db, context, listed, sealed) is None
        if unknown and _any_on_ledger(db, listed):
            raise ListInvalid(say("Een tegoed van deze lijst staat al op het grootboek."))
        if unknown and sealed is not None:
            _find_replaceable(db, context, sealed)
    if unknown and sealed is not None:
        _check_officers(context, sealed)
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
    check_list(context, listed, letters, cards, sealed)
    with context.write_with_views() as db:
        before = _find_unfinished(db, context, listed, sealed)
        if before is None:
            number, replaces = _keep_new(db, context, sealed)
            reason = _say_reason(db, listed, number, letters, cards)
            if replaces:
                reason += " " + say("Dit komt in plaats van een eerder bestand van deze serie.")
            by = replace(by, reason=reason)
            return record_run(db, context, listed, number, letters + cards, by)[0].decision_set
        progress = _progress(db, context, before.decision_set)
        by = replace(by, reason=_say_reason(db, listed, before.run, letters, cards))
        if progress.of_station:
            _take_over(db, before, by)
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
            handed_in_by=by and by.official,
        )
    )
    return prepared


def record_blank_run(context: Context, blank: BlankRun, by: Address) -> None:
    """Register a run of blank letters, which needs no decision. Idempotent.

    Who began it may hand in another file instead of an earlier one, for a day after the first and
    while no request names one of its letters.

    Raises:
        ListInvalid: another file may not be handed in, or a privacy officer is another than when
            it began.
        LedgerUnavailable: the ledger cannot be read.
    """
    begun, table = blank.sealed.begun, t.letter_runs
    with context.store.read() as db:
        if db.scalar(select(table.c.run).where(table.c.list_sha256 == blank.sha256)):
            return
    _check_officers(context, blank.sealed)
    with context.store.write() as db:
        earlier = _find_run(db, begun.number)
        first_at = earlier.made_at if earlier else context.now()
        if earlier and (
            by != begun.begun_by
            or context.now() - first_at > _REPLACEABLE
            or _is_in_a_request(db, earlier.run)
        ):
            raise _other_file(begun.number)
        db.execute(delete(table).where(table.c.run == begun.number))
        keep_sealed(db, blank.sealed)
        db.execute(
            insert(table).values(
                run=begun.number,
                scheme=begun.scheme,
                letters=begun.letters,
                coupons=0,
                list_sha256=blank.sha256,
                made_at=first_at,
                handed_in_by=by,
            )
        )


def list_runs(context: Context) -> list[RunFile]:
    """Return every run, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.read_views() as db:
        runs, begun = t.letter_runs, t.begun_runs
        query = select(runs, begun.c.begun_by).outerjoin(begun, begun.c.run == runs.c.run)
        rows = db.execute(query.order_by(runs.c.run.desc())).all()
        stock = Counter(run for run, _ in db.execute(query_stock()))
        return [_run(row, _progress(db, context, row.decision_set), stock[row.run]) for row in rows]


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
    subject = subject_of(next(iter(nonces)))
    newest = context.ledger.view("decisionNonces", keccak(subject))
    return {call for call, nonce in nonces.items() if nonce > newest}


def _run(row: Row[Any], progress: _Progress, in_stock: int) -> RunFile:
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
        row.begun_by and Address(row.begun_by),
        row.handed_in_by and Address(row.handed_in_by),
        in_stock,
    )


def _find_run(db: Connection, number: int) -> Row[Any] | None:
    query = select(t.letter_runs).where(t.letter_runs.c.run == number)
    return db.execute(query).one_or_none()


def _is_in_a_request(db: Connection, run: int) -> bool:
    """Whether a request about a lost letter names a letter of this run."""
    table = t.letter_replacements.c
    named = select(table.replacement).where((table.run == run) | (table.blank_run == run))
    return db.execute(named.limit(1)).first() is not None


def _find_unfinished(
    db: Connection, context: Context, listed: CouponList, sealed: SealedRun | None
) -> Row[Any] | None:
    """The run of this list with these sealed letters, if its rest may be prepared again."""
    table = t.letter_runs
    row = db.execute(select(table).where(table.c.list_sha256 == listed.list_sha256)).one_or_none()
    if row is None:
        return None
    if sealed is not None and stored_sealed(db, row.run) != sealed.letters:
        if row.run == sealed.begun.number:
            return None
        raise ListInvalid(
            say(
                "De lijst van serie %(run)s is al aangeleverd als serie %(other)s, zonder haar "
                "verzegelde brieven. Trek dat besluit in, begin een nieuwe serie en vernietig deze "
                "brieven.",
                run=sealed.begun.number,
                other=row.run,
            )
        )
    progress = _progress(db, context, row.decision_set)
    waits = progress.waiting and not progress.of_station
    if waits or progress.state in (RunState.ON_LEDGER, RunState.UNKNOWN):
        raise ListKnown(listed, row, waits=bool(waits))
    return row


def _find_replaceable(db: Connection, context: Context, sealed: SealedRun) -> Row[Any] | None:
    """The earlier file of the same run, if nothing of it is on the ledger and nobody signed it."""
    row = _find_run(db, sealed.begun.number)
    if row is None:
        return None
    signed = t.approvals.c.decision
    if (
        _progress(db, context, row.decision_set).executed
        or db.execute(select(signed).where(signed.in_(_decisions_of(row))).limit(1)).first()
    ):
        raise _other_file(row.run)
    return row


def _keep_new(db: Connection, context: Context, sealed: SealedRun | None) -> tuple[int, bool]:
    """Store the sealed letters of a run, instead of those of an earlier file that nobody signed.

    Returns:
        the number of the run, and whether there was an earlier file.
    """
    if sealed is None:
        return take_number(db), False
    earlier = _find_replaceable(db, context, sealed)
    if earlier is not None:
        decided, prepared = select(t.decisions.c.decision), t.prepared_decisions
        waits = (prepared.c.decision_set == earlier.decision_set) & prepared.c.decision.not_in(
            decided
        )
        db.execute(delete(prepared).where(waits))
        db.execute(delete(t.letter_runs).where(t.letter_runs.c.run == earlier.run))
    keep_sealed(db, sealed)
    return sealed.begun.number, earlier is not None


def _decisions_of(run: Row[Any]) -> Select[tuple[str]]:
    table = t.prepared_decisions
    return select(table.c.decision).where(table.c.decision_set == run.decision_set)


def _other_file(run: int) -> ListInvalid:
    return ListInvalid(
        say(
            "Serie %(run)s is al aangeleverd, met een ander bestand. Dit bestand is niet bewaard: "
            "de brieven ervan zijn niets waard. Vernietig ze, en begin een nieuwe serie.",
            run=run,
        )
    )


def _check_officers(context: Context, sealed: SealedRun) -> None:
    try:
        check_officers(context, sealed.begun)
    except OrderInvalid as error:
        raise ListInvalid(str(error)) from error


def _take_over(db: Connection, run: Row[Any], by: Preparer) -> None:
    table = t.prepared_decisions
    of_station = (table.c.decision_set == run.decision_set) & table.c.prepared_by.is_(None)
    found = update(table).where(of_station)
    db.execute(found.values(prepared_by=by.official, reason=by.reason))
    own = update(t.letter_runs).where(t.letter_runs.c.run == run.run)
    db.execute(own.values(handed_in_by=by.official))


def _check_split(
    listed: CouponList, split: BegunRun | SchemeDetails, letters: int, cards: int
) -> None:
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
    own = set(listed.issue_calls)
    subject = subject_of(encode_call("issue", listed.scheme, 1, []))
    every = set(chain(*listed.coupons.values()))
    return any(
        not every.isdisjoint(decode_call(each.message.call)[1]["newCoupons"])
        for each in list_prepared(context)
        if each.message.subject == subject
        and each.message.call not in own
        and not is_overtaken(context, each)
    )


def _say_reason(db: Connection, listed: CouponList, number: int, letters: int, cards: int) -> str:
    """Give the second official the same numbers to compare."""
    reason = say(
        "Serie %(run)s: %(letters)s brieven, %(cards)s kaarten. Controlegetal: %(sha256)s.",
        run=number,
        letters=letters,
        cards=cards,
        sha256=listed.list_sha256,
    )
    sealed = stored_sealed(db, number)
    if not sealed:
        return reason
    sha256 = hash_sealed(number, sealed)
    return reason + " " + say("Van de verzegelde brieven: %(sha256)s.", sha256=sha256)
