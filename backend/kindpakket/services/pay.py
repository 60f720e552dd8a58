"""Pay: a till's claim on a parent's code."""

from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.ids import Address, Hash, ShopId
from kindpakket.domain.refusals import Code as Reason
from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.port import Ledger, Refused, Settled
from kindpakket.protocol.codes import Code
from kindpakket.protocol.messages import Claim
from kindpakket.services.acts import Act, Status, concluded, words
from kindpakket.services.context import Context
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Payment:
    """A payment as its shop may see it: amounts in cents, time in unix seconds, no balance."""

    id: Hash
    status: Status
    shop: ShopId
    amount: int
    refunded: int
    time: int | None
    transaction: Hash | None
    block: int | None


def pay(
    context: Context, code: Code, claim: Claim, till: Address, signature: bytes
) -> tuple[Payment, bool]:
    """Relay a claim; return the payment and whether this call made it.

    Raises:
        Refusal: the contract said no, or the signature is not the till's.
        LedgerUnavailable: nothing was sent.
    """
    _check_till(context.ledger, claim, till, signature)
    spend, made = (*code.spend.values,), (words(claim.spend), *claim.values[1:])
    outcome = context.ledger.submit(encode_call("pay", spend, code.signatures, made, signature))
    match outcome:
        case Refused(revert=revert) if revert.error == "AlreadyPaid":
            return find_payment(context, claim.hash), False
        case Settled(events=events):
            amount = next(event.args["amount"] for event in events if event.name == "Paid")
        case _:
            amount = claim.amount
    return _fresh(concluded(claim.hash, outcome), claim.shop, amount), True


def find_payment(context: Context, payment: Hash) -> Payment:
    """Return a payment that is on the ledger.

    Raises:
        Refusal: there is none with this id.
        LedgerUnavailable: the ledger cannot be read.
    """
    found = context.ledger.view("payments", words(payment))
    if found["amount"] == 0:
        raise Refusal(Reason.PAYMENT_UNKNOWN)
    context.projection.catch_up()
    with context.store.read() as db:
        row = db.execute(select(t.payments).where(t.payments.c.payment == payment)).one()
    return Payment(
        payment,
        Status.SETTLED,
        ShopId(found["shop"]),
        found["amount"],
        found["refunded"],
        row.time,
        Hash(row.transaction),
        row.block,
    )


def _fresh(act: Act, shop: ShopId, amount: int) -> Payment:
    return Payment(act.id, act.status, shop, amount, 0, act.time, act.transaction, act.block)


def _check_till(ledger: Ledger, claim: Claim, till: Address, signature: bytes) -> None:
    """The contract takes any till of the shop; the request names one, and must mean it."""
    try:
        signer = claim.signer(ledger.domain, signature)
    except ValueError:
        signer = None
    if signer != till:
        raise Refusal(Reason.SIGNATURE_INVALID)
