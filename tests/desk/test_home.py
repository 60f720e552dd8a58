"""The home page: what waits, and the money of each scheme in one look."""

import re
from pathlib import Path

from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.signatures import address_of
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.desk.office import ANNA, Desk, at_the_desk
from tests.support.many_letters import issue, spend
from tests.support.town import BICYCLES, BOOKS, LETTERS, Clock, Town, opened, till_of

HEIGHT = r'height="([\d.]+)" class="rect'
NOTHING = "Er wacht niets op uw handtekening."


def test_what_waits_for_an_official_until_it_is_signed(anna: Desk, bram: Desk) -> None:
    raised = anna.prepare("/regelingen/1/budget", {"direction": "erbij", "amount": "1234567,89"})
    for desk in (anna, bram):
        page = desk.page("/")
        assert "Bij het budget van regeling 1 komt € 1.234.567,89." in page
        assert "0 van 2 handtekeningen" in page
    anna.sign(raised)
    assert f"{NOTHING} Besluiten die op anderen wachten" in anna.page("/")
    assert "1 van 2 handtekeningen" in bram.page("/")
    bram.sign(raised)
    for desk in (anna, bram):
        page = desk.page("/")
        assert NOTHING in page
        assert "Besluiten die op anderen wachten" not in page


def test_the_money_of_a_scheme_adds_up(town: Town, anna: Desk) -> None:
    """Three letters of € 300,00 are issued, of a budget of € 10.000,00."""
    first, _second = [
        town.api.pay(till_of(BICYCLES), town.code(10_00, letter=letter), 10_00)
        for letter in LETTERS[:2]
    ]
    town.api.refund(till_of(BICYCLES), first["id"], 4_00, town.now())
    assert (
        "Regeling 1 open Besteed € 16,00 Nog te besteden € 884,00 "
        "Toegekend € 900,00: betaald € 20,00, terugbetaald € 4,00. "
        "Minstens 1 brief is gebruikt. "
        "Van het budget is € 9.100,00 nog niet toegekend." in anna.page("/")
    )
    bar = re.search(
        r'<svg class="desk-bar" role="img" aria-label="([^"]*)">(.*?)</svg>',
        anna.get("/").text,
        re.DOTALL,
    )
    assert bar
    assert bar[1] == "Regeling 1: Besteed 2%, Nog te besteden 98%"
    widths = [float(each) for each in re.findall(r'width="([\d.]+)%"', bar[2])]
    assert [round(each, 2) for each in widths] == [1.78, 98.22]


def test_an_empty_town_is_told_its_first_step(tmp_path: Path) -> None:
    clock, directory = Clock(), tmp_path / "empty"
    officials = {address_of(ANNA): sum(Capacity)}
    officials |= {f"0x{number:040x}": sum(Capacity) for number in (1, 2)}  # type: ignore[misc]
    Workspace.create(Settings(data=directory), officials, clock=clock, sync=False).close()
    with opened(directory, clock) as town, at_the_desk(town, ANNA) as (anna,):
        page, html = anna.page("/"), anna.get("/").text
    assert NOTHING in page
    assert "Van niets naar de eerste betaling Laat minstens drie ambtenaren toe (gedaan)" in page
    assert re.search(r'aria-current="step">.*?Maak een regeling', html, re.DOTALL)
    assert "desk-chart" not in html


def test_charts_have_the_values_of_their_tables(town: Town, anna: Desk) -> None:
    """Twenty letters pay € 2,50 each for bicycles, fifteen pay € 1,00 each for books."""
    issue(town, 60)
    spend(town, BICYCLES, 20, amount=2_50)
    spend(town, BOOKS, 15, first=20, amount=1_00)
    page = anna.get("/cijfers").text
    assert re.findall(r"<li><span>([^<]*)</span> <strong>([^<]*)</strong>", page) == [
        ("fietsen en bromfietsen", "€ 50,00"),
        ("boeken", "€ 15,00"),
        ("winkel 1", "€ 50,00"),
        ("winkel 4", "€ 15,00"),
    ]
    assert drawn_euros(page, "Betaald per maand", HEIGHT) == [50, 15]
    assert rows(anna, "months")[0][:3] == ["2027-01", "50,00", "15,00"]
    assert rows(anna, "months")[0][-4:] == ["35", "65,00", "0,00", "65,00"]
    assert drawn_euros(anna.get("/").text, "Betaald per maand", HEIGHT) == [65]
    assert [row[1:4:2] for row in rows(anna, "shops")[:4:3]] == [
        ["winkel 1", "50,00"],
        ["winkel 4", "15,00"],
    ]


def drawn_euros(page: str, chart: str, length: str) -> list[int]:
    """The values of a chart by the lengths of its shapes on its own axis, in whole euros."""
    picture = re.search(rf'<svg[^>]*aria-label="{chart}">.*?</svg>', page, re.DOTALL)
    assert picture
    mark = r'd="M0\.0+ ([\d.]+) h[^>]*/><text[^>]*>€ (\d+)<'
    marks = [(float(place), int(euros)) for place, euros in re.findall(mark, picture[0])]
    (lowest, nothing), (highest, most) = marks[0], marks[-1]
    assert nothing == 0
    lengths = map(float, re.findall(length, picture[0]))
    return [round(each * most / (lowest - highest)) for each in lengths]


def rows(desk: Desk, table: str) -> list[list[str]]:
    return [each.split(";") for each in desk.get(f"/cijfers/{table}.csv").text.splitlines()[1:]]
