"""The audit at the desk: requested by any deciding official, run beside, shown with its block."""

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
