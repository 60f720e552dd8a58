"""Keeps the views up to date, publishes totals and audits, in a process no request waits for."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.main import Workspace
from kindpakket.services.figures.published_totals import publish_totals
from kindpakket.services.oversight.requested_audits import run_audits
from kindpakket.settings import Settings
from kindpakket.store.database import StoreUnavailable

_PAUSE_SECONDS = 1.0
_GIVING_WAY = 10
"""Payments come first where there are too few processors for both."""


@contextmanager
def following(settings: Settings) -> Iterator[int]:
    """Follow the ledger for as long as this lasts; it ends with this process, however that ends.

    Gives the id of the process that does it.
    """
    # Settings may hold a password: not for the command line, which others can see.
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:  # noqa: S603
        print(settings.model_dump_json(), file=process.stdin, flush=True)
        try:
            yield process.pid
        finally:
            process.terminate()  # at any moment: what it had not committed comes again


def follow() -> None:
    """Follow the ledger until standard input, on which the settings come, is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_GIVING_WAY)
    settings = Settings.model_validate_json(sys.stdin.readline())
    with Workspace.open(settings, read_only=True) as workspace:
        while not select.select([sys.stdin], [], [], _PAUSE_SECONDS)[0]:
            with suppress(LedgerUnavailable, StoreUnavailable):
                workspace.context.projection.catch_up()
                publish_totals(workspace.context)
                run_audits(workspace.context)


if __name__ == "__main__":
    follow()
