"""Decisions as officials see them: bundles that wait, and what was decided."""

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
from kindpakket.services.base.names import read_names
from kindpakket.services.decisions import prepare
from kindpakket.services.decisions.describe import say_call
from kindpakket.services.decisions.describe_runs import say_runs
from kindpakket.services.decisions.diff import Change, compare
from kindpakket.services.decisions.history import DecisionMade, list_made
from kindpakket.services.decisions.prepare import Prepared, list_prepared
from kindpakket.services.payouts.review import say_waiting
from kindpakket.services.signing.approvals import (
    Sent,
    Standing,
    approve_all,
    carry_out,
    match_signatures,
    standing,
)
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Waiting:
    """A decision that waits, in words."""

    prepared: Prepared
    standing: Standing
    words: str


@dataclass(frozen=True)
class Bundle:
    """Decisions that belong together, and are signed together."""

    parts: tuple[Waiting, ...]
    run: str | None = None
    """The letter run that they put on the ledger, in words."""

    @property
    def words(self) -> str:
        """What it is about: the run, or the first decision."""
        return self.run or self.parts[0].words

    @property
    def decisions(self) -> list[Prepared]:
        """Its parts, in the order in which they are signed."""
        return [part.prepared for part in self.parts]

    @property
    def first(self) -> Prepared:
        """Tells what is the same of all: who prepared it, when and why."""
        return self.parts[0].prepared

    @property
    def id(self) -> Hash:
        """The bundle's."""
        return self.first.bundle

    @property
    def capacity(self) -> Capacity:
        """What it takes to sign."""
        return self.parts[0].standing.capacity

    @property
    def hands(self) -> int:
        """How many officials it takes."""
        return max(part.standing.hands for part in self.parts)

    @property
    def signers(self) -> tuple[Address, ...]:
        """Those who signed all of it."""
        first, *others = (set(part.standing.approved_by) for part in self.parts)
        return tuple(sorted(first.intersection(*others)))

    @property
    def overtaken(self) -> bool:
        """Something newer was decided: it cannot be carried out any more."""
        return any(part.standing.overtaken for part in self.parts)

    @property
    def valid_until(self) -> int:
        """The last second of its validity."""
        return min(part.prepared.message.valid_until for part in self.parts)

    def waits_for(self, official: Address, capacities: Capacity) -> bool:
        """Whether this official's signature would count and is not there."""
        return (
            bool(capacities & self.capacity)
            and not self.overtaken
            and (official not in self.signers)
        )


@dataclass(frozen=True)
class Made:
    """A decision on the ledger, in words."""

    made: DecisionMade
    words: str
    prepared_by: Address | None
    reason: str | None
    bundle: Hash
    """Its own id when it stands alone."""
    partly: bool = False
    """A letter run of which some was carried out, and some was not."""

    @property
    def state(self) -> str:
        """What became of it, in words."""
        if self.partly:
            return say("deels uitgevoerd")
        return say("ingetrokken") if self.made.cancelled else say("uitgevoerd")


def list_waiting(context: Context) -> list[Bundle]:
    """Return the bundles that wait, oldest first."""
    return bundled(context, list_prepared(context))


def list_waiting_for(
    context: Context, official: Address, capacities: Capacity
) -> tuple[list[Bundle], list[Bundle]]:
    """Return the bundles that wait for this official's signature, and the others, oldest first."""
    mine, others = list[Bundle](), list[Bundle]()
    for each in list_waiting(context):
        (mine if each.waits_for(official, capacities) else others).append(each)
    return mine, others


def list_waiting_on(context: Context, subjects: Collection[bytes]) -> list[Bundle]:
    """Return the bundles that wait with something on one of these subjects, oldest first."""
    prepared = list_prepared(context)
    those = {each.bundle for each in prepared if each.message.subject in subjects}
    return bundled(context, [each for each in prepared if each.bundle in those])


def find_waiting(context: Context, bundle: str) -> Bundle | None:
    """Return a bundle that waits; None when none does under this id."""
    parts = [each for each in list_prepared(context) if each.bundle == bundle]
    return next(iter(bundled(context, parts)), None)


def bundled(context: Context, prepared: Iterable[Prepared]) -> list[Bundle]:
    """Return waiting decisions as bundles, in words, in the order of the first of each."""
    names, view = read_names(context), cache(context.ledger.view)
    waiting = [
        Waiting(
            each,
            standing(context, each, view),
            say_waiting(context, names.deciding(each.id), each.message.call),
        )
        for each in prepared
    ]
    order: dict[Hash, int] = {}
    for place, each in enumerate(waiting):
        order.setdefault(each.prepared.bundle, place)
    waiting.sort(key=lambda each: (order[each.prepared.bundle], each.prepared.message.nonce))
    with context.store.read() as db:
        runs = say_runs(db, order)
    grouped = groupby(waiting, key=lambda each: each.prepared.bundle)
    return [Bundle(tuple(parts), runs.get(bundle)) for bundle, parts in grouped]


def find_made(context: Context, bundle: str) -> list[Made]:
    """Return what was decided of a bundle, or of one decision; empty when nothing was."""
    with context.store.read() as db:
        table = t.prepared_decisions
        rows = db.execute(select(table.c.decision).where(table.c.bundle == bundle))
        ids = {bundle, *(row.decision for row in rows)}
    return _say(context, list_made(context, ids=ids))


def list_all_made(context: Context, first: int = 0, count: int | None = None) -> list[Made]:
    """Return decisions on the ledger, newest first, with what the desk knows of them.

    A whole letter run is one of them, where the newest of its decisions is.

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
        replace(each, words=runs[each.bundle], partly=parts[each.bundle][1])
        if each.bundle in runs
        else each
        for each in made
    ]


def _parts_of_runs(db: Connection) -> dict[Hash, tuple[list[str], bool]]:
    """The decisions of each letter run that were made, newest first, by bundle; and whether some of
    the run was carried out and some was not."""
    table, made = t.prepared_decisions.c, t.decisions.c
    query = (
        select(table.bundle, table.call, made.decision, made.cancelled)
        .join(t.letter_runs, t.letter_runs.c.bundle == table.bundle)
        .outerjoin(t.decisions, made.decision == table.decision)
        .order_by(made.block.desc(), made.decision)
    )
    rows = defaultdict[Hash, list[Any]](list)
    for row in db.execute(query):
        rows[Hash(row.bundle)].append(row)
    parts = {}
    for bundle, those in rows.items():
        executed = {row.call for row in those if row.cancelled is False}
        partly = bool(executed) and executed != {row.call for row in those}
        parts[bundle] = [row.decision for row in those if row.decision], partly
    return parts


def list_made_on(context: Context, subjects: Collection[bytes]) -> list[Made]:
    """Return every decision on the ledger on one of these subjects, newest first."""
    return _say(context, list_made(context, subjects=subjects))


def list_shop_decisions(context: Context, shop: ShopId) -> tuple[list[Bundle], list[Made]]:
    """Return the decisions on a shop that wait, and those on the ledger, newest first.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    calls = (
        encode_call("setShop", shop, 0, ZERO, False),
        encode_call("setSuspended", shop, False),
    )
    subjects = [Decision(call, 0, 0).subject for call in calls]
    return list_waiting_on(context, subjects), list_made_on(context, subjects)


def _say(context: Context, made: Sequence[DecisionMade]) -> list[Made]:
    names, table = read_names(context), t.prepared_decisions.c
    query = select(table.decision, table.prepared_by, table.reason, table.bundle)
    with context.store.read() as db:
        known = {row.decision: row for row in db.execute(query)}
    found = []
    for each in made:
        row = known.get(each.id)
        by = row.prepared_by if row else None
        then = names.at(each.time).deciding(each.id)
        words, reason = say_call(then, each.call), row.reason if row else None
        bundle = Hash(row.bundle) if row and row.bundle else each.id
        found.append(Made(each, words, by and Address(by), reason, bundle))
    return found


def changes(context: Context, bundle: Bundle) -> list[Change]:
    """Return what a bundle changes, all its parts together."""
    found = compare(context, [part.prepared.message.call for part in bundle.parts])
    names = read_names(context)
    for part in bundle.parts:
        for official, name in names.proposed(part.prepared.id).items():
            found.append(Change(say("Naam"), names.officials.get(official, "–"), name))
    return found


def sign_bundle(context: Context, bundle: Bundle, signatures: Sequence[bytes]) -> list[Sent]:
    """Keep an official's signatures of a bundle, and carry out what is complete.

    Returns:
        what was sent to the ledger: nothing while it waits for more signatures.

    Raises:
        Refusal: not a signature for each part, or one of somebody without the capacity.
        PayoutRefused: it is of a payout that is not as it was prepared.
        LedgerUnavailable: the ledger cannot be reached.
    """

    def send(message: Decision, approvals: list[bytes]) -> Status:
        return prepare.execute(context.ledger, message, approvals).status

    decisions = bundle.decisions
    approve_all(context, decisions, signatures)
    return carry_out(context, [each.id for each in decisions], send)


def cancel_bundle(context: Context, bundle: Bundle, signatures: Sequence[bytes]) -> None:
    """End a bundle for good; one official with its capacity is enough.

    Raises:
        Refusal: not a signature for each part, or the contract said no.
        LedgerUnavailable: nothing was sent.
    """
    for each, signature in match_signatures(context, bundle.decisions, signatures):
        prepare.cancel(context.ledger, each.message, signature)
