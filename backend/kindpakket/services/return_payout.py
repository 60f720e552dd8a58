"""Money of a payout that the bank returned: the shop is owed it again, by decision.

The decision carries the hash of a sentence that says what came back. Whoever knows the payout can
write that sentence again, so nothing has to be kept.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.ids import Hash, ShopId
from kindpakket.domain.language import say
from kindpakket.ledger.abi import decode_call, encode_call
from kindpakket.services.acts import words
from kindpakket.services.context import Context
from kindpakket.services.decide import (
    By,
    Prepared,
    is_overtaken,
    list_prepared_with,
    prepare_with,
)
from kindpakket.services.names import read_names
from kindpakket.services.pay_out import next_batch
from kindpakket.services.payout_files import PayoutRefused, reference
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Returnable:
    """A shop of a payout, and how much of it did not come back, in cents."""

    shop: ShopId
    name: str
    amount: int


def list_returnable(context: Context, batch: int) -> list[Returnable]:
    """Return the shops that a payout paid, as the ledger has it, and what may still come back.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    context.projection.catch_up()
    names = read_names(context.store)
    with context.store.read() as db:
        rows = db.execute(select(t.settlements).order_by(t.settlements.c.batch)).all()
    left = {row.shop: row.amount for row in rows if row.batch == batch and row.amount > 0}
    for row in rows:
        if row.shop in left and row.sha256 == _digest(batch, row.shop, -row.amount):
            left[row.shop] += row.amount
    return [
        Returnable(ShopId(shop), names.shop(shop), amount)
        for shop, amount in left.items()
        if amount
    ]


def prepare_return(context: Context, batch: int, shop: int, amount: int, by: By) -> Prepared:
    """Prepare that an amount of a payout came back; the same again, while it waits, is the same.

    Args:
        amount: in cents, above zero.

    Raises:
        PayoutRefused: that shop got nothing in this payout, or less than this.
        LedgerUnavailable: the ledger cannot be read.
    """
    most = next((each.amount for each in list_returnable(context, batch) if each.shop == shop), 0)
    if amount > most:
        raise PayoutRefused(
            say("Zo veel kreeg deze winkel niet in uitbetaling %(batch)s.", batch=batch)
        )
    digest = words(_digest(batch, shop, amount))
    call = encode_call("settle", next_batch(context), [shop], [-amount], digest)
    with context.store.write() as db:
        for each in list_prepared_with(db, context.ledger_time()):
            function, args = decode_call(each.message.call)
            same = function == "settle" and args["sha256OfLines"] == digest
            if same and not is_overtaken(context, each):
                return each
        return prepare_with(db, context, call, by)


def _digest(batch: int, shop: int, amount: int) -> Hash:
    record = f"Van {reference(batch, shop)} kwam {amount} cent terug.\n"
    return Hash("0x" + hashlib.sha256(record.encode()).hexdigest())
