"""Errors as problem+json (RFC 9457), with the HTTP status of each refusal."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from kindpakket.api.pages.error import is_for_a_person, make_error_page
from kindpakket.domain.refusals import DUTCH, ENGLISH, Code, Forbidden, RateLimited, Refusal
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.logs import place_of
from kindpakket.metrics import REFUSALS
from kindpakket.store.database import StoreUnavailable

PROBLEM_JSON = "application/problem+json"

_STATUS = {
    Code.CODE_UNREADABLE: 400,
    Code.REQUEST_INVALID: 400,
    Code.SESSION_INVALID: 401,
    Code.ACCOUNT_REFUSED: 401,
    Code.REASON_MISSING: 403,
    Code.BOOKS_NOT_ALLOWED: 403,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.RATE_LIMITED: 429,
    Code.SERVER_ERROR: 500,
    Code.SERVER_BUSY: 503,
    Code.LEDGER_UNAVAILABLE: 503,
    Code.STORE_UNAVAILABLE: 503,
    Code.ACCOUNT_PROVIDER_UNAVAILABLE: 503,
    Code.CLOCK_JUMPED: 503,
    Code.NODES_DIFFER: 503,
}
"""All other codes are refusals by the rules: 409."""

_BY_STATUS = {404: Code.NOT_FOUND, 405: Code.METHOD_NOT_ALLOWED}

for _code in Code:  # so that each is exported from the start
    REFUSALS.labels(_code)

log = structlog.get_logger()


def problem(
    request: Request,
    code: Code,
    *,
    status: int | None = None,
    errors: list[dict[str, str]] | None = None,
) -> Response:
    """Return a problem in Dutch, or in English if the client prefers that.

    Outside the API it is an HTML page if the client accepts that.
    """
    REFUSALS.labels(code).inc()
    english = request.headers.get("accept-language", "nl").lower().startswith("en")
    lang = "en" if english else "nl"
    status = status or _STATUS.get(code, 409)
    title, hint = (ENGLISH if english else DUTCH)[code]
    if is_for_a_person(request):
        return make_error_page(request, code, status, title, hint, lang)
    body = {
        "type": f"urn:kindpakket:problem:{code}",
        "title": title,
        "status": status,
        "detail": hint,
        "code": code,
    }
    headers = {"Content-Language": lang}
    if errors is not None:
        body["errors"] = errors
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, headers, PROBLEM_JSON)


def refused(request: Request, refusal: Refusal) -> Response:
    """Return the problem of a refusal, with Retry-After if that is known."""
    unknown = {Code.SCHEME_UNKNOWN, Code.PAYMENT_UNKNOWN}
    in_path = request.method == "GET" and refusal.code in unknown
    status = 404 if in_path else 403 if isinstance(refusal, Forbidden) else None
    answer = problem(request, refusal.code, status=status)
    if isinstance(refusal, RateLimited):
        answer.headers["Retry-After"] = str(refusal.seconds)
    return answer


def install(app: FastAPI) -> None:
    """Install handlers that turn every error of this application into a problem."""

    app.exception_handler(Refusal)(refused)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        errors = [
            {
                "field": _field(item),
                "code": item["type"],
                "message": item["msg"],
            }
            for item in error.errors()
        ]
        only_code = [item["code"] for item in errors] == [Code.CODE_UNREADABLE]
        code = Code.CODE_UNREADABLE if only_code else Code.REQUEST_INVALID
        return problem(request, code, errors=errors)

    @app.exception_handler(LedgerUnavailable)
    def _unavailable(request: Request, _error: LedgerUnavailable) -> Response:
        return problem(request, Code.LEDGER_UNAVAILABLE)

    @app.exception_handler(StoreUnavailable)
    def _no_records(request: Request, error: StoreUnavailable) -> Response:
        log.error("store_unavailable", error=str(error))
        return problem(request, Code.STORE_UNAVAILABLE)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        code = _BY_STATUS.get(error.status_code, Code.REQUEST_INVALID)
        answer = problem(request, code, status=error.status_code)
        answer.headers.update(error.headers or {})
        return answer


def unexpected(request: Request, error: Exception) -> Response:
    """Return the problem of an unexpected error, without internal details."""
    log.error("server_error", **place_of(error))
    return problem(request, Code.SERVER_ERROR)


def _field(mistake: dict[str, Any]) -> str:
    source, *parts = mistake["loc"]
    named = [] if mistake["type"] == "json_invalid" else parts  # whose location is a position
    return ".".join(map(str, named)) or str(source)
