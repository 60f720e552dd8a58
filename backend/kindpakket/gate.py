"""What every request passes before a handler sees it: counts, its body, and its turn.

All of it happens on the event loop and asks nothing of the ledger, the store or a key, so that a
request that is refused here costs next to nothing.
"""

import asyncio
from collections.abc import Callable

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kindpakket.domain.refusals import Code, RateLimited, Refusal
from kindpakket.services.limits import Lane, Limits, network_of

MAX_BODY_BYTES = 1024 * 1024
"""Of one request."""
MAX_BODIES_BYTES = 64 * MAX_BODY_BYTES
"""Of all requests that are being read or handled."""
AT_ONCE = {Lane.ACT: 16, Lane.SIGN_IN: 8}
"""How many threads those who write may keep busy; reading has the others, of which there are 40."""
MOST_WAITING = 200
"""For one of these, before more are sent away."""
BUSY_SECONDS = 5
"""When those may try again."""

Tell = Callable[[Request, Refusal | None], Response]
"""Makes the answer to a request that is refused; None: its body is too large."""


class Gate:
    """Lets requests in, or sends them away.

    Args:
        lane_of: what a request counts as.
        tell: makes the answer to one that is sent away.
    """

    def __init__(
        self, app: ASGIApp, limits: Limits, lane_of: Callable[[Scope], Lane], tell: Tell
    ) -> None:
        self._app = app
        self._limits = limits
        self._lane_of = lane_of
        self._tell = tell
        self._turns = {lane: _Turns(at_once) for lane, at_once in AT_ONCE.items()}
        self._bodies_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        lane = self._lane_of(scope)
        try:
            self._limits.count(lane, network_of(host_of(scope)))
            if scope["method"] in ("GET", "HEAD") and lane not in self._turns:
                await self._app(scope, receive, send)
                return
            await self._with_body(scope, receive, send, lane)
        except RateLimited as refusal:
            await self._tell(Request(scope), refusal)(scope, receive, send)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send, lane: Lane) -> None:
        """Read the body before its turn: who sends slowly keeps no thread from others."""
        body = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                part = message.get("body", b"")
                if len(body) + len(part) > MAX_BODY_BYTES:
                    await self._tell(Request(scope), None)(scope, receive, send)
                    return
                if self._bodies_bytes + len(part) > MAX_BODIES_BYTES:
                    raise RateLimited(BUSY_SECONDS, Code.SERVER_BUSY)
                self._bodies_bytes += len(part)
                body += part
                if not message.get("more_body"):
                    break
            await self._in_turn(scope, _replay(bytes(body), receive), send, lane)
        finally:
            self._bodies_bytes -= len(body)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send, lane: Lane) -> None:
        turns = self._turns.get(lane)
        if turns is None:
            await self._app(scope, receive, send)
            return
        await turns.take()
        taken = True

        def give_back() -> None:
            nonlocal taken
            if taken:
                taken = False
                turns.give_back()

        async def answering(message: Message) -> None:
            give_back()  # the work is done: who reads the answer slowly keeps no turn
            await send(message)

        try:
            await self._app(scope, receive, answering)
        finally:
            give_back()


class _Turns:
    """So many at once; so many more may wait."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0

    async def take(self) -> None:
        """Wait for a turn.

        Raises:
            RateLimited: too many wait already.
        """
        if self._free.locked() and self._waiting >= MOST_WAITING:
            raise RateLimited(BUSY_SECONDS, Code.SERVER_BUSY)
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1

    def give_back(self) -> None:
        """End a turn."""
        self._free.release()


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a body that was read, and after it what comes."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def host_of(scope: Scope) -> str:
    """Return the address that a request comes from, as the server has it from the connection or
    from a proxy that it trusts; empty when there is none."""
    client = scope.get("client")
    return client[0] if client else ""


def was_forwarded(scope: Scope) -> bool:
    """Whether a proxy says that it passed a request on."""
    headers = Headers(scope=scope)
    return any(name in headers for name in ("forwarded", "x-forwarded-for", "via"))
