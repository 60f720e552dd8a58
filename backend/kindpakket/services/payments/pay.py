"""Payments: a till's claim on a parent's payment code."""

from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import delete, insert, select

from kindpakket.domain.ids import Address, Hash, ShopId
from kindpakket.domain.refusals import Code as Reason
from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.port import Ledger, Refused, Settled
from kindpakket.protocol.codes import PaymentCode
from kindpakket.protocol.messages import Claim
from kindpakket.services.base.acts import Status, concluded, hash_bytes
from kindpakket.services.base.context import Context
from kindpakket.services.base.limits import Caller
from kindpakket.services.payments.refusals_seen import note_refusal
from kindpakket.store import tables as t
from kindpakket.store import views
from kindpakket.store.database import StoreUnavailable


@dataclass(frozen=True)
class Payment:
    """A payment as its shop may see it, without a balance; in cents and unix seconds."""

    id: Hash
    status: Status
    shop: ShopId
    amount: int
    refunded: int = 0
    time: int | None = None
    transaction: Hash | None = None
    block: int | None = None


def pay(
    context: Context,
    caller: Caller,
    code: PaymentCode,
    claim: Claim,
    till: Address,
    signature: bytes,
) -> tuple[Payment, bool]:
    """Relay a claim; return the payment and whether this call made it.

    Raises:
        Refusal: the contract said no, or the signature is not the till's.
        RateLimited: this till has claimed often enough for the moment.
        LedgerUnavailable: nothing was sent.
    """
    _check_till(context.ledger, claim, till, signature)
    caller.may_sign(till)
    asked, made = (*code.spend.values,), (hash_bytes(claim.spend), *claim.values[1:])
    try:
        outcome = context.ledger.submit(encode_call("pay", asked, code.signatures, made, signature))
    except Refusal:  # the clock cannot be trusted; what was paid before is told all the same
        if (paid := _look_up(context, claim.hash)) is None:
            raise
        return paid, False
    match outcome:
        case Refused(revert=revert) if revert.error == "AlreadyPaid":
            pending = Payment(claim.hash, Status.PENDING, claim.shop, claim.amount)
            return _look_up(context, claim.hash) or pending, False
        case Refused(code=reason):
            if _is_new_and_of_a_till(context, claim, till):
                caller.signed(till)
                note_refusal(context, reason, code.spend.scheme, claim.shop, code.spend.coupons[0])
            raise Refusal(reason)
        case Settled(events=events, again=again):
            amount = next(event.args["amount"] for event in events if event.name == "Paid")
        case _:
            amount, again = claim.amount, False
    caller.signed(till)
    act = concluded(claim.hash, outcome)
    payment = Payment(
        act.id, act.status, claim.shop, amount, 0, act.time, act.transaction, act.block
    )
    if act.status == Status.PENDING:
        with suppress(StoreUnavailable):  # the claim was sent all the same
            _remember(context, payment, code.spend.valid_until)
    return payment, not again


def find_payment(context: Context, payment: Hash) -> Payment:
    """Return a payment that is on the ledger or pending.

    A claim cannot be executed after its code expires, so it is refused for good once a later block
    does not contain it.

    Raises:
        Refusal: there is none with this id.
        LedgerUnavailable: the ledger cannot be read.
    """
    # Before looking: what is not there then cannot have come in by this block.
    decided_until = context.projection.catch_up().time
    if found := _look_up(context, payment):
        return found
    still_possible = (t.undecided_claims.c.payment == payment) & (
        t.undecided_claims.c.valid_until >= decided_until
    )
    with context.store.read() as db:
        row = db.execute(select(t.undecided_claims).where(still_possible)).one_or_none()
    if row is None:
        raise Refusal(Reason.PAYMENT_UNKNOWN)
    transaction = row.transaction and Hash(row.transaction)
    return Payment(payment, Status.PENDING, ShopId(row.shop), row.amount, transaction=transaction)


def _look_up(context: Context, payment: Hash) -> Payment | None:
    """The payment on the ledger: settled when final, pending before."""
    found = context.ledger.view("payments", hash_bytes(payment))
    if found["amount"] == 0:
        return None
    with context.read_views() as db:
        row = db.execute(select(t.payments).where(t.payments.c.payment == payment)).one_or_none()
    told = Payment(
        payment, Status.PENDING, ShopId(found["shop"]), found["amount"], found["refunded"]
    )
    if row is None:
        return told
    return replace(
        told,
        status=Status.SETTLED,
        time=row.time,
        transaction=Hash(row.transaction),
        block=row.block,
    )


def _remember(context: Context, payment: Payment, valid_until: int) -> None:
    """Record a claim that was sent, so that its status can be asked for."""
    with context.store.write() as db:
        known = t.undecided_claims.c.payment == payment.id
        decided = t.undecided_claims.c.valid_until < views.read_cursor(db).time
        db.execute(delete(t.undecided_claims).where(known | decided))
        db.execute(
            insert(t.undecided_claims).values(
                payment=payment.id,
                shop=payment.shop,
                amount=payment.amount,
                valid_until=valid_until,
                transaction=payment.transaction,
            )
        )


def _is_new_and_of_a_till(context: Context, claim: Claim, till: Address) -> bool:
    """Whether a till of the ledger signed this claim and it is not on the ledger, where anyone can
    copy it."""
    view = context.ledger.view
    known: bool = view("tills", till)["shop"] != 0
    return known and not view("payments", hash_bytes(claim.hash))["amount"]


def _check_till(ledger: Ledger, claim: Claim, till: Address, signature: bytes) -> None:
    """Check that the till named in the request signed: the contract takes any till of the shop."""
    try:
        signer = claim.signer(ledger.domain, signature)
    except ValueError:
        signer = None
    if signer != till:
        raise Refusal(Reason.SIGNATURE_INVALID)
