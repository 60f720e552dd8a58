"""Killed at any moment under load: what was answered is there, once, and all of it adds up."""

import multiprocessing
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx2

from kindpakket.actors import API, claim, show_code
from kindpakket.domain.letters import Letter
from kindpakket.main import Workspace, build_app, serving
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.messages import Domain
from kindpakket.settings import Settings
from tests.support.town import BICYCLES, LETTERS, START, Clock, copied, opened, till_of

KILLS = 10
AT_ONCE = 4
"""Payers at once, each with a coupon of its own."""


@dataclass
class Load:
    """Claims that were sent, and which of them were answered with a payment."""

    domain: Domain
    bodies: dict[int, dict[str, Any]] = field(default_factory=dict)
    answered: dict[int, str] = field(default_factory=dict)


def serve(directory: Path, address: Connection) -> None:
    """Serve the town in this process; every block is on disk before its payment is answered."""
    settings = Settings(data=directory)
    with (
        Workspace.open(settings, clock=an_hour_later()) as workspace,
        serving(build_app(workspace, settings), directory) as base_url,
    ):
        address.send(base_url)
        threading.Event().wait()


@contextmanager
def served(directory: Path) -> Iterator[tuple[BaseProcess, str]]:
    # A fork has everything imported: a fresh interpreter would spend seconds on that.
    context = multiprocessing.get_context("fork")
    address, sender = context.Pipe(duplex=False)
    process = context.Process(target=serve, args=(directory, sender), daemon=True)
    process.start()
    try:
        yield process, address.recv()
    finally:
        process.kill()
        process.join()


def an_hour_later() -> Clock:
    clock = Clock()
    clock.time += 3600
    return clock


def pay_until_killed(
    load: Load, base_url: str, process: BaseProcess, payer: int, answers: int
) -> None:
    """Send one claim after the other; after so many answers the first payer kills the server."""
    letter: Letter = LETTERS[payer % len(LETTERS)]
    key = coupon_key(letter, 0, payer // len(LETTERS))
    with httpx2.Client(base_url=base_url, timeout=60) as http:
        while True:
            number = len(load.bodies) * AT_ONCE + payer
            nonce = START + 100 + number
            code = show_code(load.domain, letter.scheme, [key], 1, START + 3600, nonce=nonce).text
            load.bodies[number] = claim(load.domain, till_of(BICYCLES), code, 1)
            try:
                response = http.post(f"{API}/payments", json=load.bodies[number])
            except httpx2.TransportError:
                return
            assert response.status_code == 201, response.text
            load.answered[number] = response.json()["id"]
            if payer == 0 and (answers := answers - 1) < 0:
                process.kill()


def test_nothing_answered_is_lost_and_nothing_is_paid_twice(founded: Path, tmp_path: Path) -> None:
    directory = copied(founded, tmp_path / "town")
    clock = an_hour_later()
    with opened(directory, clock) as town:
        load = Load(town.api.domain)
    chance = random.Random(20_270_115)
    for _ in range(KILLS):
        with served(directory) as (process, base_url), ThreadPoolExecutor(AT_ONCE) as payers:
            answers = chance.randrange(8)
            for done in [
                payers.submit(pay_until_killed, load, base_url, process, payer, answers)
                for payer in range(AT_ONCE)
            ]:
                done.result()
    assert len(load.answered) > KILLS
    with opened(directory, clock) as town:
        for number, payment in load.answered.items():
            assert town.api.get(f"/payments/{payment}")["amount"] == 1
            again = town.http.post(f"{API}/payments", json=load.bodies[number])
            assert (again.status_code, again.json()["id"]) == (200, payment)
        spent = town.api.get("/schemes/1")["spent"]
        ledger = town.workspace.context.ledger
        assert spent == ledger.view("schemes", 1)["spent"]
        assert len(load.answered) <= spent <= len(load.bodies)
        assert spent == 90_000 - sum(sum(town.remaining(letter)) for letter in LETTERS)
