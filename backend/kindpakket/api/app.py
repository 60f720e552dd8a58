"""The web application: the API under ``/api/v1``, the apps, and the headers of every answer."""

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kindpakket import __version__
from kindpakket.api import problems, web
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
    web.install(app)
    problems.install(app)
    app.add_middleware(_BodyLimit)
    app.add_middleware(_Headers)

    @cache  # half a second's work, which a server that lives for one command does not need
    def document() -> dict[str, Any]:
        return make_document(router, contact_email=contact_email)

    @app.get(f"{PREFIX}/openapi.json")
    def _get_document() -> JSONResponse:
        return JSONResponse(document(), headers={"Access-Control-Allow-Origin": "*"})

    return app


class _Headers:
    """Puts the headers on every answer, also when something went wrong that nobody foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as error:
            await problems.unexpected(Request(scope), error)(scope, receive, with_headers)


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
