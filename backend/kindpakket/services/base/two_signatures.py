"""Messages that officials sign, usually two, and that the ledger does not get.

The database is not trusted: a stored message counts by its signatures, if its signers have the
authority now or had it in the final block in which the message was accepted.
"""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.ledger.port import Ledger, LedgerUnavailable, View
from kindpakket.protocol.messages import Message
from kindpakket.protocol.signatures import SIGNATURE_BYTES
from kindpakket.services.base.acts import signer_of
from kindpakket.services.base.context import Context

HANDS = 2
"""Number of signatures required."""
MOST_AHEAD = 24 * 3600
"""Maximum lead of a message's nonce over the clock, in seconds."""


def held_then(ledger: Ledger, block: int, holds: Callable[[View], bool]) -> bool:
    """Whether signers had an authority in the block in which their message was accepted.

    Args:
        block: from the database, so any number: False when it is not final or does not exist, and
            when the node has pruned its state.
        holds: whether they have the authority, by a view of the ledger.
    """
    try:
        return block <= ledger.head() and holds(partial(ledger.view, block=block))
    except LedgerUnavailable:
        return False


def held(ledger: Ledger, block: int, holds: Callable[[View], bool]) -> bool:
    """Whether signers have an authority now, or :func:`held_then` finds that they had it.

    Raises:
        LedgerUnavailable: the ledger cannot be read as it is now.
    """
    return holds(ledger.view) or held_then(ledger, block, holds)


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
    signers = [signer_of(context.ledger, message, each) for each in signatures]
    if not _are_two(signers, capacity, context.ledger.view) or set(signers) & set(barred):
        raise Refusal(Code.NOT_AUTHORISED)


def read_two(
    context: Context, message: Message, row: Row[Any], capacity: Capacity
) -> tuple[Address, ...] | None:
    """Return who signed a stored message; None when the signatures do not count.

    Args:
        row: with ``signatures``, joined, and ``block``, in which they were accepted.

    Raises:
        LedgerUnavailable: the ledger cannot be read as it is now.
    """
    data, ledger = row.signatures, context.ledger
    parts = [data[at : at + SIGNATURE_BYTES] for at in range(0, len(data), SIGNATURE_BYTES)]
    try:
        signers = tuple(signer_of(ledger, message, each) for each in parts)
    except Refusal:
        return None
    return signers if held(ledger, row.block, partial(_are_two, signers, capacity)) else None


def _are_two(signers: Sequence[Address], capacity: Capacity, view: View) -> bool:
    return len(set(signers)) == HANDS and all(
        view("officials", each) & capacity for each in signers
    )
