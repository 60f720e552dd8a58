"""The figures at the desk: charts with their tables, and exports of the same."""

import json
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.desk.office import Desk
from tests.support.town import BICYCLES, LETTERS, Town, till_of

TABLES = ["schemes", "months", "weeks", "categories", "shops", "hours", "refusals"]


@pytest.fixture
def paid(town: Town) -> None:
    """Payments of two letters, which is too few to show more than totals."""
    for letter in LETTERS[:2]:
        town.api.pay(till_of(BICYCLES), town.code(1_000, letter=letter), 1_000)


@pytest.mark.usefixtures("paid")
def test_totals_are_shown_and_small_numbers_are_not(anna: Desk) -> None:
    page = anna.page("/cijfers")
    assert "€ 20,00" in page, "spent by the scheme, as anybody can see"
    assert "minder dan 10 brieven" in page
    assert "Er zijn nog te weinig brieven gebruikt om hier iets te laten zien." in page
    assert "desk-chart" not in anna.get("/cijfers").text
    for table in TABLES[1:]:
        csv = anna.get(f"/cijfers/{table}.csv").text
        assert "10,00" not in csv.replace("10.000,00", "")
        assert "20,00" not in csv


@pytest.mark.usefixtures("paid")
def test_what_is_taken_along_is_what_is_shown(anna: Desk) -> None:
    told = json.loads(anna.get("/cijfers/cijfers.json").content)
    assert told["schemes"][0]["spent"] == 2_000
    assert told["schemes"][0]["couponsUsed"] is None
    assert told["schemes"][0]["hidden"] == {
        "couponsUsed": "too_few_letters",
        "lettersUsed": "too_few_letters",
    }
    book = load_workbook(BytesIO(anna.get("/cijfers/cijfers.xlsx").content))
    sheet = book["Regelingen"]
    told = {heading.value: cell.value for heading, cell in zip(sheet[1], sheet[2], strict=True)}
    assert told["Betaald"] == 20
    assert sheet.freeze_panes == "A2"


def test_an_empty_town_says_so(anna: Desk) -> None:
    assert "Hier is nog niets te tonen." in anna.page("/cijfers")


def test_the_page_says_that_figures_are_not_to_be_published(anna: Desk) -> None:
    assert "Publiceer deze cijfers niet: samen met wat op /over staat" in anna.page("/cijfers")


def test_what_is_not_there_is_not_found(anna: Desk) -> None:
    assert anna.get("/cijfers/geheim.csv").status_code == 404
