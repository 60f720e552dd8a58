"""The report to the council: as a page, and the same as PDF."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.parts import (
    InContext,
    Municipality,
    SignedIn,
    answer_file,
    page,
    require_reading,
)
from kindpakket.desk.settings import DeskSettings
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.publication import read_publication
from kindpakket.services.publication.council import list_subjects, make_report
from kindpakket.services.publication.document import Document, as_pdf

router = APIRouter(prefix="/cijfers", dependencies=[require_reading(ReadPermission.FIGURES)])

Key = Annotated[str, Query(alias="over", max_length=20)]


@router.get("/raadsverslag")
def show(
    request: Request,
    context: InContext,
    _official: SignedIn,
    settings: Municipality,
    key: Key = "",
) -> HTMLResponse:
    """The report about a subject, by default the newest scheme."""
    subjects = list_subjects(read_publication(context))
    chosen = key or (subjects[0].key if subjects else "")
    return page(
        request,
        "council.html.jinja",
        subjects=[(each.key, each.name) for each in subjects],
        chosen=chosen,
        document=_make(context, settings, chosen) if chosen else None,
    )


@router.get("/raadsverslag.pdf")
def take_pdf(
    context: InContext, _official: SignedIn, settings: Municipality, key: Key = ""
) -> Response:
    """The same as PDF."""
    document = _make(context, settings, key)
    content = as_pdf(document, settings.letterhead, context.now())
    return answer_file(content, "application/pdf", f"raadsverslag-{key}.pdf")


def _make(context: Context, settings: DeskSettings, key: str) -> Document:
    return make_report(context, key, settings.site.address)
