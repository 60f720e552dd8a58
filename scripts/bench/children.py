"""Benchmark of bringing in a list of children: time and memory of the real command."""

import io
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter
from rich.table import Table

from kindpakket.domain.csv_files import write_csv
from kindpakket.services.children.columns import TEMPLATE
from kindpakket.settings import Settings
from scripts.bench.town import found

MOST_SECONDS = 20.0
MOST_MB = 300.0
"""Bound on the memory of the command, of which the program without a list takes most."""
_COMMAND = (sys.executable, "-c", "from kindpakket.cli import app; app()")


def run(rows: int) -> dict[str, Any]:
    """Bring in a list of ten children, and one of this many in each kind of file."""
    with tempfile.TemporaryDirectory() as directory:
        figures = {
            name: _bring_in(Path(directory) / name.replace(" ", "-"), content)
            for name, content in (
                ("ten children", _csv(10)),
                ("CSV", _csv(rows)),
                ("Excel", _excel(rows)),
            )
        }
    return {"rows": rows, "files": figures, "broken": broken(figures)}


def broken(figures: dict[str, Any]) -> list[str]:
    """Return the bounds that these figures exceed."""
    told = [
        (f"{name}: at most {MOST_SECONDS:.0f} s", each["seconds"] <= MOST_SECONDS)
        for name, each in figures.items()
    ]
    told += [
        (f"{name}: at most {MOST_MB:.0f} MB", each["peak_mb"] <= MOST_MB)
        for name, each in figures.items()
    ]
    return [bound for bound, held in told if not held]


def table(figures: dict[str, Any]) -> Table:
    """Return the figures as a table."""
    shown = Table("list", "time", "peak memory", title=f"{figures['rows']:,} children")
    for name, each in figures["files"].items():
        shown.add_row(name, f"{each['seconds']:.1f} s", f"{each['peak_mb']:.0f} MB")
    return shown


def _rows(count: int) -> Iterator[list[str]]:
    yield [heading for heading, _field in TEMPLATE]
    for number in range(count):
        name = "".join(chr(ord("a") + int(digit)) for digit in f"{number:05}")
        born = f"{1 + number % 28:02}-{1 + number % 12:02}-{2012 + number % 12}"
        street = f"Dorpsstraat {1 + number // 2}"
        yield [f"Kind {name} de Vries", born, street, "1234 AB", "Voorbeeldstad", "", ""]


def _csv(count: int) -> bytes:
    return write_csv(_rows(count))


def _excel(count: int) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(_rows(count)):
            sheet.write_row(at, 0, row)
    return file.getvalue()


def _bring_in(place: Path, content: bytes) -> dict[str, Any]:
    place.mkdir()
    data, file = place / "town", place / "list"
    found(Settings(data=data), 1)
    file.write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    start = time.perf_counter()
    command = [*_COMMAND, "register", "import", str(file), "--scheme", "1", "--data", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "seconds": time.perf_counter() - start,
        "peak_mb": max(before, peak) / 1024,
    }
