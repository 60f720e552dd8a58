"""Signing in with a work account (OpenID Connect), binding it to a key, and signing out.

A sign-in in progress is in a cookie of the browser that began it, so that no other can finish it.
The browser is sent to the provider by a link: the content security policy of the pages stops a form
that would redirect there.
"""

from typing import Annotated
from urllib.parse import quote, unquote, urlencode, urlsplit

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from kindpakket.desk.errors import say_refusal
from kindpakket.desk.pages import BASE
from kindpakket.desk.parts import (
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
from kindpakket.desk.settings import DeskSettings
from kindpakket.desk.signing import read_signatures, typed_data
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Forbidden, Refusal
from kindpakket.oidc.provider import Attempt, Provider
from kindpakket.oidc.tokens import ConfirmedAccount
from kindpakket.services.base import accounts, sessions
from kindpakket.services.base.context import Context

CONFIRMED = "kindpakket-werkaccount"
"""The cookie of an account that waits for a signature of a key."""
_ATTEMPT = "kindpakket-inloggen"
"""The cookie of a sign-in that was begun."""
_LONGEST_ONWARD = 500
SAID = {
    Code.ACCOUNT_REFUSED,
    Code.ACCOUNT_PROVIDER_UNAVAILABLE,
    Code.NOT_AUTHORISED,
}
"""Refusals that the sign-in page tells."""

router = APIRouter()


@router.get("/werkaccount")
def begin(
    request: Request,
    settings: Municipality,
    provider: FromProvider,
    verder: Annotated[str, Query()] = "",
) -> Response:
    """Send the browser to the provider."""
    attempt, onward = Attempt.begin(), verder[:_LONGEST_ONWARD]
    try:
        link = _required(provider).sign_in_link(attempt, _redirect_uri(request, settings))
    except Refusal as refusal:
        return _not_signed_in(refusal, onward)
    answer = RedirectResponse(link, 303)
    kept = (attempt.state, attempt.nonce, attempt.verifier, quote(onward, safe=""))
    set_cookie(answer, settings.site, _ATTEMPT, ".".join(kept))
    return answer


@router.get("/werkaccount/terug")
def come_back(
    request: Request, context: InContext, settings: Municipality, provider: FromProvider
) -> Response:
    """Let in who comes back from the provider; or ask for a key, if that takes one too."""
    *kept, onward = read_cookie(request, _ATTEMPT).split(".", 3)
    onward = unquote(onward)
    try:
        if len(kept) != 3:
            raise Refusal(Code.ACCOUNT_REFUSED)
        back = _redirect_uri(request, settings)
        confirmed = _required(provider).confirm(Attempt(*kept), request.query_params, back)
        opened = accounts.sign_in_with_account(context, confirmed)
    except Refusal as refusal:
        answer = _not_signed_in(refusal, onward)
    else:
        answer = _go_on(request, context, settings, opened, onward)
    set_cookie(answer, settings.site, _ATTEMPT, "")
    return answer


@router.get("/werkaccount/koppelen")
def show(request: Request, context: InContext, verder: Annotated[str, Query()] = "") -> Response:
    """The page to bind the account that waits to a key."""
    confirmed = accounts.find_confirmed(context, read_cookie(request, CONFIRMED))
    if confirmed is None:
        return _not_signed_in(Refusal(Code.ACCOUNT_REFUSED), verder)
    return _page(request, context, confirmed, verder)


@router.post("/werkaccount/koppelen", dependencies=[Depends(same_site)])
def bind(request: Request, context: InContext, settings: Municipality, form: Form) -> Response:
    """Bind the account that waits to the key that signed."""
    token, onward = read_cookie(request, CONFIRMED), text(form, "verder")
    confirmed = accounts.find_confirmed(context, token)
    if confirmed is None:
        return _not_signed_in(Refusal(Code.ACCOUNT_REFUSED), onward)
    try:
        signatures, nonce = read_signatures(form), text(form, "nonce")
        if len(signatures) != 1 or not nonce.isdecimal() or len(nonce) > 12:
            raise Refusal(Code.SIGNATURE_INVALID)
        session = accounts.bind(context, token, int(nonce), signatures[0])
    except Forbidden:
        wrong = say("Deze sleutel is niet van een ambtenaar met bevoegdheden.")
        return _page(request, context, confirmed, onward, wrong)
    except Refusal as refusal:
        wrong = (
            say("Aanmelden is niet gelukt. Probeer het opnieuw.")
            if refusal.code == Code.SIGNATURE_INVALID
            else " ".join(say_refusal(refusal.code))
        )
        return _page(request, context, confirmed, onward, wrong)
    answer = let_in(request, context, session, onward)
    set_cookie(answer, settings.site, CONFIRMED, "")
    return answer


@router.post("/werkaccount/ontkoppelen")
def unbind(context: InContext, official: SignedIn, form: Posted) -> Response:
    """Withdraw the binding of one's own key, or of another's with OFFICIALS."""
    bound = Address(text(form, "official"))
    if bound != official.address and not official.may(Capacity.OFFICIALS):
        raise Forbidden
    accounts.unbind(context, bound)
    return redirect("/ambtenaren", "ontkoppeld")


@router.post("/werkaccount/afgemeld")
def signed_out_elsewhere(context: InContext, provider: FromProvider, form: Form) -> Response:
    """End sessions, as the provider tells (OpenID Connect Back-Channel Logout, section 2.8)."""
    try:
        accounts.end_sessions(context, _required(provider).logged_out(text(form, "logout_token")))
    except Refusal as refusal:
        told = {"error": "invalid_request", "error_description": refusal.code}
        return JSONResponse(told, 400)
    return Response()


def waiting_account(request: Request, context: Context) -> sessions.BoundAccount | None:
    """Return the account that waits for the key that it is bound to."""
    confirmed = accounts.find_confirmed(context, read_cookie(request, CONFIRMED))
    return None if confirmed is None else accounts.find_bound(context, confirmed)


def sign_out_link(
    request: Request,
    context: Context,
    settings: DeskSettings,
    provider: Provider | None,
) -> str | None:
    """Return where to sign out of the provider too, for a session by a work account."""
    issuer = sessions.find_issuer(context, token_of(request))
    if provider is None or issuer != provider.audience.issuer:
        return None
    try:
        return provider.sign_out_link(settings.site.origin(request).uri + f"{BASE}/aanmelden")
    except Refusal:
        return None


def _go_on(
    request: Request,
    context: Context,
    settings: DeskSettings,
    opened: sessions.Session | accounts.WaitingAccount,
    onward: str,
) -> Response:
    if isinstance(opened, sessions.Session):
        return let_in(request, context, opened, onward)
    path = "/aanmelden" if opened.bound else "/werkaccount/koppelen"
    answer = RedirectResponse(f"{BASE}{path}?{urlencode({'verder': onward})}", 303)
    set_cookie(answer, settings.site, CONFIRMED, opened.token)
    return answer


def _not_signed_in(refusal: Refusal, onward: str) -> Response:
    query = urlencode({"gedaan": refusal.code, "verder": onward})
    return RedirectResponse(f"{BASE}/aanmelden?{query}", 303)


def _redirect_uri(request: Request, settings: DeskSettings) -> str:
    return f"{settings.site.origin(request).uri}{BASE}/werkaccount/terug"


def _required(provider: Provider | None) -> Provider:
    if provider is None:
        raise Refusal(Code.NOT_FOUND)
    return provider


def _page(
    request: Request, context: Context, confirmed: ConfirmedAccount, onward: str, wrong: str = ""
) -> HTMLResponse:
    nonce = context.now()
    return page(
        request,
        "work_account.html.jinja",
        status=409 if wrong else 200,
        provider=urlsplit(confirmed.account.issuer).hostname,
        subject=confirmed.account.subject,
        to_sign=typed_data(context, [accounts.binding(confirmed.account, nonce)]),
        nonce=nonce,
        onward=onward,
        wrong=wrong,
    )
