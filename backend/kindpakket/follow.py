"""The follower: a background process that updates the views, publishes totals, runs audits and
deletes what is past its retention period."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from kindpakket.ledger.comparison import NodeState, StatesFile, compare
from kindpakket.ledger.nodes import Nodes
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.logs import configure as configure_logs
from kindpakket.services.base.context import Context
from kindpakket.services.base.private_files import write_private
from kindpakket.services.figures.published_totals import publish_totals
from kindpakket.services.oversight.requested_audits import run_audits
from kindpakket.services.oversight.retention import delete_expired
from kindpakket.settings import Settings
from kindpakket.store.database import StoreUnavailable
from kindpakket.workspace import FOLLOWER, Workspace

_PAUSE_SECONDS = 1.0
_GIVING_WAY = 10
"""A lower priority than the server's, so that payments go first."""
_FIRST_BACK_OFF, _LONGEST_BACK_OFF = 1.0, 15.0
"""Seconds before a follower that ended is started again; doubled each time that it ends soon."""

log = structlog.get_logger()


@dataclass(frozen=True)
class FollowerState:
    """Whether a server's follower runs, as in a file of the data directory."""

    pid: int | None
    """None while it waits to be started again."""
    failures: int
    """How often it ended while its server ran."""
    failed_at: int | None
    """When it last did, in unix seconds."""


def follower_state(data: Path) -> FollowerState | None:
    """Return the state of the follower of the server on this directory; None without one."""
    try:
        return FollowerState(**json.loads((data / FOLLOWER).read_text()))
    except (FileNotFoundError, ValueError, TypeError):  # a killed server may leave it incomplete
        return None


@contextmanager
def run_follower(settings: Settings) -> Iterator[int]:
    """Run the follower in a subprocess within the context; yield its first process id.

    When it ends it is started again. It also ends when this process ends in any way, by the end of
    its standard input.
    """
    supervisor = _Supervisor(settings)
    try:
        yield supervisor.pid
    finally:
        supervisor.close()


class _Supervisor:
    """Keeps the follower running, and its state in a file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._closed = threading.Event()
        self._changing = threading.Lock()
        self._failures = 0
        self._failed_at: int | None = None
        self._start()
        self.pid = self._process.pid
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the follower."""
        with self._changing:
            self._closed.set()
            self._process.terminate()  # safe at any moment: what was not committed is done again
        self._thread.join()
        (self._settings.data / FOLLOWER).unlink(missing_ok=True)

    def _watch(self) -> None:
        back_off = _FIRST_BACK_OFF
        while True:
            started = time.monotonic()
            with self._process:
                exit_code = self._process.wait()
            if self._closed.is_set():
                return
            if time.monotonic() - started > _LONGEST_BACK_OFF:
                back_off = _FIRST_BACK_OFF
            self._failures, self._failed_at = self._failures + 1, int(time.time())
            log.error("follower_ended", exit_code=exit_code, starts_again_in=back_off)
            self._tell(None)
            if self._closed.wait(back_off):
                return
            back_off = min(2 * back_off, _LONGEST_BACK_OFF)
            with self._changing:
                if self._closed.is_set():
                    return
                self._start()

    def _start(self) -> None:
        # On standard input, since they may contain a password and command lines are public.
        command = [sys.executable, "-m", __name__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)  # noqa: S603
        with suppress(BrokenPipeError):
            print(self._settings.model_dump_json(), file=self._process.stdin, flush=True)
        self._tell(self._process.pid)

    def _tell(self, pid: int | None) -> None:
        state = FollowerState(pid, self._failures, self._failed_at)
        part = (self._settings.data / FOLLOWER).with_suffix(".part")
        try:
            write_private(part, json.dumps(asdict(state)))
            part.replace(self._settings.data / FOLLOWER)
        except OSError:
            log.exception("follower_state_not_written")


def follow() -> None:
    """Run the follower until standard input, from which the settings are read, is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_GIVING_WAY)
    settings = Settings.model_validate_json(sys.stdin.readline())
    configure_logs(settings.log_level, settings.log_format)
    with Workspace.open(settings, read_only=True) as workspace, _comparing(workspace, settings):
        troubles: dict[str, str] = {}
        while not select.select([sys.stdin], [], [], _PAUSE_SECONDS)[0]:
            for work in (_keep_up, run_audits):  # an audit that fails hinders nothing else
                _attempt(work, workspace.context, troubles)


def _keep_up(context: Context) -> None:
    context.projection.catch_up()
    publish_totals(context)
    delete_expired(context)


def _attempt(work: Callable[[Context], None], context: Context, troubles: dict[str, str]) -> None:
    """Do a part of the work. An error is logged once while it lasts: it is tried again later."""
    before = troubles.pop(work.__name__, "")
    try:
        work(context)
    except (LedgerUnavailable, StoreUnavailable, OSError) as error:
        trouble = troubles[work.__name__] = type(error).__name__
        if trouble != before:
            # Not the message of a node's error, which may have the path of its address.
            told = {"error": str(error)} if isinstance(error, StoreUnavailable) else {}
            log.warning("follower_waits", reason=trouble, **told)


@contextmanager
def _comparing(workspace: Workspace, settings: Settings) -> Iterator[None]:
    """Compare the nodes of the settings, if any, in a thread within the context."""
    if not isinstance(workspace.provider, Nodes):
        yield
        return
    ended = threading.Event()
    file = StatesFile(settings.data, settings.nodes)
    arguments = (workspace.provider, file, settings.confirmations, ended)
    threading.Thread(target=_compare, args=arguments, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _compare(nodes: Nodes, file: StatesFile, confirmations: int, ended: threading.Event) -> None:
    try:
        while not ended.wait(_PAUSE_SECONDS):
            before = file.read()
            states = compare(nodes, before, confirmations)
            file.write(states)
            _tell_changes(before, states)
    except Exception:
        log.exception("nodes_not_compared")
        os._exit(1)  # the supervisor starts the follower again


def _tell_changes(before: list[NodeState], states: list[NodeState]) -> None:
    known = {state.name: state.standing for state in before}
    for state in states:
        if state.standing == known.get(state.name, "same"):
            continue
        tell = log.error if state.standing == "differs" else log.warning
        tell("node_standing", **asdict(state))


if __name__ == "__main__":
    follow()
