"""Commands beside a running server, after a killed one, and beside each other."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from kindpakket.cli import common
from kindpakket.main import SERVER, build_app, serving
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.support.shell import FIRST, SECOND, Shell

pytestmark = pytest.mark.xdist_group("cli")


@contextmanager
def server(shell: Shell) -> Iterator[str]:
    settings = Settings(data=shell.data)
    with (
        Workspace.open(settings) as workspace,
        serving(build_app(workspace, settings), settings.data) as base_url,
    ):
        yield base_url


def leave_behind(shell: Shell, base_url: str) -> None:
    """Create the files that a killed server leaves."""
    (shell.data / SERVER).write_text(json.dumps({"base_url": base_url}))


def test_commands_go_through_the_running_server(shell: Shell) -> None:
    with server(shell) as base_url:
        assert shell.json("status")["server"].rstrip("/") == base_url
        shell.ok("scheme", "fund", 1, "100")
        shell.approve_all()
        payment = shell.pay("10", shell.code("10"))
        seen = httpx2.get(f"{base_url}/api/v1/payments/{payment['id']}").json()
        assert seen["amount"] == 10_00
        assert shell.json("status")["payments"] == 1
        assert shell.json("scheme", "list")[0]["funded"] == 20_100_00
        assert base_url in shell.ok("status")
    assert shell.json("status")["server"] is None
    assert shell.pay("1", shell.code("1"))["amount"] == 1_00


def test_commands_ignore_the_address_of_a_killed_server(shell: Shell) -> None:
    leave_behind(shell, "http://127.0.0.1:9")
    assert shell.json("status")["server"] is None
    assert shell.pay("1", shell.code("1"))["amount"] == 1_00


def test_commands_ignore_an_address_that_a_killed_server_left_empty(shell: Shell) -> None:
    (shell.data / SERVER).write_text("")
    assert shell.json("status")["server"] is None


def test_another_ledgers_server_at_that_address_is_not_ours(
    shell: Shell, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Shell(tmp_path_factory.mktemp("other"))
    other.ok("init")
    with server(other) as base_url:
        leave_behind(shell, base_url)
        assert shell.json("status")["server"] is None
        assert shell.pay("1", shell.code("1"))["amount"] == 1_00


def test_a_command_waits_for_another_that_keeps_the_ledger(shell: Shell) -> None:
    decision = shell.json("scheme", "fund", 1, "100")["id"]
    shell.ok("decisions", "approve", decision, "--key", FIRST, "--yes")
    leave_behind(shell, "http://127.0.0.1:9")
    workspace = Workspace.open(Settings(data=shell.data))
    threading.Timer(0.5, workspace.close).start()
    shell.ok("decisions", "approve", decision, "--key", SECOND, "--yes")
    assert shell.json("scheme", "list")[0]["funded"] == 20_100_00


def test_a_command_that_waits_in_vain_says_so(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "_LOCK_SECONDS", 0.2)
    with Workspace.open(Settings(data=shell.data)):
        said = shell.fail("code", "--amount", "1", "--letter-file", shell.letter_file())
    assert said == "Een andere opdracht is bezig met deze map; probeer het zo opnieuw."
