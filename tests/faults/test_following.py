"""The views are updated by a process of their own, which ends with its server."""

import multiprocessing
import os
import select
from multiprocessing.connection import Connection
from pathlib import Path

from kindpakket.follow import run_follower
from kindpakket.main import Workspace
from kindpakket.settings import Settings
from kindpakket.store import views
from tests.support.town import BICYCLES, Clock, Town, copied, till_of

fork = multiprocessing.get_context("fork")


def test_views_keep_up_with_the_ledger_without_being_asked(town: Town) -> None:
    context = town.workspace.context
    context.projection.catch_up()
    with run_follower(Settings(data=town.directory)):
        town.api.pay(till_of(BICYCLES), town.code(100), 100)
        cursor = views.EMPTY
        while cursor.block < context.ledger.head():
            with context.store.read() as db:
                cursor = views.read_cursor(db)
    assert cursor.hash == context.ledger.block_hash(cursor.block)
    with context.store.read() as db:
        assert db.exec_driver_sql("SELECT spent FROM schemes").scalar_one() == 100


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
