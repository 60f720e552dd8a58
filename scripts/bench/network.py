"""Benchmark of a network: four validators, a server on one of them, and tills."""

import os
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

from rich.table import Table

from kindpakket.ledger.port import Ledger
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.private_files import write_private
from kindpakket.settings import Settings
from kindpakket.workspace import RELAY, open_ledger
from scripts.bench.patient import PatientTills, Told
from scripts.bench.processes import elsewhere, served
from scripts.bench.town import SCHEME, Town, found
from scripts.validators import Validators, running

RATE = 40
"""Payments a second with eight tills, at least."""
P95_MS = 500
GAP_SECONDS = 1.5
"""The longest time without a payment when one of four is killed, at most."""

TILLS = 8
_COUPONS = 128
_SECONDS = 20
_WARM_UP = 10
_PATIENCE_SECONDS = 120
_NAMES = [f"Partij {number}" for number in range(1, 5)]
_RELAYS = [Key(bytes([0xA0, number]) * 16) for number in range(len(_NAMES))]


def run() -> dict[str, Any]:
    """Measure in a temporary directory."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running(Path(directory) / "chain", _NAMES, list(map(address_of, _RELAYS))) as nodes,
    ):
        data = Path(directory) / "town"
        data.mkdir()
        write_private(data / RELAY, "0x" + _RELAYS[0].hex())
        town = found(Settings(data=data, node_url=nodes.urls[0]), _COUPONS)
        with served(town.settings), open_ledger(town.settings) as ledger:
            start = spent(ledger)
            one, rate_1 = paid(town, [data], 1)
            many, rate_8 = paid(town, [data], TILLS)
            killed, gap = _one_killed(town, nodes)
            told = sum(sum(each.cents.values()) for each in (one, many, killed))
            figures = {
                "rate_1": rate_1,
                "p50_1_ms": milliseconds(one, 50),
                "p95_1_ms": milliseconds(one, 95),
                "rate_8": rate_8,
                "p50_8_ms": milliseconds(many, 50),
                "p95_8_ms": milliseconds(many, 95),
                "gap_s": gap,
                "lost_cents": abs(spent(ledger) - start - told),
                "wrong": len(one.wrong + many.wrong + killed.wrong),
                "load": os.getloadavg()[0],
            }
    return figures | {"broken": broken(figures)}


def broken(figures: dict[str, Any]) -> list[str]:
    """Return the bounds that these figures exceed."""
    return [
        told
        for told, holds in (
            (f"8 tills: at least {RATE} a second", figures["rate_8"] >= RATE),
            (f"8 tills: p95 at most {P95_MS} ms", figures["p95_8_ms"] <= P95_MS),
            (f"one killed: at most {GAP_SECONDS} s", figures["gap_s"] <= GAP_SECONDS),
            ("cents told are those on the chain", figures["lost_cents"] == 0),
            ("no wrong answer", figures["wrong"] == 0),
        )
        if not holds
    ]


def table(figures: dict[str, Any]) -> Table:
    """Return the rows of the table: figures and their bounds."""
    table = Table("four validators", "found", "bound", title="A network")
    for name, key, digits, bound in (
        ("1 till, payments/s", "rate_1", 1, ""),
        ("1 till, p50 ms", "p50_1_ms", 0, ""),
        ("1 till, p95 ms", "p95_1_ms", 0, ""),
        ("8 tills, payments/s", "rate_8", 1, f"at least {RATE}"),
        ("8 tills, p50 ms", "p50_8_ms", 0, ""),
        ("8 tills, p95 ms", "p95_8_ms", 0, f"at most {P95_MS}"),
        ("one of four killed: longest gap, s", "gap_s", 2, f"at most {GAP_SECONDS}"),
        ("cents lost or too many", "lost_cents", 0, "0"),
        ("load of the machine", "load", 1, ""),
    ):
        table.add_row(name, f"{figures[key]:,.{digits}f}", bound)
    return table


def paid(town: Town, servers: list[Path], tills: int) -> tuple[Told, float]:
    """Pay for some time; return what was told, and the payments a second.

    Args:
        servers: data directories of the servers, over which the tills are divided.
    """
    with elsewhere(PatientTills, town, servers, tills) as paying:
        paying.await_more(_WARM_UP, _PATIENCE_SECONDS)
        start = time.monotonic()
        time.sleep(_SECONDS)
        end = time.monotonic()
        told: Told = paying.end()
    return told, sum(start < moment <= end for moment in told.moments) / (end - start)


def _one_killed(town: Town, nodes: Validators) -> tuple[Told, float]:
    """Kill the last node under load; return what was told, and the longest gap from then on."""
    with elsewhere(PatientTills, town, [town.settings.data], TILLS) as paying:
        paying.await_more(_WARM_UP, _PATIENCE_SECONDS)
        start = time.monotonic()
        nodes.kill(len(nodes.nodes) - 1)
        time.sleep(_SECONDS)
        told: Told = paying.end()
    return told, told.longest_gap(start)


def milliseconds(told: Told, percent: int) -> float:
    """Return a percentile of the time to an answer."""
    return 1000 * quantiles(told.seconds, n=100)[percent - 1]


def spent(ledger: Ledger) -> int:
    """Return what was paid in the scheme, in cents."""
    cents: int = ledger.view("schemes", SCHEME)["spent"]
    return cents
