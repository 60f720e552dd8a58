"""The audit at the desk: requested by any deciding official, run beside, shown with its block."""

import hashlib
import subprocess
import sys
from pathlib import Path

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


def test_the_last_report_of_the_program_apart_is_shown_with_its_hash(
    town: Town, anna: Desk
) -> None:
    assert "los programma" not in anna.page("/controle")
    assert anna.get("/controle/verslag").status_code == 404
    reports = town.directory / "audit"
    subprocess.run(
        [sys.executable, "-m", "kindpakket_audit", town.directory, "--report", reports],
        cwd=Path(__file__).parents[2] / "audit",
        check=True,
    )
    page = anna.page("/controle")
    assert "Controle met een los programma Alles klopt." in page
    assert f"tot en met blok {town.workspace.context.ledger.head()}, " in page
    assert hashlib.sha256((reports / "audit.json").read_bytes()).hexdigest() in page
    told = anna.get("/controle/verslag")
    assert told.content == (reports / "audit.html").read_bytes()
    assert told.headers["Content-Disposition"].startswith("attachment")


def test_a_report_that_finds_something_says_how_much(town: Town, anna: Desk) -> None:
    reports = town.directory / "audit"
    reports.mkdir()
    (reports / "audit.json").write_text(
        '{"clean": false, "found": {"difference": 2}, "last_block": 7, "last_time": 1800000000}'
    )
    assert "Er kloppen 2 dingen niet." in anna.page("/controle")
    (reports / "audit.json").write_text('{"clean": [')
    assert "los programma" not in anna.page("/controle")
