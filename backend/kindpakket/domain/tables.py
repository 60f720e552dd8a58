"""Tables: pages, CSV, Excel and the terminal show the same columns with the same formats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from typing import Any, Generic, TypeVar

from kindpakket.domain import csv_files
from kindpakket.domain.csv_files import Euros, write_csv
from kindpakket.domain.language import say_moment
from kindpakket.domain.money import format_euros


class Unit(Enum):
    """Unit of the numbers of a column; texts and days are formatted by their type."""

    NONE = auto()
    """Not numbers, or numbers that are a name."""
    COUNT = auto()
    CENTS = auto()
    MOMENT = auto()
    """Unix seconds."""


Row = TypeVar("Row")
Cell = str | int | date | None
"""A value; None if there is none."""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: its heading, and how its values are read from a row and formatted."""

    title: str
    value: Callable[[Row], Cell]
    unit: Unit = Unit.NONE
    key: str = ""
    """Name in JSON and in links that sort by it."""
    order: Callable[[Row], Cell] | None = None
    """What to sort by instead of the value."""

    @property
    def right(self) -> bool:
        """Whether it is aligned to the right."""
        return self.unit in (Unit.COUNT, Unit.CENTS)

    def shown(self, row: Row, nothing: str = "") -> str:
        """Format the value for people, in their language; ``nothing`` if there is none."""
        match self.value(row), self.unit:
            case None, _:
                return nothing
            case int(cents), Unit.CENTS:
                return format_euros(cents)
            case int(seconds), Unit.MOMENT:
                return say_moment(seconds)
            case value, _:
                return str(value)

    def sort_key(self, row: Row) -> tuple[bool, int | str]:
        """Return the key to sort a row by; rows without a value come last."""
        value = (self.order or self.value)(row)
        return value is None, value if isinstance(value, int) else str(value).lower()


@dataclass(frozen=True)
class Table(Generic[Row]):
    """A table of rows of any type."""

    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    name: str = ""
    """Of its file, without extension, and in JSON."""
    title: str = ""

    def sorted_by(self, key: str) -> "Table[Row]":
        """Return the table sorted by a column; a ``-`` before the key reverses the order."""
        by = next((each for each in self.columns if each.key == key.removeprefix("-")), None)
        if by is None:
            return self
        return replace(self, rows=sorted(self.rows, key=by.sort_key, reverse=key.startswith("-")))


def as_csv(table: Table[Any]) -> bytes:
    """Write a table as CSV for Dutch spreadsheets."""
    head = [column.title for column in table.columns]
    rows = ([_csv_cell(column, row) for column in table.columns] for row in table.rows)
    return write_csv([head, *rows])


def _csv_cell(column: Column[Row], row: Row) -> csv_files.Cell:
    match column.value(row), column.unit:
        case int(cents), Unit.CENTS:
            return Euros(cents)
        case int(count), Unit.COUNT:
            return count
        case date() as day, _:
            return f"{day:%d-%m-%Y}"
        case _:
            return column.shown(row)
