"""Refunds: a till pays back part or all of a payment of its shop."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.ids import Hash
from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.port import LedgerUnavailable, Refused, Settled
from kindpakket.protocol.messages import Refund
from kindpakket.services.base.acts import Act, Status, concluded, hash_bytes
from kindpakket.services.base.context import Context
from kindpakket.services.base.limits import Caller
from kindpakket.services.payments.till_rights import require_refund
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Refunded(Act):
    """A refund, with the total refunded of its payment, in cents."""

    payment: Hash
    amount: int
    refunded: int


def refund(
    context: Context, caller: Caller, message: Refund, signature: bytes
) -> tuple[Refunded, bool]:
    """Relay a refund; return it and whether this call made it.

    Raises:
        Refusal: the contract said no, or this till may not refund this payment.
        RateLimited: this till has acted often enough for the moment.
        LedgerUnavailable: nothing was sent.
    """
    till = caller.may_send(message, context.ledger.domain, signature)
    if till is not None and not context.ledger.view("refunds", hash_bytes(message.hash)):
        require_refund(context, till, message)
    made = (hash_bytes(message.payment), *message.values[1:])
    payment = context.ledger.view("payments", made[0])
    try:
        outcome = context.ledger.submit(encode_call("refund", made, signature))
        done_before = isinstance(outcome, Refused) and outcome.revert.error == "AlreadyRefunded"
    except Refusal:  # the clock cannot be trusted; what was refunded before is told all the same
        if not context.ledger.view("refunds", hash_bytes(message.hash)):
            raise
        done_before = True
    act = _look_up(context, message.hash) if done_before else concluded(message.hash, outcome)
    again = done_before or (isinstance(outcome, Settled) and outcome.again)
    if till is not None and not again:
        caller.signed(till)
    with suppress(LedgerUnavailable):  # it was sent all the same
        payment = context.ledger.view("payments", made[0])
    done = Refunded(
        **vars(act),
        payment=message.payment,
        amount=message.amount,
        refunded=payment["refunded"],
    )
    return done, not again


def _look_up(context: Context, refund: Hash) -> Act:
    """A refund that was relayed before: settled when final, pending before."""
    with context.read_views() as db:
        row = db.execute(select(t.refunds).where(t.refunds.c.refund == refund)).one_or_none()
    if row is None:
        return Act(refund, Status.PENDING, None, None, None)
    return Act(refund, Status.SETTLED, Hash(row.transaction), row.block, row.time)
