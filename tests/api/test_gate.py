"""The gate: queues, limits and bodies, in front of an application that answers on command."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields

import pytest
from fastapi import Request, Response
from starlette.types import Message, Receive, Scope, Send

from kindpakket import gate as module
from kindpakket.domain.ids import Address
from kindpakket.domain.refusals import Code, RateLimited, Refusal
from kindpakket.gate import ACTS_AT_ONCE, BUSY_SECONDS, MAX_BODY_BYTES, MOST_WAITING, Gate
from kindpakket.services.base.limits import Lane, Limits, Rates

NO_MORE: Message = {"type": "http.disconnect"}


def tell(_request: Request, refusal: Refusal | None) -> Response:
    if not isinstance(refusal, RateLimited):
        return Response(status_code=413)
    status = 503 if refusal.code == Code.SERVER_BUSY else 429
    return Response(status_code=status, headers={"Retry-After": str(refusal.seconds)})


@dataclass
class Server:
    """A gate in front of an application that holds every request until it is released."""

    at_once: int = ACTS_AT_ONCE
    begun: int = 0
    done: list[str] = field(default_factory=list)
    """The networks whose requests were answered, in order."""
    ports: list[int] = field(default_factory=list)
    """Their ports."""
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        rates = Rates(*("1000000 per 1 second" for _ in fields(Rates)))
        self.limits = Limits(rates, lambda: 0)
        self.gate = Gate(
            self._app, self.limits, lambda scope: Lane(scope["path"][1:]), tell, self.at_once
        )

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.begun += 1
        if scope["path"] != "/read":
            await self.may_answer.wait()
            self.done.append(scope["client"][0])
            self.ports.append(scope["client"][1])
        await Response("done")(scope, receive, send)

    async def ask(
        self,
        lane: Lane,
        parts: Iterable[bytes] = (b"{}",),
        taking: Callable[[Message], asyncio.Future[None]] | None = None,
        network: str = "192.0.2.1",
        port: int = 1,
    ) -> tuple[int, str | None]:
        """Send a request; return the status of the answer and its Retry-After."""
        answer: Message = {}
        messages: list[Message] = [
            {"type": "http.request", "body": part, "more_body": True} for part in parts
        ]
        messages[-1]["more_body"] = False

        async def receive() -> Message:
            return messages.pop(0) if messages else NO_MORE

        async def send(message: Message) -> None:
            nonlocal answer
            if message["type"] == "http.response.start":
                answer = message
            elif taking:
                await taking(message)

        method = "GET" if lane == Lane.READ else "POST"
        scope = {
            "type": "http",
            "method": method,
            "path": f"/{lane}",
            "headers": [],
            "client": (network, port),
        }
        await self.gate(scope, receive, send)
        return answer["status"], dict(answer["headers"]).get(b"retry-after", b"").decode() or None


async def settled() -> None:
    """Run the event loop until nothing is left to do."""
    for _ in range(50):
        await asyncio.sleep(0)


def test_acts_take_turns_and_reading_goes_on() -> None:
    async def story() -> None:
        server = Server()
        acts = [asyncio.create_task(server.ask(Lane.ACT)) for _ in range(ACTS_AT_ONCE + 50)]
        await settled()
        assert server.begun == ACTS_AT_ONCE
        assert await server.ask(Lane.READ) == (200, None)
        sign_in = asyncio.create_task(server.ask(Lane.SIGN_IN))
        await settled()
        assert server.begun == ACTS_AT_ONCE + 2
        server.may_answer.set()
        assert {await act for act in [*acts, sign_in]} == {(200, None)}

    asyncio.run(story())


def test_when_the_queue_is_full_more_are_sent_away_and_nobody_in_it_is() -> None:
    async def story() -> None:
        server = Server()
        fit = ACTS_AT_ONCE + MOST_WAITING
        acts = [asyncio.create_task(server.ask(Lane.ACT)) for _ in range(fit)]
        await settled()
        for _ in range(3):
            assert await server.ask(Lane.ACT) == (503, str(BUSY_SECONDS))
        server.may_answer.set()
        assert {await act for act in acts} == {(200, None)}
        assert server.begun == fit
        assert await server.ask(Lane.ACT) == (200, None)

    asyncio.run(story())


def test_who_asked_least_goes_first() -> None:
    async def story() -> None:
        server = Server(at_once=1)
        often = [asyncio.create_task(server.ask(Lane.ACT, network="192.0.2.66")) for _ in range(50)]
        await settled()
        seldom = asyncio.create_task(server.ask(Lane.ACT, network="192.0.2.1"))
        await settled()
        server.may_answer.set()
        assert {await act for act in [*often, seldom]} == {(200, None)}
        assert server.done.index("192.0.2.1") == 1

    asyncio.run(story())


def test_within_a_network_who_came_first_goes_first() -> None:
    """Also when an act counts for its key, so that later ones of the network see a lower count."""

    async def story() -> None:
        server = Server(at_once=1)
        running = asyncio.create_task(server.ask(Lane.ACT, network="192.0.2.66", port=9))
        await settled()
        acts = []
        for port in (1, 2, 3):
            acts.append(asyncio.create_task(server.ask(Lane.ACT, port=port)))
            await settled()
        for _ in range(3):
            server.limits.move(Lane.ACT, "192.0.2.1", Address("0x" + "a1" * 20))
        acts.append(asyncio.create_task(server.ask(Lane.ACT, port=4)))
        await settled()
        server.may_answer.set()
        await asyncio.gather(running, *acts)
        assert server.ports == [9, 1, 2, 3, 4]

    asyncio.run(story())


def test_when_the_queue_is_full_who_asked_most_is_sent_away() -> None:
    async def story() -> None:
        server = Server(at_once=1)
        often = [
            asyncio.create_task(server.ask(Lane.ACT, network="192.0.2.66"))
            for _ in range(1 + MOST_WAITING)
        ]
        await settled()
        seldom = asyncio.create_task(server.ask(Lane.ACT, network="192.0.2.1"))
        await settled()
        server.may_answer.set()
        assert await seldom == (200, None)
        answers = [await act for act in often]
        assert answers.count((503, str(BUSY_SECONDS))) == 1
        assert answers[-1] == (503, str(BUSY_SECONDS))

    asyncio.run(story())


def test_who_goes_away_while_waiting_leaves_their_turn_to_the_next() -> None:
    async def story() -> None:
        server = Server(at_once=1)
        acts = [asyncio.create_task(server.ask(Lane.ACT)) for _ in range(3)]
        await settled()
        acts[1].cancel()
        await settled()
        server.may_answer.set()
        assert await acts[2] == (200, None)
        assert await server.ask(Lane.ACT) == (200, None)

    asyncio.run(story())


def test_who_waits_when_the_server_ends_is_told_that_nothing_was_done() -> None:
    async def story() -> None:
        server = Server(at_once=1)
        begun, *waiting = [asyncio.create_task(server.ask(Lane.ACT)) for _ in range(3)]
        await settled()
        for each in (begun, *waiting):
            each.cancel()  # as uvicorn does, once it has waited for them
        assert {await each for each in waiting} == {(503, str(BUSY_SECONDS))}
        with pytest.raises(asyncio.CancelledError):
            await begun
        assert server.begun == 1

    asyncio.run(story())


def test_who_takes_an_answer_slowly_keeps_no_turn() -> None:
    async def story() -> None:
        server, never = Server(at_once=1), asyncio.get_running_loop().create_future()
        server.may_answer.set()
        slow = asyncio.create_task(server.ask(Lane.ACT, taking=lambda _message: never))
        await settled()
        assert await server.ask(Lane.ACT) == (200, None)
        never.set_result(None)
        assert await slow == (200, None)

    asyncio.run(story())


def test_bodies_have_a_maximum_each_and_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BODIES_BYTES", 3 * MAX_BODY_BYTES)

    async def story() -> None:
        server, whole = Server(), [b" " * (MAX_BODY_BYTES // 4)] * 4
        assert (await server.ask(Lane.ACT, [*whole, b" "]))[0] == 413
        kept = [asyncio.create_task(server.ask(Lane.ACT, whole)) for _ in range(3)]
        await settled()
        assert await server.ask(Lane.ACT, [b" "]) == (503, str(BUSY_SECONDS))
        server.may_answer.set()
        assert {await each for each in kept} == {(200, None)}
        assert await server.ask(Lane.ACT, whole) == (200, None)

    asyncio.run(story())
