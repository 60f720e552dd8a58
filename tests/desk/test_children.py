"""The desk's pages of the register of children."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.refusals import Refusal
from kindpakket.domain.times import midnight
from kindpakket.protocol.signatures import address_of
from kindpakket.services.children.looks import ChildAct, Purpose, list_looks
from kindpakket.services.oversight.retention import delete_expired
from tests.desk.office import ANNA, CARLA, Desk, at_the_desk, read
from tests.desk.test_access import HOLDERS
from tests.support.children import MEES, NOOR, SAAR, add, everyone
from tests.support.town import Town

READS, LOOKS = HOLDERS[Capacity.REGISTER], HOLDERS[Capacity.OFFICIALS]
READER = address_of(READS)
FORM = {
    "name": "Saar Visser",
    "born": "09-03-2017",
    "street": "Kerkplein 3",
    "postcode": "1234ac",
    "town": "Voorbeeldstad",
    "phone": "",
    "secret": "",
    "voor": "request",
}


@pytest.fixture
def desks(town: Town) -> Iterator[tuple[Desk, Desk]]:
    """Who may see children, and who may see who looked."""
    town.decide("setOfficial", address_of(READS), int(Capacity.REGISTER))
    town.decide("setOfficial", address_of(LOOKS), int(Capacity.OFFICIALS))
    with at_the_desk(town, READS, LOOKS) as (reads, looks):
        yield reads, looks


@pytest.fixture
def desk(desks: tuple[Desk, Desk]) -> Desk:
    return desks[0]


def test_a_child_is_found_and_opened_for_a_purpose(desk: Desk) -> None:
    saar, _mees, _noor = add(desk.town, SAAR, MEES, NOOR)
    desk.town.clock.time += 1
    answer = desk.post("/kinderen/zoeken", {"typed": "saar", "voor": "request"})
    assert "Saar de Wit 09-03-2017 Dorpsstraat 4" in read(answer.text)
    assert f"/gemeente/kinderen/kind/{saar.id}?voor=request" in answer.text
    assert "0594 12 34 56" in desk.page(f"/kinderen/kind/{saar.id}?voor=request")
    looks = list_looks(desk.town.workspace.context, 2)
    assert {each.purpose for each in looks} == {Purpose.REQUEST}
    assert {each.act for each in looks} == {ChildAct.LISTED, ChildAct.OPENED}


def test_no_name_is_in_an_address_or_a_page_that_was_not_asked_for(desk: Desk) -> None:
    add(desk.town, SAAR)
    page = desk.page("/kinderen")
    assert "Er staat nu 1 kind in." in page
    assert "Saar" not in page
    assert desk.get("/kinderen/zoeken").status_code == 405


def test_a_list_shows_its_children_and_hides_an_address_that_is_secret(desk: Desk) -> None:
    children = add(desk.town, SAAR, NOOR)
    page = desk.page(f"/kinderen/lijsten/{children[0].list}")
    assert "Dorpsstraat 4, 1234 AB  Voorbeeldstad".replace("  ", " ") in page
    assert "Noor Bakker 31-01-2015 geheim" in page
    assert "Geheimweg" not in page


def test_a_name_and_an_address_are_changed(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    told = desk.told(f"/kinderen/kind/{saar.id}", FORM)
    assert "De gegevens zijn veranderd." in told
    assert "Kerkplein 3, 1234 AC Voorbeeldstad" in told
    (changed,) = everyone(desk.town)
    assert changed.person.phone == ""


def test_the_page_after_a_change_is_seen_for_the_same_purpose(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    desk.town.clock.time += 1
    desk.told(f"/kinderen/kind/{saar.id}", FORM)
    printed = desk.get(f"/kinderen/kind/{saar.id}/afdrukken").text
    (back,) = re.findall(r'desk-back[^>]*><a [^>]*href="/gemeente([^"]*)"', printed)
    desk.page(back)
    looks = list_looks(desk.town.workspace.context, 4)
    assert [each.purpose for each in looks] == [Purpose.REQUEST] * 4
    assert sorted(each.act for each in looks) == ["changed", "opened", "opened", "printed"]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Vul 1 tot 70 leesbare tekens in."),
        ("name", "Saar 2", "In een naam staan geen cijfers."),
        ("born", "31-02-2017", "Dit is geen geboortedatum."),
        ("street", "", "Vul 1 tot 60 leesbare tekens in."),
        ("postcode", "0123 AB", "Dit is geen postcode."),
        ("town", "", "Vul 1 tot 40 leesbare tekens in."),
        ("phone", "bel mij", "Dit is geen telefoonnummer."),
        ("secret", "misschien", "Vul ja of nee in."),
    ],
)
def test_what_is_no_child_is_refused(desk: Desk, field: str, typed: str, sentence: str) -> None:
    (saar,) = add(desk.town, SAAR)
    answer = desk.post(f"/kinderen/kind/{saar.id}", FORM | {field: typed})
    assert answer.status_code == 400
    assert sentence in read(answer.text)
    assert [each.person for each in everyone(desk.town)] == [SAAR]


def test_the_page_for_the_parent_has_everything_and_who_looked(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    page = desk.page(f"/kinderen/kind/{saar.id}/afdrukken")
    for told in ("Saar de Wit", "09-03-2017", "1234 AB", "0594 12 34 56", "nog geen brief"):
        assert told in page
    assert "92 dagen na het einde" in page
    assert "afgedrukt een verzoek van de ouder over gegevens" in page
    assert "ingelezen brieven uitdelen" in page


def test_a_child_is_deleted_on_request(desk: Desk) -> None:
    saar, _mees = add(desk.town, SAAR, MEES)
    told = desk.told(f"/kinderen/kind/{saar.id}/verwijderen", {"voor": "request"})
    assert "Het kind is verwijderd." in told
    assert [each.person.name for each in everyone(desk.town)] == ["Mees de Wit"]
    assert desk.get(f"/kinderen/kind/{saar.id}").status_code == 404
    assert desk.post(f"/kinderen/kind/{saar.id}/verwijderen").status_code == 404


def test_who_manages_officials_sees_who_looked_and_no_name(desks: tuple[Desk, Desk]) -> None:
    desk, officials = desks
    (saar,) = add(desk.town, SAAR)
    desk.page(f"/kinderen/kind/{saar.id}")
    page = officials.page("/inzage/kinderen")
    assert f"{saar.id[:8]} bekeken hulp aan het loket of aan de telefoon" in page
    assert "Saar" not in page
    assert "Inzage in gegevens van kinderen" in officials.page("/inzage")


def test_looks_are_found_by_official_by_child_and_by_day(desk: Desk) -> None:
    town = desk.town
    saar, mees = add(town, SAAR, MEES)  # by Anna, on 15 January 2027
    town.clock.time = midnight(date(2027, 1, 16)) - 1
    with at_the_desk(town, READS, LOOKS) as (reads, officials):
        reads.page(f"/kinderen/kind/{saar.id}")
        town.clock.time += 1
        reads.page(f"/kinderen/kind/{mees.id}?voor=request")

        def acts(query: str) -> list[tuple[str, str]]:
            page = officials.page(f"/inzage/kinderen?{query}")
            return sorted(re.findall(r"([0-9a-f]{8}) (ingelezen|bekeken)", page))

        first, second = saar.id[:8], mees.id[:8]
        opened, brought_in = [(first, "bekeken")], [(first, "ingelezen"), (second, "ingelezen")]
        assert acts("") == sorted([*opened, *brought_in, (second, "bekeken")])
        assert acts(f"ambtenaar={READER}") == sorted([*opened, (second, "bekeken")])
        assert acts(f"ambtenaar={address_of(ANNA)}") == sorted(brought_in)
        assert acts("ambtenaar=opdrachtregel") == []
        assert acts(f"kind={first.upper()}") == [(first, "bekeken"), (first, "ingelezen")]
        assert acts(f"kind={first[::-1]}") == []
        assert acts("dag=2027-01-16") == [(second, "bekeken")]
        assert acts(f"ambtenaar={READER}&kind={first}&dag=2027-01-15") == opened
        assert acts("dag=2027-01-14") == []


@pytest.mark.parametrize("query", ["kind=Saar", "kind=%25", "dag=gisteren"])
def test_what_no_look_can_have_is_refused(desks: tuple[Desk, Desk], query: str) -> None:
    assert desks[1].get(f"/inzage/kinderen?{query}").status_code == 400


def test_looks_are_shown_by_the_page_and_exported_with_the_same_filter(
    desks: tuple[Desk, Desk],
) -> None:
    desk, officials = desks
    saar, *_ = add(desk.town, *[SAAR] * 100)
    desk.town.clock.time += 1
    desk.page(f"/kinderen/kind/{saar.id}")
    assert officials.page("/inzage/kinderen").count(" ingelezen ") == 99
    assert officials.page("/inzage/kinderen?blad=2").count(" ingelezen ") == 1
    assert 'blad=2"' in officials.get("/inzage/kinderen").text
    exported = officials.get(f"/inzage/kinderen?kind={saar.id}&als=csv").text
    assert [line.split(";")[3] for line in exported.splitlines()[1:]] == ["bekeken", "ingelezen"]


def test_the_page_shows_that_deletion_ran(desk: Desk) -> None:
    add(desk.town, SAAR)
    assert "De server heeft daar nog niet naar gekeken." in desk.page("/kinderen")
    desk.town.clock.time += 500 * 24 * 3600
    delete_expired(desk.town.workspace.context)
    with at_the_desk(desk.town, READS) as (later,):
        page = later.page("/kinderen")
    assert "Toen is 1 kind verwijderd." in page
    assert "bewaartijd" not in page
    assert "Er staan nu 0 kinderen in." in page


def test_the_page_shows_that_deletion_failed(desk: Desk, tmp_path: Path) -> None:
    add(desk.town, SAAR)
    context = desk.town.workspace.context
    object.__setattr__(context, "deletions", tmp_path / "not there" / "deletions.txt")
    desk.town.clock.time += 500 * 24 * 3600
    with pytest.raises(FileNotFoundError):
        delete_expired(context)
    with at_the_desk(desk.town, READS) as (later,):
        page = later.page("/kinderen")
    assert "Van 1 kind is de bewaartijd voorbij" in page
    assert "Nagekeken" not in page


def test_who_reads_children_decides_nothing(desk: Desk) -> None:
    assert desk.get("/brieven").status_code == 403
    assert CARLA != READS
    with pytest.raises(Refusal):
        desk.town.decide("fund", 1, 1, by=[READS, READS])
