"""A full disk: a clear temporary refusal, no partial writes, and recovery when there is room.

A full disk is simulated by a limit on the size of the server's files: the chain's or the store's.
"""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx2
import pytest

from kindpakket.actors import API, Api, claim, show_code
from kindpakket.protocol.keys import coupon_key
from kindpakket.settings import Settings
from kindpakket.store_access import DATABASE
from kindpakket.workspace import CHAIN
from scripts.bench.kills import served
from tests.support.problems import problem
from tests.support.town import BICYCLES, LETTERS, START, copied, till_of

NOW = START + 3600
NO_LIMIT = resource.RLIM_INFINITY


@dataclass
class Served:
    """A town that is served by another process, whose disk can become full."""

    data: Path
    process: BaseProcess
    http: httpx2.Client
    api: Api
    _codes: int = field(default=0)

    def claim(self) -> dict[str, Any]:
        """A claim of one cent, on a fresh code of the first coupon."""
        self._codes += 1
        key = coupon_key(LETTERS[0], 0, 0)
        code = show_code(self.api.domain, LETTERS[0].scheme, [key], 1, NOW, nonce=NOW + self._codes)
        return claim(self.api.domain, till_of(BICYCLES), code.text, 1)

    def post(self, path: str, body: object = None) -> httpx2.Response:
        return self.http.post(API + path, json=body)

    def get(self, path: str) -> httpx2.Response:
        return self.http.get(API + path)

    def spent(self) -> int:
        """What was spent by the scheme's view."""
        answer = self.get("/schemes/1")
        assert answer.status_code == 200, answer.text
        with closing(sqlite3.connect(self.data / DATABASE)) as store:
            spent: int = store.execute("SELECT spent FROM schemes").fetchone()[0]
        return spent

    def no_file_may_grow_beyond(self, size: int) -> None:
        assert self.process.pid is not None
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, NO_LIMIT))

    def there_is_room(self) -> None:
        self.no_file_may_grow_beyond(NO_LIMIT)


@pytest.fixture
def town(founded: Path, tmp_path: Path) -> Iterator[Served]:
    data = copied(founded, tmp_path / "town")
    with (
        served(Settings(data=data), NOW) as (process, base_url),
        httpx2.Client(base_url=base_url, timeout=60) as http,
    ):
        yield Served(data, process, http, Api(http))


def test_a_chain_without_room_refuses_and_pays_the_same_claim_later(town: Served) -> None:
    assert town.post("/payments", town.claim()).status_code == 201
    town.no_file_may_grow_beyond((town.data / CHAIN / "data.mdb").stat().st_size)
    paid = 1
    while (answer := town.post("/payments", refused := town.claim())).status_code == 201:
        paid += 1  # within the free space of the chain's file
    problem(answer, 503, "ledger_unavailable")
    problem(town.post("/payments", refused), 503, "ledger_unavailable")
    assert town.spent() == paid
    town.there_is_room()
    now, again = town.post("/payments", refused), town.post("/payments", refused)
    assert (now.status_code, again.status_code) == (201, 200)
    assert now.json() == again.json()
    assert town.spent() == paid + 1
    assert town.process.is_alive()


@contextmanager
def no_room_for_the_store(town: Served) -> Iterator[None]:
    """Make the store's log longer than the chain's file, and limit the size of files."""
    store = town.data / DATABASE
    with (
        closing(sqlite3.connect(store, isolation_level=None)) as reader,
        closing(sqlite3.connect(store, isolation_level=None)) as writer,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM cursor").fetchall()  # prevents a reset of the log
        size = 2 * (town.data / CHAIN / "data.mdb").stat().st_size
        writer.execute("CREATE TABLE filler AS SELECT randomblob(?)", [size])
        town.no_file_may_grow_beyond(Path(f"{store}-wal").stat().st_size)
        yield


def test_a_store_without_room_is_read_as_far_as_it_goes(town: Served) -> None:
    assert town.post("/payments", town.claim()).status_code == 201
    assert town.spent() == 1
    with no_room_for_the_store(town):
        assert town.spent() == 1
        assert town.get("/ledger").status_code == 200
        problem(town.post("/session-challenges"), 503, "store_unavailable")
        town.there_is_room()
        assert town.post("/session-challenges").status_code == 201


def test_a_payment_goes_through_without_room_for_the_store(town: Served) -> None:
    with no_room_for_the_store(town):
        body = town.claim()
        paid = town.post("/payments", body)
        assert paid.status_code == 201
        problem(town.get("/schemes/1"), 503, "store_unavailable")  # and not the earlier value
        problem(town.get(f"/payments/{paid.json()['id']}"), 503, "store_unavailable")
        town.there_is_room()
        again = town.post("/payments", body)
        assert (again.status_code, again.json()) == (200, paid.json())
        assert town.spent() == 1
        assert town.process.is_alive()
