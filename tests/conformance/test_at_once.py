"""Simultaneous requests: a code is paid once, and a claim is one payment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx2
import pytest

from kindpakket.actors import API, Till, claim
from kindpakket.main import build_app, serving
from kindpakket.protocol.signatures import Key
from kindpakket.settings import Settings
from tests.support.chains import ChainUnderTest, own_or
from tests.support.town import BICYCLES, Clock, Town, copied, opened, owner_of

pytestmark = pytest.mark.xdist_group("at_once")  # the tills are added once

TILLS = [Till(BICYCLES, Key(bytes([7, number]) * 16)) for number in range(200)]
Answers = list[tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module", params=["embedded", "node"])
def engine(request: pytest.FixtureRequest) -> str:
    engine: str = request.param
    return engine


@pytest.fixture(scope="module")
def town(
    engine: str,
    founded: Path,
    shared: ChainUnderTest | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """A shop with 200 tills, on either engine."""
    directory = tmp_path_factory.mktemp("at_once") / "town"
    if engine == "embedded":
        clock = Clock()
        clock.time += 60
        with opened(copied(founded, directory), clock) as town:
            yield with_tills(town)
    else:
        with own_or(shared) as chain, chain.town(directory) as town:
            yield with_tills(town)


def with_tills(town: Town) -> Town:
    for nonce, till in enumerate(TILLS, start=town.now()):
        town.api.change_till(owner_of(BICYCLES), BICYCLES, till.key, nonce, active=True)
    return town


@pytest.fixture
def base_url(town: Town) -> Iterator[str]:
    """A real server, so that requests run in threads of its own."""
    with serving(build_app(town.workspace, Settings(data=town.directory)), None) as base_url:
        yield base_url


def sent_at_once(base_url: str, bodies: list[dict[str, Any]]) -> Answers:
    """Send each claim from its own thread and connection, all at the same moment."""
    ready = Barrier(len(bodies))

    def send(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        ready.wait()
        answer = http.post(f"{API}/payments", json=body)
        return answer.status_code, answer.json()

    limits = httpx2.Limits(max_connections=len(bodies))
    with (
        httpx2.Client(base_url=base_url, limits=limits, timeout=120) as http,
        ThreadPoolExecutor(len(bodies)) as threads,
    ):
        return list(threads.map(send, bodies))


def test_one_code_at_200_tills_is_one_payment_and_199_refusals(town: Town, base_url: str) -> None:
    spent = town.view("schemes", 1)["spent"]
    code = town.code(250, coupons=(0, 1, 2))
    answers = sent_at_once(base_url, [claim(town.api.domain, till, code, 250) for till in TILLS])
    assert [status for status, _ in answers if status != 409] == [201]
    refused = [told for status, told in answers if status == 409]
    assert len(refused) == 199
    assert {told["code"] for told in refused} == {"code_already_used"}
    assert town.view("schemes", 1)["spent"] == spent + 250


def test_one_claim_sent_50_times_is_one_payment_with_one_answer(town: Town, base_url: str) -> None:
    spent = town.view("schemes", 1)["spent"]
    body = claim(town.api.domain, TILLS[0], town.code(250, coupons=(3, 4)), 250)
    answers = sent_at_once(base_url, [body] * 50)
    assert [status for status, _ in answers].count(201) == 1
    assert {status for status, _ in answers} <= {200, 201, 202}  # 202: while it is pending
    again = [town.post("/payments", body) for _ in range(3)]
    assert {answer.status_code for answer in again} == {200}
    [payment] = [told for status, told in answers if status == 201]
    assert all(answer.json() == payment for answer in again)
    for status, told in answers:
        if status == 202:
            payment_then = {"time": None, "transaction": None, "block": None, "status": "pending"}
            assert told == payment | payment_then
        else:
            assert told == payment
    assert town.view("schemes", 1)["spent"] == spent + 250
