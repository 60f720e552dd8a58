"""Signing in with an official's key (ERC-4361), with a session cookie.

Other login methods that result in an official's address can call :func:`_let_in`.
"""

from typing import Annotated, Literal, TypedDict

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kindpakket.desk.pages import BASE
from kindpakket.desk.parts import (
    Form,
    InContext,
    Municipality,
    Posted,
    SignedIn,
    cookie_name,
    page,
    redirect,
    same_site,
    text,
    token_of,
)
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Forbidden, Refusal
from kindpakket.services.base import sessions
from kindpakket.site import Site

router = APIRouter()


class _Cookie(TypedDict):
    key: str
    path: str
    httponly: bool
    samesite: Literal["lax"]
    secure: bool


@router.get("/aanmelden")
def show(
    request: Request, context: InContext, verder: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """The page to sign in with a key on this device."""
    return _sign_in_page(request, context, verder)


@router.post("/aanmelden", dependencies=[Depends(same_site)])
def sign_in(request: Request, context: InContext, settings: Municipality, form: Form) -> Response:
    """Open a session for the signer."""
    onward = text(form, "verder")
    try:
        signature = bytes.fromhex(text(form, "signature").removeprefix("0x"))
        message = text(form, "message").replace("\r\n", "\n")  # forms send CRLF
        origin = settings.site.origin(request)
        session = sessions.sign_in(context, message, signature, origin)
        sessions.find_official(context, session.token)
    except Forbidden:
        wrong = say("Deze sleutel is niet van een ambtenaar met bevoegdheden.")
        return _sign_in_page(request, context, onward, wrong)
    except (ValueError, Refusal):
        return _sign_in_page(
            request, context, onward, say("Aanmelden is niet gelukt. Probeer het opnieuw.")
        )
    return _let_in(session, onward, settings.site)


@router.post("/afmelden")
def sign_out(
    request: Request, context: InContext, settings: Municipality, _form: Posted
) -> Response:
    """End this session."""
    sessions.sign_out(context, token_of(request))
    answer = page(request, "signed_out.html.jinja")
    answer.delete_cookie(**_cookie(settings.site))
    return answer


@router.post("/overal-afmelden")
def sign_out_everywhere(context: InContext, official: SignedIn, _form: Posted) -> Response:
    """End all sessions of this official, on every device."""
    sessions.sign_out_everywhere(context, official.address)
    return redirect("/aanmelden")


def _sign_in_page(
    request: Request, context: InContext, onward: str, wrong: str = ""
) -> HTMLResponse:
    return page(
        request,
        "sign_in.html.jinja",
        status=401 if wrong else 200,
        nonce=sessions.challenge(context).nonce,
        chain_id=context.ledger.domain.chain_id,
        onward=onward,
        wrong=wrong,
    )


def _let_in(session: sessions.Session, onward: str, site: Site) -> Response:
    # No open redirect: the path is appended to the desk's address.
    path = onward.removeprefix(BASE)
    answer = RedirectResponse(BASE + (path if path.startswith("/") else "/"), 303)
    answer.set_cookie(**_cookie(site), value=session.token)
    return answer


def _cookie(site: Site) -> _Cookie:
    """Attributes of the session cookie: secure, except on a site on this machine."""
    return {
        "key": cookie_name(site),
        "path": "/",  # required for the __Host- prefix
        "httponly": True,
        "samesite": "lax",
        "secure": not site.is_local,
    }
