"""``/livez`` and ``/readyz``: whether the process answers, and whether it can do its work.

They come before the rate limits, and wait for nothing that can hang.
"""

from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kindpakket.services.oversight.readiness import OK, Readiness

LIVE, READY = "/livez", "/readyz"


class Probes:
    """ASGI middleware that answers the two paths."""

    def __init__(self, app: ASGIApp, readiness: Readiness) -> None:
        self._app = app
        self._readiness = readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a probe, or pass the request on."""
        probe = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if probe and scope["path"] == LIVE:
            await PlainTextResponse(OK)(scope, receive, send)
        elif probe and scope["path"] == READY:
            await (await self._ready())(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _ready(self) -> Response:
        words = {name: each.word for name, each in (await self._readiness.ask()).items()}
        return JSONResponse(words, 200 if set(words.values()) <= {OK} else 503)
