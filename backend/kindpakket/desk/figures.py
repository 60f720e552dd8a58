"""Figures: charts with their tables, and exports."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk import charts, exports
from kindpakket.desk.parts import InContext, SignedIn, answer_file, page, require_reading
from kindpakket.domain.csv_files import CSV_TYPE
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import as_csv
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.figures import read_figures
from kindpakket.services.figures.suppress import MINIMUM

router = APIRouter(prefix="/cijfers", dependencies=[require_reading(ReadPermission.FIGURES)])


@router.get("")
def show(request: Request, context: InContext, _official: SignedIn) -> HTMLResponse:
    """All charts and tables, as of one block."""
    figures = read_figures(context)
    return page(
        request,
        "figures.html.jinja",
        figures=figures,
        tables=exports.tables_of(figures),
        headings=_headings(),
        bars=[
            (each.name, parts)
            for each in figures.schemes
            if (parts := charts.parts_of_issued(each.net, each.left, each.lapsed))
        ],
        drawn={
            "weeks": charts.take_up(figures),
            "months": charts.spent_by_month(figures),
            "hours": charts.payments_by_hour(figures),
        },
        ranked={
            "categories": charts.rank_paid(figures.categories),
            "shops": charts.rank_paid(figures.shops),
            "refusals": charts.rank([(line.name, line.attempts) for line in figures.refusals], str),
        },
        minimum=MINIMUM,
    )


def _headings() -> dict[str, str]:
    """What each chart is about, by the name of its table."""
    return {
        "schemes": say("Wat er van het toegekende geld is besteed"),
        "months": say("Betaald per maand, naar soort winkel"),
        "weeks": say("Tot nu toe betaald"),
        "categories": say("Betaald per soort winkel"),
        "shops": say("Betaald per winkel"),
        "hours": say("Betalingen per uur van de dag"),
        "refusals": say("Weigeringen per reden"),
    }


@router.get("/{name}.csv")
def take_csv(context: InContext, _official: SignedIn, name: Annotated[str, Path()]) -> Response:
    """One table, as CSV."""
    tables = {table.name: table for table in exports.tables_of(read_figures(context))}
    if name not in tables:
        raise Refusal(Code.NOT_FOUND)
    return answer_file(as_csv(tables[name]), CSV_TYPE, f"{name}.csv")


@router.get("/cijfers.xlsx")
def take_excel(context: InContext, _official: SignedIn) -> Response:
    """All tables, as an Excel workbook."""
    figures = read_figures(context)
    content = exports.as_excel(exports.tables_of(figures), figures.time)
    return answer_file(content, exports.EXCEL_TYPE, "cijfers.xlsx")


@router.get("/cijfers.json")
def take_json(context: InContext, _official: SignedIn) -> Response:
    """All tables, as JSON."""
    figures = read_figures(context)
    content = exports.as_json(exports.tables_of(figures), figures.block, figures.time)
    return answer_file(content, exports.JSON_TYPE, "cijfers.json")
