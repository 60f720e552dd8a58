"""The desk's form for a list of children."""

import base64
import json
import re
import zlib
from collections.abc import Iterator

import pytest

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.csv_files import write_csv
from kindpakket.protocol.signatures import address_of
from kindpakket.services.children.ages import Ages, find_ages
from tests.children.test_bring_in import HEAD, MEES_ROW, SAAR_ROW
from tests.desk.office import Desk, at_the_desk, field, read
from tests.desk.test_access import HOLDERS
from tests.support.children import SAAR, add, everyone
from tests.support.town import SCHEME, Town

SAVE = {"doen": "bewaren"}
READS, RULES = HOLDERS[Capacity.REGISTER], HOLDERS[Capacity.RULES]


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    town.decide("setOfficial", address_of(READS), int(Capacity.REGISTER))
    with at_the_desk(town, READS) as (desk,):
        yield desk


def send(
    desk: Desk, *rows: list[str], head: list[str] = HEAD, status: int = 200, **fields: str
) -> str:
    """Choose a file; return the page that follows."""
    file = ("lijst.csv", write_csv([head, *rows]), "text/csv")
    answer = desk.post("/kinderen/inlezen", {"scheme": str(SCHEME)} | fields, list=file)
    assert answer.status_code == status
    return answer.text


def carried(page: str) -> dict[str, str]:
    """The hidden fields of a page, as its form sends them on."""
    found = re.findall(
        r'<input type="hidden" name="(rows|scheme|zelfde|ander|koppen|kolom-\d+)"', page
    )
    return {name: field(page, name) for name in found}


def names(desk: Desk) -> list[str]:
    return [each.person.name for each in everyone(desk.town)]


def test_a_list_is_chosen_looked_at_and_saved(desk: Desk) -> None:
    page = send(desk, SAAR_ROW, MEES_ROW)
    assert "De lijst is goed." in read(page)
    assert "2 kinderen" in read(page)
    assert names(desk) == []
    told = desk.told("/kinderen/inlezen", carried(page) | SAVE)
    assert "De lijst is bewaard." in told
    assert names(desk) == ["Saar de Wit", "Mees de Wit"]


def test_mistakes_are_told_by_row_and_cell(desk: Desk) -> None:
    page = read(send(desk, SAAR_ROW, ["Mees", "gisteren", *MEES_ROW[2:]]))
    assert "Er is 1 fout. Er is niets bewaard." in page
    assert "Regel 3, Geboortedatum: Dit is geen geboortedatum." in page
    assert "Bestand" in page
    assert names(desk) == []


def test_columns_are_chosen_and_doubts_decided(desk: Desk) -> None:
    page = send(desk, SAAR_ROW, SAAR_ROW, MEES_ROW, head=["Kind", *HEAD[1:]])
    assert "Er is geen kolom voor: hele naam." in read(page)
    page = desk.post("/kinderen/inlezen", carried(page) | {"kolom-0": "name"}).text
    assert "Regel 3: Saar de Wit, 09-03-2017" in read(page)
    assert "Lijkt op regel 2: Saar de Wit" in read(page)
    page = desk.post("/kinderen/inlezen", carried(page) | {"rij-3-2": "zelfde"}).text
    assert "2 kinderen" in read(page)
    assert desk.post("/kinderen/inlezen", carried(page) | SAVE).status_code == 303
    assert names(desk) == ["Saar de Wit", "Mees de Wit"]


def test_what_was_chosen_for_a_column_holds_for_the_mended_file(desk: Desk) -> None:
    head, born, swapped = ["Kind", *HEAD[1:]], MEES_ROW[1], [HEAD[1], "Kind", *HEAD[2:]]
    page = send(desk, ["Mees de Wit", "gisteren", *MEES_ROW[2:]], head=head)
    page = desk.post("/kinderen/inlezen", carried(page) | {"kolom-0": "name"}).text
    assert "Regel 2, Geboortedatum: Dit is geen geboortedatum." in read(page)
    form = carried(page[page.index('<input type="hidden" name="koppen"') :])
    assert "De lijst is goed." in read(send(desk, MEES_ROW, head=head, **form))
    other = send(desk, [born, "Mees de Wit", *MEES_ROW[2:]], head=swapped, **form)
    assert "Er is geen kolom voor: hele naam." in read(other)


def test_each_page_has_the_columns_and_a_wrong_one_is_corrected(desk: Desk) -> None:
    head = [*HEAD, "Contact"]
    page = send(desk, [*SAAR_ROW, "0594 123456"], head=head)
    saved = desk.post("/kinderen/inlezen", carried(page) | SAVE | {"kolom-5": "phone"})
    assert saved.status_code == 303
    page = send(desk, [*MEES_ROW, "Anna"], head=head)
    assert "Regel 2, Contact: Dit is geen telefoonnummer." in read(page)
    assert "Wat elke kolom is" in read(page)
    page = desk.post("/kinderen/inlezen", carried(page) | {"kolom-5": ""}).text
    assert "De lijst is goed." in read(page)
    assert "Wat elke kolom is" in read(page)
    assert desk.post("/kinderen/inlezen", carried(page) | SAVE).status_code == 303


def test_all_rows_that_are_in_the_register_are_skipped_at_once(desk: Desk) -> None:
    add(desk.town, SAAR)
    page = send(desk, SAAR_ROW, MEES_ROW)
    assert "Sla alle regels over die al in het register staan" in read(page)
    page = desk.post("/kinderen/inlezen", carried(page) | {"doen": "overslaan"}).text
    assert "1 kind" in read(page)
    assert desk.post("/kinderen/inlezen", carried(page) | SAVE).status_code == 303
    assert names(desk) == ["Saar de Wit", "Mees de Wit"]


def test_rows_that_unpack_to_more_than_a_page_carries_are_refused(desk: Desk) -> None:
    rows = json.dumps([["Naam"], ["x" * 5_000_000]]).encode()
    packed = base64.b64encode(zlib.compress(rows)).decode()
    answer = desk.post("/kinderen/inlezen", {"rows": packed, "scheme": "1"})
    assert answer.status_code == 400
    assert "Kies een bestand." in read(answer.text)


def test_a_page_carries_a_telephone_number_as_it_was(desk: Desk) -> None:
    page = send(desk, [*SAAR_ROW, "0031 594 123456"], head=[*HEAD, "Telefoon"])
    assert desk.post("/kinderen/inlezen", carried(page) | SAVE).status_code == 303
    (saar,) = everyone(desk.town)
    assert saar.person.phone == "0031 594 123456"


def test_a_file_with_bsn_is_refused_and_nothing_of_it_is_shown(desk: Desk) -> None:
    page = send(desk, [*SAAR_ROW, "123456782"], head=[*HEAD, "x"], status=400)
    assert "staan burgerservicenummers" in read(page)
    assert "123456782" not in page
    assert "Saar" not in page


@pytest.mark.parametrize("rows", ["", "x", "eJw=", "////"])
def test_what_no_page_carried_is_refused(desk: Desk, rows: str) -> None:
    answer = desk.post("/kinderen/inlezen", {"rows": rows, "scheme": "1"})
    assert answer.status_code == 400
    assert "Kies een bestand." in read(answer.text)


def test_the_template_has_the_headings_that_are_known(desk: Desk) -> None:
    content = desk.get("/kinderen/sjabloon.csv").content.decode("utf-8-sig")
    assert content.startswith("Naam;Geboortedatum;Straat en huisnummer;Postcode;Plaats;")
    assert "Bestand" in desk.page("/kinderen/inlezen")


def test_who_sets_the_rules_sets_the_ages_of_a_scheme(town: Town) -> None:
    town.decide("setOfficial", address_of(RULES), int(Capacity.RULES))
    with at_the_desk(town, RULES) as (rules,):
        refused = rules.post("/regelingen/1/leeftijden", {"youngest": "4", "oldest": "3"})
        assert refused.status_code == 400
        assert find_ages(town.workspace.context.store, SCHEME) == Ages()
        rules.told("/regelingen/1/leeftijden", {"youngest": "4", "oldest": "11"})
        assert 'value="11"' in rules.get("/regelingen/1/teksten").text
    assert find_ages(town.workspace.context.store, SCHEME) == Ages(4, 11)
