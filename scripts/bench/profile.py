"""Where the time of a server's processes goes while 8 tills pay: a flame graph, and the steps.

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
TITLE = "The server while 8 tills pay: width is time"
_PROCESS = re.compile(r"process \d+:[^<]*?(?= \(|<)")
SAMPLES_PER_SECOND = 200
PAYMENTS = 300
STEPS = (
    ("engine: run the payment, make its block", "Backend.mine (kindpakket/"),
    ("engine: read lines, write answers, commit", "kindpakket/ledger/embedded_process.py"),
    ("follower: keep the views", "kindpakket/follow.py"),
    ("server: sign the transaction", "Relay._signed"),
    ("server: the payment's other steps", "pay (kindpakket/services/"),
    ("server: HTTP and JSON", ""),
)
"""What a sample belongs to: the first of these whose frame is in its stack."""


def run(out: Path) -> None:
    """Draw a flame graph, and print what each step of a payment takes."""
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        _tell(_record(data / "folded", "raw").splitlines())
        drawn = _record(data / "drawn", "flamegraph")
    drawn = _PROCESS.sub(_name, drawn)
    titled = re.sub(r'(<text id="title"[^>]*>)[^<]*', rf"\1{TITLE}", drawn)
    out.write_text("\n".join(line for line in titled.splitlines() if line.strip()) + "\n")


def _name(process: re.Match[str]) -> str:
    """Whose process it is; where it runs is nobody's business."""
    for module, name in (("embedded_process", "engine"), ("follow", "follower")):
        if f".{module}" in process[0]:
            return name
    return "server"


def _record(data: Path, form: str) -> str:
    """Have 8 tills pay, and return what py-spy recorded of the server."""
    spy = shutil.which("py-spy")
    if spy is None:
        raise FileNotFoundError("install py-spy")
    data.mkdir()
    town = found(Settings(data=data / "town"), PAYMENTS)
    recorded = data / "recorded"
    options = ["--rate", str(SAMPLES_PER_SECOND), "--function", "--gil", "--subprocesses"]
    with ExitStack() as stack:
        server = stack.enter_context(served(town.settings))
        tills = stack.enter_context(elsewhere(Tills, town, server.base_url, AT_ONCE))
        tills.pay(range(AT_ONCE), AT_ONCE)
        command = [spy, "record", *options, "--format", form]
        command += ["--output", str(recorded), "--pid", str(server.pid)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            tills.pay(range(town.coupons), AT_ONCE)
            process.send_signal(signal.SIGINT)
    return recorded.read_text()


def _tell(folded: Iterable[str]) -> None:
    samples = Counter[str]()
    for line in folded:
        stack, _, count = line.rpartition(" ")
        samples[next(step for step, frame in STEPS if frame in stack)] += int(count)
    table = Table("step", "% of the server's time")
    for step, count in samples.most_common():
        table.add_row(step, f"{count / samples.total():.1%}")
    Console(width=100).print(table)
