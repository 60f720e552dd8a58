"""Routes of the protocol, which translate between HTTP and services without own logic."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from kindpakket import __version__
from kindpakket.api import file_routes, help_routes, shop_routes
from kindpakket.api import schemas as s
from kindpakket.api.parts import (
    InContext,
    OnSite,
    SchemePath,
    Sender,
    new_router,
    problems,
    set_status,
)
from kindpakket.domain import categories
from kindpakket.domain.ids import Address, Hash, SchemeId, ShopId
from kindpakket.protocol.messages import (
    NAME,
    VERSION,
    Claim,
    Decision,
    Move,
    Refund,
    TillChange,
)
from kindpakket.services.base import sessions
from kindpakket.services.base.acts import Act
from kindpakket.services.decisions import prepare
from kindpakket.services.figures.published_totals import as_published
from kindpakket.services.payments import pay, refund
from kindpakket.services.payments.change_till import change_till
from kindpakket.services.payments.move import move
from kindpakket.services.payments.till_rights import Rights
from kindpakket.services.schemes import look_up

_RELAYED = problems(400, 409, 503) | {202: {"description": "Sent and not decided yet."}}
_REPEATABLE = _RELAYED | {
    200: {"description": "Sent before; this is what came of it."},
    202: {"description": "Sent and not decided yet: send it again, or poll."},
}

router = new_router()


@router.get("/ledger", tags=["facts"], responses=problems(503))
def get_ledger(context: InContext) -> s.LedgerAnswer:
    """The EIP-712 domain of the ledger, and the server's time."""
    domain = context.ledger.domain
    return s.LedgerAnswer(
        chain_id=domain.chain_id,
        address=domain.contract,
        domain=s.DomainAnswer(
            name=NAME,
            version=VERSION,
            chain_id=domain.chain_id,
            verifying_contract=domain.contract,
        ),
        time=context.ledger_time(),
        version=__version__,
    )


@router.get("/schemes", tags=["facts"], responses=problems(503))
def get_schemes(context: InContext) -> list[s.SchemeAnswer]:
    """Every scheme, with the last published totals."""
    found = as_published(context, look_up.list_schemes(context))
    return [s.SchemeAnswer.model_validate(scheme) for scheme in found]


@router.get("/schemes/{scheme}", tags=["facts"], responses=problems(400, 404, 503))
def get_scheme(context: InContext, scheme: SchemePath) -> s.SchemeAnswer:
    """One scheme, with the last published totals."""
    (found,) = as_published(context, [look_up.find_scheme(context, scheme)])
    return s.SchemeAnswer.model_validate(found)


@router.get("/categories", tags=["facts"])
def get_categories() -> list[s.CategoryAnswer]:
    """The meaning of each category bit."""
    return [s.CategoryAnswer.model_validate(category) for category in categories.TABLE]


@router.get("/shops", tags=["facts"], responses=problems(400, 404, 503))
def get_shops(
    context: InContext,
    scheme: Annotated[int | None, Query(ge=0, description="Say whether it allows them")] = None,
) -> list[s.ShopAnswer]:
    """The participating shops: admitted and not suspended."""
    return [_answer(shop) for shop in look_up.list_shops(context, scheme)]


def _answer(shop: look_up.Shop) -> s.ShopAnswer:
    given = shop.details
    return s.ShopAnswer(
        id=shop.id,
        name=given.name,
        address=given.address,
        location=given.location and s.LocationAnswer.model_validate(given.location),
        phone=given.phone,
        opening_hours=given.opening_hours,
        examples=given.examples,
        categories=shop.categories,
        permitted=shop.permitted,
    )


@router.post("/payments", tags=["acts"], status_code=201, responses=_REPEATABLE)
def post_payment(
    context: InContext, sender: Sender, body: s.PaymentRequest, response: Response
) -> s.PaymentAnswer:
    """Pay a claim. Idempotent: a repeated claim is answered with its payment and 200."""
    claim = Claim(body.code.spend.hash, ShopId(body.shop), body.amount, body.rest, body.reference)
    till, signature = Address(body.till), s.unhex(body.signature)
    payment, made = pay.pay(context, sender, body.code, claim, till, signature)
    set_status(response, payment.status, made)
    return s.PaymentAnswer.model_validate(payment)


@router.get("/payments/{payment}", tags=["acts"], responses=problems(400, 404, 503))
def get_payment(context: InContext, payment: Annotated[s.Hash, Path()]) -> s.PaymentAnswer:
    """A payment that is on the ledger."""
    return s.PaymentAnswer.model_validate(pay.find_payment(context, Hash(payment)))


@router.post("/refunds", tags=["acts"], status_code=201, responses=_REPEATABLE)
def post_refund(
    context: InContext, sender: Sender, body: s.RefundRequest, response: Response
) -> s.RefundAnswer:
    """Refund part or all of a payment. Idempotent: a repeated refund is answered with 200."""
    message = Refund(
        Hash(body.payment), ShopId(body.shop), body.amount, body.valid_until, body.reference
    )
    done, made = refund.refund(context, sender, message, s.unhex(body.signature))
    set_status(response, done.status, made)
    return s.RefundAnswer.model_validate(done)


@router.post("/tills", tags=["acts"], status_code=201, responses=_RELAYED)
def post_till(
    context: InContext, sender: Sender, body: s.TillChangeRequest, response: Response
) -> s.ActAnswer:
    """Add a till to a shop, or block one."""
    message = TillChange(ShopId(body.shop), Address(body.till), body.active, body.nonce)
    owner, till = s.unhex(body.signature), s.unhex(body.till_signature or "0x")
    rights = None if body.rights is None else Rights(body.rights.refunds, body.rights.books)
    act = change_till(context, sender, message, owner, till, body.name, rights)
    return _relayed(response, act)


@router.post("/moves", tags=["acts"], status_code=201, responses=_RELAYED)
def post_move(context: InContext, body: s.MoveRequest, response: Response) -> s.ActAnswer:
    """Move what remains on coupons to fresh ones, or give it back."""
    origins, targets = tuple(map(Address, body.from_)), tuple(map(Address, body.to))
    message = Move(SchemeId(body.scheme), body.nonce, origins, targets)
    signatures = [s.unhex(signature) for signature in body.signatures]
    return _relayed(response, move(context.ledger, message, signatures))


@router.post("/decisions", tags=["acts"], status_code=201, responses=_RELAYED)
def post_decision(
    context: InContext, sender: Sender, body: s.DecisionRequest, response: Response
) -> s.ActAnswer:
    """Execute a decision of officials."""
    message = Decision(s.unhex(body.call), body.valid_until, body.nonce)
    signatures = [s.unhex(signature) for signature in body.signatures]
    with sender.sending(message, context.ledger.domain, signatures[0] if signatures else b""):
        return _relayed(response, prepare.execute(context.ledger, message, signatures))


@router.post("/cancellations", tags=["acts"], status_code=201, responses=_RELAYED)
def post_cancellation(
    context: InContext, sender: Sender, body: s.CancellationRequest, response: Response
) -> s.ActAnswer:
    """Cancel a decision permanently."""
    message = Decision(s.unhex(body.call), body.valid_until, body.nonce)
    signature = s.unhex(body.signature)
    with sender.sending(message, context.ledger.domain, signature):
        return _relayed(response, prepare.cancel(context.ledger, message, signature))


@router.post(
    "/session-challenges", tags=["sessions"], status_code=201, responses=problems(400, 503)
)
def post_session_challenge(context: InContext, site: OnSite, request: Request) -> s.ChallengeAnswer:
    """Get the fields for an ERC-4361 message; valid once, for five minutes."""
    made, origin = sessions.challenge(context), site.origin(request)
    return s.ChallengeAnswer(
        nonce=made.nonce,
        domain=origin.domain,
        uri=origin.uri,
        chain_id=context.ledger.domain.chain_id,
        version="1",
        expires_at=made.expires_at,
    )


@router.post("/sessions", tags=["sessions"], status_code=201, responses=problems(400, 401, 503))
def post_session(
    context: InContext, site: OnSite, body: s.SessionRequest, request: Request
) -> s.SessionAnswer:
    """Sign in with the key of a till, an owner or an official, to read its data."""
    signature, origin = s.unhex(body.signature), site.origin(request)
    made = sessions.sign_in(context, body.message, signature, origin)
    return s.SessionAnswer.model_validate(made)


def _relayed(response: Response, act: Act) -> s.ActAnswer:
    set_status(response, act.status, made=True)
    return s.ActAnswer.model_validate(act)


router.include_router(file_routes.router)
router.include_router(help_routes.router)
router.include_router(shop_routes.router)
