"""Audits: requested at the desk, run by the follower, shown with date and block."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.parts import InContext, Posted, SignedIn, page, redirect, require_reading
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
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
    )


@router.post("")
def ask(context: InContext, official: SignedIn, _form: Posted) -> Response:
    """Request an audit of the ledger's current state."""
    ask_audit(context, official.address)
    return redirect("/controle")
