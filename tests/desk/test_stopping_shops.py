"""Shops at the desk: suspended by one official, reinstated by two, or ended."""

import pytest

from tests.desk.office import Desk, decided_by_two, read
from tests.desk.test_shops import UNSEEN, prepare, seen, send
from tests.support.town import BICYCLES, BOOKS, ENDED, Town


def suspended(anna: Desk, reason: str = "Verkoopt drank.") -> str:
    """Suspend a shop; return the decision."""
    prepared = prepare(anna, BICYCLES, "schorsen", {"reason": reason})
    assert anna.sign(prepared).headers["location"].endswith("?gedaan=uitgevoerd")
    return prepared


def test_one_official_suspends_a_shop_at_once_with_a_reason_that_stays(
    town: Town, anna: Desk
) -> None:
    before = town.view("shops", BICYCLES)
    prepared = suspended(anna, "Verkoopt\r\ndrank.")
    assert town.view("shops", BICYCLES) == before | {"suspended": True}
    assert "geschorst Reden Verkoopt drank." in anna.page(f"/winkels/{BICYCLES}")
    assert "Verkoopt drank." in anna.page("/besluiten/genomen")
    assert "Reden: Verkoopt drank." in anna.page(f"/besluiten/{prepared}")
    listed = {each["id"] for each in town.http.get("/api/v1/shops").json()}
    assert BICYCLES not in listed
    assert BOOKS in listed


def test_two_end_that_a_shop_takes_part_with_a_reason_that_stays(
    town: Town, anna: Desk, bram: Desk
) -> None:
    before = town.view("shops", BICYCLES)
    prepared = prepare(anna, BICYCLES, "beeindigen", {"reason": "Sluit de deuren."})
    anna.sign(prepared)
    assert town.view("shops", BICYCLES) == before, "one alone"
    assert "Reden: Sluit de deuren." in bram.page(f"/besluiten/{prepared}")
    bram.sign(prepared)
    assert town.view("shops", BICYCLES) == before | {"admitted": False}
    assert "doet niet mee Reden Sluit de deuren." in anna.page(f"/winkels/{BICYCLES}")
    assert "Er is niets om te stoppen." in anna.page(f"/winkels/{BICYCLES}/beeindigen")


@pytest.mark.parametrize("reason", ["", " \r\n ", "x" * 401, "a\N{RIGHT-TO-LEFT OVERRIDE}b"])
def test_nobody_is_suspended_without_a_reason_that_can_be_read(anna: Desk, reason: str) -> None:
    answer = send(anna, BICYCLES, "schorsen", {"reason": reason})
    assert answer.status_code == 400
    told = "U+202E RIGHT-TO-LEFT OVERRIDE" if "b" in reason else "Vul 1 tot 400 leesbare tekens in."
    assert told in read(answer.text)


def test_a_reason_may_have_400_characters(town: Town, anna: Desk) -> None:
    suspended(anna, "x" * 400)
    assert town.view("shops", BICYCLES)["suspended"]


def test_two_lift_a_suspension(town: Town, anna: Desk, bram: Desk) -> None:
    suspended(anna)
    town.clock.time += 60
    form = {"seen": seen(anna, BICYCLES)}
    prepared = anna.prepare(f"/winkels/{BICYCLES}/hervatten", form)
    anna.sign(prepared)
    assert town.view("shops", BICYCLES)["suspended"], "one alone"
    assert "De schorsing van winkel 1 eindigt." in bram.page(f"/winkels/{BICYCLES}")
    bram.sign(prepared)
    assert not town.view("shops", BICYCLES)["suspended"]
    assert "Reden Verkoopt" not in anna.page(f"/winkels/{BICYCLES}")
    assert anna.post(f"/winkels/{BICYCLES}/hervatten", form).status_code == 409


def test_another_decision_on_a_shop_lifts_no_suspension(town: Town, anna: Desk, bram: Desk) -> None:
    suspended(anna)
    decided_by_two(anna, bram, prepare(anna, BICYCLES, "soorten", {"category": "books"}))
    assert town.view("shops", BICYCLES)["suspended"]


def test_who_is_suspended_is_not_suspended_again(anna: Desk) -> None:
    late = {"seen": seen(anna, BICYCLES, "/schorsen"), "reason": "Nog eens."}
    suspended(anna)
    answer = anna.post(f"/winkels/{BICYCLES}/schorsen", late)
    assert answer.status_code == 409
    assert UNSEEN in read(answer.text)
    assert "is al geschorst." in anna.page(f"/winkels/{BICYCLES}/schorsen")
    assert "Er is niets om te stoppen." in anna.page(f"/winkels/{ENDED}/schorsen")
