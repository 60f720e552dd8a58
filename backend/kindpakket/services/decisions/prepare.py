"""Decisions: prepare, approve, carry out, cancel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from eth_utils.crypto import keccak
from sqlalchemy import Connection, Row, insert, select, update

from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger.port import Ledger, View
from kindpakket.protocol.messages import Decision, subject_of
from kindpakket.services.base.acts import Act, relay
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t
from kindpakket.store.database import Store

VALIDITY_SECONDS = 14 * 24 * 3600
"""How far ahead the contract lets a decision be valid."""


@dataclass(frozen=True)
class Prepared:
    """A decision that waits, with its approvals."""

    id: Hash
    message: Decision
    approvals: dict[Address, bytes]
    prepared_at: int
    """In unix seconds."""
    prepared_by: Address | None
    """None: on the command line."""
    decision_set: Hash
    """The id of the set's first decision; its own id when it stands alone."""
    reason: str | None


def execute(ledger: Ledger, message: Decision, signatures: list[bytes]) -> Act:
    """Relay a decision with its approvals, signers ascending.

    Raises:
        Refusal: the contract said no.
        LedgerUnavailable: nothing was sent.
    """
    return relay(ledger, message.hash, "execute", message.values, signatures)


def cancel(ledger: Ledger, message: Decision, signature: bytes) -> Act:
    """Relay one official's cancellation of a decision.

    Raises:
        Refusal: the contract said no.
        LedgerUnavailable: nothing was sent.
    """
    return relay(ledger, message.hash, "cancel", message.values, signature)


@dataclass(frozen=True)
class Preparer:
    """The official who prepared something at the desk, and the reason."""

    official: Address
    reason: str | None = None


def prepare(context: Context, call: bytes, by: Preparer | None = None) -> Prepared:
    """Store one call for approval, as :func:`prepare_set` stores several.

    Args:
        by: None on the command line, where no official is signed in.
    """
    return prepare_set(context, [call], by)[0]


def prepare_set(
    context: Context, calls: Sequence[bytes], by: Preparer | None = None
) -> list[Prepared]:
    """Store calls that are decided on together, in order, in one transaction.

    Idempotent while they wait: a form that is sent twice prepares one set of decisions.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    with context.write_with_views() as db:
        waiting = list_prepared_with(db, context.ledger_time())
        made = [each for each in waiting if each.message.call in calls]
        made = [each for each in made if not is_overtaken(context, each)]
        if sorted(each.message.call for each in made) != sorted(calls):
            made = [prepare_with(db, context, call, by) for call in calls]
        return tie(db, made)


def tie(
    db: Connection, made: Sequence[Prepared], decision_set: Hash | None = None
) -> list[Prepared]:
    """Record that decisions form one set of decisions.

    Args:
        decision_set: an earlier one, of which these are the rest.
    """
    whole, ids, table = decision_set or made[0].id, [each.id for each in made], t.prepared_decisions
    db.execute(update(table).where(table.c.decision.in_(ids)).values(decision_set=whole))
    return [replace(each, decision_set=whole) for each in made]


def is_overtaken(context: Context, prepared: Prepared, view: View | None = None) -> bool:
    """Whether a newer decision on the same subject was executed, so that this one cannot be."""
    ask = view or context.ledger.view
    newest: int = ask("decisionNonces", keccak(prepared.message.subject))
    return newest >= prepared.message.nonce


def prepare_with(
    db: Connection, context: Context, call: bytes, by: Preparer | None = None
) -> Prepared:
    """Prepare within the caller's transaction, also what waits already. The nonce is the current
    time, or one more than the newest nonce on the subject.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    now, ledger_time = context.now(), context.ledger_time()
    subject = subject_of(call)
    waiting = [
        row.nonce
        for row in db.execute(select(t.prepared_decisions))
        if subject_of(row.call) == subject
    ]
    last = context.ledger.view("decisionNonces", keccak(subject))
    nonce = max(ledger_time, last + 1, *(used + 1 for used in waiting))
    # A second less than the contract allows: its clock may be that much behind ours.
    message = Decision(call, ledger_time + VALIDITY_SECONDS - 1, nonce)
    db.execute(
        insert(t.prepared_decisions).values(
            decision=message.hash,
            call=call,
            valid_until=message.valid_until,
            nonce=nonce,
            prepared_at=now,
            prepared_by=by and by.official,
            reason=by and by.reason,
        )
    )
    who, why = (by.official, by.reason) if by else (None, None)
    return Prepared(message.hash, message, {}, now, who, message.hash, why)


def approve(context: Context, decision: Hash, signature: bytes) -> Prepared:
    """Store an official's signature of a prepared decision.

    Raises:
        LookupError: no such decision is prepared.
        SignatureMalformed: no key could have made this signature.
    """
    signer = find_prepared(context, decision).message.signer(context.ledger.domain, signature)
    row = {"decision": decision, "signer": signer}
    with context.store.write() as db:
        if db.execute(select(t.approvals).filter_by(**row)).first() is None:
            db.execute(insert(t.approvals).values(signature=signature, **row))
    return find_prepared(context, decision)


def find_prepared(context: Context, decision: Hash) -> Prepared:
    """Return a prepared decision.

    Raises:
        LookupError: no such decision is prepared.
    """
    table = t.prepared_decisions
    with context.store.read() as db:
        row = db.execute(select(table).where(table.c.decision == decision)).one_or_none()
        if row is None:
            raise LookupError(decision)
        return _prepared(row, _approvals(context.store, decision))


def list_prepared(context: Context) -> list[Prepared]:
    """Return the waiting decisions: neither executed, cancelled nor expired; oldest first."""
    with context.read_views() as db:
        return list_prepared_with(db, context.ledger_time())


def list_prepared_with(db: Connection, now: int) -> list[Prepared]:
    """Return the same within the caller's transaction; its views must be up to date."""
    table = t.prepared_decisions
    waiting = (
        select(table)
        .where(table.c.valid_until >= now)
        .where(table.c.decision.not_in(select(t.decisions.c.decision)))
        .order_by(table.c.prepared_at)
    )
    rows = db.execute(waiting).all()
    approvals: dict[str, dict[Address, bytes]] = {}
    signed = t.approvals.c.decision.in_([row.decision for row in rows])
    for row in db.execute(select(t.approvals).where(signed)):
        approvals.setdefault(row.decision, {})[Address(row.signer)] = row.signature
    return [_prepared(row, approvals.get(row.decision, {})) for row in rows]


def _approvals(store: Store, decision: Hash) -> dict[Address, bytes]:
    with store.read() as db:
        rows = db.execute(select(t.approvals).where(t.approvals.c.decision == decision))
        return {Address(row.signer): row.signature for row in rows}


def _prepared(row: Row[Any], approvals: dict[Address, bytes]) -> Prepared:
    return Prepared(
        Hash(row.decision),
        Decision(row.call, row.valid_until, row.nonce),
        approvals,
        row.prepared_at,
        row.prepared_by and Address(row.prepared_by),
        Hash(row.decision_set or row.decision),
        row.reason,
    )
