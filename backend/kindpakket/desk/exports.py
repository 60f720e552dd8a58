"""Tables of the figures, and exports of these."""

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from kindpakket.domain.language import say
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import rfc3339
from kindpakket.services.figures.refused import RefusalLine
from kindpakket.services.figures.schemes import SchemeFigures
from kindpakket.services.figures.shop_months import FigureLine, Figures, ShopMonth

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_TYPE = "application/json"


def tables_of(figures: Figures) -> list[Table[Any]]:
    """Return every breakdown, in the current language."""
    return [
        _schemes(figures.schemes),
        _months(figures),
        _lines("categories", say("Soorten winkels"), say("Soort winkel"), figures.categories),
        _lines("shops", say("Winkels"), say("Winkel"), figures.shops),
        _shop_months(figures),
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
                        case _:
                            sheet.write_string(number, at, column.shown(row))
            sheet.autofit()
    return file.getvalue()


def as_json(tables: Iterable[Table[Any]], block: int, time: int) -> bytes:
    """Write all tables as JSON, with their block; amounts in cents."""
    data: dict[str, Any] = {"block": block, "time": rfc3339(time)}
    for table in tables:
        data[table.name] = [
            {column.key: column.value(row) for column in table.columns} for row in table.rows
        ]
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


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
                lambda each: each.coupons_used,
                Unit.COUNT,
                "couponsUsed",
            ),
            Column(
                say("Gebruikte brieven, minstens"),
                lambda each: each.letters_used,
                Unit.COUNT,
                "lettersUsed",
            ),
        ],
        schemes,
        "schemes",
        say("Regelingen"),
    )


def _months(figures: Figures) -> Table[FigureLine]:
    spent = figures.spent_by_kind

    def kind_column(kind: FigureLine) -> Column[FigureLine]:
        return Column(
            kind.name, lambda line: spent[line.key, kind.key], Unit.CENTS, f"kind{kind.key}"
        )

    return Table(
        [
            Column(say("Maand"), lambda line: line.key, key="month"),
            *map(kind_column, figures.categories),
            *_paid_columns(),
        ],
        figures.months,
        "months",
        say("Maanden"),
    )


def _shop_months(figures: Figures) -> Table[ShopMonth]:
    return Table(
        [
            Column(say("Maand"), lambda each: each.month, key="month"),
            Column(say("Kenmerk"), lambda each: str(each.shop), key="key"),
            Column(say("Winkel"), lambda each: figures.shop_names[each.shop], key="name"),
            Column(say("Betalingen"), lambda each: each.payments, Unit.COUNT, "payments"),
            Column(say("Betaald"), lambda each: each.spent, Unit.CENTS, "spent"),
            Column(say("Terugbetaald"), lambda each: each.refunded, Unit.CENTS, "refunded"),
        ],
        figures.shop_months,
        "shopMonths",
        say("Winkels per maand"),
    )


def _lines(name: str, title: str, what: str, lines: list[FigureLine]) -> Table[FigureLine]:
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
            Column(say("Pogingen"), lambda line: line.attempts, Unit.COUNT, "attempts"),
        ],
        refusals,
        "refusals",
        say("Weigeringen"),
    )


def _paid_columns() -> list[Column[FigureLine]]:
    return [
        Column(say("Betalingen"), lambda line: line.payments, Unit.COUNT, "payments"),
        Column(say("Betaald"), lambda line: line.spent, Unit.CENTS, "spent"),
        Column(say("Terugbetaald"), lambda line: line.refunded, Unit.CENTS, "refunded"),
        Column(say("Besteed"), lambda line: line.net, Unit.CENTS, "net"),
    ]
