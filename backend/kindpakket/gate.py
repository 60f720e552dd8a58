"""Admission control of requests: rate limits, body size, and a queue for acts.

Runs on the event loop without the ledger, the store or cryptography, so that refusing a request is
cheap.
"""

import asyncio
from asyncio import Future
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kindpakket.domain.refusals import Code, RateLimited, Refusal
from kindpakket.metrics import QUEUED
from kindpakket.services.base.limits import Lane, Limits, network_of

MAX_BODY_BYTES = 1024 * 1024
"""Maximum size of a request's body."""
MAX_BODIES_BYTES = 64 * MAX_BODY_BYTES
"""Maximum total size of the bodies of all requests in progress."""
ACTS_AT_ONCE = 4
"""Maximum number of acts in progress.

Enough to keep the ledger's engine busy, which executes one at a time. Reads have the remaining
threads of 40.
"""
ACTS_AT_ONCE_ON_A_NODE = 16
"""The same when acts wait for a node to make a block."""
_SIGN_INS_AT_ONCE = 4
MOST_WAITING = 200
"""Maximum length of a queue, beyond which the network with the most requests is refused."""
BUSY_SECONDS = 5
"""After how many seconds a refused request can be retried."""

Tell = Callable[[Request, Refusal | None], Response]
"""Creates the response to a refused request; None means that its body is too large."""


class Gate:
    """ASGI middleware that admits or refuses requests.

    Args:
        lane_of: classifies a request.
        tell: creates the response to a refused request.
        acts_at_once: maximum number of acts in progress; reads are not queued.
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
        self._slots = {
            Lane.ACT: _SlotQueue(acts_at_once, Lane.ACT),
            Lane.SIGN_IN: _SlotQueue(_SIGN_INS_AT_ONCE, Lane.SIGN_IN),
        }
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
            if scope["method"] in ("GET", "HEAD") and lane not in self._slots:
                await self._app(scope, receive, send)
                return
            await self._with_body(scope, receive, send, lane, network)
        except RateLimited as refusal:
            await self._tell(Request(scope), refusal)(scope, receive, send)

    async def _with_body(
        self, scope: Scope, receive: Receive, send: Send, lane: Lane, network: str
    ) -> None:
        """Read the body before queueing, so that slow senders occupy no slot."""
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
            await self._in_slot(scope, _replay(bytes(body), receive), send, lane, network)
        finally:
            self._bodies_bytes -= len(body)

    async def _in_slot(
        self, scope: Scope, receive: Receive, send: Send, lane: Lane, network: str
    ) -> None:
        slots = self._slots.get(lane)
        if slots is None:
            await self._app(scope, receive, send)
            return
        await slots.acquire(network, self._limits.used(lane, network))
        taken = True

        def release() -> None:
            nonlocal taken
            if taken:
                taken = False
                slots.release()

        async def answering(message: Message) -> None:
            release()  # the handler is done: slow readers occupy no slot
            await send(message)

        try:
            await self._app(scope, receive, answering)
        finally:
            release()


@dataclass
class _Line:
    """The requests of one network that wait, each with its place in the order of arrival."""

    asked: int = 0
    """The number of the network's recent requests, when the last of these arrived."""
    waiting: deque[tuple[int, Future[None]]] = field(default_factory=deque)


class _SlotQueue:
    """A queue for a number of slots: networks with the fewest requests go first, and within a
    network those that arrived first."""

    def __init__(self, at_once: int, lane: Lane) -> None:
        self._free = at_once
        self._length = QUEUED.labels(lane)
        self._order = count()
        self._lines: dict[str, _Line] = {}

    async def acquire(self, network: str, asked: int) -> None:
        """Wait for a slot.

        Args:
            asked: the number of recent requests of this network.

        Raises:
            RateLimited: the queue is full, and this network has the most requests; or the server
                stops.
        """
        if self._free:
            self._free -= 1
            return
        slot: Future[None] = asyncio.get_running_loop().create_future()
        line = self._lines.setdefault(network, _Line())
        line.asked = asked
        line.waiting.append((next(self._order), slot))
        if sum(len(each.waiting) for each in self._lines.values()) > MOST_WAITING:
            self._refuse_one()
        try:
            with self._length.track_inprogress():
                await slot
        except asyncio.CancelledError as ended:
            if slot.done() and not slot.cancelled() and slot.exception() is None:
                self.release()
            # Not started; uvicorn's 500 would leave the outcome unknown.
            raise RateLimited(BUSY_SECONDS, Code.SERVER_BUSY) from ended

    def release(self) -> None:
        """Release a slot to the next in the queue."""
        self._forget_done()
        if not self._lines:
            self._free += 1
            return
        first = min(self._lines.values(), key=lambda line: (line.asked, line.waiting[0][0]))
        first.waiting.popleft()[1].set_result(None)

    def _refuse_one(self) -> None:
        """Refuse the last request of the network with the most."""
        self._forget_done()
        most = max(self._lines.values(), key=lambda line: (line.asked, line.waiting[-1][0]))
        most.waiting.pop()[1].set_exception(RateLimited(BUSY_SECONDS, Code.SERVER_BUSY))

    def _forget_done(self) -> None:
        """Drop the requests whose clients went away, and networks of which none waits."""
        for line in self._lines.values():
            if any(slot.done() for _, slot in line.waiting):
                line.waiting = deque(each for each in line.waiting if not each[1].done())
        self._lines = {name: line for name, line in self._lines.items() if line.waiting}


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a receive channel that first replays a body that was read."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def host_of(scope: Scope) -> str:
    """Return the client's address, from the connection or a trusted proxy; empty if unknown."""
    client = scope.get("client")
    return client[0] if client else ""


def was_forwarded(scope: Scope) -> bool:
    """Whether a request has headers of a proxy."""
    headers = Headers(scope=scope)
    return any(name in headers for name in ("forwarded", "x-forwarded-for", "via"))
