"""Error pages: what happened, that nothing was lost, and what to do."""

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from kindpakket.desk.pages import BASE
from kindpakket.desk.parts import FormForged, NotSignedIn, find_signed_in, page
from kindpakket.domain.language import current_catalogue, say
from kindpakket.domain.refusals import DUTCH, ENGLISH, Code, Forbidden, RateLimited, Refusal
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.logs import place_of
from kindpakket.metrics import REFUSALS
from kindpakket.store.database import StoreUnavailable

log = structlog.get_logger()


def say_refusal(code: Code) -> tuple[str, str]:
    """Return the text of a refusal and its hint."""
    return (ENGLISH if current_catalogue().language == "en" else DUTCH)[code]


def install(app: FastAPI) -> None:
    """Install handlers that render every error of the desk as a page."""
    for error, handler in _HANDLERS.items():
        app.exception_handler(error)(handler)


def _sign_in(request: Request, _error: NotSignedIn) -> Response:
    if request.method == "GET":
        query = request.url.query and f"?{request.url.query}"
        onward = quote(request.url.path + query)
        return RedirectResponse(f"{BASE}/aanmelden?verder={onward}", 303)
    return page(request, "session_ended.html.jinja", status=401)


def _forged(request: Request, _error: FormForged) -> Response:
    return _tell(
        request,
        403,
        say("Dit formulier is niet van deze pagina"),
        say("Er is niets gebeurd. Open de pagina opnieuw en vul het formulier weer in."),
    )


def _forbidden(request: Request, _error: Forbidden) -> Response:
    return _tell(
        request,
        403,
        say("Dit mag u niet"),
        say("Uw bevoegdheden staan op de pagina Ambtenaren."),
    )


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    _recognise(request)
    code = Code.NOT_FOUND if status == 404 else Code.REQUEST_INVALID
    return _tell_code(request, status, code)


def _no_ledger(request: Request, _error: LedgerUnavailable) -> Response:
    return _tell_code(request, 503, Code.LEDGER_UNAVAILABLE)


def _no_records(request: Request, error: StoreUnavailable) -> Response:
    log.error("store_unavailable", error=str(error))
    return _tell_code(request, 503, Code.STORE_UNAVAILABLE)


def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("server_error", **place_of(error))
    return _tell_code(request, 500, Code.SERVER_ERROR)


def _recognise(request: Request) -> None:
    """Find the official of the session, so that the page for a wrong address has the menu."""
    with suppress(NotSignedIn, LedgerUnavailable, StoreUnavailable):
        find_signed_in(request, request.app.state.context)


def refused_at_the_gate(request: Request, refusal: Refusal | None) -> Response:
    """Render the page for a request that the gate refused; None: its body is too large."""
    if refusal is None:
        return _tell_code(request, 413, Code.REQUEST_INVALID)
    return _refused(request, refusal)


def _refused(request: Request, refusal: Refusal) -> Response:
    if isinstance(refusal, RateLimited):
        status = 429 if refusal.code == Code.RATE_LIMITED else 503
        answer = _tell_code(request, status, refusal.code)
        answer.headers["Retry-After"] = str(refusal.seconds)
        return answer
    status = 404 if refusal.code in (Code.NOT_FOUND, Code.SCHEME_UNKNOWN) else 409
    return _tell_code(request, status, refusal.code)


def _tell_code(request: Request, status: int, code: Code) -> HTMLResponse:
    REFUSALS.labels(code).inc()
    return _tell(request, status, *say_refusal(code))


def _tell(request: Request, status: int, heading: str, what: str) -> HTMLResponse:
    return page(request, "error.html.jinja", status=status, heading=heading, what=what)


_HANDLERS: dict[type[Exception], Callable[..., Response]] = {
    NotSignedIn: _sign_in,
    FormForged: _forged,
    Forbidden: _forbidden,
    Refusal: _refused,
    RequestValidationError: _http,
    HTTPException: _http,
    LedgerUnavailable: _no_ledger,
    StoreUnavailable: _no_records,
    Exception: _unforeseen,
}
