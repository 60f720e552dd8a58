"""The follower: a background process that updates the views, publishes totals and runs audits."""

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
"""A lower priority than the server's, so that payments go first."""


@contextmanager
def run_follower(settings: Settings) -> Iterator[int]:
    """Run the follower in a subprocess within the context; yield its process id.

    It also ends when this process ends in any way, by the end of its standard input.
    """
    # On standard input, since they may contain a password and command lines are public.
    command = [sys.executable, "-m", __name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:  # noqa: S603
        print(settings.model_dump_json(), file=process.stdin, flush=True)
        try:
            yield process.pid
        finally:
            process.terminate()  # safe at any moment: what was not committed is processed again


def follow() -> None:
    """Run the follower until standard input, from which the settings are read, is closed."""
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
