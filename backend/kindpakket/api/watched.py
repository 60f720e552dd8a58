"""What is told of each request: one line in the log, and metrics. No body, no address, no query."""

import time
from collections.abc import Callable
from secrets import token_hex

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from kindpakket.metrics import ACT_SECONDS, ACTS, REQUEST_SECONDS, REQUESTS

REQUEST_ID = "X-Request-ID"
"""The header of every answer with the id that the lines of its request have."""
PARTS = API, APPS, DESK, PROBES = "api", "apps", "desk", "probes"
"""Parts of the site."""
_FILE, _UNROUTED = "file", "none"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_OUTCOMES = {200: "repeated", 201: "settled", 202: "pending", 429: "limited", 500: "failed"}
_BUSY, _REFUSED, _UNANSWERED = "unavailable", "refused", "unanswered"
OUTCOMES = (*_OUTCOMES.values(), _BUSY, _REFUSED, _UNANSWERED)

for _part in PARTS:  # so that the first error is an increase
    REQUESTS.labels(_part, 500)

log = structlog.get_logger()


class Watched:
    """ASGI middleware that tells of each request when it has been answered.

    Args:
        part_of: returns the part of the site that a path belongs to.
        api_prefix: what the API's routes have before their paths.
    """

    def __init__(self, app: ASGIApp, part_of: Callable[[str], str], api_prefix: str) -> None:
        self._app = app
        self._part_of = part_of
        self._api_prefix = api_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, request, status = time.perf_counter(), token_hex(8), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request
            await send(message)

        with bound_contextvars(request=request):
            try:
                await self._app(scope, receive, noting)
            finally:
                self._tell(scope, status, time.perf_counter() - started)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        """Tell of a request; the status is zero if the client left before its answer."""
        part, method, route = self._part_of(scope["path"]), scope["method"], _route_of(scope)
        method = method if method in _METHODS else "other"
        REQUESTS.labels(part, status).inc()
        REQUEST_SECONDS.labels(part).observe(seconds)
        if part == API and route.startswith("/"):
            if method == "POST":
                ACTS.labels(route, _outcome_of(status)).inc()
                ACT_SECONDS.labels(route).observe(seconds)
            route = self._api_prefix + route.removeprefix(self._api_prefix)
        tell = log.debug if part == PROBES else log.info
        tell("request", method=method, route=route, status=status, ms=round(1000 * seconds, 1))


def _route_of(scope: Scope) -> str:
    """Return the template of the route, such as ``/payments/{payment}``."""
    path: str | None = getattr(scope.get("route"), "path", None)
    if path is None:
        return _FILE if "endpoint" in scope else _UNROUTED
    return str(scope.get("root_path", "")) + path


def _outcome_of(status: int) -> str:
    if status == 0:
        return _UNANSWERED
    return _OUTCOMES.get(status, _REFUSED if status < 500 else _BUSY)
