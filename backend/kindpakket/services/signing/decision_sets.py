"""Decisions as shown to officials: waiting sets, and the history."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import ZERO, Address, Hash, ShopId
from kindpakket.domain.language import say
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.messages import Decision
from kindpakket.services.base.acts import Status
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names, read_names
from kindpakket.services.base.reading import ReadPermission, may_read
from kindpakket.services.decisions import prepare
from kindpakket.services.decisions.describe import say_call, say_without_shops
from kindpakket.services.decisions.describe_runs import say_runs
from kindpakket.services.decisions.diff import Change, compare
from kindpakket.services.decisions.history import RecordedDecision, list_made
from kindpakket.services.decisions.prepare import Prepared, list_prepared
from kindpakket.services.payouts.review import say_waiting
from kindpakket.services.signing.approvals import (
    ApprovalStatus,
    Sent,
    approval_status,
    approve_all,
    carry_out,
    match_signatures,
)
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Waiting:
    """A waiting decision with its description."""

    prepared: Prepared
    status: ApprovalStatus
    words: str


@dataclass(frozen=True)
class DecisionSet:
    """Decisions that are signed together."""

    parts: tuple[Waiting, ...]
    run: str | None = None
    """Description of the letter run that they issue; None without one."""

    @property
    def words(self) -> str:
        """Description of the run, or of the first decision."""
        return self.run or self.parts[0].words

    @property
    def decisions(self) -> list[Prepared]:
        """The decisions in the order in which they are signed."""
        return [part.prepared for part in self.parts]

    @property
    def first(self) -> Prepared:
        """The first decision; all have the same preparer, time and reason."""
        return self.parts[0].prepared

    @property
    def id(self) -> Hash:
        """The id of the first decision."""
        return self.first.decision_set

    @property
    def capacity(self) -> Capacity:
        """The capacity required to sign."""
        return self.parts[0].status.capacity

    @property
    def hands(self) -> int:
        """Number of officials required."""
        return max(part.status.hands for part in self.parts)

    @property
    def signers(self) -> tuple[Address, ...]:
        """Officials who signed all decisions."""
        first, *others = (set(part.status.approved_by) for part in self.parts)
        return tuple(sorted(first.intersection(*others)))

    @property
    def overtaken(self) -> bool:
        """Whether a newer decision on the subject was executed, so that this set cannot be."""
        return any(part.status.overtaken for part in self.parts)

    @property
    def valid_until(self) -> int:
        """Last second in which all are valid."""
        return min(part.prepared.message.valid_until for part in self.parts)

    def seen_by(self, capacities: Capacity) -> "DecisionSet":
        """Return it as who holds these capacities may read it."""
        if may_read(capacities, ReadPermission.FIGURES):
            return self
        parts = (
            replace(each, words=say_without_shops(each.prepared.message.call) or each.words)
            for each in self.parts
        )
        return replace(self, parts=tuple(parts))

    def waits_for(self, official: Address, capacities: Capacity) -> bool:
        """Whether this official can sign and has not."""
        return (
            bool(capacities & self.capacity)
            and not self.overtaken
            and (official not in self.signers)
        )


@dataclass(frozen=True)
class HistoryEntry:
    """A decision on the ledger, or a letter run, with its description."""

    made: RecordedDecision
    words: str
    prepared_by: Address | None
    reason: str | None
    decision_set: Hash
    """The decision's own id when it is not in a set."""
    partly: bool = False
    """Whether only a part of a letter run was executed."""

    @property
    def state(self) -> str:
        """The outcome in words."""
        if self.partly:
            return say("deels uitgevoerd")
        return say("ingetrokken") if self.made.cancelled else say("uitgevoerd")

    def seen_by(self, capacities: Capacity) -> "HistoryEntry":
        """Return it as who holds these capacities may read it."""
        if may_read(capacities, ReadPermission.FIGURES):
            return self
        return replace(self, words=say_without_shops(self.made.call) or self.words)

    def matches(self, sought: str) -> bool:
        """Whether a text is in its description."""
        return sought.lower() in self.words.lower()

    def say_signers(self, names: Names) -> str:
        """Return the names that the signers had at the time."""
        return ", ".join(map(names.at(self.made.time).official, self.made.signers))


def list_waiting(context: Context) -> list[DecisionSet]:
    """Return the waiting sets of decisions, oldest first."""
    return in_sets(context, list_prepared(context))


def list_waiting_for(
    context: Context, official: Address, capacities: Capacity
) -> tuple[list[DecisionSet], list[DecisionSet]]:
    """Return the sets that wait for this official's signature, and the others, oldest first, as
    they may read them."""
    mine, others = list[DecisionSet](), list[DecisionSet]()
    for each in list_waiting(context):
        waiting = mine if each.waits_for(official, capacities) else others
        waiting.append(each.seen_by(capacities))
    return mine, others


def list_waiting_on(context: Context, subjects: Collection[bytes]) -> list[DecisionSet]:
    """Return the waiting sets with a decision on one of these subjects, oldest first."""
    prepared = list_prepared(context)
    those = {each.decision_set for each in prepared if each.message.subject in subjects}
    return in_sets(context, [each for each in prepared if each.decision_set in those])


def find_waiting(context: Context, decision_set: str) -> DecisionSet | None:
    """Return a waiting set of decisions; None when there is none with this id."""
    parts = [each for each in list_prepared(context) if each.decision_set == decision_set]
    return next(iter(in_sets(context, parts)), None)


def in_sets(context: Context, prepared: Iterable[Prepared]) -> list[DecisionSet]:
    """Group waiting decisions into their sets, with descriptions, in the order of the first of
    each."""
    names, view = read_names(context), cache(context.ledger.view)
    waiting = [
        Waiting(
            each,
            approval_status(context, each, view),
            say_waiting(context, names.deciding(each.id), each.message.call),
        )
        for each in prepared
    ]
    order: dict[Hash, int] = {}
    for place, each in enumerate(waiting):
        order.setdefault(each.prepared.decision_set, place)
    waiting.sort(key=lambda each: (order[each.prepared.decision_set], each.prepared.message.nonce))
    with context.store.read() as db:
        runs = say_runs(db, order)
    grouped = groupby(waiting, key=lambda each: each.prepared.decision_set)
    return [DecisionSet(tuple(parts), runs.get(decision_set)) for decision_set, parts in grouped]


def find_made(context: Context, decision_set: str) -> list[HistoryEntry]:
    """Return the recorded decisions of a set, or a single one; empty when there is none."""
    with context.store.read() as db:
        table = t.prepared_decisions
        rows = db.execute(select(table.c.decision).where(table.c.decision_set == decision_set))
        ids = {decision_set, *(row.decision for row in rows)}
    return _say(context, list_made(context, ids=ids))


def list_all_made(context: Context, first: int = 0, count: int | None = None) -> list[HistoryEntry]:
    """Return the history, newest first, with what the desk stored about each decision.

    A letter run is one entry, at the place of its newest decision.

    Args:
        first: how many to pass over.
        count: how many to return; None for all.
    """
    with context.read_views() as db:
        parts = _parts_of_runs(db)
        runs = say_runs(db, parts)
    besides = {each for ids, _ in parts.values() for each in ids[1:]}
    made = _say(context, list_made(context, besides=besides, first=first, count=count))
    return [
        replace(each, words=runs[each.decision_set], partly=parts[each.decision_set][1])
        if each.decision_set in runs
        else each
        for each in made
    ]


def _parts_of_runs(db: Connection) -> dict[Hash, tuple[list[str], bool]]:
    """The recorded decisions of each letter run, newest first, by set; and whether only a part of
    the run was executed."""
    table, made = t.prepared_decisions.c, t.decisions.c
    query = (
        select(table.decision_set, table.call, made.decision, made.cancelled)
        .join(t.letter_runs, t.letter_runs.c.decision_set == table.decision_set)
        .outerjoin(t.decisions, made.decision == table.decision)
        .order_by(made.block.desc(), made.decision)
    )
    rows = defaultdict[Hash, list[Any]](list)
    for row in db.execute(query):
        rows[Hash(row.decision_set)].append(row)
    parts = {}
    for decision_set, those in rows.items():
        executed = {row.call for row in those if row.cancelled is False}
        partly = bool(executed) and executed != {row.call for row in those}
        parts[decision_set] = [row.decision for row in those if row.decision], partly
    return parts


def list_made_on(context: Context, subjects: Collection[bytes]) -> list[HistoryEntry]:
    """Return all recorded decisions on one of these subjects, newest first."""
    return _say(context, list_made(context, subjects=subjects))


def list_shop_decisions(
    context: Context, shop: ShopId
) -> tuple[list[DecisionSet], list[HistoryEntry]]:
    """Return the waiting and the recorded decisions on a shop, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    calls = (
        encode_call("setShop", shop, 0, ZERO, False),
        encode_call("setSuspended", shop, False),
    )
    subjects = [Decision(call, 0, 0).subject for call in calls]
    return list_waiting_on(context, subjects), list_made_on(context, subjects)


def _say(context: Context, made: Sequence[RecordedDecision]) -> list[HistoryEntry]:
    names, table = read_names(context), t.prepared_decisions.c
    query = select(table.decision, table.prepared_by, table.reason, table.decision_set)
    with context.store.read() as db:
        known = {row.decision: row for row in db.execute(query)}
    found = []
    for each in made:
        row = known.get(each.id)
        by = row.prepared_by if row else None
        then = names.at(each.time).deciding(each.id)
        words, reason = say_call(then, each.call), row.reason if row else None
        decision_set = Hash(row.decision_set) if row and row.decision_set else each.id
        found.append(HistoryEntry(each, words, by and Address(by), reason, decision_set))
    return found


def changes(context: Context, decision_set: DecisionSet) -> list[Change]:
    """Return the combined effect of a set of decisions."""
    found = compare(context, [part.prepared.message.call for part in decision_set.parts])
    names = read_names(context)
    for part in decision_set.parts:
        for official, name in names.proposed(part.prepared.id).items():
            found.append(Change(say("Naam"), names.officials.get(official, "–"), name))
    return found


def sign_set(
    context: Context, decision_set: DecisionSet, signatures: Sequence[bytes]
) -> list[Sent]:
    """Store an official's signatures of a set of decisions, and execute it when complete.

    Returns:
        what was sent to the ledger: nothing while it waits for more signatures.

    Raises:
        Refusal: not a signature for each part, or one of somebody without the capacity.
        PayoutRefused: it is of a payout that is not as it was prepared.
        LedgerUnavailable: the ledger cannot be reached.
    """

    def send(message: Decision, approvals: list[bytes]) -> Status:
        return prepare.execute(context.ledger, message, approvals).status

    decisions = decision_set.decisions
    approve_all(context, decisions, signatures)
    return carry_out(context, [each.id for each in decisions], send)


def cancel_set(context: Context, decision_set: DecisionSet, signatures: Sequence[bytes]) -> None:
    """Cancel a set of decisions; one official with its capacity suffices.

    Raises:
        Refusal: not a signature for each part, or the contract said no.
        LedgerUnavailable: nothing was sent.
    """
    for each, signature in match_signatures(context, decision_set.decisions, signatures):
        prepare.cancel(context.ledger, each.message, signature)
