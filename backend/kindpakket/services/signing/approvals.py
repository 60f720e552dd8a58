"""How far a prepared decision is: who approved it, who still must, and when its turn comes."""

from collections.abc import Collection
from dataclasses import dataclass

from kindpakket.domain.capacities import GOVERNED, STOPS, Capacity
from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.ledger.abi import decode_call, function_of
from kindpakket.protocol.signatures import Key
from kindpakket.services.base.context import Context
from kindpakket.services.decisions.prepare import (
    Prepared,
    View,
    approve,
    is_overtaken,
    list_prepared,
)
from kindpakket.services.payouts.review import check_signable

_ADDS_UP = {"issue", "fund"}
"""Each of several of these on one subject counts, so a newer one must not end an older one."""


@dataclass(frozen=True)
class Standing:
    """How far a decision is."""

    capacity: Capacity
    hands: int
    """How many officials with that capacity it takes."""
    approved_by: tuple[Address, ...]
    """Those who approved and hold the capacity now, ascending."""
    overtaken: bool
    """Something newer was decided on the same subject: this can no longer be carried out."""

    @property
    def complete(self) -> bool:
        """Whether it has the approvals that it takes."""
        return len(self.approved_by) >= self.hands


def standing(context: Context, prepared: Prepared, view: View | None = None) -> Standing:
    """Return how far a decision is.

    Args:
        view: how the ledger is asked, where it is not asked directly.

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
    return Standing(capacity, hands, tuple(signers), is_overtaken(context, prepared, ask))


def sign(context: Context, prepared: Prepared, key: Key) -> Prepared:
    """Approve a decision with an official's key.

    Raises:
        Refusal: this official lacks the capacity.
        PayoutRefused: the payout is not as it was prepared.
        LookupError: no such decision is prepared.
    """
    return approve_signed(context, prepared, prepared.message.sign(context.ledger.domain, key))


def approve_signed(context: Context, prepared: Prepared, signature: bytes) -> Prepared:
    """Keep an official's signature of a decision.

    Raises:
        Refusal: it is not of an official with the capacity.
        PayoutRefused: it would be of a payout that is not as it was prepared.
        LookupError: no such decision is prepared.
        SignatureMalformed: no key could have made this signature.
    """
    check_signable(context, prepared.message.call)
    capacity, _ = _asks(prepared.message.call)
    signer = prepared.message.signer(context.ledger.domain, signature)
    if not context.ledger.view("officials", signer) & capacity:
        raise Refusal(Code.NOT_AUTHORISED)
    return approve(context, prepared.id, signature)


def due(context: Context, ids: Collection[Hash]) -> list[tuple[Prepared, list[bytes]]]:
    """Return which of the waiting decisions can be carried out now, in order.

    These are those of ``ids`` that are complete, and those that waited for them. Where several
    on one subject add up, they go in the order in which they were prepared.

    Returns:
        each with the approvals of those who hold the capacity, signers ascending.
    """
    waiting = sorted(list_prepared(context), key=lambda each: each.message.nonce)
    touched = {each.message.subject for each in waiting if each.id in ids}
    stuck: set[bytes] = set()
    found = []
    for each in waiting:
        subject = each.message.subject
        adds_up = function_of(each.message.call) in _ADDS_UP
        if subject not in touched or subject in stuck or not (adds_up or each.id in ids):
            continue
        now = standing(context, each)
        if now.complete and not now.overtaken:
            found.append((each, [each.approvals[signer] for signer in now.approved_by]))
        elif adds_up and not now.overtaken:
            stuck.add(subject)
    return found


def _asks(call: bytes) -> tuple[Capacity, bool]:
    """The capacity that a call asks for, and whether it takes one official: it stops payments."""
    function = function_of(call)
    if function not in GOVERNED:
        raise ValueError("not a governed function")
    return GOVERNED[function], function in STOPS and decode_call(call)[1][STOPS[function]]
