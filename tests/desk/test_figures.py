"""The figures at the desk: charts with their tables, exports of the same, and who opened them."""

import json
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from kindpakket.domain.capacities import Capacity
from kindpakket.services.oversight.retention import YEARS_7, delete_expired
from kindpakket.store import tables as t
from tests.desk.office import ANNA, CARLA, Desk, at_the_desk
from tests.support.payouts import decide, give_account, prepare, sell
from tests.support.town import BICYCLES, BOOKS, LETTERS, Town, till_of


@pytest.fixture
def paid(town: Town) -> None:
    """Payments of two letters."""
    for letter in LETTERS[:2]:
        town.api.pay(till_of(BICYCLES), town.code(1_000, letter=letter), 1_000)


@pytest.mark.usefixtures("paid")
def test_sums_by_shop_and_month_are_shown_at_any_size(anna: Desk) -> None:
    page = anna.page("/cijfers")
    assert "2027-01 1 winkel 1 2 € 20,00 € 0,00" in page
    assert "Deze cijfers zijn voor wie betaalt of beslist, en blijven binnen de gemeente." in page
    assert "10,00" not in page.replace("€ 10.000,00", ""), "no single payment"


@pytest.mark.usefixtures("paid")
def test_what_is_taken_along_is_what_is_shown(anna: Desk) -> None:
    told = json.loads(anna.get("/cijfers/cijfers.json").content)
    assert told["schemes"][0]["spent"] == 2_000
    assert told["shopMonths"] == [
        {
            "month": "2027-01",
            "key": "1",
            "name": "winkel 1",
            "payments": 2,
            "spent": 2_000,
            "refunded": 0,
        }
    ]
    book = load_workbook(BytesIO(anna.get("/cijfers/cijfers.xlsx").content))
    sheet = book["Regelingen"]
    told = {heading.value: cell.value for heading, cell in zip(sheet[1], sheet[2], strict=True)}
    assert told["Betaald"] == 20
    assert sheet.freeze_panes == "A2"


def test_an_empty_town_says_so(anna: Desk) -> None:
    assert "Hier is nog niets te tonen." in anna.page("/cijfers")


def test_what_is_not_there_is_not_found_and_not_logged(town: Town, anna: Desk) -> None:
    assert anna.get("/cijfers/geheim.csv").status_code == 404
    assert looks(town) == []


# ------------------------------------------------------------------------- who opened them


def looks(town: Town) -> list[tuple[str, str, int, int]]:
    """Official, page, number and how often, of each line of the log."""
    with town.workspace.context.store.read() as db:
        rows = db.execute(select(t.figure_looks).order_by(t.figure_looks.c.page)).all()
    return [(row.official, row.page, row.number, row.times) for row in rows]


def test_a_page_has_one_line_for_each_official_and_day(town: Town, anna: Desk) -> None:
    for _ in range(3):
        anna.page("/cijfers")
    assert looks(town) == [(anna.address, "figures", 0, 3)]
    town.clock.time += 24 * 3600
    with at_the_desk(town, anna.key) as (later,):
        later.page("/cijfers")
    assert looks(town) == [(anna.address, "figures", 0, 3), (anna.address, "figures", 0, 1)]


def test_every_page_with_sums_by_shop_is_logged(town: Town, anna: Desk, bram: Desk) -> None:
    bram.get("/cijfers/shops.csv")
    bram.get("/cijfers/cijfers.xlsx")
    bram.get("/cijfers/cijfers.json")
    anna.page(f"/winkels/{BICYCLES}")
    anna.page("/")
    assert anna.post(f"/winkels/{BICYCLES}/toelaten", {"seen": "stale"}).status_code == 409
    anna.page("/winkels")
    anna.get("/winkels?als=csv")
    assert looks(town) == [
        (bram.address, "export", 0, 3),
        (anna.address, "shop", BICYCLES, 2),
        (anna.address, "shops", 0, 2),
    ]


def test_the_log_is_read_by_who_holds_officials(town: Town, anna: Desk, bram: Desk) -> None:
    bram.page("/cijfers")
    bram.page(f"/winkels/{BICYCLES}")
    page = anna.page("/inzage/cijfers")
    assert "2027-01-15 Bram" in page or "2027-01-15 sleutel" in page
    assert "Omzet van winkel 1 15 januari 2027 om" in page
    assert "Inzage in cijfers en boekingen" in anna.page("/inzage")
    town.decide("setOfficial", bram.address, int(Capacity.PAYOUT))
    assert bram.get("/inzage/cijfers").status_code == 403


def test_after_seven_years_it_is_forgotten(town: Town, anna: Desk) -> None:
    anna.page("/cijfers")
    town.clock.time += YEARS_7
    delete_expired(town.workspace.context)
    assert len(looks(town)) == 1
    town.clock.time += 24 * 3600
    delete_expired(town.workspace.context)
    assert looks(town) == []


def test_who_neither_pays_nor_decides_sees_what_everyone_sees(town: Town, bram: Desk) -> None:
    town.decide("setOfficial", bram.address, int(Capacity.REGISTER | Capacity.OFFICIALS))
    assert bram.get("/cijfers").status_code == 403
    assert 'href="/over"' in bram.get("/").text


def test_who_does_not_read_figures_reads_a_payout_without_its_shops(
    town: Town, anna: Desk, bram: Desk
) -> None:
    give_account(town, BICYCLES, "NL20 INGB 0001 2345 67", "F")
    give_account(town, BOOKS, "DE89 3704 0044 0532 0130 00", "B")
    sell(town, BICYCLES, 37_21)
    sell(town, BOOKS, 12_50)
    town.decide("setOfficial", bram.address, int(Capacity.REGISTER | Capacity.OFFICIALS))
    _, prepared = prepare(town)
    total = (
        "Uitbetaling 1 wordt vastgelegd. Aantal winkels: 2. Samen hoogstens: € 49,71. "
        "Controlegetal van de regels: 0x"
    )

    def pages() -> list[str]:
        return [
            "/besluiten/genomen",
            "/besluiten/genomen?als=csv",
            "/besluiten/genomen?zoek=uitbetaling",
            "/zoeken?zoek=uitbetaling",
            f"/besluiten/{prepared.decision_set}",
            "/besluiten",
        ]

    def of_bicycles(desk: Desk) -> list[str]:
        return [each for each in pages() if "37,21" in desk.get(each).text]

    whole = pages()[-3:]
    assert [of_bicycles(anna), of_bicycles(bram)] == [whole, []]
    assert total in bram.page(f"/besluiten/{prepared.decision_set}")
    assert prepared.message.call.hex() in anna.get(f"/besluiten/{prepared.decision_set}").text
    decide(town, prepared, [ANNA, CARLA])
    assert [of_bicycles(anna), of_bicycles(bram)] == [pages()[:5], []]
    assert total in bram.page("/besluiten/genomen")
    for found, desk in ((1, anna), (0, bram)):
        assert desk.get("/besluiten/genomen?zoek=37,21").text.count("Uitbetaling 1") == found
