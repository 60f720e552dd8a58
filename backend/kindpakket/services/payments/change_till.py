"""Add a till to a shop, or block one."""

from contextlib import suppress

from kindpakket.protocol.messages import TillChange
from kindpakket.services.base.acts import Act, relay
from kindpakket.services.base.context import Context
from kindpakket.services.base.limits import Caller
from kindpakket.services.base.names import name_till
from kindpakket.services.payments.till_rights import Rights, set_rights
from kindpakket.store.database import StoreUnavailable


def change_till(
    context: Context,
    caller: Caller,
    message: TillChange,
    owner_signature: bytes,
    till_signature: bytes,
    name: str | None = None,
    rights: Rights | None = None,
) -> Act:
    """Relay a till change; the till's signature may be empty when it is blocked.

    Args:
        name: how the owner calls the till; None leaves the name that it has.
        rights: what it may do besides selling; None leaves what it may.

    Raises:
        Refusal: the contract said no.
        RateLimited: this owner has acted often enough for the moment.
        LedgerUnavailable: nothing was sent.
    """
    args = (message.values, owner_signature, till_signature)
    with caller.sending(message, context.ledger.domain, owner_signature):
        act = relay(context.ledger, message.hash, "changeTill", *args)
    with suppress(StoreUnavailable):  # the change was sent all the same
        if name is not None:
            name_till(context.store, message.till, name)
        if rights is not None:
            set_rights(context.store, message.till, rights)
    return act
