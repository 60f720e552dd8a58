"""Off-ledger messages that two officials sign: showing, signing, withdrawing."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.errors import say_refusal
from kindpakket.desk.official import Official
from kindpakket.desk.parts import InContext, Posted, SignedIn, page, redirect, require_reading
from kindpakket.desk.replacements import officer_names
from kindpakket.desk.signing import read_signatures, typed_data
from kindpakket.domain.refusals import Code, Forbidden, Refusal
from kindpakket.protocol.messages import LetterReplacement
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.base.two_signatures import HANDS
from kindpakket.services.decisions.describe import say_capacities
from kindpakket.services.signing.messages import (
    WaitingMessage,
    find_message,
    sign_message,
    withdraw_message,
)

router = APIRouter(prefix="/berichten", dependencies=[require_reading(ReadPermission.DECISIONS)])
"""Messages are shown only to officials who may sign them."""


@router.get("/{message}")
def show(request: Request, context: InContext, official: SignedIn, message: str) -> HTMLResponse:
    """A message in words, with the typed data to sign."""
    return _page(request, context, _find(context, official, message))


@router.post("/{message}/handtekening")
def sign(
    request: Request, context: InContext, official: SignedIn, form: Posted, message: str
) -> Response:
    """Store a signature; the message takes effect with the second."""
    waiting, signatures = _find(context, official, message), read_signatures(form)
    if len(signatures) != 1:
        raise Refusal(Code.SIGNATURE_INVALID)
    try:
        done = sign_message(context, waiting, signatures[0])
    except Refusal as refusal:
        return _page(request, context, waiting, refusal)
    if not done:
        path = f"/berichten/{message}"
    elif isinstance(waiting.message, LetterReplacement):
        path = f"/brieven/vervangen/{message}"  # which says whom to call
    else:
        path = "/"
    return redirect(path, "getekend")


@router.post("/{message}/intrekken")
def withdraw(context: InContext, official: SignedIn, _form: Posted, message: str) -> Response:
    """Withdraw a message; it can be proposed again."""
    withdraw_message(context, _find(context, official, message))
    return redirect("/", "ingetrokken")


def _find(context: Context, official: Official, message: str) -> WaitingMessage:
    waiting = find_message(context, message)
    if not official.may(waiting.kind.capacity):
        raise Forbidden
    return waiting


def _page(
    request: Request, context: Context, waiting: WaitingMessage, refused: Refusal | None = None
) -> HTMLResponse:
    names, is_lost = read_names(context), isinstance(waiting.message, LetterReplacement)
    return page(
        request,
        "message.html.jinja",
        status=200 if refused is None else 409,
        waiting=waiting,
        words=waiting.kind.words(names, waiting.message),
        recipient=getattr(waiting.message, "recipient", None),
        officers=officer_names(context) if is_lost else None,
        names=names,
        hands=HANDS,
        needs=say_capacities(waiting.kind.capacity),
        refused=refused and say_refusal(refused.code),
        to_sign=typed_data(context, [waiting.message]),
    )
