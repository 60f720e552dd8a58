"""One payout: its lines, its payment file, and returned money."""

import re
from collections.abc import Mapping
from textwrap import wrap
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Municipality,
    Posted,
    SignedIn,
    answer_file,
    go_to_decision,
    page,
    redirect,
    require_reading,
    text,
    waiting,
)
from kindpakket.desk.signing import read_signatures, typed_data
from kindpakket.desk.stale import state_hash
from kindpakket.domain.ids import Hash
from kindpakket.domain.language import say
from kindpakket.domain.money import format_euros, parse_euros
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.messages import PaymentFileRefused
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names, read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.payouts.give_file import give_payment_file, list_payment_files
from kindpakket.services.payouts.lists import (
    PayoutRefused,
    PreparedPayout,
    State,
    find_payout,
    say_state,
    withdraw_payout,
)
from kindpakket.services.payouts.marks import Mark, MarkedLine, say_mark, say_signers
from kindpakket.services.payouts.prepare import payer_of
from kindpakket.services.payouts.refused_files import list_refusing, refusal_of, sign_refusal
from kindpakket.services.payouts.returns import list_returnable, list_returned, prepare_return
from kindpakket.services.payouts.review import review
from kindpakket.services.payouts.settled import read_settlement
from kindpakket.services.shops.bank_accounts import BankInvalid

router = APIRouter(prefix="/uitbetalingen", dependencies=[require_reading(ReadPermission.PAYOUTS)])

BatchPath = Annotated[int, Path(ge=1, le=2**32 - 1)]


@router.get("/{batch}")
def show(request: Request, context: InContext, batch: BatchPath) -> Response:
    """One payout, with unmasked accounts for officials to check before they sign."""
    return _page(request, context, batch)


@router.post("/{batch}/bestand")
def download(
    request: Request,
    context: InContext,
    settings: Municipality,
    official: SignedIn,
    _form: Posted,
    batch: BatchPath,
) -> Response:
    """Download the payment file, once the payout is on the ledger; created on first request."""
    try:
        content = give_payment_file(context, payer_of(settings), batch, official.address)
    except (BankInvalid, PayoutRefused) as refused:
        return _page(request, context, batch, refused=str(refused))
    return answer_file(content, "application/xml", f"KP-{batch}.xml")


@router.post("/{batch}/geweigerd")
def sign_refused(
    request: Request, context: InContext, _official: SignedIn, form: Posted, batch: BatchPath
) -> Response:
    """Store a signature that the bank refused the whole file; after two, a new file is created."""
    nonce, (signature, *_) = text(form, "nonce"), (*read_signatures(form), b"")
    number = int(nonce) if nonce.isascii() and nonce.isdecimal() and len(nonce) < 13 else 0
    message = PaymentFileRefused(batch, _hash(text(form, "sha256")), number)
    try:
        enough = sign_refusal(context, message, signature)
    except PayoutRefused as refused:
        return _page(request, context, batch, refused=str(refused))
    return redirect(f"/uitbetalingen/{batch}", "geweigerd" if enough else "getekend")


@router.get("/{batch}/teruggekomen")
def show_return(request: Request, context: InContext, batch: BatchPath) -> HTMLResponse:
    """The form for money that the bank returned."""
    return _return_page(request, context, batch)


@router.post("/{batch}/teruggekomen")
def prepare_returned(
    request: Request, context: InContext, official: SignedIn, form: Posted, batch: BatchPath
) -> Response:
    """Prepare a decision that a returned amount is owed to the shop again."""
    shop, amount, errors = text(form, "shop"), text(form, "amount"), Mistakes(str)
    given, before = {"shop": shop, "amount": amount}, waiting(context)
    if text(form, "seen") != state_hash(list_returnable(context, batch)):
        return _return_page(request, context, batch, given=given, stale=True)
    try:
        cents = parse_euros(amount)
        number = int(shop) if shop.isascii() and shop.isdecimal() else 0
        prepared = prepare_return(context, batch, number, cents, official.by())
    except ValueError:
        errors["amount"] = say("Dit is geen bedrag. Schrijf het als 42,50.")
    except PayoutRefused as refused:
        errors["amount"] = str(refused)
    else:
        return go_to_decision(prepared.decision_set, before)
    return _return_page(request, context, batch, given=given, errors=errors)


@router.post("/{batch}/terugnemen")
def withdraw(request: Request, context: InContext, _form: Posted, batch: BatchPath) -> Response:
    """Free the number of a payout whose decision can never be executed."""
    try:
        withdraw_payout(context, batch)
    except PayoutRefused as refused:
        return _page(request, context, batch, refused=str(refused))
    return redirect("/uitbetalingen", "teruggenomen")


# --------------------------------------------------------------------------------- the pages


def _page(request: Request, context: Context, batch: int, *, refused: str = "") -> Response:
    payout = find_payout(context, batch)
    if payout is None:
        raise Refusal(Code.NOT_FOUND)
    names, lines, wrong = read_names(context), list[MarkedLine](), ""
    try:
        lines = review(context, payout)
    except PayoutRefused as error:
        wrong = str(error)
    if any(Mark.NOT_SIGNED in each.marks for each in lines):
        wrong = say_mark(Mark.NOT_SIGNED)
    return page(
        request,
        "payout.html.jinja",
        status=409 if refused else 200,
        payout=payout,
        state=say_state(payout.state),
        states=State,
        rows=_rows(context, payout, names, lines),
        files=list_payment_files(context, payout),
        refusal=_refusal(context, payout),
        refusing=list_refusing(context, batch),
        names=names,
        wrong=wrong,
        refused=refused,
    )


def _refusal(context: Context, payout: PreparedPayout) -> dict[str, Any] | None:
    """The message that the bank refused the newest file; None when there is no file."""
    try:
        message = refusal_of(context, payout.batch)
    except PayoutRefused:
        return None
    fields = {"sha256": message.sha256_of_file, "nonce": message.nonce}
    return {"fields": fields, "messages": typed_data(context, [message])}


def _hash(given: str) -> Hash:
    if not re.fullmatch(r"0x[0-9a-f]{64}", given):
        raise Refusal(Code.REQUEST_INVALID)
    return Hash(given)


def _rows(
    context: Context, payout: PreparedPayout, names: Names, lines: list[MarkedLine]
) -> list[dict[str, Any]]:
    """The rows of the page; with settled and returned amounts once the payout is on the ledger."""
    settlement = None
    if payout.state is State.RECORDED:
        settlement = read_settlement(context, payout.batch)
    settled = dict(settlement.amounts) if settlement else {}
    returned = list_returned(context, payout.batch) if settlement else {}
    return [
        {
            "shop": each.line.shop,
            "name": names.shops.get(
                each.line.shop, say("Winkel %(number)s", number=each.line.shop)
            ),
            "holder": each.line.holder,
            "iban": " ".join(wrap(each.line.iban, 4)),
            "signers": say_signers(names, each.account),
            "signed_at": each.account and each.account.nonce,
            "amount": each.line.amount,
            "owed": each.owed,
            "settled": settled.get(each.line.shop, 0),
            "reference": each.line.reference,
            "marks": [say_mark(mark) for mark in each.marks],
            "returned": returned.get(each.line.shop, []),
        }
        for each in lines
    ]


def _return_page(
    request: Request,
    context: Context,
    batch: int,
    *,
    given: Mapping[str, str] | None = None,
    errors: Mistakes | None = None,
    stale: bool = False,
) -> HTMLResponse:
    shops = list_returnable(context, batch)
    if not shops and not stale:
        raise Refusal(Code.NOT_FOUND)
    return page(
        request,
        "payout_returned.html.jinja",
        status=409 if stale else 400 if errors else 200,
        batch=batch,
        options=[(str(each.shop), f"{each.name}: {format_euros(each.amount)}") for each in shops],
        seen=state_hash(shops),
        given=given or {"shop": "", "amount": ""},
        errors=errors or Mistakes(str),
        stale=stale,
    )
