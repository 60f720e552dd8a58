"""Messages that two officials sign, and that the ledger does not get.

The database is not trusted: a stored message counts by its signatures, if both officials have the
capacity now or had it in the block in which it was accepted.
"""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.ledger.port import LedgerUnavailable, View
from kindpakket.protocol.messages import Message
from kindpakket.protocol.signatures import SIGNATURE_BYTES, SignatureMalformed
from kindpakket.services.base.context import Context

HANDS = 2
"""Number of signatures required."""
MOST_AHEAD = 24 * 3600
"""Maximum lead of a message's nonce over the clock, in seconds."""


def require_two(
    context: Context,
    message: Message,
    signatures: Sequence[bytes],
    capacity: Capacity,
    barred: Collection[Address],
) -> None:
    """Check that two officials with a capacity signed a message, none of whom is barred from it.

    Raises:
        Refusal: they did not.
        LedgerUnavailable: the ledger cannot be read.
    """
    signers = _recover(context, message, signatures)
    if not _are_two(context.ledger.view, signers, capacity) or set(signers) & set(barred):
        raise Refusal(Code.NOT_AUTHORISED)


def read_two(
    context: Context, message: Message, row: Row[Any], capacity: Capacity
) -> tuple[Address, ...] | None:
    """Return who signed a stored message; None when the signatures do not count.

    Args:
        row: with ``signatures``, joined, and ``block``, in which they were accepted.
    """
    data, view = row.signatures, context.ledger.view
    parts = [data[at : at + SIGNATURE_BYTES] for at in range(0, len(data), SIGNATURE_BYTES)]
    try:
        signers = _recover(context, message, parts)
        then = partial(view, block=min(row.block, context.ledger.head()))
        if _are_two(view, signers, capacity) or _are_two(then, signers, capacity):
            return signers
    except (Refusal, LedgerUnavailable):  # there is no such block
        pass
    return None


def _recover(
    context: Context, message: Message, signatures: Sequence[bytes]
) -> tuple[Address, ...]:
    try:
        return tuple(message.signer(context.ledger.domain, each) for each in signatures)
    except SignatureMalformed as error:
        raise Refusal(Code.SIGNATURE_INVALID) from error


def _are_two(view: View, signers: Sequence[Address], capacity: Capacity) -> bool:
    return len(set(signers)) == HANDS and all(
        view("officials", each) & capacity for each in signers
    )
