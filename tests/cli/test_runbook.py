"""Every command of the runbook (docs/operations.md) is run: here, or by the test that is named."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.shell import BICYCLES, FIRST, Shell

pytestmark = pytest.mark.xdist_group("cli")

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs/operations.md"

AS_WRITTEN = {
    "audit": 0,
    "audit --json": 0,
    "config check": 1,  # the settings of a test are an example
    "config show": 0,
    "migrate": 0,
    "migrate --check": 0,
    "report": 0,
    "scheme list": 0,
    "shop list": 0,
    "status": 0,
    "till list 1": 0,
}
"""Commands that need nothing more, and their exit status."""


def backup(shell: Shell) -> None:
    shell.ok("backup", shell.home / "kopie")


def drill(shell: Shell) -> None:
    copies = shell.home / "kopieën"
    shell.ok("backup", copies / "zondag")
    shell.ok("drill", copies)


def resume(shell: Shell) -> None:
    paused = shell.json("scheme", "pause", 1)["id"]
    shell.ok("decisions", "approve", paused, "--key", FIRST, "--yes")
    shell.decide("scheme", "resume", 1)


def reinstate(shell: Shell) -> None:
    suspended = shell.json("shop", "suspend", BICYCLES)["id"]
    shell.ok("decisions", "approve", suspended, "--key", FIRST, "--yes")
    shell.decide("shop", "reinstate", BICYCLES)


PREPARED: dict[str, Callable[[Shell], None]] = {
    "backup": backup,
    "drill": drill,
    "scheme resume 1": resume,
    "shop reinstate 1": reinstate,
}
"""Commands that need something to be there."""

ELSEWHERE = {
    "confirm-clock": "tests/faults/test_clock_guard.py::test_the_operator_confirms_the_clock_by_a_command",
    "decisions cancel": "tests/cli/test_payouts.py::",
    "init": "tests/cli/test_init.py::",
    "payout show 1": "tests/cli/test_payouts.py::",
    "payout withdraw 1": "tests/cli/test_payouts.py::",
    "restore": "tests/cli/test_backup.py::",
    "serve --port 8001": "tests/demo",
    "till add": "tests/cli/test_payments.py::",
}
"""Commands that other tests run."""


def told() -> set[str]:
    """The commands in the runbook, without the name of the program."""
    return set(re.findall(r"`kindpakket ([^`]+)`", RUNBOOK.read_text()))


def test_every_command_of_the_runbook_is_run() -> None:
    assert told() == {*AS_WRITTEN, *PREPARED, *ELSEWHERE}


@pytest.mark.parametrize("command", AS_WRITTEN)
def test_a_command_that_needs_nothing_more(shell: Shell, command: str) -> None:
    assert shell.run(*shlex.split(command)).exit_code == AS_WRITTEN[command]


@pytest.mark.parametrize("command", PREPARED)
def test_a_command_that_mends_something(shell: Shell, command: str) -> None:
    PREPARED[command](shell)
