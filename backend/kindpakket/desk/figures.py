"""Figures for officials who pay or decide, with charts, exports, and the log of who opened them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk import charts, exports
from kindpakket.desk.parts import InContext, SignedIn, answer_file, page, require_reading
from kindpakket.desk.tables import answer_table
from kindpakket.domain.csv_files import CSV_TYPE
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import Column, Table, Unit, as_csv
from kindpakket.services.base.names import Names, read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.figures.looks import FiguresPage, LookAtFigures, list_looks, log_look
from kindpakket.services.figures.shop_months import read_figures

router = APIRouter()

_READS = [require_reading(ReadPermission.FIGURES)]
_SHOWN, _MOST_EXPORTED = 500, 100_000


@router.get("/cijfers", dependencies=_READS)
def show(request: Request, context: InContext, official: SignedIn) -> HTMLResponse:
    """All charts and tables, as of one block."""
    log_look(context, official.address, FiguresPage.FIGURES)
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
        drawn={"months": charts.spent_by_month(figures)},
        ranked={
            "categories": charts.rank_paid(figures.categories),
            "shops": charts.rank_paid(figures.shops),
            "refusals": charts.rank([(line.name, line.attempts) for line in figures.refusals], str),
        },
    )


def _headings() -> dict[str, str]:
    """What each chart is about, by the name of its table."""
    return {
        "schemes": say("Wat er van het toegekende geld is besteed"),
        "months": say("Betaald per maand, naar soort winkel"),
        "categories": say("Betaald per soort winkel"),
        "shops": say("Betaald per winkel"),
        "shopMonths": say("Betaald per winkel en maand"),
        "refusals": say("Weigeringen per reden"),
    }


@router.get("/cijfers/{name}.csv", dependencies=_READS)
def take_csv(context: InContext, official: SignedIn, name: Annotated[str, Path()]) -> Response:
    """One table, as CSV."""
    tables = {table.name: table for table in exports.tables_of(read_figures(context))}
    if name not in tables:
        raise Refusal(Code.NOT_FOUND)
    log_look(context, official.address, FiguresPage.EXPORT)
    return answer_file(as_csv(tables[name]), CSV_TYPE, f"{name}.csv")


@router.get("/cijfers/cijfers.xlsx", dependencies=_READS)
def take_excel(context: InContext, official: SignedIn) -> Response:
    """All tables, as an Excel workbook."""
    log_look(context, official.address, FiguresPage.EXPORT)
    figures = read_figures(context)
    content = exports.as_excel(exports.tables_of(figures), figures.time)
    return answer_file(content, exports.EXCEL_TYPE, "cijfers.xlsx")


@router.get("/cijfers/cijfers.json", dependencies=_READS)
def take_json(context: InContext, official: SignedIn) -> Response:
    """All tables, as JSON."""
    log_look(context, official.address, FiguresPage.EXPORT)
    figures = read_figures(context)
    content = exports.as_json(exports.tables_of(figures), figures.block, figures.time)
    return answer_file(content, exports.JSON_TYPE, "cijfers.json")


@router.get("/inzage/cijfers", dependencies=[require_reading(ReadPermission.INSPECTIONS)])
def show_looks(request: Request, context: InContext) -> Response:
    """The log: who opened which figures. The newest; longer as CSV."""
    exported, names = request.query_params.get("als") == "csv", read_names(context)
    table = Table[LookAtFigures](
        [
            Column(say("Dag"), lambda each: each.day, key="day"),
            Column(
                say("Ambtenaar"),
                lambda each: names.at(each.first_at).official(each.official),
                key="official",
            ),
            Column(say("Wat"), lambda each: _say_page(each, names), key="page"),
            Column(say("Eerste keer"), lambda each: each.first_at, Unit.MOMENT, "first_at"),
            Column(say("Aantal keren"), lambda each: each.times, Unit.COUNT, "times"),
        ],
        list_looks(context, _MOST_EXPORTED if exported else _SHOWN),
        "inzage-cijfers",
        say("Inzage in cijfers en boekingen"),
    )
    return answer_table(request, table, "figure_looks.html.jinja", most=_SHOWN)


def _say_page(look: LookAtFigures, names: Names) -> str:
    match look.page:
        case FiguresPage.FIGURES:
            return say("Cijfers")
        case FiguresPage.EXPORT:
            return say("Download van cijfers")
        case FiguresPage.SHOPS:
            return say("Winkels")
        case FiguresPage.SHOP:
            return say("Omzet van %(shop)s", shop=names.shop(look.number))
        case FiguresPage.TRIAL:
            return say("Regels uitgeprobeerd van %(scheme)s", scheme=names.scheme(look.number))
        case FiguresPage.JOURNAL:
            return say("Boekingen van %(year)s", year=str(look.number))
        case FiguresPage.COMMAND:
            return say("Cijfers op de opdrachtregel")
