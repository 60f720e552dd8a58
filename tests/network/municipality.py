"""A municipality on a chain: its town, its servers as operators start them, and tills that pay.

After each fault the same must hold: what the tills were told is on the chain, at every node.
"""

import json
import logging
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2

from kindpakket.actors import API
from kindpakket.protocol.signatures import Key
from kindpakket.services.base.private_files import write_private
from kindpakket.settings import Settings
from kindpakket.store_access import open_store
from kindpakket.workspace import CONTRACT, open_ledger
from scripts.bench.patient import PatientTills, Told
from scripts.bench.processes import PROGRAM, Server, elsewhere
from scripts.bench.town import SCHEME, Town, found
from tests.network.chains import RELAYS, Chain

COUPONS = range(64)
"""Those of the tills in another process."""
OTHERS = range(64, 94)
"""Coupons for a test's own codes."""
BEFORE = 5
"""Payments before a fault begins, so that it comes under load."""
AFTER = 20
"""Payments after a fault has ended, so that everything works again."""
PATIENCE_SECONDS = 120
"""When a test gives up waiting; nothing should take nearly as long."""

_log = logging.getLogger(__name__)


@dataclass
class Municipality:
    """A town with its contract on a chain."""

    chain: Chain
    town: Town

    @property
    def data(self) -> Path:
        return self.town.settings.data

    def settings(self, *nodes: int, url: str | None = None) -> Settings:
        """The settings of a server on these nodes, in order of preference, or at another URL."""
        node_url = url or ",".join(self.chain.urls[node] for node in nodes)
        return self.town.settings.model_copy(update={"node_url": node_url})

    def second_server(self, directory: Path, *nodes: int) -> Settings:
        """The settings of a server with a relay and a database of its own."""
        directory.mkdir()
        shutil.copy(self.data / CONTRACT, directory)
        _write_relay(directory, RELAYS[1])
        settings = self.settings(*nodes).model_copy(update={"data": directory})
        open_store(settings, migrate=True).close()
        return settings

    @contextmanager
    def paying(self, *servers: Settings, tills: int = 4) -> Iterator[PatientTills]:
        """Serve, and let tills pay in another process; check at the end of the context that what
        they were told is on the chain."""
        start = self.head()
        town, data = replace(self.town, coupons=len(COUPONS)), [each.data for each in servers]
        with elsewhere(PatientTills, town, data, tills) as paying:
            try:
                paying.await_more(BEFORE, PATIENCE_SECONDS)
                yield paying
                paying.await_more(AFTER, PATIENCE_SECONDS)
            finally:
                told: Told = paying.end()
            _log.info(summary(told))
            self.check(told, start)

    def pay(self, server: Server, coupon: int) -> httpx2.Response:
        """Send one claim to a server."""
        (body,) = self.town.claims([coupon])
        return post(server, body)

    def head(self) -> int:
        with open_ledger(self.settings(0)) as ledger:
            return ledger.head()

    def check(self, told: Told, start: int) -> None:
        """Check that no answer was wrong, and that every node has exactly the payments that the
        tills were told after a block, and nothing that an audit finds."""
        assert told.wrong == []
        assert told.unanswered == 0
        for node in range(len(self.chain.urls)):
            assert self.paid(node, start) == told.cents
            with open_ledger(self.settings(node)) as ledger:
                assert ledger.audit().findings == []
        assert len({self.spent(node) for node in range(len(self.chain.urls))}) == 1
        assert printed_findings(self.settings(0)) == []

    def paid(self, node: int, start: int) -> dict[str, int]:
        """The cents of each payment after a block, as a node has them."""
        with open_ledger(self.settings(node)) as ledger:
            events = [
                event.args
                for block in ledger.blocks(start + 1)
                for entry in block.entries
                for event in entry.events
                if event.name == "Paid"
            ]
        payments = {"0x" + args["payment"].hex(): args["amount"] for args in events}
        assert len(payments) == len(events)
        return payments

    def spent(self, node: int) -> int:
        """The cents that the scheme has paid in all, as a node has them."""
        with open_ledger(self.settings(node)) as ledger:
            spent: int = ledger.view("schemes", SCHEME)["spent"]
            return spent


def founded(chain: Chain, directory: Path) -> Municipality:
    """Found a town on the first node of a chain."""
    directory.mkdir()
    _write_relay(directory, RELAYS[0])
    return Municipality(chain, found(Settings(data=directory, node_url=chain.urls[0]), OTHERS.stop))


T = TypeVar("T")


def awaited(ask: Callable[[], T | None], seconds: float) -> T:
    """Ask until the answer is not empty.

    Raises:
        TimeoutError: it was, for these seconds.
    """
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.2)
    return answer


def printed_findings(settings: Settings) -> list[dict[str, Any]]:
    """What ``kindpakket audit`` finds at the node of the settings."""
    command = [*PROGRAM, "audit", "--data", str(settings.data), "--json"]
    environment = {"KINDPAKKET_NODE_URL": settings.node_url or ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.stdout, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


def summary(told: Told) -> str:
    """One line for the log of a test."""
    gap = told.longest_gap(told.moments[0])
    counts = ", ".join(f"{count} × {status or 'none'}" for status, count in told.answers.items())
    return f"{len(told.cents)} payments, longest gap {gap:.2f} s, answers {counts}"


def post(server: Server, claim: dict[str, Any]) -> httpx2.Response:
    """Send a claim to a server."""
    url = f"{server.base_url}{API}/payments"
    return httpx2.post(url, json=claim, timeout=60, trust_env=False)


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


def _write_relay(directory: Path, key: Key) -> None:
    write_private(directory / "relay.key", "0x" + key.hex())
