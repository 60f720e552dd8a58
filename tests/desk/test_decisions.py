"""Decisions at the desk: prepared by one official, and carried out by two signatures."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from kindpakket.actors import hexed
from kindpakket.desk import decisions
from kindpakket.domain.capacities import Capacity
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import address_of
from kindpakket.services.decisions.prepare import Preparer, list_prepared, prepare_set
from tests.desk.office import (
    ANNA,
    NO_POINT,
    Desk,
    at_the_desk,
    capacities_form,
    decided_by_two,
    read,
)
from tests.support.small_town import key
from tests.support.town import SAFE, SCHEME, Town

CARLA = key(61)


def change(desk: Desk, *capacities: str) -> str:
    """Prepare a change of Carla's capacities; return the decision."""
    form = capacities_form(desk, address_of(CARLA), *capacities)
    return desk.prepare("/ambtenaren/wijzigen", form)


@pytest.fixture
def prepared(town: Town, anna: Desk) -> str:
    """A decision by which the official Carla has the capacity RULES only."""
    town.decide("setOfficial", address_of(CARLA), int(Capacity.RULES | Capacity.SHOPS))
    town.clock.time += 1
    return change(anna, "RULES")


def held(town: Town) -> int:
    capacities: int = town.view("officials", address_of(CARLA))
    return capacities


def test_a_decision_reads_as_a_sentence_with_before_and_after(anna: Desk, prepared: str) -> None:
    page = anna.page(f"/besluiten/{prepared}")
    assert "heeft dan de bevoegdheden: Regels." in page
    assert "Bevoegdheden Regels, Winkels Regels" in page
    assert "nog niemand" in page


def test_two_officials_carry_a_decision_out(
    town: Town, anna: Desk, bram: Desk, prepared: str
) -> None:
    decided_by_two(anna, bram, prepared)
    assert held(town) == Capacity.RULES
    page = bram.page(f"/besluiten/{prepared}?gedaan=uitgevoerd")
    assert "Het besluit is uitgevoerd." in page


def test_one_official_who_signs_twice_is_one(town: Town, anna: Desk, prepared: str) -> None:
    for _time in range(2):
        assert anna.sign(prepared).headers["location"].endswith("?gedaan=getekend")
    assert held(town) == Capacity.RULES | Capacity.SHOPS


def test_the_key_from_the_safe_takes_part(town: Town, anna: Desk, prepared: str) -> None:
    anna.sign(prepared)
    assert anna.sign(prepared, SAFE).headers["location"].endswith("?gedaan=uitgevoerd")
    assert held(town) == Capacity.RULES


@pytest.mark.parametrize("second", ["of nobody", "of another"])
def test_a_bundle_is_signed_whole_or_not_at_all(town: Town, anna: Desk, second: str) -> None:
    context = town.workspace.context
    calls = [encode_call("fund", SCHEME, amount) for amount in (100, 200)]
    parts = prepare_set(context, calls, Preparer(anna.address))
    first = parts[0].message.sign(town.api.domain, ANNA)
    other = NO_POINT if second == "of nobody" else parts[1].message.sign(town.api.domain, CARLA)
    form = {"signature": [hexed(first), hexed(other)]}
    answer = anna.post(f"/besluiten/{parts[0].decision_set}/handtekening", form)
    assert 400 <= answer.status_code < 500
    assert [each.approvals for each in list_prepared(context)] == [{}, {}]


def test_a_signature_of_somebody_without_the_capacity_is_refused(anna: Desk, prepared: str) -> None:
    answer = anna.sign(prepared, CARLA)
    assert answer.status_code == 409
    assert "0 van 2 handtekeningen" in anna.page("/besluiten")


@pytest.mark.parametrize("signature", [[], ["0x"], ["geen hex"], ["0x" + "00" * 64]])
def test_what_is_no_signature_is_refused(anna: Desk, prepared: str, signature: list[str]) -> None:
    answer = anna.post(f"/besluiten/{prepared}/handtekening", {"signature": signature})
    assert answer.status_code in (400, 409)
    assert "0 van 2 handtekeningen" in anna.page("/besluiten")


def test_a_decision_is_cancelled_by_one(town: Town, anna: Desk, bram: Desk, prepared: str) -> None:
    signatures = anna.signatures(prepared)
    answer = anna.post(f"/besluiten/{prepared}/intrekken", {"signature": signatures})
    assert answer.headers["location"].endswith("?gedaan=ingetrokken")
    assert bram.post(f"/besluiten/{prepared}/handtekening", {"signature": "0x"}).status_code == 409
    assert held(town) == Capacity.RULES | Capacity.SHOPS


def test_of_two_who_decide_at_once_the_second_is_told(
    anna: Desk, bram: Desk, prepared: str
) -> None:
    late = bram.signatures(prepared)
    anna.sign(prepared)
    anna.sign(prepared, SAFE)
    answer = bram.post(f"/besluiten/{prepared}/handtekening", {"signature": late})
    assert answer.status_code == 409
    assert "Iemand anders was u voor" in read(answer.text)


def test_a_form_that_is_sent_again_prepares_once(anna: Desk, prepared: str) -> None:
    again = change(anna, "RULES")
    assert again == prepared


def test_the_same_at_once_is_prepared_once(town: Town, anna: Desk) -> None:
    context, call = town.workspace.context, encode_call("fund", SCHEME, 100)
    by = Preparer(anna.address)
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: prepare_set(context, [call], by), range(8)))
    assert len({each.id for (each,) in made}) == 1
    assert [each.message.call for each in list_prepared(context)] == [call]


def test_what_was_overtaken_cannot_be_signed(
    town: Town, anna: Desk, bram: Desk, prepared: str
) -> None:
    town.clock.time += 60
    newer = change(anna, "SHOPS")
    decided_by_two(anna, bram, newer)
    page = anna.page(f"/besluiten/{prepared}")
    assert "Er is iets nieuwers besloten" in page
    assert "Teken dit besluit" not in page


def test_a_decision_runs_out_after_two_weeks(town: Town, prepared: str) -> None:
    town.clock.time += 14 * 24 * 3600
    with at_the_desk(town, ANNA) as (later,):
        assert later.get(f"/besluiten/{prepared}").status_code == 404
        assert prepared not in later.get("/besluiten").text


def test_the_history_is_that_of_the_chain(anna: Desk, bram: Desk, prepared: str) -> None:
    decided_by_two(anna, bram, prepared)
    page = anna.page("/besluiten/genomen?zoek=bevoegdheden%3A+Regels")
    assert "uitgevoerd" in page
    assert official_code(anna.address) in page
    assert official_code(bram.address) in page
    assert "Regeling" not in page.partition("CSV")[0].partition("Blok")[2]


def test_the_history_is_read_a_sheet_at_a_time(anna: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The town was founded with eleven decisions, of which the first opened the scheme."""
    monkeypatch.setattr(decisions, "SHEET", 4)
    sheets = [anna.get(f"/besluiten/genomen?blad={number}").text for number in (1, 2, 3)]
    assert [len(re.findall("/besluiten/0x", sheet)) for sheet in sheets] == [4, 4, 3]
    assert ["Oudere besluiten" in sheet for sheet in sheets] == [True, True, False]
    assert ["Nieuwere besluiten" in sheet for sheet in sheets] == [False, True, True]
    assert ["gaat open" in sheet for sheet in sheets] == [False, False, True]


def test_a_search_looks_through_every_sheet(anna: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "SHEET", 4)
    assert "gaat open" in anna.page("/besluiten/genomen?zoek=gaat+open")
    taken_along = anna.get("/besluiten/genomen?als=csv").text.splitlines()
    assert len(taken_along) == 12, "a heading, and all that was decided"
