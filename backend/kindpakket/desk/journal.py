"""The journal for the municipality's own ledger, as a file for its bookkeeping."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from kindpakket.desk.parts import (
    InContext,
    Municipality,
    SignedIn,
    answer_file,
    page,
    require_reading,
)
from kindpakket.domain.csv_files import CSV_TYPE
from kindpakket.domain.times import day_of, month_of, months_before, months_between
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.bookkeeping.journal import (
    JournalRefused,
    as_csv,
    first_month,
    make_journal,
)
from kindpakket.services.bookkeeping.xaf import as_xaf
from kindpakket.services.figures.looks import FiguresPage, log_look

router = APIRouter(
    prefix="/uitbetalingen/boekingen", dependencies=[require_reading(ReadPermission.PAYOUTS)]
)

_MONTHS_SHOWN = 24


@router.get("")
def show(
    request: Request,
    context: InContext,
    settings: Municipality,
    official: SignedIn,
    periode: Annotated[str, Query(pattern=r"^2\d{3}(-(0[1-9]|1[0-2]))?$")] = "",
    als: Annotated[str, Query()] = "",
) -> Response:
    """The form for a period, or its journal as CSV or XAF."""
    if not periode:
        return _page(request, context)
    year, month = int(periode[:4]), int(periode[5:]) if periode[5:] else None
    try:
        journal = make_journal(context, settings.journal, year, month)
    except JournalRefused as refused:
        return _page(request, context, periode, str(refused))
    log_look(context, official.address, FiguresPage.JOURNAL, year)
    if als == "xaf":
        tax_id, today = settings.journal.journal_tax_id, day_of(context.now())
        content = as_xaf(journal, settings.municipality, tax_id, today)
        return answer_file(content, "application/xml", f"boekingen-{periode}.xaf")
    return answer_file(as_csv(journal), CSV_TYPE, f"boekingen-{periode}.csv")


def _page(request: Request, context: Context, period: str = "", refused: str = "") -> Response:
    last = month_of(months_before(context.now(), 1))
    first = max(
        month_of(months_before(context.now(), _MONTHS_SHOWN)), min(first_month(context), last)
    )
    months = months_between(first, last)[::-1]
    years = sorted({each[:4] for each in months}, reverse=True)
    return page(
        request,
        "journal.html.jinja",
        status=409 if refused else 200,
        options=[(each, each) for each in (*years, *months)],
        period=period or last,
        refused=refused,
    )
