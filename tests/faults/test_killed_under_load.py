"""Killed at any moment under load: every answered act is on the ledger once, and totals agree."""

from pathlib import Path

from kindpakket.main import SERVER
from kindpakket.settings import Settings
from scripts.bench.kills import kill, opened
from tests.properties.always_true import Watch
from tests.support.snapshot import everything

KILLS = 10


def test_nothing_answered_is_lost_and_nothing_is_done_twice(tmp_path: Path) -> None:
    came = kill(tmp_path, KILLS, seed=20_270_115)
    assert came["kills"] == KILLS
    assert came["answered"] > 4 * KILLS
    assert came["payments"] > came["refunds"] > came["moves"] > 0
    assert came["unanswered_when_killed"] > KILLS  # it was busy
    assert (tmp_path / SERVER).exists()  # no cleanup was done
    assert (came["lost"], came["twice"], came["unknown"]) == (0, 0, 0)
    assert came["cents_off"] == [0, 0]
    assert came["audit"] == []
    assert came["views_that_differ"] == []
    what_is_always_true(tmp_path)


def what_is_always_true(directory: Path) -> None:
    watch = Watch()
    with opened(Settings(data=directory)) as workspace:
        ledger = workspace.context.ledger
        told = everything(ledger, workspace.provider)
        watch.sums(told)
        for block in ledger.blocks(0):
            for event in (event for entry in block.entries for event in entry.events):
                if event.name == "Paid":
                    watch.payment(event.args, told, block.time)
    assert watch.paid
