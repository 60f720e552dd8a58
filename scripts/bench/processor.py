"""Processor time of a payment, by process of the server, while 8 tills pay.

Unlike rates it hardly depends on what else the machine does.
"""

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from rich.table import Table

from kindpakket.services.base.private_files import write_private
from kindpakket.settings import Settings
from scripts.bench.load import Tills
from scripts.bench.nodes import ANVIL_KEY, anvil
from scripts.bench.processes import Server, elsewhere, served
from scripts.bench.town import found

AT_ONCE = 8
PAYMENTS = 300
ROUNDS = 3
_FOLLOWED_SECONDS = 3
"""After which the follower has seen a round."""

Figures = dict[str, Any]


def run() -> Figures:
    """Measure over the embedded chain and over anvil, in temporary directories."""
    with tempfile.TemporaryDirectory() as directory, anvil() as url:
        nodes = {"embedded": None, "anvil": url}
        kinds = {kind: _measured(Path(directory) / kind, node) for kind, node in nodes.items()}
    return {"broken": [], **kinds}


def table(figures: Figures) -> Table:
    """Show the figures."""
    shown = Table("ms of processor time a payment", "embedded", "anvil")
    for process in ("server", "engine", "follower"):
        row = (figures[kind].get(process) for kind in ("embedded", "anvil"))
        shown.add_row(process, *("" if ms is None else f"{ms:.2f}" for ms in row))
    return shown


def _measured(data: Path, node_url: str | None) -> dict[str, float]:
    data.mkdir()
    if node_url:
        write_private(data / "relay.key", "0x" + ANVIL_KEY.hex())
    town = found(Settings(data=data, node_url=node_url), PAYMENTS)
    with ExitStack() as stack:
        server = stack.enter_context(served(town.settings))
        tills = stack.enter_context(elsewhere(Tills, town, server.base_url, AT_ONCE))
        tills.pay(range(PAYMENTS // ROUNDS), AT_ONCE)  # caches are warm
        time.sleep(_FOLLOWED_SECONDS)
        rounds = [_round(server, tills) for _ in range(ROUNDS)]
    return {process: median(each[process] for each in rounds) for process in rounds[0]}


def _round(server: Server, tills: Any) -> dict[str, float]:
    before = server.processor_seconds()
    tills.pay(range(PAYMENTS), AT_ONCE)
    time.sleep(_FOLLOWED_SECONDS)
    after = server.processor_seconds()
    return {name: 1000 * (after[name] - before[name]) / PAYMENTS for name in after}
