"""Two servers on one node and one database, each with a relay account of its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send
from typer.testing import CliRunner

from kindpakket.actors import Api
from kindpakket.cli import app
from kindpakket.ledger.rpc import RpcError
from tests.support.node_town import Node
from tests.support.nodes import ANVIL_KEY, anvil
from tests.support.postgresql import new_database, running_postgresql
from tests.support.town import SITE, START, Clock, Town, copied, found, opened


@dataclass
class Pair:
    """Two servers, and a town whose requests go to them in turn."""

    first: Town
    second: Town
    in_turn: Town


@dataclass
class Founded:
    """A town with two data directories, on a node and in a database."""

    node: Node
    first: Path
    second: Path
    postgresql: str
    database: str


def join(first: Path, second: Path, **settings: str) -> Any:
    """Run ``kindpakket join``; return its answer."""
    env = {f"KINDPAKKET_{name.upper()}": value for name, value in settings.items()}
    run = CliRunner().invoke(app, ["join", str(second), "--data", str(first), "--json"], env=env)
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)


@contextmanager
def founded_pair(directory: Path) -> Iterator[Founded]:
    """Found a town on anvil and PostgreSQL, and join it with a second data directory."""
    first, second = directory / "first", directory / "second"
    with (
        anvil("--timestamp", str(START)) as url,
        running_postgresql() as postgresql,
        new_database(postgresql, "founded") as database,
    ):
        node, first_key = Node(url), first / "relay.key"
        first.mkdir()
        first_key.write_text("0x" + ANVIL_KEY.hex())
        found(first, node_url=url, database_url=database)
        joined = join(first, second, node_url=url, database_url=database)
        node.rpc("anvil_setBalance", joined["relay"], hex(10**27))
        yield Founded(node, first, second, postgresql, "founded")


@contextmanager
def opened_pair(founded: Founded, directory: Path, **settings: Any) -> Iterator[Pair]:
    """Open both servers on a copy of the database; the node is as before afterwards."""
    node = founded.node
    before, pending = node.rpc("evm_snapshot"), node.rpc("eth_getBlockByNumber", "pending", False)
    clock = Clock()
    clock.time = max(START + 3600, int(pending["timestamp"], 16) + 1)
    with new_database(founded.postgresql, "copy", founded.database) as database:
        settings |= {"node_url": node.url, "database_url": database}
        with (
            opened(copied(founded.first, directory / "first"), clock, **settings) as first,
            opened(copied(founded.second, directory / "second"), clock, **settings) as second,
        ):
            turns: ASGIApp = _InTurn(node, clock, first.http.app, second.http.app)
            http = TestClient(turns, base_url=SITE, raise_server_exceptions=False)
            in_turn = Town(first.directory, clock, first.workspace, http, Api(http))
            yield Pair(first, second, in_turn)
    node.rpc("evm_revert", before)


class _InTurn:
    """Gives requests to two applications in turn; the node has the time of the clock."""

    def __init__(self, node: Node, clock: Clock, *apps: ASGIApp) -> None:
        self._node, self._clock, self._turns = node, clock, cycle(apps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(RpcError):  # the node's own clock went on
            self._node.rpc("evm_setNextBlockTimestamp", int(self._clock.time))
        await next(self._turns)(scope, receive, send)
