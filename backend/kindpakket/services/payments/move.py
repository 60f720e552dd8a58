"""Move the balance of coupons to new ones, or give it back."""

from kindpakket.ledger.port import Ledger
from kindpakket.protocol.messages import Move
from kindpakket.services.base.acts import Act, relay


def move(ledger: Ledger, message: Move, signatures: list[bytes]) -> Act:
    """Relay a move.

    Raises:
        Refusal: the contract said no.
        LedgerUnavailable: nothing was sent.
    """
    return relay(ledger, message.hash, "move", message.values, signatures)
