"""The web application: the API under ``/api/v1``, the apps, and the headers of every answer."""

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kindpakket import __version__
from kindpakket.api import problems, security_txt, watched, web
from kindpakket.api.file_routes import BYTES
from kindpakket.api.openapi import PREFIX, make_document
from kindpakket.api.pages.network import make_network_page
from kindpakket.api.pages.over import make_public_page
from kindpakket.api.pages.proof import make_page
from kindpakket.api.probes import LIVE, READY, Probes
from kindpakket.api.routes import router
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.gate import ACTS_AT_ONCE, Gate, Tell
from kindpakket.services.base.context import Context
from kindpakket.services.base.limits import Lane
from kindpakket.services.oversight.network import NetworkWatch, Playground
from kindpakket.services.oversight.readiness import Readiness
from kindpakket.site import Site

DESK = "/gemeente"
LONG_BYTES = 4096
"""Answers of the API above this size, in bytes, are compressed."""
_SIGN_INS = {
    f"{PREFIX}/session-challenges",
    f"{PREFIX}/sessions",
    f"{PREFIX}/enrolments",
    f"{DESK}/aanmelden",
    f"{DESK}/nieuw",
    f"{DESK}/werkaccount/koppelen",
}
"""Paths to which unauthenticated clients post."""
_ACCOUNTS = {f"{DESK}/werkaccount{path}" for path in ("", "/terug", "/afgemeld")}
"""Paths that wait for the identity provider. They have no queue, so that they hold up no key."""
_API = APIRouter()
_API.include_router(router, prefix=PREFIX)
"""The routes of the API, for every application of this process: FastAPI analyses them once."""
_HEADERS = {
    "API-Version": __version__,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(
    context: Context,
    *,
    contact_email: str,
    site: Site,
    acts_at_once: int = ACTS_AT_ONCE,
    desk: FastAPI | None = None,
    pages: APIRouter | None = None,
    network: NetworkWatch | None = None,
    playground: Playground | None = None,
    readiness: Readiness | None = None,
) -> FastAPI:
    """Create the application for one ledger.

    Args:
        site: its public address, the municipality and the look.
        acts_at_once: maximum number of acts in progress.
        desk: the desk's application, mounted under ``/gemeente``; its ``state.refuse`` renders a
            refusal as a page.
        pages: more routes outside the API; only these pages may frame the apps.
        network: asks the nodes of the ledger; None for the embedded chain.
        playground: a demo's nodes, which the page about the network can stop.
        readiness: what ``/readyz`` tells; nothing by default.
    """
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.context = context
    app.state.site = site
    app.router.routes.extend(_API.routes)
    if pages is not None:
        app.include_router(pages)
    app.include_router(make_page())
    app.include_router(make_public_page(site))
    app.include_router(security_txt.router)
    app.include_router(make_network_page(network or NetworkWatch(None), playground))
    web.install(app, site.look, framed=pages is not None)
    if desk is not None:
        app.add_api_route(DESK, _to_desk, methods=["GET"], include_in_schema=False)
        app.mount(DESK, desk)
    problems.install(app)
    _add_document(app, contact_email)
    tell = _refuser(desk)
    app.add_middleware(_CompressedApi)
    app.add_middleware(
        Gate, limits=context.limits, lane_of=_lane_of, tell=tell, acts_at_once=acts_at_once
    )
    app.add_middleware(Probes, readiness=readiness or Readiness({}))
    app.add_middleware(_Headers)
    app.add_middleware(watched.Watched, part_of=_part_of, api_prefix=PREFIX)
    return app


def _add_document(app: FastAPI, contact_email: str) -> None:
    """Add the route of the API's description."""

    @cache  # lazily: takes half a second, which a short-lived server can save
    def document() -> dict[str, Any]:
        return make_document(router, contact_email=contact_email)

    @app.get(f"{PREFIX}/openapi.json")
    def _get_document() -> JSONResponse:
        return JSONResponse(document(), headers={"Access-Control-Allow-Origin": "*"})


def _refuser(desk: FastAPI | None) -> Tell:
    """Return what answers a refusal of the gate: a page of the desk, or a problem of the API."""

    def refuse(request: Request, refusal: Refusal | None) -> Response:
        if desk is not None and request.url.path.startswith(f"{DESK}/"):
            page: Response = desk.state.refuse(request, refusal)
            return page
        if refusal is None:
            return problems.problem(request, Code.REQUEST_INVALID, status=413)
        return problems.refused(request, refusal)

    return refuse


def _lane_of(scope: Scope) -> Lane:
    if scope["path"] in _SIGN_INS:
        return Lane.SIGN_IN
    if scope["path"] in _ACCOUNTS:
        return Lane.ACCOUNT
    return Lane.READ if scope["method"] in ("GET", "HEAD") else Lane.ACT


def _part_of(path: str) -> str:
    """Return the part of the site that a path belongs to."""
    if path in (LIVE, READY):
        return watched.PROBES
    if path.startswith(f"{PREFIX}/"):
        return watched.API
    return watched.DESK if path.startswith(f"{DESK}/") else watched.APPS


def _to_desk() -> Response:
    return RedirectResponse(f"{DESK}/", 308, {"Cache-Control": "no-cache"})


class _Headers:
    """Middleware that sets headers on every answer, also on unexpected errors."""

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


class _CompressedApi:
    """Middleware that compresses long answers of the API. The apps' files are built compressed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._packing = GZipMiddleware(
            app,
            minimum_size=LONG_BYTES,
            compresslevel=4,
            exclude_content_types=(BYTES,),  # sealed, and read by ranges
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        of_api = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (self._packing if of_api else self._app)(scope, receive, send)
