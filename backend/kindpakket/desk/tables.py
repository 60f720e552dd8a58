"""Tables that can be sorted, exported and printed, without scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from kindpakket.desk.parts import page
from kindpakket.domain.csv_files import CSV_TYPE, Cell, Euros, write_csv
from kindpakket.domain.money import format_euros


@dataclass(frozen=True)
class Column:
    """A column; numbers are aligned to the right."""

    key: str
    title: str
    right: bool = False
    euros: bool = False
    """The values are cents."""


@dataclass(frozen=True)
class Table:
    """A table; rows are dicts by column key.

    A value is used to display and to sort, or is a pair ``(sort key, display)``. A row may have a
    ``link``, a path within the desk, for its first column.
    """

    name: str
    """File name of the export."""
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]

    def sorted_by(self, key: str) -> "Table":
        """Return the table sorted by a column; a ``-`` before the key reverses the order."""
        column = key.removeprefix("-")
        if column not in {each.key for each in self.columns}:
            return self
        rows = sorted(self.rows, key=lambda row: _order(row[column]), reverse=key.startswith("-"))
        return Table(self.name, self.columns, rows)

    def shown(self, row: Mapping[str, Any], column: Column) -> str:
        """Format a value."""
        value = row[column.key]
        if isinstance(value, tuple):
            return str(value[1])
        if value is None:
            return "–"
        return format_euros(value) if column.euros else str(value)

    def csv(self) -> bytes:
        """Write the table as CSV for Dutch spreadsheets."""
        head = [column.title for column in self.columns]
        cells = ([_cell(row[column.key], column) for column in self.columns] for row in self.rows)
        return write_csv([head, *cells])


def answer_table(request: Request, table: Table, template: str, **values: Any) -> Response:
    """Respond with a page with the table, sorted as requested, or with the table as CSV."""
    order = request.query_params.get("volgorde", "")
    table = table.sorted_by(order)
    if request.query_params.get("als") == "csv":
        name = f'attachment; filename="{table.name}.csv"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        return Response(table.csv(), media_type=CSV_TYPE, headers=headers)
    return page(request, template, table=table, order=order, links=_links(request, table), **values)


def _links(request: Request, table: Table) -> dict[str, str]:
    """Links of the headings and of the export."""
    query = {key: value for key, value in request.query_params.items() if key != "gedaan"}
    order = query.get("volgorde")
    links = {"csv": "?" + urlencode(query | {"als": "csv"})}
    for column in table.columns:
        next_order = f"-{column.key}" if order == column.key else column.key
        links[column.key] = "?" + urlencode(query | {"volgorde": next_order})
    return links


def _order(value: Any) -> tuple[bool, Any]:
    value = value[0] if isinstance(value, tuple) else value
    return value is None, value if isinstance(value, int | float) else str(value).lower()


def _cell(value: Any, column: Column) -> Cell:
    if value is None:
        return ""
    if isinstance(value, tuple):
        value = value[1]
    if column.euros:
        return Euros(value)
    return value if isinstance(value, int) else str(value)
