"""A second letter for children who have one: who can get it, and giving it in order."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.children import child_table, path_of
from kindpakket.desk.parts import (
    InContext,
    Posted,
    SignedIn,
    page,
    redirect,
    require_reading,
    text,
)
from kindpakket.domain.language import say
from kindpakket.domain.letters import MOST_NUMBER, MOST_RUN
from kindpakket.domain.texts import read_number
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.children.looks import Purpose, RegisterReader
from kindpakket.services.children.people import PAGE
from kindpakket.services.letters.hand_out import LetterNotGiven, list_ready
from kindpakket.services.letters.second_letters import give_second, list_second
from kindpakket.services.schemes.look_up import list_schemes

router = APIRouter(prefix="/kinderen", dependencies=[require_reading(ReadPermission.CHILDREN)])

_MOST_SCHEME = 65_535
SchemeNumber = Annotated[int, Query(ge=0, le=_MOST_SCHEME)]


@router.get("/tweede-brief")
def show(
    request: Request,
    context: InContext,
    official: SignedIn,
    van: SchemeNumber = 0,
    naar: SchemeNumber = 0,
    at: Annotated[int, Query(alias="blad", ge=1, le=1_000)] = 1,
) -> HTMLResponse:
    """The children of a scheme who can get a letter of another one; first a choice of both."""
    reader = RegisterReader(official.address, Purpose.HAND_OUT)
    return _page(request, context, reader, van, naar, at=at)


@router.post("/tweede-brief")
def give(request: Request, context: InContext, official: SignedIn, form: Posted) -> Response:
    """Give these children the letters of a run, in order."""
    reader = RegisterReader(official.address, Purpose.HAND_OUT)
    former, scheme = (read_number(text(form, each), _MOST_SCHEME) or 0 for each in ("van", "naar"))
    run = read_number(text(form, "run"), MOST_RUN)
    first = read_number(text(form, "first"), MOST_NUMBER)
    try:
        if run is None or first is None:
            raise LetterNotGiven(say("Vul een nummer in, zoals 17."))
        give_second(context, reader, former, scheme, run, first)
    except LetterNotGiven as error:
        return _page(request, context, reader, former, scheme, refused=str(error))
    return redirect("/kinderen", "tweede")


def _page(
    request: Request,
    context: Context,
    reader: RegisterReader,
    former: int,
    scheme: int,
    *,
    at: int = 1,
    refused: str = "",
) -> HTMLResponse:
    found, total = list_second(context, reader, former, scheme, at)
    return page(
        request,
        "child_second.html.jinja",
        status=400 if refused else 200,
        schemes=[(str(each.id), each.name) for each in list_schemes(context)],
        former=former,
        scheme=scheme,
        table=child_table(context, found, say("Kinderen")),
        link=lambda each: path_of(each.id, reader.purpose),
        total=total,
        at=at,
        pages=-(-total // PAGE),
        runs=[
            (each.number, say("Serie %(run)s", run=each.number))
            for each in list_ready(context, {scheme})
        ],
        refused=refused,
    )
