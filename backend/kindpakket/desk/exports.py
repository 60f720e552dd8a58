"""Exports of the figures, with exactly what the dashboards show."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from kindpakket.domain import csv_files
from kindpakket.domain.csv_files import Euros, write_csv
from kindpakket.domain.language import say
from kindpakket.domain.times import rfc3339
from kindpakket.services.figures import Figures
from kindpakket.services.figures.lines import ReportLine
from kindpakket.services.figures.refused import RefusalLine
from kindpakket.services.figures.schemes import SchemeFigures
from kindpakket.services.figures.suppress import Hidden

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_TYPE = "application/json"


Cell = str | int | Euros | date | Hidden | None
"""A value; None if the figure does not exist, Hidden if it is suppressed."""


@dataclass(frozen=True)
class ExportSheet:
    """A breakdown, with the names of its file and its sheet."""

    key: str
    title: str
    columns: dict[str, str]
    """Names of the columns in JSON, and their headings."""
    rows: list[list[Cell]]


def tables_of(figures: Figures) -> list[ExportSheet]:
    """Return every breakdown, in the current language."""
    return [
        _schemes(figures.schemes),
        _weeks(figures.weeks),
        _lines("categories", say("Soorten winkels"), say("Soort winkel"), figures.categories),
        _lines("shops", say("Winkels"), say("Winkel"), figures.shops),
        _lines("hours", say("Uren"), say("Uur van de dag"), figures.hours),
        _refusals(figures.refusals),
    ]


def as_csv(table: ExportSheet) -> bytes:
    """Write a table as CSV for Dutch spreadsheets."""
    rows: list[list[Cell]] = [[*table.columns.values()], *table.rows]
    return write_csv([_csv_cell(cell) for cell in row] for row in rows)


def as_excel(tables: Iterable[ExportSheet], time: int) -> bytes:
    """Write a workbook with a sheet for each table, with typed numbers and dates.

    Args:
        time: of the figures, in unix seconds; also of the file, so that its bytes are
            deterministic.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime.fromtimestamp(time, UTC).replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = {
            Euros: book.add_format({"num_format": "€ #,##0.00"}),
            date: book.add_format({"num_format": "dd-mm-yyyy"}),
        }
        for table in tables:
            sheet = book.add_worksheet(table.title)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.columns.values(), bold)
            for number, row in enumerate(table.rows, start=1):
                for column, cell in enumerate(row):
                    _write(sheet, number, column, cell, formats)
            sheet.autofit()
    return file.getvalue()


def as_json(tables: Iterable[ExportSheet], block: int, time: int) -> bytes:
    """Write all tables as JSON, with their block; amounts in cents.

    A suppressed figure is null, and its row gives the reason in ``hidden``.
    """
    data: dict[str, Any] = {"block": block, "time": rfc3339(time)}
    for table in tables:
        data[table.key] = [_json_row(table, row) for row in table.rows]
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


# --------------------------------------------------------------------------------- the tables


def _schemes(schemes: Iterable[SchemeFigures]) -> ExportSheet:
    columns = {
        "scheme": say("Nummer"),
        "name": say("Regeling"),
        **_budget_columns(),
        **_spent_columns(),
        "left": say("Nog te besteden"),
        "lapsed": say("Vervallen"),
        "coupons": say("Tegoeden"),
        "couponsUsed": say("Gebruikte tegoeden"),
        "lettersUsed": say("Gebruikte brieven, minstens"),
    }
    rows: list[list[Cell]] = [
        [
            each.scheme,
            each.name,
            *map(Euros, (each.funded, each.issued, each.spent, each.refunded, each.net)),
            *map(Euros, (each.left, each.lapsed)),
            each.coupons,
            _or(each.hidden, each.coupons_used),
            _or(each.hidden, each.letters_used),
        ]
        for each in schemes
    ]
    return ExportSheet("schemes", say("Regelingen"), columns, rows)


def _weeks(weeks: Iterable[ReportLine]) -> ExportSheet:
    columns = {
        "week": say("Week"),
        "monday": say("Vanaf maandag"),
        **_budget_columns(),
        **_paid_columns(),
        "left": say("Nog te besteden, zonder wat terugkwam"),
    }
    rows: list[list[Cell]] = [
        [
            line.key,
            date.fromisoformat(f"{line.key}-1"),
            Euros(line.funded or 0),
            Euros(line.issued or 0),
            *_paid(line),
            Hidden.PROTECTS if line.left is None else Euros(line.left),
        ]
        for line in weeks
    ]
    return ExportSheet("weeks", say("Weken"), columns, rows)


def _lines(key: str, title: str, what: str, lines: Iterable[ReportLine]) -> ExportSheet:
    columns = {"key": say("Kenmerk"), "name": what, **_paid_columns()}
    return ExportSheet(key, title, columns, [[line.key, line.name, *_paid(line)] for line in lines])


def _refusals(refusals: Iterable[RefusalLine]) -> ExportSheet:
    columns = {"code": say("Code"), "name": say("Reden"), "attempts": say("Pogingen")}
    rows: list[list[Cell]] = [
        [line.code.value, line.name, _or(line.hidden, line.attempts)] for line in refusals
    ]
    return ExportSheet("refusals", say("Weigeringen"), columns, rows)


def _budget_columns() -> dict[str, str]:
    return {"funded": say("Budget"), "issued": say("Toegekend")}


def _spent_columns() -> dict[str, str]:
    return {"spent": say("Betaald"), "refunded": say("Terugbetaald"), "net": say("Besteed")}


def _paid_columns() -> dict[str, str]:
    return {"payments": say("Betalingen"), **_spent_columns()}


def _paid(line: ReportLine) -> list[Cell]:
    return [
        _or(line.hidden, line.payments),
        _or(line.hidden, None if line.spent is None else Euros(line.spent)),
        _or(line.refunds_hidden, None if line.refunded is None else Euros(line.refunded)),
        _or(line.refunds_hidden, None if line.net is None else Euros(line.net)),
    ]


def _or(hidden: Hidden | None, shown: Cell) -> Cell:
    return hidden or shown


# --------------------------------------------------------------------------------- the cells


def say_hidden(hidden: Hidden) -> str:
    """Return the text in place of a suppressed figure."""
    return say("minder dan 10 brieven") if hidden is Hidden.TOO_FEW else say("niet getoond")


def _csv_cell(cell: Cell) -> csv_files.Cell:
    match cell:
        case None:
            return ""
        case Hidden():
            return say_hidden(cell)
        case date():
            return f"{cell:%d-%m-%Y}"
        case _:
            return cell


def _write(sheet: Any, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    match cell:
        case None:
            pass
        case Euros(cents):
            sheet.write_number(row, column, cents / 100, formats[Euros])
        case Hidden():
            sheet.write_string(row, column, say_hidden(cell))
        case str():
            sheet.write_string(row, column, cell)
        case date():
            sheet.write_datetime(row, column, cell, formats[date])
        case int():
            sheet.write_number(row, column, cell)


def _json_row(table: ExportSheet, row: list[Cell]) -> dict[str, Any]:
    values = dict(zip(table.columns, map(_json_value, row), strict=True))
    hidden = {
        name: cell.value
        for name, cell in zip(table.columns, row, strict=True)
        if isinstance(cell, Hidden)
    }
    return values | {"hidden": hidden}


def _json_value(cell: Cell) -> Any:
    match cell:
        case Hidden():
            return None
        case Euros(cents):
            return cents
        case date():
            return cell.isoformat()
        case _:
            return cell
