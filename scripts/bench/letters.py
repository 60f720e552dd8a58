"""Benchmark of the letter station: time and memory of the real command."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyrage

from kindpakket.settings import CONFIG_VARIABLE, Settings
from scripts.bench.processes import memory_of
from scripts.bench.town import found
from tests.support.municipality import CONFIG

MOST_SECONDS = 120.0
MOST_MB = 400.0
"""Bound on the memory of all processes together; shared memory is counted in each."""
SHORT = 200
"""Letters of the shorter run: enough to use all processes."""
MOST_MB_MORE = 0.15
"""Bound on the additional memory per letter above that."""

_COMMAND = (sys.executable, "-c", "from kindpakket.cli import app; app()")


def run(letters: int) -> dict[str, Any]:
    """Generate a short run and one of this many letters, of twelve coupons each."""
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory) / "town"
        found(Settings(data=data), 1)
        short = _print(data, Path(directory) / "short", SHORT)
        long = _print(data, Path(directory) / "long", letters)
    more = (long["peak_mb"] - short["peak_mb"]) / max(letters - SHORT, 1)
    figures = {"short": short, "long": long, "mb_more_for_a_letter": round(more, 3)}
    return figures | {"broken": broken(figures)}


def broken(figures: dict[str, Any]) -> list[str]:
    """Return the bounds that these figures exceed."""
    told = [
        (f"at most {MOST_SECONDS:.0f} s", figures["long"]["seconds"] <= MOST_SECONDS),
        (f"at most {MOST_MB:.0f} MB", figures["long"]["peak_mb"] <= MOST_MB),
        (
            f"at most {MOST_MB_MORE} MB more for a letter",
            figures["mb_more_for_a_letter"] <= MOST_MB_MORE,
        ),
    ]
    return [bound for bound, held in told if not held]


def _print(data: Path, out: Path, letters: int) -> dict[str, Any]:
    officers = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)]
    seals = [arg for each in officers for arg in ("--seal-to", each)]
    options = ("--letters", str(letters), "--out", str(out), "--data", str(data), "--json")
    command = [*_COMMAND, "letters", "run", "1", *options, *seals]
    start, peak = time.perf_counter(), 0.0
    environment = os.environ | {CONFIG_VARIABLE: str(CONFIG)}  # no letter has example values
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, **quiet) as process:
        while process.poll() is None:
            peak = max(peak, _memory_mb(process.pid))
            time.sleep(0.02)
    if process.returncode:
        raise RuntimeError("the run was not made")
    return {
        "letters": letters,
        "seconds": round(time.perf_counter() - start, 1),
        "peak_mb": round(peak, 1),
        "file_mb": round((out / "brieven.pdf").stat().st_size / 1e6, 1),
    }


def _memory_mb(pid: int) -> float:
    """The memory of a process and its children."""
    try:
        children = [
            int(child)
            for path in Path(f"/proc/{pid}/task").glob("*/children")
            for child in path.read_text().split()
        ]
        held, command = memory_of(pid), _command_of(pid)
        # A child between fork and exec is a copy of its parent; not counted.
        others = [child for child in children if _command_of(child) != command]
    except (OSError, KeyError):  # it ended meanwhile
        return 0.0
    return held.own + held.file + sum(map(_memory_mb, others))


def _command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
