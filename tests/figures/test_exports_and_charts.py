"""Exports and charts of figures."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
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
from kindpakket.services.figures.months import MonthFigures, measure_months
from kindpakket.services.figures.refused import RefusalLine
from kindpakket.services.figures.schemes import SchemeFigures

TIME = 1_800_000_000
FEW, PROTECTS = Hidden.TOO_FEW, Hidden.PROTECTS


def line(by: Axis, key: str, name: str, payments: int, spent: int, refunded: int) -> ReportLine:
    return ReportLine(by, key, name, payments, spent, refunded, None, None, None)


def week(key: str, so_far: int | None, issued: int) -> ReportLine:
    left = None if so_far is None else 300_000 - so_far
    return ReportLine(
        *(Axis.WEEK, key, "", 20, 4_000, None, left, None, FEW, 500_000, issued),
        so_far=so_far,
    )


FIGURES = Figures(
    7,
    TIME,
    [
        SchemeFigures(
            1,
            "Kindpakket",
            500_000,
            300_000,
            20_000,
            123_456,
            50,
            123_406,
            176_594,
            0,
            60,
            None,
            None,
            FEW,
        )
    ],
    [
        week("2027-W01", 4_000, 300_000),
        week("2027-W02", None, 0),
        week("2027-W03", 123_456, 0),
    ],
    [
        MonthFigures("2027-01", 120_000, {"1": 90_000, "2": FEW}, None),
        MonthFigures("2027-02", None, {}, PROTECTS),
    ],
    [
        line(Axis.CATEGORY, "1", "fietsen; boeken", 20, 123_456, 50),
        ReportLine(Axis.CATEGORY, "2", "zwemmen", None, None, None, None, FEW, FEW),
    ],
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
CHARTS = (charts.spent_by_month, charts.take_up, charts.payments_by_hour)


def table(key: str) -> Table[Any]:
    (found,) = (each for each in tables_of(FIGURES) if each.name == key)
    return found


def test_csv_is_what_a_dutch_spreadsheet_opens() -> None:
    assert as_csv(table("weeks")).decode() == (
        "\ufeffWeek;Vanaf maandag;Budget;Toegekend, met voorraad;Betalingen;Betaald;Terugbetaald;"
        "Besteed;Betaald tot en met deze week;"
        "Nog te besteden met voorraad, zonder wat terugkwam\r\n"
        "2027-W01;04-01-2027;5000,00;3000,00;20;40,00;minder dan 10 brieven;"
        "minder dan 10 brieven;40,00;2960,00\r\n"
        "2027-W02;11-01-2027;5000,00;0,00;20;40,00;minder dan 10 brieven;"
        "minder dan 10 brieven;niet getoond;niet getoond\r\n"
        "2027-W03;18-01-2027;5000,00;0,00;20;40,00;minder dan 10 brieven;"
        "minder dan 10 brieven;1234,56;1765,44\r\n"
    )


def test_a_month_tells_at_least_how_much_of_each_kind_and_what_it_does_not_tell() -> None:
    assert as_csv(table("months")).decode() == (
        '\ufeffMaand;"fietsen; boeken, minstens";zwemmen, minstens;'
        "Niet per soort te tonen;Betaald\r\n"
        "2027-01;900,00;minder dan 10 brieven;300,00;1200,00\r\n"
        "2027-02;niet getoond;niet getoond;niet getoond;niet getoond\r\n"
    )


def test_csv_starts_no_formula_and_keeps_a_name_in_its_cell() -> None:
    rows = as_csv(table("shops")).decode().splitlines()
    assert rows[1] == '1;"\'=1+1 & ""Zn"" <b>";20;1200,56;0,50;1200,06'
    assert as_csv(table("categories")).decode().splitlines()[1].startswith('1;"fietsen; boeken";')


def test_excel_has_numbers_and_dates() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_excel(tables_of(FIGURES), TIME)))
    assert book.sheetnames == [
        "Regelingen",
        "Maanden",
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
        40,
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
            "stock": 20_000,
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


def drawn(chart: Callable[[Figures], charts.Chart | None], figures: Figures = FIGURES) -> Any:
    made = chart(figures)
    assert made is not None
    return made


def texts(picture: str) -> list[str]:
    return [node.text for node in ElementTree.fromstring(picture).iter() if node.text]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_a_chart_is_the_same_picture_each_time_and_has_no_style_or_script(chart: Any) -> None:
    for size, picture in drawn(chart).pictures.items():
        assert picture == chart(FIGURES).pictures[size]
        root = ElementTree.fromstring(picture)
        assert {node.tag.rpartition("}")[2] for node in root.iter()} <= {
            "svg",
            "g",
            "rect",
            "path",
            "circle",
            "text",
        }
        names = {name for node in root.iter() for name in node.attrib}
        assert names.isdisjoint({"style", "id", "onclick", "href"})
        assert root.get("role") == "img"
        assert root.get("aria-label")


def test_a_month_is_drawn_by_kind_and_the_rest_without() -> None:
    made = drawn(charts.spent_by_month)
    assert [(each.name, each.values) for each in made.legend] == [
        ("fietsen; boeken", (90_000, 0)),
        ("Niet per soort te tonen", (30_000, None)),
    ]
    assert texts(made.pictures["wide"])[-2:] == ["jan", "feb"]


def test_a_month_is_the_sum_of_what_is_shown_of_its_shops() -> None:
    """Shops 1 and 2 are of kind 1, shop 3 is of kind 2; little was paid at shop 2 in January."""
    months = [
        line(Axis.MONTH, "2026-12", "", 90, 1_000, 0),
        line(Axis.MONTH, "2027-02", "", 1, 9, 0),
    ]
    shop_months = [
        line(Axis.SHOP_MONTH, "1/2026-12", "", 20, 600, 0),
        ReportLine(Axis.SHOP_MONTH, "2/2026-12", "", None, None, None, None, FEW, FEW),
        ReportLine(Axis.SHOP_MONTH, "3/2026-12", "", None, None, None, None, PROTECTS, PROTECTS),
        line(Axis.SHOP_MONTH, "1/2027-02", "", 1, 4, 0),
        line(Axis.SHOP_MONTH, "2/2027-02", "", 1, 5, 0),
    ]
    december, january, february = measure_months(months, shop_months, {1: 1, 2: 1, 3: 2})
    assert (december.kinds, december.rest) == ({"1": 600, "2": PROTECTS}, 400)
    assert january == MonthFigures("2027-01", 0, {}, None)
    assert (february.kinds, february.rest) == ({"1": 9}, 0)


def test_a_month_that_is_hidden_tells_nothing_of_its_kinds() -> None:
    hidden = ReportLine(Axis.MONTH, "2027-01", "", None, None, None, None, FEW, FEW)
    shop_months = [line(Axis.SHOP_MONTH, "1/2027-01", "", 20, 600, 0)]
    assert measure_months([hidden], shop_months, {1: 1}) == [MonthFigures("2027-01", None, {}, FEW)]


def test_kinds_beyond_the_colours_are_drawn_together() -> None:
    kinds = [line(Axis.CATEGORY, str(each), f"soort {each}", 20, 1, 0) for each in range(9)]
    month = MonthFigures("2027-01", 45, {str(each): each + 1 for each in range(9)}, None)
    made = drawn(charts.spent_by_month, replace(FIGURES, months=[month], categories=kinds))
    assert [(each.name, each.values) for each in made.legend] == [
        *((f"soort {each}", (each + 1,)) for each in (8, 7, 6, 5, 4, 3)),
        ("Andere soorten", (1 + 2 + 3,)),
    ]


def test_the_take_up_has_an_axis_that_fits_it() -> None:
    """Its highest value is € 1.234,56, whatever was issued."""
    shown = texts(drawn(charts.take_up).pictures["wide"])
    assert shown == ["€ 0", "€ 500", "€ 1.000", "€ 1.500", "jan"]


@pytest.mark.parametrize(
    ("most", "unit", "marks"),
    [
        (1, 1, [0, 1]),
        (7, 1, [0, 2, 4, 6, 8]),
        (12, 100, [0, 100]),
        (93_000, 100, [0, 20_000, 40_000, 60_000, 80_000, 100_000]),
    ],
)
def test_an_axis_ends_just_above_what_it_shows(most: int, unit: int, marks: list[int]) -> None:
    assert charts.nice_marks(most, unit) == marks


def test_a_ranking_shows_what_is_shown_and_not_what_is_hidden() -> None:
    assert charts.rank_paid(FIGURES.shops) == [charts.Bar('=1+1 & "Zn" <b>', 100, "€ 1.200,56")]
    hours = texts(drawn(charts.payments_by_hour).pictures["narrow"])
    assert {"9", "10", "15"} <= set(hours)


def test_a_ranking_has_the_largest_first_and_no_more_than_fit() -> None:
    lines = [line(Axis.SHOP, str(each), f"Winkel {each}", 20, each * 100, 0) for each in range(20)]
    ranked = charts.rank_paid(lines)
    assert [each.name for each in ranked] == [f"Winkel {each}" for each in range(19, 7, -1)]
    assert ranked[-1].share == pytest.approx(100 * 8 / 19)


def test_a_bar_is_what_was_issued() -> None:
    parts = charts.parts_of_issued(25_00, 70_00, 5_00)
    assert [(each.name, each.amount, each.start, each.share) for each in parts] == [
        ("Besteed", 25_00, 0, 25),
        ("Nog te besteden", 70_00, 25, 70),
        ("Vervallen", 5_00, 95, 5),
    ]
    assert charts.parts_of_issued(0, 0, 0) == []


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_a_town_without_figures_has_no_charts(chart: Any) -> None:
    assert chart(Figures(0, TIME, [], [], [], [], [], [], [], [], [])) is None
