"""Decisions that make owed again what the bank returned, prepared from its statements."""

from kindpakket.ledger.abi import decode_call
from kindpakket.services.bank.matching import Place
from kindpakket.services.bank.reconcile import reconcile
from kindpakket.services.base.context import Context
from kindpakket.services.decisions.prepare import Prepared, Preparer, is_overtaken, list_prepared
from kindpakket.services.payouts.returns import find_origin, prepare_return


def prepare_returns(context: Context, by: Preparer | None) -> list[Prepared]:
    """Prepare a decision for each payout line that the bank returned and that is not owed again.

    Of a payout line one decision waits at a time.

    Args:
        by: None on the command line.

    Raises:
        PayoutRefused: more came back than is left of a payout line, meanwhile.
        LedgerUnavailable: the ledger cannot be read.
    """
    waiting = _waiting(context)
    return [
        prepare_return(context, line.batch, line.shop, line.to_owe_again, by)
        for line in reconcile(context).lines
        if line.to_owe_again and (line.batch, line.shop) not in waiting
    ]


def _waiting(context: Context) -> set[Place]:
    """The payout lines of which a decision about a return waits for signatures."""
    found: set[Place] = set()
    with context.read_views() as db:
        for each in list_prepared(context):
            function, args = decode_call(each.message.call)
            if function == "settle" and args["amounts"][0] < 0 and not is_overtaken(context, each):
                shop, amount = args["paidShops"][0], -args["amounts"][0]
                batch = find_origin(db, shop, amount, "0x" + args["sha256OfLines"].hex())
                if batch is not None:
                    found.add((batch, shop))
    return found
