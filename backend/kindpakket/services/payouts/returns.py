"""Returns: money of a payout that the bank returned, which the shop is owed again by decision.

The decision carries the hash of a sentence that names the payout, the shop and the amount. It can
be derived from the payout, so nothing is stored.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kindpakket.domain.ids import Hash, ShopId
from kindpakket.domain.language import say
from kindpakket.ledger.abi import decode_call, encode_call
from kindpakket.services.base.acts import hash_bytes
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_public_names
from kindpakket.services.decisions.prepare import (
    Prepared,
    Preparer,
    is_overtaken,
    list_prepared_with,
    prepare_with,
)
from kindpakket.services.payouts.lists import PayoutRefused, reference
from kindpakket.services.payouts.prepare import next_batch
from kindpakket.services.payouts.settled import read_settlement
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Returnable:
    """A shop of a payout, and the amount that was not returned, in cents."""

    shop: ShopId
    name: str
    amount: int


@dataclass(frozen=True)
class Returned:
    """Money of a payout that was returned; in positive cents, and unix seconds."""

    batch: int
    """The batch under which the return is on the ledger."""
    amount: int
    time: int


def list_returned(context: Context, batch: int) -> dict[ShopId, list[Returned]]:
    """Return what was returned of a payout on the ledger, by shop, oldest first."""
    came_back = select(t.settlements).where(t.settlements.c.amount < 0)
    found = defaultdict[ShopId, list[Returned]](list)
    with context.read_views() as db:
        for row in db.execute(came_back.order_by(t.settlements.c.block)):
            if row.sha256 == return_sha256(batch, row.shop, -row.amount):
                returned = Returned(row.batch, -row.amount, row.time)
                found[ShopId(row.shop)].append(returned)
    return found


def list_returnable(context: Context, batch: int) -> list[Returnable]:
    """Return the shops that a payout paid on the ledger, and what may still be returned.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    names, returned = read_public_names(context.store), list_returned(context, batch)
    settlement = read_settlement(context, batch)
    left = {
        shop: amount - sum(each.amount for each in returned.get(shop, ()))
        for shop, amount in (settlement.amounts if settlement else ())
    }
    return [
        Returnable(shop, names.shop(shop), amount) for shop, amount in left.items() if amount > 0
    ]


def find_origin(db: Connection, shop: int, amount: int, sha256: str) -> int | None:
    """Return the batch that a return is from; None when there is none.

    Args:
        amount: that came back, in cents, above zero.
        sha256: that the decision commits to.
    """
    table = t.settlements.c
    paid = select(table.batch).where((table.shop == shop) & (table.amount > 0))
    return next(
        (each for each in db.scalars(paid) if return_sha256(each, shop, amount) == sha256), None
    )


def prepare_return(
    context: Context, batch: int, shop: int, amount: int, by: Preparer | None
) -> Prepared:
    """Prepare the decision that an amount of a payout was returned; idempotent while it waits.

    Args:
        amount: in cents, above zero.
        by: None on the command line.

    Raises:
        PayoutRefused: that shop got nothing in this payout, or less than this.
        LedgerUnavailable: the ledger cannot be read.
    """
    most = next((each.amount for each in list_returnable(context, batch) if each.shop == shop), 0)
    if amount > most:
        raise PayoutRefused(
            say("Zo veel kreeg deze winkel niet in uitbetaling %(batch)s.", batch=batch)
        )
    digest = hash_bytes(return_sha256(batch, shop, amount))
    call = encode_call("settle", next_batch(context), [shop], [-amount], digest)
    with context.write_with_views() as db:
        for each in list_prepared_with(db, context.ledger_time()):
            function, args = decode_call(each.message.call)
            same = function == "settle" and args["sha256OfLines"] == digest
            if same and not is_overtaken(context, each):
                return each
        return prepare_with(db, context, call, by)


def return_sha256(batch: int, shop: int, amount: int) -> Hash:
    """Return the hash that a return's decision commits to."""
    record = f"Van {reference(batch, shop)} kwam {amount} cent terug.\n"
    return Hash("0x" + hashlib.sha256(record.encode()).hexdigest())
