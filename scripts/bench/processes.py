"""Processes for measurements: the real server, and objects in other processes."""

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Any

import httpx2

from kindpakket.actors import API
from kindpakket.demo import town_file
from kindpakket.main import running_server
from kindpakket.settings import Settings

PROGRAM = (sys.executable, "-c", "from kindpakket.cli import app; app()")
FREELY = {f"limit_{name}": "1000000 per 1 second" for name in ("reads", "acts", "sign_ins", "key")}
"""Settings of a server without rate limits."""
_HELPERS = {b"kindpakket.ledger.embedded_process": "engine", b"kindpakket.follow": "follower"}
_START_SECONDS = 60


@dataclass(frozen=True)
class Memory:
    """Memory of a process in MB: anonymous, and file-backed, which can be reclaimed."""

    own: float
    file: float


@dataclass(frozen=True)
class Server:
    """`kindpakket serve`, running."""

    base_url: str
    pid: int
    start_seconds: float
    """Seconds from the start of the process to its first answer."""

    def memory(self) -> Memory:
        """Return the memory of the server's process."""
        return memory_of(self.pid)

    def processor_seconds(self) -> dict[str, float]:
        """Return the processor time that each of the server's processes has used."""
        processes = {"server": self.pid, **_helpers_of(self.pid)}
        return {name: _processor_seconds(pid) for name, pid in processes.items()}


@contextmanager
def served(settings: Settings, *wrapper: str, freely: bool = True) -> Iterator[Server]:
    """Serve a data directory as an operator does.

    Args:
        wrapper: a command that runs the server's command, such as a profiler.
        freely: whether to disable the rate limits.

    Raises:
        TimeoutError: there was no answer.
    """
    named = {name: getattr(settings, name) for name in settings.model_fields_set - {"data"}}
    named |= {"app_address": "http://localhost"} | (FREELY if freely else {})
    of_settings = {f"KINDPAKKET_{name.upper()}": value for name, value in named.items()}
    quiet = {"KINDPAKKET_LOG_LEVEL": "warning"}  # unless the environment says otherwise
    environment = (
        quiet | os.environ | {name: str(value) for name, value in of_settings.items() if value}
    )
    serve = "demo" if town_file.exists(settings.data) else "serve"  # refuses a demo
    command = [*wrapper, *PROGRAM, serve, "--data", str(settings.data), "--port", "0"]
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            base_url = _await_answer(settings.data)
            yield Server(base_url, process.pid, time.perf_counter() - start)
        finally:
            process.send_signal(signal.SIGINT)


def _await_answer(data: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            base_url = running_server(data)
            if base_url and httpx2.get(f"{base_url}{API}/ledger", trust_env=False).is_success:
                return base_url
        except (json.JSONDecodeError, httpx2.TransportError):  # incomplete, or not listening yet
            pass
        time.sleep(0.01)
    raise TimeoutError("the server does not answer")


def memory_of(pid: int | str) -> Memory:
    """Return the memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    sizes = dict(re.findall(r"^(Rss\w+):\s+(\d+) kB", status, re.MULTILINE))
    return Memory(int(sizes["RssAnon"]) / 1024, int(sizes["RssFile"]) / 1024)


def follower_of(pid: int | str) -> int:
    """Return the process id of a server's follower."""
    return _helpers_of(pid)["follower"]


def _helpers_of(pid: int | str) -> dict[str, int]:
    """The process ids of a server's engine, if it has one, and follower."""
    found = {}
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            found |= {name: int(child) for module, name in _HELPERS.items() if module in command}
    return found


def _processor_seconds(pid: int) -> float:
    _, _, fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")
    user, system = fields.split()[11:13]  # proc_pid_stat(5), from its third field
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class _Manager(BaseManager):
    """A manager of objects in another process."""


@contextmanager
def elsewhere(make: Callable[..., Any], *args: Any, **named: Any) -> Iterator[Any]:
    """Create an object in a new process; yield a proxy to it."""
    # Not forked, since inherited memory would be measured too.
    manager = _Manager(ctx=multiprocessing.get_context("spawn"))
    manager.register("make", make)
    with manager:
        yield manager.make(*args, **named)  # type: ignore[attr-defined]
