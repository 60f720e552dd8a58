"""Benchmark of the audit for strangers: payments a second, and memory on a long chain."""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.table import Table

from kindpakket.services.base.private_files import write_private
from kindpakket.settings import Settings
from scripts.bench.engine import Engine
from scripts.bench.growth import coupons_for
from scripts.bench.nodes import ANVIL_KEY, anvil
from scripts.bench.town import Town, found

LEAST_PER_SECOND = 500
MOST_GROWTH_MB = 20
"""Memory that the whole chain may take above its first fifth."""

_BATCH = 500
_SCRIPT = """
import sys, time
from pathlib import Path
from kindpakket_audit.__main__ import main
status = main(sys.argv[1:])
print(Path("/proc/self/status").read_text(), "processor:", time.process_time())
sys.exit(status)
"""
_PACKAGE = Path(__file__).parents[2] / "audit"

Figures = dict[str, Any]


def run(embedded: int, node: int, tell: Callable[[str], None]) -> Figures:
    """Let a chain in a directory and one of a node grow to so many payments, and audit them.

    Raises:
        RuntimeError: an audit failed.
    """
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        tell(f"growth of an embedded chain to {embedded:,} payments")
        town = found(Settings(data=data / "embedded"), coupons_for(embedded))
        figures = {"embedded": _measured(town, embedded, str(data / "embedded"))}
        tell(f"growth of a node's chain to {node:,} payments")
        with anvil("--prune-history") as url:
            settings = Settings(data=data / "node", node_url=url)
            settings.data.mkdir()
            write_private(settings.data / "relay.key", "0x" + ANVIL_KEY.hex())
            town = found(settings, coupons_for(node))
            figures["node"] = _measured(
                town, node, url, "--no-proof", "--contract", town.domain.contract
            )
    return figures | {"broken": [bound for each in figures.values() for bound in _broken(each)]}


def table(figures: Figures) -> Table:
    """Return the rows of the table."""
    made = Table("figure", "embedded chain", "node", title="The audit for strangers")
    for name in figures["embedded"]:
        made.add_row(
            name.replace("_", " "),
            *(f"{figures[kind][name]:,.4g}" for kind in ("embedded", "node")),
        )
    return made


def _measured(town: Town, payments: int, *arguments: str) -> Figures:
    _grow(town, 0, payments // 5)
    _, _, short = _audited(*arguments)
    _grow(town, payments // 5, payments)
    seconds, processor, memory = _audited(*arguments)
    return {
        "payments": payments,
        "seconds": seconds,
        "payments_per_second": payments / seconds,
        "payments_per_second_of_the_audit's_processor": payments / processor,
        "own_mb_after_a_fifth": short,
        "own_mb_after_all": memory,
    }


def _grow(town: Town, first: int, last: int) -> None:
    """Pay ten times from each coupon."""
    with closing(Engine(town, town.settings, sync=False)) as engine:
        for start in range(first, last, _BATCH):
            some = range(start, min(start + _BATCH, last))
            engine.pay([number % town.coupons for number in some])


def _audited(*arguments: str) -> tuple[float, float, float]:
    """Run the audit; return its seconds, its processor seconds, and its own memory in MB."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments],
        cwd=_PACKAGE,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 3):  # 3: nothing differs, and no proof was asked
        raise RuntimeError(done.stdout + done.stderr)
    memory = re.search(r"RssAnon:\s+(\d+) kB", done.stdout)
    processor = re.search(r"processor: (\S+)", done.stdout)
    if memory is None or processor is None:
        raise RuntimeError(done.stdout)
    return seconds, float(processor[1]), int(memory[1]) / 1024


def _broken(figures: Figures) -> list[str]:
    broken = []
    if figures["payments_per_second_of_the_audit's_processor"] < LEAST_PER_SECOND:
        broken.append(f"less than {LEAST_PER_SECOND} payments a second of its processor")
    if figures["own_mb_after_all"] - figures["own_mb_after_a_fifth"] > MOST_GROWTH_MB:
        broken.append(f"memory grew by more than {MOST_GROWTH_MB} MB")
    return broken
