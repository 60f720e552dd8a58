"""Where the server's time goes while 8 tills pay: a flame graph, and what is not the engine.

py-spy looks at the server from outside, so that the server itself does nothing for it.
"""

import re
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kindpakket.settings import Settings
from scripts.bench.load import Tills
from scripts.bench.processes import elsewhere, served
from scripts.bench.town import found

AT_ONCE = 8
SAMPLES_PER_SECOND = 200
PAYMENTS = 300
ENGINE = "send_raw_transaction"
_TOP = 20


def run(out: Path) -> None:
    """Draw a flame graph, and print the share of the engine and the largest of the rest."""
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        folded = _record(data / "folded", "raw")
        _tell(folded.read_text().splitlines())
        drawn = _record(data / "drawn", "flamegraph").read_text()
    # One line for each hundred frames or so: nobody reads this file, and it is kept with the code.
    out.write_text(re.sub(r"(?<=</g>)\s*\n\s*(?=<g>)", "", drawn))


def _record(data: Path, form: str) -> Path:
    """Have 8 tills pay, and return what py-spy recorded of the server."""
    spy = shutil.which("py-spy")
    if spy is None:
        raise FileNotFoundError("install py-spy")
    data.mkdir()
    town = found(Settings(data=data / "town"), PAYMENTS)
    recorded = data / "recorded"
    options = ["--rate", str(SAMPLES_PER_SECOND), "--function", "--format", form]
    with ExitStack() as stack:
        server = stack.enter_context(served(town.settings))
        tills = stack.enter_context(elsewhere(Tills, town, server.base_url, AT_ONCE))
        tills.pay(range(AT_ONCE), AT_ONCE)
        command = [spy, "record", *options, "--output", str(recorded), "--pid", str(server.pid)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            tills.pay(range(town.coupons), AT_ONCE)
            process.send_signal(signal.SIGINT)
    return recorded


def _tell(folded: Iterable[str]) -> None:
    total, engine, rest = 0, 0, Counter[str]()
    for line in folded:
        stack, _, count = line.rpartition(" ")
        total += int(count)
        if ENGINE in stack:
            engine += int(count)
        else:
            rest[_place(stack.split(";"))] += int(count)
    table = Table(
        "not the engine", "% of all", title=f"engine: {engine / total:.1%} of all samples"
    )
    for place, count in rest.most_common(_TOP):
        table.add_row(place, f"{count / total:.1%}")
    Console(width=100).print(table)


def _place(stack: list[str]) -> str:
    """Name a stack by the innermost of our own frames in it, and by the innermost of all."""
    ours = [frame for frame in stack if "kindpakket/" in frame]
    return f"{ours[-1] if ours else stack[0]} … {stack[-1]}"
