"""Exports of the figures, with exactly what the dashboards show."""

import io
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from kindpakket.domain.language import say
from kindpakket.domain.tables import Column, Hidden, Table, Unit
from kindpakket.domain.times import rfc3339
from kindpakket.services.figures import Figures
from kindpakket.services.figures.lines import ReportLine
from kindpakket.services.figures.months import MonthFigures
from kindpakket.services.figures.refused import RefusalLine
from kindpakket.services.figures.schemes import SchemeFigures

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_TYPE = "application/json"


def tables_of(figures: Figures) -> list[Table[Any]]:
    """Return every breakdown, in the current language."""
    return [
        _schemes(figures.schemes),
        _months(figures.months, figures.categories),
        _weeks(figures.weeks),
        _lines("categories", say("Soorten winkels"), say("Soort winkel"), figures.categories),
        _lines("shops", say("Winkels"), say("Winkel"), figures.shops),
        _lines("hours", say("Uren"), say("Uur van de dag"), figures.hours),
        _refusals(figures.refusals),
    ]


def as_excel(tables: Iterable[Table[Any]], time: int) -> bytes:
    """Write a workbook with a sheet for each table, with typed numbers and dates.

    Args:
        time: of the figures, in unix seconds; also of the file, so that its bytes are
            deterministic.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime.fromtimestamp(time, UTC).replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "bottom": 1})
        euros = book.add_format({"num_format": "€ #,##0.00"})
        day = book.add_format({"num_format": "dd-mm-yyyy"})
        for table in tables:
            sheet = book.add_worksheet(table.title)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(table.columns):
                sheet.write_string(0, at, column.title, bold)
                for number, row in enumerate(table.rows, start=1):
                    match column.value(row), column.unit:
                        case int(cents), Unit.CENTS:
                            sheet.write_number(number, at, cents / 100, euros)
                        case int(count), Unit.COUNT:
                            sheet.write_number(number, at, count)
                        case date() as value, _:
                            sheet.write_datetime(number, at, value, day)
                        case _:
                            sheet.write_string(number, at, column.shown(row))
            sheet.autofit()
    return file.getvalue()


def as_json(tables: Iterable[Table[Any]], block: int, time: int) -> bytes:
    """Write all tables as JSON, with their block; amounts in cents.

    A suppressed figure is null, and its row gives the reason in ``hidden``.
    """
    data: dict[str, Any] = {"block": block, "time": rfc3339(time)}
    for table in tables:
        data[table.name] = [_json_row(table, row) for row in table.rows]
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


def _json_row(table: Table[Any], row: Any) -> dict[str, Any]:
    values = {column.key: column.value(row) for column in table.columns}
    hidden = {key: value for key, value in values.items() if isinstance(value, Hidden)}
    days = {key: value.isoformat() for key, value in values.items() if isinstance(value, date)}
    return values | days | dict.fromkeys(hidden) | {"hidden": hidden}


# --------------------------------------------------------------------------------- the tables


def _schemes(schemes: list[SchemeFigures]) -> Table[SchemeFigures]:
    return Table(
        [
            Column(say("Nummer"), lambda each: each.scheme, Unit.COUNT, "scheme"),
            Column(say("Regeling"), lambda each: each.name, key="name"),
            Column(say("Budget"), lambda each: each.funded, Unit.CENTS, "funded"),
            Column(say("Toegekend"), lambda each: each.issued, Unit.CENTS, "issued"),
            Column(say("In voorraad"), lambda each: each.stock, Unit.CENTS, "stock"),
            Column(say("Betaald"), lambda each: each.spent, Unit.CENTS, "spent"),
            Column(say("Terugbetaald"), lambda each: each.refunded, Unit.CENTS, "refunded"),
            Column(say("Besteed"), lambda each: each.net, Unit.CENTS, "net"),
            Column(say("Nog te besteden"), lambda each: each.left, Unit.CENTS, "left"),
            Column(say("Vervallen"), lambda each: each.lapsed, Unit.CENTS, "lapsed"),
            Column(say("Tegoeden"), lambda each: each.coupons, Unit.COUNT, "coupons"),
            Column(
                say("Gebruikte tegoeden"),
                lambda each: each.hidden or each.coupons_used,
                Unit.COUNT,
                "couponsUsed",
            ),
            Column(
                say("Gebruikte brieven, minstens"),
                lambda each: each.hidden or each.letters_used,
                Unit.COUNT,
                "lettersUsed",
            ),
        ],
        schemes,
        "schemes",
        say("Regelingen"),
    )


def _months(months: list[MonthFigures], kinds: list[ReportLine]) -> Table[MonthFigures]:
    return Table(
        [
            Column(say("Maand"), lambda each: each.month, key="month"),
            *(_kind_column(kind) for kind in kinds),
            Column(
                say("Niet per soort te tonen"),
                lambda each: each.hidden or each.rest,
                Unit.CENTS,
                "rest",
            ),
            Column(say("Betaald"), lambda each: each.hidden or each.spent, Unit.CENTS, "spent"),
        ],
        months,
        "months",
        say("Maanden"),
    )


def _kind_column(kind: ReportLine) -> Column[MonthFigures]:
    return Column(
        say("%(kind)s, minstens", kind=kind.name),
        lambda each: each.hidden or each.kinds.get(kind.key, 0),
        Unit.CENTS,
        f"kind{kind.key}",
    )


def _weeks(weeks: list[ReportLine]) -> Table[ReportLine]:
    return Table(
        [
            Column(say("Week"), lambda line: line.key, key="week"),
            Column(
                say("Vanaf maandag"), lambda line: date.fromisoformat(f"{line.key}-1"), key="monday"
            ),
            Column(say("Budget"), lambda line: line.funded or 0, Unit.CENTS, "funded"),
            Column(
                say("Toegekend, met voorraad"), lambda line: line.issued or 0, Unit.CENTS, "issued"
            ),
            *_paid_columns(),
            Column(
                say("Betaald tot en met deze week"),
                lambda line: Hidden.PROTECTS if line.so_far is None else line.so_far,
                Unit.CENTS,
                "soFar",
            ),
            Column(
                say("Nog te besteden met voorraad, zonder wat terugkwam"),
                lambda line: Hidden.PROTECTS if line.left is None else line.left,
                Unit.CENTS,
                "left",
            ),
        ],
        weeks,
        "weeks",
        say("Weken"),
    )


def _lines(name: str, title: str, what: str, lines: list[ReportLine]) -> Table[ReportLine]:
    return Table(
        [
            Column(say("Kenmerk"), lambda line: line.key, key="key"),
            Column(what, lambda line: line.name, key="name"),
            *_paid_columns(),
        ],
        lines,
        name,
        title,
    )


def _refusals(refusals: list[RefusalLine]) -> Table[RefusalLine]:
    return Table(
        [
            Column(say("Code"), lambda line: line.code.value, key="code"),
            Column(say("Reden"), lambda line: line.name, key="name"),
            Column(
                say("Pogingen"), lambda line: line.hidden or line.attempts, Unit.COUNT, "attempts"
            ),
        ],
        refusals,
        "refusals",
        say("Weigeringen"),
    )


def _paid_columns() -> list[Column[ReportLine]]:
    return [
        Column(
            say("Betalingen"), lambda line: line.hidden or line.payments, Unit.COUNT, "payments"
        ),
        Column(say("Betaald"), lambda line: line.hidden or line.spent, Unit.CENTS, "spent"),
        Column(
            say("Terugbetaald"),
            lambda line: line.refunds_hidden or line.refunded,
            Unit.CENTS,
            "refunded",
        ),
        Column(say("Besteed"), lambda line: line.refunds_hidden or line.net, Unit.CENTS, "net"),
    ]
