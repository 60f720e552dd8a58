"""Exports and charts of figures."""

import io
import json
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest

from kindpakket.desk import charts
from kindpakket.desk.exports import as_excel, as_json, tables_of
from kindpakket.domain.refusals import Code
from kindpakket.domain.tables import Hidden, Table, as_csv
from kindpakket.services.figures import Figures
from kindpakket.services.figures.groups import Axis
from kindpakket.services.figures.lines import ReportLine
from kindpakket.services.figures.refused import RefusalLine
from kindpakket.services.figures.schemes import SchemeFigures

TIME = 1_800_000_000
FEW, PROTECTS = Hidden.TOO_FEW, Hidden.PROTECTS


def line(by: Axis, key: str, name: str, payments: int, spent: int, refunded: int) -> ReportLine:
    return ReportLine(by, key, name, payments, spent, refunded, None, None, None)


FIGURES = Figures(
    7,
    TIME,
    [
        SchemeFigures(
            1, "Kindpakket", 500_000, 300_000, 123_456, 50, 123_406, 176_594, 0, 60, None, None, FEW
        )
    ],
    [
        ReportLine(
            Axis.WEEK, "2027-W01", "", 20, 4_000, None, 296_000, None, FEW, 500_000, 300_000
        ),
        ReportLine(Axis.WEEK, "2027-W02", "", None, None, None, None, FEW, FEW, 0, 0),
        ReportLine(Axis.WEEK, "2027-W03", "", None, None, None, 176_544, PROTECTS, PROTECTS, 0, 0),
    ],
    [line(Axis.CATEGORY, "1", "fietsen; boeken", 20, 123_456, 50)],
    [
        line(Axis.SHOP, "1", '=1+1 & "Zn" <b>', 20, 120_056, 50),
        ReportLine(Axis.SHOP, "2", "Klein", None, None, None, None, FEW, FEW),
    ],
    [line(Axis.HOUR, "9", "", 12, 1, 0), ReportLine(Axis.HOUR, "10", "", *[None] * 4, FEW, FEW)],
    [],
    [
        RefusalLine(Code.BUDGET_TOO_LOW, "Er staat niet genoeg op deze code.", 30, None),
        RefusalLine(Code.CODE_EXPIRED, "Deze code is verlopen.", None, FEW),
    ],
    [],
)
CHARTS = (
    charts.money_by_week,
    charts.paid_by_category,
    charts.paid_by_shop,
    charts.payments_by_hour,
    charts.refusals_by_reason,
)


def table(key: str) -> Table[Any]:
    (found,) = (each for each in tables_of(FIGURES) if each.name == key)
    return found


def test_csv_is_what_a_dutch_spreadsheet_opens() -> None:
    assert as_csv(table("weeks")).decode() == (
        "\ufeffWeek;Vanaf maandag;Budget;Toegekend;Betalingen;Betaald;Terugbetaald;Besteed;"
        "Nog te besteden, zonder wat terugkwam\r\n"
        "2027-W01;04-01-2027;5000,00;3000,00;20;40,00;minder dan 10 brieven;"
        "minder dan 10 brieven;2960,00\r\n"
        "2027-W02;11-01-2027;0,00;0,00;minder dan 10 brieven;minder dan 10 brieven;"
        "minder dan 10 brieven;minder dan 10 brieven;niet getoond\r\n"
        "2027-W03;18-01-2027;0,00;0,00;niet getoond;niet getoond;niet getoond;"
        "niet getoond;1765,44\r\n"
    )


def test_csv_starts_no_formula_and_keeps_a_name_in_its_cell() -> None:
    rows = as_csv(table("shops")).decode().splitlines()
    assert rows[1] == '1;"\'=1+1 & ""Zn"" <b>";20;1200,56;0,50;1200,06'
    assert as_csv(table("categories")).decode().splitlines()[1].startswith('1;"fietsen; boeken";')


def test_excel_has_numbers_and_dates() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_excel(tables_of(FIGURES), TIME)))
    assert book.sheetnames == [
        "Regelingen",
        "Weken",
        "Soorten winkels",
        "Winkels",
        "Uren",
        "Weigeringen",
    ]
    weeks = book["Weken"]
    assert weeks.freeze_panes == "A2"
    first = [f"{cell.value:%Y-%m-%d}" if cell.is_date else cell.value for cell in weeks[2]]
    assert first == [
        "2027-W01",
        "2027-01-04",
        5_000,
        3_000,
        20,
        40,
        "minder dan 10 brieven",
        "minder dan 10 brieven",
        2_960,
    ]
    shop = book["Winkels"]["B2"]
    assert (shop.value, shop.data_type) == ('=1+1 & "Zn" <b>', "s")


def test_json_has_cents_and_says_why_something_is_missing() -> None:
    told = json.loads(as_json(tables_of(FIGURES), 7, TIME))
    assert (told["block"], told["time"]) == (7, "2027-01-15T08:00:00Z")
    assert told["schemes"] == [
        {
            "scheme": 1,
            "name": "Kindpakket",
            "funded": 500_000,
            "issued": 300_000,
            "spent": 123_456,
            "refunded": 50,
            "net": 123_406,
            "left": 176_594,
            "lapsed": 0,
            "coupons": 60,
            "couponsUsed": None,
            "lettersUsed": None,
            "hidden": {"couponsUsed": "too_few_letters", "lettersUsed": "too_few_letters"},
        }
    ]
    assert told["refusals"][1] == {
        "code": "code_expired",
        "name": "Deze code is verlopen.",
        "attempts": None,
        "hidden": {"attempts": "too_few_letters"},
    }


def test_a_file_is_the_same_bytes_each_time() -> None:
    assert as_excel(tables_of(FIGURES), TIME) == as_excel(tables_of(FIGURES), TIME)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_a_chart_is_the_same_picture_each_time_and_needs_nothing_else(
    chart: charts.Chart,
) -> None:
    drawn = chart(FIGURES)
    assert drawn == chart(FIGURES)
    root = ElementTree.fromstring(drawn)
    assert {node.tag.rpartition("}")[2] for node in root.iter()} <= {
        *("svg", "defs", "style", "title", "g", "rect", "path", "line", "circle", "text"),
    }
    links = [value for node in root.iter() for name, value in node.items() if "href" in name]
    assert links == []
    assert b"url(" not in drawn
    assert b"@import" not in drawn


def texts(drawn: bytes) -> list[str]:
    return [node.text for node in ElementTree.fromstring(drawn).iter() if node.text]


def test_a_chart_draws_what_is_shown_and_not_what_is_hidden() -> None:
    shops = texts(charts.paid_by_shop(FIGURES))
    assert '=1+1 & "Zn" <b> · € 1.200,56' in shops
    assert not any("Klein" in text for text in shops)
    hours = texts(charts.payments_by_hour(FIGURES))
    assert {"9", "10", "12"} <= set(hours)
    reasons = texts(charts.refusals_by_reason(FIGURES))
    assert "Er staat niet genoeg op deze code. · 30" in reasons
    assert not any("verlopen" in text for text in reasons)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_a_town_without_figures_has_charts_that_say_so(chart: charts.Chart) -> None:
    nothing = Figures(0, TIME, [], [], [], [], [], [], [], [])
    assert "Hier is nog niets te tonen." in texts(chart(nothing))


def contrast(colour: str) -> float:
    """The contrast ratio with white, by WCAG."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@pytest.mark.parametrize("colour", charts.COLOURS)
def test_lines_and_bars_stand_out_on_white(colour: str) -> None:
    assert contrast(colour) >= 7
