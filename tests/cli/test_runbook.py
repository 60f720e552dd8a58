"""Every command of the runbook (docs/operations.md) is run: here, or by the test that is named.

So is every command of its pages (docs/operations), if not with the same arguments.
"""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.main import get_command

from kindpakket.cli import app
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

ON_PAGES = {
    "bank journal": ("cli/test_bank.py", "test_a_statement_is_read_and_everything_compared"),
    "bank read": ("cli/test_bank.py", "test_a_statement_is_read_and_everything_compared"),
    "bank reconcile": ("cli/test_bank.py", "test_a_statement_is_read_and_everything_compared"),
    "council-report": ("cli/test_year_end.py", "test_the_report_to_the_council_is_written"),
    "decisions approve": ("support/shell.py", "decide"),
    "join": ("support/two_servers.py", "join"),
    "official add": (
        "cli/test_lost_keys.py",
        "test_a_colleague_and_the_safe_replace_an_official_who_lost_the_key",
    ),
    "official from-paper": ("cli/test_lost_keys.py", "take_from_safe"),
    "official new": (
        "cli/test_lost_keys.py",
        "test_a_colleague_and_the_safe_replace_an_official_who_lost_the_key",
    ),
    "official new-safe": (
        "cli/test_lost_keys.py",
        "test_two_officials_replace_the_key_in_the_safe",
    ),
    "official remove": (
        "cli/test_lost_keys.py",
        "test_a_colleague_and_the_safe_replace_an_official_who_lost_the_key",
    ),
    "payout file": ("cli/test_payouts.py", "test_from_a_payment_to_the_file_for_the_bank"),
    "payout prepare": ("cli/test_payouts.py", "test_from_a_payment_to_the_file_for_the_bank"),
    "payout preview": ("cli/test_payouts.py", "test_why_a_shop_gets_nothing_is_in_the_table"),
    "relay new": ("cli/test_relay_key.py", "test_the_next_relay_key_pays_from_when_it_is_used"),
    "relay use": ("cli/test_relay_key.py", "test_the_next_relay_key_pays_from_when_it_is_used"),
    "scheme close": (
        "cli/test_year_end.py",
        "test_a_scheme_is_closed_and_what_was_not_granted_taken_back",
    ),
    "scheme fund": (
        "cli/test_year_end.py",
        "test_a_scheme_is_closed_and_what_was_not_granted_taken_back",
    ),
    "shop admit": ("cli/test_shop_invitations.py", "test_a_lost_owner_device_is_replaced"),
    "shop bank": ("cli/test_payouts.py", "test_from_a_payment_to_the_file_for_the_bank"),
    "shop enrolments": ("cli/test_shop_invitations.py", "listed"),
    "shop invite-again": ("cli/test_shop_invitations.py", "test_a_lost_owner_device_is_replaced"),
    "shop suspend": ("cli/test_runbook.py", "reinstate"),
    "store rotate-key": (
        "cli/test_trouble.py",
        "test_the_key_of_the_database_is_replaced_by_a_command",
    ),
    "till block": ("cli/test_payments.py", "test_a_blocked_till_is_refused"),
}
"""Commands of the pages only, without their arguments."""


def told() -> set[str]:
    """The commands in the runbook, without the name of the program."""
    return set(re.findall(r"`kindpakket ([^`]+)`", RUNBOOK.read_text()))


def without_arguments(command: str) -> str:
    """The words that name a command; empty for options of the program itself."""
    known, words = get_command(app), []
    for word in command.split():
        if word not in getattr(known, "commands", {}):
            break
        known = known.commands[word]  # type: ignore[attr-defined]
        words.append(word)
    return " ".join(words)


def test_every_command_of_a_page_is_run() -> None:
    run = set(map(without_arguments, {*AS_WRITTEN, *PREPARED, *ELSEWHERE})) | {*ON_PAGES, ""}
    for page in sorted(RUNBOOK.with_suffix("").glob("*.md")):
        text = page.read_text()
        told = re.findall(r"^    kindpakket (.+)", text, re.M)
        told += re.findall(r"`(?:[A-Z_]+=\S+ )?kindpakket ([^`]+)`", text)
        assert set(map(without_arguments, told)) <= run, page.name


def test_every_command_of_the_runbook_is_run() -> None:
    assert told() == {*AS_WRITTEN, *PREPARED, *ELSEWHERE}


def test_the_tests_that_are_named_are_there() -> None:
    for file, test in (*ELSEWHERE.values(), *ON_PAGES.values()):
        assert f"def {test}(" in (ROOT / "tests" / file).read_text()


@pytest.mark.parametrize("command", AS_WRITTEN)
def test_a_command_that_needs_nothing_more(shell: Shell, command: str) -> None:
    assert shell.run(*shlex.split(command)).exit_code == AS_WRITTEN[command]


@pytest.mark.parametrize("command", PREPARED)
def test_a_command_that_mends_something(shell: Shell, command: str) -> None:
    PREPARED[command](shell)
