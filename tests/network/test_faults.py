"""Faults that one node shows as well as four do."""

import logging
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from kindpakket.actors import claim
from scripts.bench.patient import NO_ANSWER, Told
from scripts.bench.processes import Server, served
from scripts.bench.town import AMOUNT, TILL
from tests.network.municipality import (
    OTHERS,
    PATIENCE_SECONDS,
    Municipality,
    awaited,
    port_of,
    post,
)
from tests.support.proxy import proxied

_log = logging.getLogger(__name__)

LAST = -1
"""The last node, which is the only one on anvil."""


def test_without_a_fault_every_payment_is_on_the_chain(municipality: Municipality) -> None:
    settings = municipality.settings(0)
    with served(settings), municipality.paying(settings) as paying:
        paying.await_more(50, PATIENCE_SECONDS)


def test_the_line_between_server_and_node_is_cut_and_heals(municipality: Municipality) -> None:
    with proxied(port_of(municipality.chain.urls[0])) as line:
        settings = municipality.settings(url=f"http://127.0.0.1:{line.port}")
        with served(settings), municipality.paying(settings) as paying:
            for _ in range(3):
                line.cut()
                paying.await_answer(503, PATIENCE_SECONDS)
                line.heal()
                paying.await_more(10, PATIENCE_SECONDS)


def test_a_node_that_stands_still_is_waited_for(municipality: Municipality) -> None:
    settings = municipality.settings(0)
    with served(settings), municipality.paying(settings) as paying:
        municipality.chain.freeze(0)
        paying.await_answer(503, PATIENCE_SECONDS)
        municipality.chain.thaw(0)


def test_a_server_that_is_killed_continues_where_it_was(municipality: Municipality) -> None:
    settings = municipality.settings(0)
    with ExitStack() as servers:
        server = servers.enter_context(served(settings))
        with municipality.paying(settings) as paying:
            for _ in range(3):
                os.kill(server.pid, signal.SIGKILL)
                paying.await_answer(NO_ANSWER, PATIENCE_SECONDS)
                server = servers.enter_context(served(settings))
                paying.await_more(10, PATIENCE_SECONDS)


@pytest.mark.parametrize(
    ("claims", "answers"),
    [(1, {(200, 200), (200, 201)}), (2, {(200, 409), (201, 409)})],
    ids=["same", "other"],
)
def test_one_code_at_two_servers_is_one_payment(
    municipality: Municipality, tmp_path: Path, claims: int, answers: set[tuple[int, int]]
) -> None:
    """As one claim that is sent to both, or as two claims. Each server has its own relay and, when
    there are several, its own node."""
    first = municipality.settings(0)
    second = municipality.second_server(tmp_path / "second", LAST)
    start, spent = municipality.head(), municipality.spent(0)
    told: dict[str, int] = {}
    with served(first) as one, served(second) as other:
        for body in municipality.town.claims(OTHERS):
            bodies = [body, body]
            if claims == 2:
                bodies[1] = claim(municipality.town.domain, TILL, body["code"], AMOUNT)
            both = _sent_to_both(one, other, bodies)
            assert tuple(sorted(answer.status_code for answer in both)) in answers
            paid = [answer.json() for answer in both if answer.is_success]
            assert len({payment["id"] for payment in paid}) == 1
            told |= {payment["id"]: payment["amount"] for payment in paid}
    assert len(told) == len(OTHERS)
    municipality.check(Told(cents=told), start)
    assert municipality.spent(LAST) == spent + len(OTHERS) * AMOUNT


def _sent_to_both(
    one: Server, other: Server, bodies: list[dict[str, Any]]
) -> list[httpx2.Response]:
    """Send a claim to each server at the same moment, as often as it takes to know the outcome;
    return the answers."""
    ready = threading.Barrier(2)

    def send(server: Server, body: dict[str, Any]) -> httpx2.Response:
        ready.wait()
        return awaited(lambda: _outcome(post(server, body)), PATIENCE_SECONDS)

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(send, (one, other), bodies))


def _outcome(answer: httpx2.Response) -> httpx2.Response | None:
    if answer.status_code in (202, 503):
        _log.info("not yet: %s", answer.text)
        return None
    return answer
