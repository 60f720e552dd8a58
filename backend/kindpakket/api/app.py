"""The web application: the API under ``/api/v1``, with the headers that every answer carries."""

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kindpakket import __version__
from kindpakket.api import problems
from kindpakket.api.openapi import PREFIX, make_document
from kindpakket.api.routes import router
from kindpakket.services.context import Context

MAX_BODY_BYTES = 1024 * 1024
_HEADERS = {
    "API-Version": __version__,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(context: Context, *, contact_email: str, pages: APIRouter | None = None) -> FastAPI:
    """Return the application that serves one ledger."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.context = context
    app.include_router(router, prefix=PREFIX)
    if pages is not None:
        app.include_router(pages)
    problems.install(app)
    app.add_middleware(_BodyLimit)
    app.add_middleware(BaseHTTPMiddleware, dispatch=_add_headers)

    @cache  # half a second's work, which a server that lives for one command does not need
    def document() -> dict[str, Any]:
        return make_document(router, contact_email=contact_email)

    @app.get(f"{PREFIX}/openapi.json")
    def _get_document() -> JSONResponse:
        return JSONResponse(document(), headers={"Access-Control-Allow-Origin": "*"})

    return app


async def _add_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
    try:
        response = await call_next(request)
    except Exception as error:
        response = problems.unexpected(request, error)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


class _BodyLimit:
    """Stops reading a body that is too large, however it is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MAX_BODY_BYTES:
                raise HTTPException(413)
            return message

        await self._app(scope, limited, send)
