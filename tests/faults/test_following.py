"""The views are updated by a process of their own, which ends with its server."""

import multiprocessing
import os
import select
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import delete

from kindpakket.follow import follower_state, run_follower
from kindpakket.ledger.comparison import StatesFile
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from kindpakket.store import views
from kindpakket.workspace import Workspace
from tests.support.node_town import a_minute_later, found_on_anvil
from tests.support.nodes import anvil
from tests.support.slow_node import slow_node
from tests.support.town import BICYCLES, START, Clock, Town, copied, opened, till_of

fork = multiprocessing.get_context("fork")


def give_way() -> None:
    """Leave the processor to the process that is waited for."""
    select.select([], [], [], 0.05)


def assert_followed(town: Town) -> None:
    """Wait until the views are at the head without being asked."""
    context = town.workspace.context
    cursor = views.EMPTY
    while cursor.block < context.ledger.head():
        give_way()
        with context.store.read() as db:
            cursor = views.read_cursor(db)
    assert cursor.hash == context.ledger.block_hash(cursor.block)


def test_views_keep_up_with_the_ledger_without_being_asked(town: Town) -> None:
    context = town.workspace.context
    context.projection.catch_up()
    with run_follower(Settings(data=town.directory)):
        town.api.pay(till_of(BICYCLES), town.code(100), 100)
        assert_followed(town)
    with context.store.read() as db:
        assert db.exec_driver_sql("SELECT spent FROM schemes").scalar_one() == 100


def test_a_follower_that_dies_is_started_again_and_says_so(town: Town) -> None:
    settings = Settings(data=town.directory)
    with run_follower(settings) as first:
        os.kill(first, signal.SIGKILL)
        state = follower_state(town.directory)
        while state is None or state.pid in (None, first):
            give_way()
            state = follower_state(town.directory)
        assert state.failures == 1
        town.api.pay(till_of(BICYCLES), town.code(100), 100)
        assert_followed(town)
    assert follower_state(town.directory) is None


def test_a_follower_whose_node_is_away_at_its_start_waits_for_it(tmp_path: Path) -> None:
    with anvil("--timestamp", str(START)) as url, slow_node(url) as node:
        found_on_anvil(tmp_path / "town", url)
        node.away = True
        with (
            opened(tmp_path / "town", a_minute_later(), node_url=url) as town,
            run_follower(Settings(data=town.directory, node_url=node.url)),
        ):
            while not ((state := follower_state(town.directory)) and state.failures):
                give_way()
            with town.workspace.context.store.write() as db:
                db.execute(delete(t.cursor))
            node.away = False
            assert_followed(town)


def test_a_follower_compares_the_nodes_of_its_server(tmp_path: Path) -> None:
    with anvil("--timestamp", str(START)) as url, slow_node(url) as node:
        found_on_anvil(tmp_path / "town", url)
        node.tell_another_history()
        settings = Settings(data=tmp_path / "town", node_url=f"{url},{node.url}")
        states = StatesFile(settings.data, settings.nodes)
        with run_follower(settings):
            while not states.read():
                give_way()
        assert [state.standing for state in states.read()] == ["same", "differs"]


def serve_until_killed(pipe: Connection, directory: Path) -> None:
    settings = Settings(data=directory)
    with Workspace.open(settings, clock=Clock(), sync=False), run_follower(settings) as follower:
        pipe.send(follower)
        pipe.recv()


def test_a_follower_ends_with_the_server_that_was_killed(founded: Path, tmp_path: Path) -> None:
    here, there = fork.Pipe()
    server = fork.Process(target=serve_until_killed, args=(there, copied(founded, tmp_path / "t")))
    server.start()
    follower = os.pidfd_open(here.recv())
    server.kill()
    assert select.select([follower], [], [])[0] == [follower]
    os.close(follower)
    server.join()
