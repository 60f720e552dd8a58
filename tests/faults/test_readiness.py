"""Readiness of a server whose engine or database is really stopped, and its recovery."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kindpakket.ledger.embedded_process import SubprocessChain
from kindpakket.services.oversight import readiness as readiness_module
from kindpakket.services.oversight.readiness import OK, Readiness, checks_of
from kindpakket.settings import Settings
from kindpakket.store_access import DATABASE
from kindpakket.workspace import Workspace
from tests.support.town import copied

WAIT_SECONDS = 0.3


@pytest.fixture
def workspace(
    founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    monkeypatch.setattr(readiness_module, "CACHED_SECONDS", 0)
    directory = copied(founded, tmp_path / "town")
    with Workspace.open(Settings(data=directory), apart=True) as workspace:
        workspace.context.projection.catch_up()
        yield workspace


@pytest.fixture
def readiness(workspace: Workspace, tmp_path: Path) -> Readiness:
    checks = checks_of(workspace.context, tmp_path / "town", on_a_node=False, follows=lambda: True)
    del checks["head"]  # the town is in the future
    return Readiness(checks)


def failing(readiness: Readiness) -> dict[str, str]:
    told = readiness.ask_in_a_thread()
    return {name: each.word for name, each in told.items() if each.word != OK}


def test_an_engine_that_hangs_is_told_until_it_goes_on(
    workspace: Workspace, readiness: Readiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = workspace.context.ledger.head()
    assert failing(readiness) == {}
    assert isinstance(workspace.provider, SubprocessChain)
    engine = workspace.provider._engine.pid
    os.kill(engine, signal.SIGSTOP)
    with monkeypatch.context() as hurried:
        hurried.setattr(readiness_module, "_WAIT_SECONDS", WAIT_SECONDS)
        assert failing(readiness) == {"ledger": "no_answer"}
    os.kill(engine, signal.SIGCONT)
    readiness.ask_in_a_thread()  # waits for the check that hung
    assert failing(readiness) == {}
    assert workspace.context.ledger.head() == head


def test_a_database_that_another_program_holds_is_told_until_it_is_free(
    readiness: Readiness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tmp_path / "town" / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with monkeypatch.context() as hurried:
            hurried.setattr(readiness_module, "_WAIT_SECONDS", WAIT_SECONDS)
            assert failing(readiness) == {"database": "no_answer"}
        other.execute("ROLLBACK")
    readiness.ask_in_a_thread()
    assert failing(readiness) == {}
