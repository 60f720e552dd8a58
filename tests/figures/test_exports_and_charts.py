"""Exports and charts of figures."""

import io
import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest

from kindpakket.desk import charts
from kindpakket.desk.exports import as_excel, as_json, tables_of
from kindpakket.domain.categories import bits_of
from kindpakket.domain.refusals import Code
from kindpakket.domain.tables import Table, as_csv
from kindpakket.services.figures.refused import RefusalLine
from kindpakket.services.figures.schemes import SchemeFigures
from kindpakket.services.figures.shop_months import Figures, ShopMonth

TIME = 1_800_000_000
KINDS = {1: bits_of(["bicycles", "books"]), 2: bits_of(["toys"])}
BIKES = str(KINDS[1])

FIGURES = Figures(
    7,
    TIME,
    [SchemeFigures(1, "Kindpakket", 500_000, 300_000, 20_000, 123_456, 50, False, 60, 3, 2)],
    [
        ShopMonth(1, "2027-01", 19, 119_956, 50),
        ShopMonth(2, "2027-01", 1, 3_400, 0),
        ShopMonth(1, "2027-02", 1, 100, 0),
    ],
    KINDS,
    {1: '=1+1 & "Zn" <b>', 2: "Klein"},
    [RefusalLine(Code.BUDGET_TOO_LOW, "Er staat niet genoeg op deze code.", 30)],
)


def table(key: str) -> Table[Any]:
    (found,) = (each for each in tables_of(FIGURES) if each.name == key)
    return found


def test_csv_is_what_a_dutch_spreadsheet_opens() -> None:
    assert as_csv(table("months")).decode() == (
        '\ufeffMaand;"fietsen en bromfietsen; boeken";speelgoed;Betalingen;Betaald;Terugbetaald;'
        "Besteed\r\n"
        "2027-01;1199,56;34,00;20;1233,56;0,50;1233,06\r\n"
        "2027-02;1,00;0,00;1;1,00;0,00;1,00\r\n"
    )


def test_a_shop_has_its_months() -> None:
    assert as_csv(table("shopMonths")).decode().splitlines()[2] == "2027-01;2;Klein;1;34,00;0,00"


def test_csv_starts_no_formula_and_keeps_a_name_in_its_cell() -> None:
    rows = as_csv(table("shops")).decode().splitlines()
    assert rows[1] == '1;"\'=1+1 & ""Zn"" <b>";20;1200,56;0,50;1200,06'
    (bicycles,) = (
        row for row in as_csv(table("categories")).decode().splitlines() if "fiets" in row
    )
    assert bicycles.startswith(f'{BIKES};"fietsen en bromfietsen; boeken";')


def test_excel_has_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_excel(tables_of(FIGURES), TIME)))
    assert book.sheetnames == [
        "Regelingen",
        "Maanden",
        "Soorten winkels",
        "Winkels",
        "Winkels per maand",
        "Weigeringen",
    ]
    months = book["Maanden"]
    assert months.freeze_panes == "A2"
    assert [cell.value for cell in months[2]] == ["2027-01", 1199.56, 34, 20, 1233.56, 0.5, 1233.06]
    shop = book["Winkels"]["B2"]
    assert (shop.value, shop.data_type) == ('=1+1 & "Zn" <b>', "s")


def test_json_has_cents() -> None:
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
            "couponsUsed": 3,
            "lettersUsed": 2,
        }
    ]
    assert told["refusals"] == [
        {
            "code": "budget_too_low",
            "name": "Er staat niet genoeg op deze code.",
            "attempts": 30,
        }
    ]


def test_what_a_scheme_has_left_lapses_when_it_is_over() -> None:
    (scheme,) = FIGURES.schemes
    over = replace(scheme, over=True)
    assert (scheme.left, scheme.lapsed, over.left, over.lapsed) == (176_594, 0, 0, 176_594)


def test_a_file_is_the_same_bytes_each_time() -> None:
    assert as_excel(tables_of(FIGURES), TIME) == as_excel(tables_of(FIGURES), TIME)


def drawn(figures: Figures = FIGURES) -> charts.Chart:
    made = charts.spent_by_month(figures)
    assert made is not None
    return made


def texts(picture: str) -> list[str]:
    return [node.text for node in ElementTree.fromstring(picture).iter() if node.text]


def test_a_chart_is_the_same_picture_each_time_and_has_no_style_or_script() -> None:
    for size, picture in drawn().pictures.items():
        assert picture == drawn().pictures[size]
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


def test_a_month_is_drawn_by_kind() -> None:
    made = drawn()
    assert [(each.name, each.values) for each in made.legend] == [
        ("fietsen en bromfietsen; boeken", (119_956, 100)),
        ("speelgoed", (3_400, 0)),
    ]
    assert texts(made.pictures["wide"])[-2:] == ["jan", "feb"]


def test_kinds_beyond_the_colours_are_drawn_together() -> None:
    kinds = {shop: 1 << shop for shop in range(9)}
    paid = [ShopMonth(shop, "2027-01", 20, shop + 1, 0) for shop in range(9)]
    made = drawn(
        replace(FIGURES, shop_months=paid, kinds=kinds, shop_names=dict.fromkeys(kinds, ""))
    )
    assert [each.values for each in made.legend] == [
        (9,),
        (8,),
        (7,),
        (6,),
        (5,),
        (4,),
        (1 + 2 + 3,),
    ]
    assert made.legend[-1].name == "Andere soorten"


def test_a_chart_has_an_axis_that_fits_it() -> None:
    """Its highest value is € 1.233,56, whatever was issued."""
    shown = texts(drawn().pictures["wide"])
    assert shown == ["€ 0", "€ 500", "€ 1.000", "€ 1.500", "jan", "feb"]


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


def test_a_ranking_has_the_largest_first_and_no_more_than_fit() -> None:
    shares = [(bar.name, bar.value) for bar in charts.rank_paid(FIGURES.shops)]
    assert shares == [('=1+1 & "Zn" <b>', "€ 1.200,56"), ("Klein", "€ 34,00")]
    ranked = charts.rank([(f"Winkel {each}", each * 100) for each in range(20)], str)
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


def test_a_town_without_payments_has_no_chart() -> None:
    assert charts.spent_by_month(replace(FIGURES, shop_months=[])) is None
