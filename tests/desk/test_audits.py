"""The audit at the desk: requested by any deciding official, run beside, shown with its block."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kindpakket.services.oversight import independent_reports
from kindpakket.services.oversight.requested_audits import run_audits
from tests.desk.office import Desk
from tests.support.town import BICYCLES, Town, till_of


def test_an_audit_is_asked_for_run_and_read(town: Town, anna: Desk, bram: Desk) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    anna.post("/controle")
    assert "De controle loopt." in bram.page("/controle")
    run_audits(town.workspace.context)
    page = bram.page("/controle")
    assert "Alles klopt." in page
    assert f"tot en met blok {town.workspace.context.ledger.head()} " in page


def test_one_audit_that_waits_is_enough(town: Town, anna: Desk, bram: Desk) -> None:
    anna.post("/controle")
    bram.post("/controle")
    run_audits(town.workspace.context)
    assert anna.get("/controle").text.count("Gecontroleerd tot en met blok") == 1


def test_before_the_first_audit_the_page_says_so(anna: Desk) -> None:
    assert "Er is hier nog geen controle gedaan." in anna.page("/controle")


def test_the_last_report_of_the_independent_audit_is_shown_with_its_hash(
    town: Town, anna: Desk
) -> None:
    assert "Onafhankelijke controle" not in anna.page("/controle")
    assert anna.get("/controle/verslag").status_code == 404
    reports = town.directory / "audit"
    done = subprocess.run(
        [sys.executable, "-m", "kindpakket_audit", town.directory, "--report", reports],
        cwd=Path(__file__).parents[2] / "audit",
        check=False,
    )
    assert done.returncode == 3  # this town has no table of categories on its ledger
    page = anna.page("/controle")
    assert "Onafhankelijke controle Wat na te gaan was, klopt. Niet alles" in page
    assert "Niet na te gaan 1" in page
    assert f"tot en met blok {town.workspace.context.ledger.head()}, " in page
    assert hashlib.sha256((reports / "audit.json").read_bytes()).hexdigest() in page
    told = anna.get("/controle/verslag")
    assert told.content == (reports / "audit.html").read_bytes()
    assert told.headers["Content-Disposition"].startswith("attachment")


def report_of(town: Town, **changes: Any) -> Path:
    """A clean report of the town's ledger, with changes."""
    ledger = town.workspace.context.ledger
    told = {
        "result": "clean",
        "found": {},
        "weaker": [],
        "chain_id": ledger.domain.chain_id,
        "contract": ledger.domain.contract,
        "last_block": 7,
        "last_time": 1_800_000_000,
        "last_hash": ledger.block_hash(7),
    }
    reports = town.directory / "audit"
    reports.mkdir(exist_ok=True)
    (reports / "audit.json").write_text(json.dumps(told | changes))
    return reports


def test_a_report_that_finds_something_says_how_much(town: Town, anna: Desk) -> None:
    report_of(town)
    assert "Alles klopt." in anna.page("/controle")
    report_of(town, result="differs", found={"difference": 2})
    assert "Er kloppen 2 dingen niet." in anna.page("/controle")


def test_a_report_with_a_difference_is_not_shown_as_clean(town: Town, anna: Desk) -> None:
    report_of(town, found={"difference": 1})
    page = anna.page("/controle")
    assert "Er klopt 1 ding niet." in page
    assert "Alles klopt." not in page


@pytest.mark.parametrize(
    "changes",
    [
        {"result": "incomplete", "weaker": ["De koppen leggen <niets> vast."]},
        {"weaker": ["De koppen leggen <niets> vast."]},
    ],
)
def test_what_could_not_be_checked_is_a_warning_in_the_report_s_words(
    town: Town, anna: Desk, changes: Any
) -> None:
    report_of(town, **changes)
    page = anna.page("/controle")
    assert "Wat na te gaan was, klopt. Niet alles was na te gaan." in page
    assert "De koppen leggen" in page
    assert "Alles klopt." not in page


@pytest.mark.parametrize(
    "changes",
    [
        {"chain_id": 1},
        {"contract": "0x" + "12" * 20},
        {"last_hash": "0x" + "12" * 32},
        {"last_block": 1_000_000},
        {"last_block": 1_000_000, "last_hash": None},
        {"last_hash": ""},
        {"result": "incomplete", "last_hash": ""},
    ],
)
def test_a_report_of_another_ledger_says_so(town: Town, anna: Desk, changes: Any) -> None:
    report_of(town, **changes)
    page = anna.page("/controle")
    assert "Dit verslag is van een ander grootboek." in page
    assert "Alles klopt." not in page


def test_a_difference_of_a_report_that_names_no_block_is_shown(town: Town, anna: Desk) -> None:
    """Of a chain that is not the one of an earlier report, the program names no block."""
    report_of(town, result="differs", found={"difference": 1}, last_block=-1, last_hash="")
    assert "Er klopt 1 ding niet." in anna.page("/controle")


def test_a_chain_that_the_program_could_not_read_is_no_success(town: Town, anna: Desk) -> None:
    report_of(town, result="unreadable", last_block=-1, last_hash="")
    assert "Het programma kon het grootboek niet lezen." in anna.page("/controle")


@pytest.mark.parametrize(
    "changes",
    [
        {"last_time": 10**30},
        {"last_time": 253_402_300_800},
        {"last_time": -1},
        {"last_time": 1e400},
        {"last_block": 10**30},
        {"last_block": True},
        {"last_block": "7"},
        {"found": []},
        {"found": {"difference": "none"}},
        {"weaker": None},
        {"result": "fine"},
        {"result": "other"},
        {"result": "damaged"},
        {"result": []},
    ],
)
def test_a_hostile_report_cannot_be_read_and_the_page_says_so(
    town: Town, anna: Desk, changes: Any
) -> None:
    report_of(town, **changes)
    assert "Het verslag is niet te lezen." in anna.page("/controle")


@pytest.mark.parametrize("text", ["", '{"result": [', "[]", "null", "[" * 100_000])
def test_a_damaged_report_does_not_vanish(town: Town, anna: Desk, text: str) -> None:
    (report_of(town) / "audit.json").write_text(text)
    assert "Het verslag is niet te lezen." in anna.page("/controle")


def test_what_is_no_file_or_too_large_a_file_does_not_vanish(
    town: Town, anna: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = report_of(town) / "audit.json"
    with monkeypatch.context() as patched:
        patched.setattr(independent_reports, "_MAX_BYTES", 10)
        assert "Het verslag is niet te lezen." in anna.page("/controle")
    file.unlink()
    os.mkfifo(file)
    assert "Het verslag is niet te lezen." in anna.page("/controle")


def test_the_report_is_also_given_as_json(town: Town, anna: Desk) -> None:
    assert anna.get("/controle/verslag.json").status_code == 404
    written = (report_of(town) / "audit.json").read_bytes()
    told = anna.get("/controle/verslag.json")
    assert told.content == written
    assert told.headers["Content-Type"] == "application/json"
    assert hashlib.sha256(told.content).hexdigest() in anna.page("/controle")
