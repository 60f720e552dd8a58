"""The demo town, started by the real command in a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from typer.testing import CliRunner, Result

from kindpakket.actors import Api
from kindpakket.cli import app
from kindpakket.demo import town_file
from kindpakket.demo.client import open_client
from kindpakket.demo.town_file import TownFile
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace, open_ledger

COMMAND = Path(sys.executable).with_name("kindpakket")
_WHERE = re.compile(r"De API: (http://127\.0\.0\.1:\d+)/api/v1/openapi\.json")


CHEATS = {
    "off-licence": ("category_not_permitted", "CategoryNotPermitted("),
    "used-code": ("code_already_used", "CodeAlreadyUsed("),
    "changed-amount": ("signature_invalid", "SignatureInvalid("),
    "one-official": ("approvals_missing", "ApprovalsMissing(approvals: 1, needed: 2)"),
    "server-itself": ("not_authorised", "NotAuthorised("),
}
"""The attacks on the page, each with the expected code and the contract's error."""


@dataclass(frozen=True)
class Built:
    """The data directory, and the command that filled it."""

    data: Path
    command: Result


@dataclass(frozen=True)
class Inside:
    """A copy of the town, opened in this process."""

    workspace: Workspace
    town: TownFile
    http: httpx2.Client


@dataclass
class Served:
    """A server process, and its output until it was ready."""

    data: Path
    process: subprocess.Popen[str]
    said: str
    base_url: str

    @property
    def town(self) -> dict[str, Any]:
        """The content of ``demo.json``, as any client reads it."""
        town: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
        return town

    @property
    def file(self) -> TownFile:
        """The same, with its types."""
        return town_file.read(self.data)

    def kill(self) -> None:
        """Kill it, as a power failure would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Terminate it, as a service manager would; return the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def run(*args: object) -> Result:
    """Run a command until it ends, in this process; what it does with signals is undone."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        done = CliRunner().invoke(app, [str(arg) for arg in args])
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@contextmanager
def served(data: Path, *args: object, command: str = "demo") -> Iterator[Served]:
    """Serve a data directory until the end of the block, at a free port unless one is named."""
    port = () if "--port" in args else ("--port", "0")
    process = subprocess.Popen(
        [COMMAND, command, "--data", data, *port, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if match := _WHERE.search(line):
                yield Served(data, process, said, match[1])
                return
        raise AssertionError(f"it never opened: {said}")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def client(base_url: str) -> Iterator[Api]:
    """An HTTP client of a server's API."""
    with open_client(base_url) as http:
        yield Api(http)


def now_of(api: Api) -> int:
    """Return the server's time in unix seconds."""
    return int(datetime.fromisoformat(api.get("/ledger")["time"]).timestamp())


def scheme_of(town: Served, scheme: int) -> Any:
    """A scheme with its totals, from the contract, while the server runs."""
    with open_ledger(Settings(data=town.data)) as ledger:
        return ledger.view("schemes", scheme)
