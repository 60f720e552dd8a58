"""Audits: requested at the desk, run by the follower, shown with date and block."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.parts import (
    InContext,
    Posted,
    SignedIn,
    answer_file,
    page,
    redirect,
    require_reading,
)
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.oversight.independent_reports import (
    read_independent_json,
    read_independent_page,
    read_independent_report,
)
from kindpakket.services.oversight.requested_audits import ask_audit, list_audits

router = APIRouter(prefix="/controle", dependencies=[require_reading(ReadPermission.AUDITS)])


@router.get("")
def show(request: Request, context: InContext, _official: SignedIn) -> HTMLResponse:
    """Every audit, newest first."""
    audits = list_audits(context)
    return page(
        request,
        "audits.html.jinja",
        audits=audits,
        waits=any(each.finished_at is None for each in audits),
        names=read_names(context),
        independent=read_independent_report(context.reports, context.ledger),
    )


@router.get("/verslag")
def download(context: InContext, _official: SignedIn) -> Response:
    """The last report of ``kindpakket-audit``, as a page to keep."""
    return _attached(read_independent_page(context.reports), "controle.html", "text/html")


@router.get("/verslag.json")
def download_json(context: InContext, _official: SignedIn) -> Response:
    """The same report as JSON, of which the desk shows the hash."""
    return _attached(read_independent_json(context.reports), "controle.json", "application/json")


@router.post("")
def ask(context: InContext, official: SignedIn, _form: Posted) -> Response:
    """Request an audit of the ledger's current state."""
    ask_audit(context, official.address)
    return redirect("/controle")


def _attached(content: bytes | None, name: str, media_type: str) -> Response:
    """A file to keep.

    Raises:
        Refusal: NOT_FOUND, there is none.
    """
    if content is None:
        raise Refusal(Code.NOT_FOUND)
    return answer_file(content, media_type, name)
