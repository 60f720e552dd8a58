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


def backup_of_many(shell: Shell) -> None:
    shell.ok("backup", shell.home / "kopieën", "--keep", 14)


def drill(shell: Shell) -> None:
    copies = shell.home / "kopieën"
    shell.ok("backup", copies / "zondag")
    shell.ok("drill", copies)


def resume(shell: Shell) -> None:
    paused = shell.json("scheme", "pause", 1)["id"]
    shell.ok("decisions", "approve", paused, "--key", FIRST, "--yes")
    shell.decide("scheme", "resume", 1)


def rules(shell: Shell) -> None:
    shell.decide("scheme", "rules", 1, "--last-day", "2099-11-30")


def reinstate(shell: Shell) -> None:
    suspended = shell.json("shop", "suspend", BICYCLES)["id"]
    shell.ok("decisions", "approve", suspended, "--key", FIRST, "--yes")
    shell.decide("shop", "reinstate", BICYCLES)


PREPARED: dict[str, Callable[[Shell], None]] = {
    "backup kopieen --keep 14": backup_of_many,
    "backup kopieen/nu": backup,
    "drill kopieen": drill,
    "scheme resume 1": resume,
    "scheme rules": rules,
    "shop reinstate 1": reinstate,
}
"""Commands that need something to be there."""

ELSEWHERE = {
    "confirm-clock": (
        "faults/test_clock_guard.py",
        "test_the_operator_confirms_the_clock_by_a_command",
    ),
    "decisions cancel": ("cli/test_payouts.py", "test_a_payout_that_was_cancelled_is_withdrawn"),
    "init": ("cli/test_init.py", "test_two_officials_hold_everything_in_encrypted_files"),
    "payout show 1": ("cli/test_payouts.py", "test_from_a_payment_to_the_file_for_the_bank"),
    "payout withdraw 1": ("cli/test_payouts.py", "test_a_payout_that_was_cancelled_is_withdrawn"),
    "restore kopieen/zondag": (
        "cli/test_backup.py",
        "test_nobody_is_signed_in_after_a_restore_and_what_is_over_its_period_is_gone",
    ),
    "serve --port 8001": (
        "demo/test_serving.py",
        "test_it_opens_on_the_port_that_was_asked_for_and_ends_in_order",
    ),
    "demo": ("demo/test_serving.py", "test_a_demo_is_not_for_others_to_reach"),
    "serve": (
        "demo/test_serving.py",
        "test_outside_demo_mode_there_is_no_demo_page_and_the_desk_is_on_the_site",
    ),
    "till add": ("cli/test_payments.py", "test_a_till_is_added_with_a_name_and_rights"),
}
"""Commands that other tests run."""


def told() -> set[str]:
    """The commands in the runbook, without the name of the program."""
    return set(re.findall(r"`kindpakket ([^`]+)`", RUNBOOK.read_text()))


def test_every_command_of_the_runbook_is_run() -> None:
    assert told() == {*AS_WRITTEN, *PREPARED, *ELSEWHERE}


def test_the_tests_that_are_named_are_there() -> None:
    for file, test in ELSEWHERE.values():
        assert f"def {test}(" in (ROOT / "tests" / file).read_text()


@pytest.mark.parametrize("command", AS_WRITTEN)
def test_a_command_that_needs_nothing_more(shell: Shell, command: str) -> None:
    assert shell.run(*shlex.split(command)).exit_code == AS_WRITTEN[command]


@pytest.mark.parametrize("command", PREPARED)
def test_a_command_that_mends_something(shell: Shell, command: str) -> None:
    PREPARED[command](shell)
