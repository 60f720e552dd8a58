"""Profile of a server's processes while 8 tills pay: a flame graph, and time by step.

py-spy samples the server from outside, without instrumentation.
"""

import re
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kindpakket.settings import Settings
from scripts.bench.load import Tills
from scripts.bench.processes import elsewhere, served
from scripts.bench.town import found

AT_ONCE = 8
TITLE = "A server's processes while 8 tills pay: width is time"
_PROCESS = re.compile(r'process \d+:"[^"]*"')
_DRAWN_PROCESS = re.compile(r"(process \d+:&quot;[^<]*?|[^<>]*&quot;)(?= \(\d+ samples|<)")
_DRAWN_COMMAND = re.compile(r"(?<=>)[^<]*py-spy record[^<]*")
_IMPORTING = "<frozen importlib"
_HELPERS = (("embedded_process", "engine"), ("follow", "follower"))
Stack = tuple[list[str], int]
SAMPLES_PER_SECOND = 200
PAYMENTS = 300
STEPS = (
    ("engine: run the payment, make its block", "Backend.mine (kindpakket/"),
    ("engine: read lines, write answers, commit", "kindpakket/ledger/embedded_process.py"),
    ("follower: seal the changes of coupons", "seal_changes (kindpakket/"),
    ("follower: keep the views", "kindpakket/follow.py"),
    ("server: sign the transaction", "Relay._signed"),
    ("server: the payment's other steps", "pay (kindpakket/services/"),
    ("server: HTTP and JSON", ""),
)
"""Steps by frame: a sample belongs to the first of these that is in its stack."""


def run(out: Path) -> None:
    """Draw a flame graph, and print the time of each step of a payment."""
    with tempfile.TemporaryDirectory() as directory:
        recorded = _record(Path(directory))
    drawn = _DRAWN_PROCESS.sub("process", recorded["flamegraph"])
    out.write_text(_DRAWN_COMMAND.sub(TITLE, drawn))
    _tell(list(map(_read, recorded["raw"].splitlines())))


def _record(data: Path) -> dict[str, str]:
    """Run 8 tills, and return py-spy's recordings of the server, in each of its formats."""
    spy = shutil.which("py-spy")
    if spy is None:
        raise FileNotFoundError("install py-spy")
    town = found(Settings(data=data / "town"), PAYMENTS)
    files = {form: data / form for form in ("raw", "flamegraph")}
    options = ["--rate", str(SAMPLES_PER_SECOND), "--function", "--gil", "--subprocesses"]
    with ExitStack() as stack:
        server = stack.enter_context(served(town.settings))
        tills = stack.enter_context(elsewhere(Tills, town, server.base_url, AT_ONCE))
        tills.pay(range(AT_ONCE), AT_ONCE)
        command = [spy, "record", *options, "--pid", str(server.pid)]
        recorders = [
            subprocess.Popen(
                [*command, "--format", form, "--output", str(file)], stdout=subprocess.DEVNULL
            )
            for form, file in files.items()
        ]
        tills.pay(range(town.coupons), AT_ONCE)
        for each in recorders:
            each.send_signal(signal.SIGINT)
        for each in recorders:
            each.wait()
    return {form: file.read_text() for form, file in files.items()}


def _read(line: str) -> Stack:
    """Parse a stack, starting with the name of its process; paths are left out."""
    stack, _, samples = line.rpartition(" ")
    process = _PROCESS.findall(stack)[-1]
    name = next((name for module, name in _HELPERS if f".{module}" in process), "server")
    return [name, *_PROCESS.sub("", stack).lstrip(";").split(";")], int(samples)


def _tell(stacks: list[Stack]) -> None:
    samples = Counter[str]()
    for frames, seen in stacks:
        stack = ";".join(frames)
        if _IMPORTING in stack:  # a process that starts
            continue
        samples[next(step for step, frame in STEPS if frame in stack)] += seen
    table = Table("step", "% of the time")
    for step, count in samples.most_common():
        table.add_row(step, f"{count / samples.total():.1%}")
    Console(width=100).print(table)
