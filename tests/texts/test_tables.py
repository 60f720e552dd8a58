"""Tables: one format of a value for the page, the terminal and a file."""

from dataclasses import dataclass
from datetime import date

import pytest

from kindpakket.cli.output import show_table
from kindpakket.domain.tables import Cell, Column, Table, Unit, as_csv


@dataclass(frozen=True)
class Sale:
    name: str
    number: int
    count: Cell
    cents: Cell
    time: int
    day: date


SALES = [
    Sale("=1+1", 10, 1_200, -5, 1_800_000_000, date(2027, 2, 1)),
    Sale("Boeken", 9, None, None, 1_798_758_000, date(2027, 1, 31)),
    Sale("azalea", 11, 3, 1_234_50, 1_798_758_000, date(2027, 1, 2)),
]
TABLE = Table[Sale](
    [
        Column("-Naam", lambda each: each.name, key="name"),
        Column(
            "Nr", lambda each: f"KP-{each.number}", key="number", order=lambda each: each.number
        ),
        Column("Aantal", lambda each: each.count, Unit.COUNT, "count"),
        Column("Bedrag", lambda each: each.cents, Unit.CENTS, "cents"),
        Column("Tijd", lambda each: each.time, Unit.MOMENT, "time"),
        Column("Dag", lambda each: each.day, key="day"),
    ],
    SALES,
)
SHOWN = [
    ["=1+1", "KP-10", "1200", "€ -0,05", "15 januari 2027 om 09.00 uur", "2027-02-01"],
    ["Boeken", "KP-9", "", "", "1 januari 2027", "2027-01-31"],
    ["azalea", "KP-11", "3", "€ 1.234,50", "1 januari 2027", "2027-01-02"],
]


def names(order: str) -> list[str]:
    return [each.name for each in TABLE.sorted_by(order).rows]


def test_people_read_numbers_times_and_days() -> None:
    assert [[column.shown(each) for column in TABLE.columns] for each in SALES] == SHOWN
    assert TABLE.columns[3].shown(SALES[1], "–") == "–"


def test_the_terminal_shows_what_a_page_shows(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(TABLE, empty="Niets.")
    told = " ".join(capsys.readouterr().out.split())
    assert all(" ".join(" ".join(row).split()) in told for row in SHOWN)
    show_table(Table(TABLE.columns, []), empty="Niets.")
    assert capsys.readouterr().out == "Niets.\n"


def test_a_file_has_numbers_for_a_spreadsheet_and_no_formula() -> None:
    assert as_csv(TABLE).decode() == (
        "\ufeff'-Naam;Nr;Aantal;Bedrag;Tijd;Dag\r\n"
        "'=1+1;KP-10;1200;-0,05;15 januari 2027 om 09.00 uur;01-02-2027\r\n"
        "Boeken;KP-9;;;1 januari 2027;31-01-2027\r\n"
        "azalea;KP-11;3;1234,50;1 januari 2027;02-01-2027\r\n"
    )


def test_rows_are_sorted_by_value_and_those_without_one_come_last() -> None:
    assert names("name") == ["=1+1", "azalea", "Boeken"]
    assert names("number") == ["Boeken", "=1+1", "azalea"]
    assert names("cents") == ["=1+1", "azalea", "Boeken"]
    assert names("count") == ["azalea", "=1+1", "Boeken"]
    assert names("-day") == ["=1+1", "Boeken", "azalea"]
    for unknown in ("", "-", "--day", "price"):
        assert names(unknown) == [each.name for each in SALES]
