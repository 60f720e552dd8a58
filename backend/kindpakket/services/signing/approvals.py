"""Approval status of prepared decisions, signing, and execution of complete ones."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from kindpakket.domain.capacities import GOVERNED, STOPS, Capacity
from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.ledger.abi import decode_call, function_of
from kindpakket.ledger.port import View
from kindpakket.protocol.messages import Decision
from kindpakket.services.base.acts import Status, signer_of
from kindpakket.services.base.context import Context
from kindpakket.services.decisions.prepare import (
    Prepared,
    approve,
    is_overtaken,
    list_prepared,
)
from kindpakket.services.payouts.review import check_signable

_ADDS_UP = {"issue", "fund"}
"""Several of these on one subject all take effect, so a newer one does not invalidate an older one.
"""


Send = Callable[[Decision, list[bytes]], Status]
"""Sends a decision with its approvals, signers ascending, to the ledger."""


@dataclass(frozen=True)
class Sent:
    """A decision that was sent to the ledger, with its status, or the refusal."""

    prepared: Prepared
    outcome: Status | Refusal


@dataclass(frozen=True)
class ApprovalStatus:
    """Approval status of a decision."""

    capacity: Capacity
    hands: int
    """Number of officials with that capacity required."""
    approved_by: tuple[Address, ...]
    """Those who approved and hold the capacity now, ascending."""
    overtaken: bool
    """A newer decision on the same subject was executed: this one cannot be."""

    @property
    def complete(self) -> bool:
        """Whether there are enough approvals."""
        return len(self.approved_by) >= self.hands


def approval_status(
    context: Context, prepared: Prepared, view: View | None = None
) -> ApprovalStatus:
    """Return the approval status of a decision.

    Args:
        view: reads from the ledger, for instance with a cache; by default the ledger itself.

    Raises:
        ValueError: the call is of no governed function.
        LedgerUnavailable: the ledger cannot be read.
    """
    ask = view or context.ledger.view
    capacity, alone = _asks(prepared.message.call)
    signers = [
        signer for signer in sorted(prepared.approvals) if ask("officials", signer) & capacity
    ]
    hands = 1 if alone else 2
    return ApprovalStatus(capacity, hands, tuple(signers), is_overtaken(context, prepared, ask))


def match_signatures(
    context: Context, decisions: Sequence[Prepared], signatures: Sequence[bytes]
) -> list[tuple[Prepared, bytes]]:
    """Return each decision with its signature, in order.

    Raises:
        Refusal: there is not one signature for each, or one is of no key.
    """
    if len(decisions) != len(signatures):
        raise Refusal(Code.SIGNATURE_INVALID)
    matched = list(zip(decisions, signatures, strict=True))
    for prepared, signature in matched:
        signer_of(context.ledger, prepared.message, signature)
    return matched


def approve_all(
    context: Context, decisions: Sequence[Prepared], signatures: Sequence[bytes]
) -> list[Prepared]:
    """Store an official's signatures of decisions, after all of them were verified.

    Returns:
        the decisions with their approvals, in order.

    Raises:
        Refusal: there is not one signature for each, or one is not of an official with the
            capacity.
        PayoutRefused: one would be of a payout that is not as it was prepared.
        LookupError: one of them is not prepared.
    """
    matched = match_signatures(context, decisions, signatures)
    for prepared, signature in matched:
        check_signable(context, prepared.message.call)
        capacity, _ = _asks(prepared.message.call)
        signer = signer_of(context.ledger, prepared.message, signature)
        if not context.ledger.view("officials", signer) & capacity:
            raise Refusal(Code.NOT_AUTHORISED)
    return [approve(context, prepared.id, signature) for prepared, signature in matched]


def carry_out(context: Context, ids: Collection[Hash], send: Send) -> list[Sent]:
    """Send the waiting decisions that can be executed now, in order, up to the first that is
    refused.

    These are the complete ones of ``ids``, and those that waited for them. Several on one subject
    that all take effect are sent in the order in which they were prepared.

    Raises:
        LedgerUnavailable: the ledger cannot be reached.
    """
    sent = []
    for prepared, approvals in _due(context, ids):
        try:
            outcome: Status | Refusal = send(prepared.message, approvals)
        except Refusal as refusal:
            outcome = refusal
        sent.append(Sent(prepared, outcome))
        if isinstance(outcome, Refusal):
            break
    return sent


def _due(context: Context, ids: Collection[Hash]) -> list[tuple[Prepared, list[bytes]]]:
    """The decisions that can be executed, each with the approvals of those who hold the capacity,
    signers ascending."""
    waiting = sorted(list_prepared(context), key=lambda each: each.message.nonce)
    touched = {each.message.subject for each in waiting if each.id in ids}
    stuck: set[bytes] = set()
    found = []
    for each in waiting:
        subject = each.message.subject
        adds_up = function_of(each.message.call) in _ADDS_UP
        if subject not in touched or subject in stuck or not (adds_up or each.id in ids):
            continue
        now = approval_status(context, each)
        if now.complete and not now.overtaken:
            found.append((each, [each.approvals[signer] for signer in now.approved_by]))
        elif adds_up and not now.overtaken:
            stuck.add(subject)
    return found


def _asks(call: bytes) -> tuple[Capacity, bool]:
    """The capacity that a call requires, and whether one official suffices, since it stops
    payments."""
    function = function_of(call)
    if function not in GOVERNED:
        raise ValueError("not a governed function")
    return GOVERNED[function], function in STOPS and decode_call(call)[1][STOPS[function]]
