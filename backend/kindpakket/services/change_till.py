"""Add a till to a shop, or block one."""

from kindpakket.ledger.port import Ledger
from kindpakket.protocol.messages import TillChange
from kindpakket.services.acts import Act, relay


def change_till(
    ledger: Ledger, message: TillChange, owner_signature: bytes, till_signature: bytes
) -> Act:
    """Relay a till change; the till's signature may be empty when it is blocked.

    Raises:
        Refusal: the contract said no.
        LedgerUnavailable: nothing was sent.
    """
    args = (message.values, owner_signature, till_signature)
    return relay(ledger, message.hash, "changeTill", *args)
