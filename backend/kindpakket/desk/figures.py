"""Figures: charts with their tables, and exports."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk import charts, exports
from kindpakket.desk.parts import InContext, SignedIn, page, require_reading
from kindpakket.domain.csv_files import CSV_TYPE
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import Table, as_csv
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.figures import Figures, read_figures
from kindpakket.services.figures.suppress import MINIMUM

router = APIRouter(prefix="/cijfers", dependencies=[require_reading(ReadPermission.FIGURES)])

CHARTS: dict[str, Callable[[Figures], bytes]] = {
    "weeks": charts.money_by_week,
    "categories": charts.paid_by_category,
    "shops": charts.paid_by_shop,
    "hours": charts.payments_by_hour,
    "refusals": charts.refusals_by_reason,
}
"""Charts by the name of their table."""


@router.get("")
def show(request: Request, context: InContext, _official: SignedIn) -> HTMLResponse:
    """All charts and tables, as of one block."""
    figures = read_figures(context)
    tables = exports.tables_of(figures)
    return page(
        request,
        "figures.html.jinja",
        figures=figures,
        tables=tables,
        charts=CHARTS,
        drawn=[table.name for table in tables if _is_drawn(table)],
        minimum=MINIMUM,
    )


@router.get("/grafiek/{name}.svg")
def show_chart(context: InContext, _official: SignedIn, name: Annotated[str, Path()]) -> Response:
    """One chart, as SVG."""
    if name not in CHARTS:
        raise Refusal(Code.NOT_FOUND)
    return Response(
        CHARTS[name](read_figures(context)),
        media_type=charts.MEDIA_TYPE,
        headers={"Content-Security-Policy": charts.CONTENT_SECURITY_POLICY},
    )


@router.get("/{name}.csv")
def take_csv(context: InContext, _official: SignedIn, name: Annotated[str, Path()]) -> Response:
    """One table, as CSV."""
    tables = {table.name: table for table in exports.tables_of(read_figures(context))}
    if name not in tables:
        raise Refusal(Code.NOT_FOUND)
    return _file(as_csv(tables[name]), CSV_TYPE, f"{name}.csv")


@router.get("/cijfers.xlsx")
def take_excel(context: InContext, _official: SignedIn) -> Response:
    """All tables, as an Excel workbook."""
    figures = read_figures(context)
    content = exports.as_excel(exports.tables_of(figures), figures.time)
    return _file(content, exports.EXCEL_TYPE, "cijfers.xlsx")


@router.get("/cijfers.json")
def take_json(context: InContext, _official: SignedIn) -> Response:
    """All tables, as JSON."""
    figures = read_figures(context)
    content = exports.as_json(exports.tables_of(figures), figures.block, figures.time)
    return _file(content, exports.JSON_TYPE, "cijfers.json")


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)


def _is_drawn(table: Table[Any]) -> bool:
    """Whether a chart of the table has anything to show."""
    values = (column.value(row) for row in table.rows for column in table.columns)
    return any(isinstance(value, int) for value in values)
