"""Signing in with an official's key (ERC-4361), with a session cookie."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.errors import say_refusal
from kindpakket.desk.parts import (
    COOKIE,
    Form,
    FromProvider,
    InContext,
    Municipality,
    Posted,
    SignedIn,
    let_in,
    page,
    read_cookie,
    redirect,
    same_site,
    set_cookie,
    text,
    token_of,
)
from kindpakket.desk.work_accounts import CONFIRMED, SAID, sign_out_link, waiting_account
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Forbidden, Refusal
from kindpakket.services.base import accounts, sessions
from kindpakket.services.base.context import Context

router = APIRouter()


@router.get("/aanmelden")
def show(
    request: Request,
    context: InContext,
    verder: Annotated[str, Query()] = "",
    gedaan: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """The page to sign in with a key on this device, or with a work account."""
    wrong = " ".join(say_refusal(Code(gedaan))) if gedaan in SAID else ""
    return _sign_in_page(request, context, verder, wrong)


@router.post("/aanmelden", dependencies=[Depends(same_site)])
def sign_in(request: Request, context: InContext, settings: Municipality, form: Form) -> Response:
    """Open a session for the signer, and for the work account that waits."""
    onward, account = text(form, "verder"), waiting_account(request, context)
    if account is None and context.account_required:
        told = say_refusal(Code.ACCOUNT_REFUSED)
        return _sign_in_page(request, context, onward, " ".join(told))
    try:
        signature = bytes.fromhex(text(form, "signature").removeprefix("0x"))
        message = text(form, "message").replace("\r\n", "\n")  # forms send CRLF
        origin = settings.site.origin(request)
        session = sessions.sign_in(context, message, signature, origin, account)
        sessions.find_official(context, session.token)
    except (ValueError, Refusal) as error:
        return _sign_in_page(request, context, onward, _say_why(error))
    answer = let_in(request, context, session, onward)
    if account:
        accounts.forget_confirmed(context, read_cookie(request, CONFIRMED))
        set_cookie(answer, settings.site, CONFIRMED, "")
    return answer


@router.post("/afmelden")
def sign_out(
    request: Request,
    context: InContext,
    settings: Municipality,
    provider: FromProvider,
    _form: Posted,
) -> Response:
    """End this session."""
    elsewhere = sign_out_link(request, context, settings, provider)
    sessions.sign_out(context, token_of(request))
    request.state.official = None
    answer = page(request, "signed_out.html.jinja", elsewhere=elsewhere)
    set_cookie(answer, settings.site, COOKIE, "")
    return answer


@router.post("/overal-afmelden")
def sign_out_everywhere(context: InContext, official: SignedIn, _form: Posted) -> Response:
    """End all sessions of this official, on every device."""
    sessions.sign_out_everywhere(context, official.address)
    return redirect("/aanmelden")


def _say_why(error: Exception) -> str:
    if isinstance(error, Forbidden):
        return say("Deze sleutel is niet van een ambtenaar met bevoegdheden.")
    if isinstance(error, Refusal) and error.code == Code.ACCOUNT_OF_ANOTHER_KEY:
        return " ".join(say_refusal(error.code))
    return say("Aanmelden is niet gelukt. Probeer het opnieuw.")


def _sign_in_page(request: Request, context: Context, onward: str, wrong: str = "") -> HTMLResponse:
    return page(
        request,
        "sign_in.html.jinja",
        status=401 if wrong else 200,
        nonce=sessions.challenge(context).nonce,
        chain_id=context.ledger.domain.chain_id,
        onward=onward,
        wrong=wrong,
        accounts=request.app.state.provider is not None,
        account_required=context.account_required,
        confirmed=waiting_account(request, context) is not None,
    )
