"""What every request passes before a handler sees it: counts, its body, and its turn.

All of it happens on the event loop and asks nothing of the ledger, the store or a key, so that a
request that is refused here costs next to nothing.
"""

import asyncio
from asyncio import Future
from collections.abc import Callable
from itertools import count

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kindpakket.domain.refusals import Code, RateLimited, Refusal
from kindpakket.services.base.limits import Lane, Limits, network_of

MAX_BODY_BYTES = 1024 * 1024
"""Of one request."""
MAX_BODIES_BYTES = 64 * MAX_BODY_BYTES
"""Of all requests that are being read or handled."""
ACTS_AT_ONCE = 4
"""How many acts are worked on at once: as many as keep the ledger's engine busy, which carries out
one at a time. Reading has the other threads, of 40."""
ACTS_AT_ONCE_ON_A_NODE = 16
"""The same where an act waits for a node to make a block."""
_SIGN_INS_AT_ONCE = 4
MOST_WAITING = 200
"""For one of these, before the network that asks most is sent away."""
BUSY_SECONDS = 5
"""When those may try again."""

Tell = Callable[[Request, Refusal | None], Response]
"""Makes the answer to a request that is refused; None: its body is too large."""


class Gate:
    """Lets requests in, or sends them away.

    Args:
        lane_of: what a request counts as.
        tell: makes the answer to one that is sent away.
        acts_at_once: how many acts are worked on at once; reading takes no turns.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        lane_of: Callable[[Scope], Lane],
        tell: Tell,
        acts_at_once: int,
    ) -> None:
        self._app = app
        self._limits = limits
        self._lane_of = lane_of
        self._tell = tell
        self._turns = {Lane.ACT: _Turns(acts_at_once), Lane.SIGN_IN: _Turns(_SIGN_INS_AT_ONCE)}
        self._bodies_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        lane = self._lane_of(scope)
        try:
            network = network_of(host_of(scope))
            self._limits.count(lane, network)
            if scope["method"] in ("GET", "HEAD") and lane not in self._turns:
                await self._app(scope, receive, send)
                return
            await self._with_body(scope, receive, send, lane, network)
        except RateLimited as refusal:
            await self._tell(Request(scope), refusal)(scope, receive, send)

    async def _with_body(
        self, scope: Scope, receive: Receive, send: Send, lane: Lane, network: str
    ) -> None:
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
            await self._in_turn(scope, _replay(bytes(body), receive), send, lane, network)
        finally:
            self._bodies_bytes -= len(body)

    async def _in_turn(
        self, scope: Scope, receive: Receive, send: Send, lane: Lane, network: str
    ) -> None:
        turns = self._turns.get(lane)
        if turns is None:
            await self._app(scope, receive, send)
            return
        await turns.take(self._limits.used(lane, network))
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
    """So many at once; so many more may wait, and who asked least goes first."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._order = count()
        self._waiting: list[tuple[int, int, Future[None]]] = []

    async def take(self, asked: int) -> None:
        """Wait for a turn.

        Args:
            asked: how often this network asked lately.

        Raises:
            RateLimited: too many wait already, none of whom asked more.
        """
        if self._free:
            self._free -= 1
            return
        turn: Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, next(self._order), turn))
        if len(self._waiting) > MOST_WAITING:
            last = max(self._waiting)
            self._waiting.remove(last)
            last[2].set_exception(RateLimited(BUSY_SECONDS, Code.SERVER_BUSY))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give_back()
            raise

    def give_back(self) -> None:
        """End a turn; it goes to who waits."""
        self._waiting = [each for each in self._waiting if not each[2].done()]
        if self._waiting:
            first = min(self._waiting)
            self._waiting.remove(first)
            first[2].set_result(None)
        else:
            self._free += 1


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
