"""Commands warn when the ledger's time is ahead of the clock."""

import time

from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.support.shell import BICYCLES, Shell

DAY = 24 * 3600


def make_a_block_a_day_ahead(shell: Shell) -> None:
    settings = Settings(data=shell.data)
    with (
        Workspace.open(settings, clock=lambda: time.time() + DAY) as workspace,
        serving(build_app(workspace, settings), settings.data),
    ):
        known = shell.json("till", "list", BICYCLES)[0]["till"]
        shell.ok("till", "block", BICYCLES, known, "--owner", "eigenaar-fietsenwinkel")


def test_status_and_audit_say_that_the_last_block_lies_in_the_future(shell: Shell) -> None:
    for command in ("status", "audit"):
        assert "LET OP: het laatste blok" not in shell.ok(command)
    assert shell.json("status")["ledger"]["secondsAhead"] == 0
    make_a_block_a_day_ahead(shell)
    for command in ("status", "audit"):
        assert "LET OP: het laatste blok" in shell.ok(command)
    assert shell.json("status")["ledger"]["secondsAhead"] > DAY - 600
    assert shell.json("audit")["warnings"]


def test_commands_go_on_while_the_ledger_lies_ahead(shell: Shell) -> None:
    make_a_block_a_day_ahead(shell)
    shell.decide("scheme", "fund", 1, "100")
    assert shell.json("scheme", "list")[0]["funded"] == 20_100_00
