"""A backup taken during payments is a consistent copy of one moment."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from kindpakket.actors import API
from kindpakket.backup import backup
from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from kindpakket.store import views
from kindpakket.store.database import Store
from kindpakket.store_access import DATABASE
from kindpakket.workspace import Workspace
from scripts.bench.kills import Act, Payer, differing_views, found, opened, served


@contextmanager
def client(workspace: Workspace, settings: Settings) -> Iterator[httpx2.Client]:
    with (
        serving(build_app(workspace, settings), None) as base_url,
        httpx2.Client(base_url=base_url, timeout=60) as http,
    ):
        yield http


def pay(http: httpx2.Client, payer: Payer) -> Act:
    payer.acts.append(payer.next_act())
    payer.repeat(http)
    return payer.acts[-1]


def cursor_of(copy: Path) -> views.Cursor:
    """The block up to which the copied store has followed its ledger."""
    store = Store(f"sqlite:///{copy / DATABASE}")
    with store.read() as db:
        cursor = views.read_cursor(db)
    store.close()
    assert cursor
    return cursor


def test_a_copy_holds_what_was_answered_before_and_agrees_with_itself(tmp_path: Path) -> None:
    settings, copy = Settings(data=tmp_path / "town"), tmp_path / "copy"
    domain = found(settings)
    payers = [Payer(domain, number) for number in range(2)]
    busy = threading.Barrier(3)
    with served(settings) as (process, base_url), ThreadPoolExecutor(2) as pool:
        paying = [pool.submit(payer.act_until_killed, base_url, 4, busy.wait) for payer in payers]
        busy.wait()
        before = [act for payer in payers for act in payer.acts if act.id]
        made = backup(settings, copy)
        process.kill()
        for each in paying:
            each.result()
    assert len(before) >= 8
    with opened(settings.model_copy(update={"data": copy})) as workspace:
        ledger = workspace.context.ledger
        assert ledger.head() == made.block
        assert ledger.audit().findings == []
        assert differing_views(workspace.context) == []
        with client(workspace, settings) as http:
            for act in before:
                if act.path == "/payments":
                    told = http.get(f"{API}/payments/{act.id}").json()
                    assert told["amount"] == act.amount
            assert pay(http, Payer(domain, 2)).id
            assert ledger.head() == made.block + 1


def test_a_store_is_never_copied_ahead_of_its_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, copy = Settings(data=tmp_path / "town"), tmp_path / "copy"
    payer = Payer(found(settings), 0)
    copy_chain = EmbeddedChain.copy_to
    with served(settings) as (_, base_url), httpx2.Client(base_url=base_url) as http:

        def pay_and_copy(chain: EmbeddedChain, directory: Path) -> None:
            """Make a payment, synchronised into the views, before and after the chain is copied."""
            for copying in (lambda: copy_chain(chain, directory), lambda: None):
                pay(http, payer)
                http.get(f"{API}/schemes").raise_for_status()
                copying()

        http.get(f"{API}/schemes").raise_for_status()
        monkeypatch.setattr(EmbeddedChain, "copy_to", pay_and_copy)
        made = backup(settings, copy)
    cursor = cursor_of(copy)
    with opened(settings.model_copy(update={"data": copy})) as workspace:
        context = workspace.context
        assert cursor.block == made.block - 1
        assert context.ledger.block_hash(cursor.block) == cursor.hash
        assert context.projection.catch_up().block == made.block
        assert differing_views(context) == []


def test_a_killed_servers_directory_can_be_copied_as_it_lies(tmp_path: Path) -> None:
    settings, copy = Settings(data=tmp_path / "town"), tmp_path / "copy"
    payer = Payer(found(settings), 0)
    with served(settings) as (process, base_url), httpx2.Client(base_url=base_url) as http:
        paid = pay(http, payer)
        http.get(f"{API}/schemes").raise_for_status()
        process.kill()
        process.join()
    assert (settings.data / f"{DATABASE}-wal").stat().st_size
    made = backup(settings, copy)
    cursor = cursor_of(copy)
    assert cursor.block == made.block  # what was in the store's log is in the copy
    settings = settings.model_copy(update={"data": copy})
    with opened(settings) as workspace, client(workspace, settings) as http:
        assert http.get(f"{API}/payments/{paid.id}").json()["amount"] == paid.amount
