"""The log of who looked at which child: all of it for who manages officials, and of one child."""

import re
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from kindpakket.desk.child_words import say_act, say_purpose
from kindpakket.desk.parts import InContext, Mistakes, require_reading
from kindpakket.desk.tables import answer_table
from kindpakket.domain.language import say
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names, read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.children.looks import (
    COMMAND_LINE,
    LookAtChild,
    LookFilter,
    list_looks,
    list_readers,
    mark_of,
)

router = APIRouter()

_PAGE, _MOST_EXPORTED = 100, 100_000
_MARK = re.compile(r"[0-9a-f]{1,32}")
_BY_COMMAND = "opdrachtregel"


@router.get("/inzage/kinderen", dependencies=[require_reading(ReadPermission.CHILD_LOOKS)])
def show_looks(
    request: Request,
    context: InContext,
    who: Annotated[str, Query(alias="ambtenaar", max_length=100)] = "",
    mark: Annotated[str, Query(alias="kind", max_length=100)] = "",
    day: Annotated[str, Query(alias="dag", max_length=100)] = "",
    at: Annotated[int, Query(alias="blad", ge=1, le=1_000)] = 1,
) -> Response:
    """Who looked at which child, by its random id: the looks of an official, at a child, on a day;
    by the page, and longer as CSV."""
    errors, names = Mistakes(str), read_names(context)
    given = {"ambtenaar": who, "kind": mark, "dag": day}
    which = _read_filter(given, errors)
    looks: list[LookAtChild] = []
    if not errors and request.query_params.get("als") == "csv":
        looks = list_looks(context, _MOST_EXPORTED, which)
    elif not errors:
        looks = list_looks(context, _PAGE, which, at)
    return answer_table(
        request,
        looks_table(context, looks, names_of_officials=True),
        "child_looks.html.jinja",
        status=400 if errors else 200,
        given=given,
        errors=errors,
        officials=_choices(context, names),
        at=at,
        pages=at + (len(looks) == _PAGE),
        leaf=f"/inzage/kinderen?{urlencode(given)}&blad=",
    )


def looks_table(
    context: Context, looks: list[LookAtChild], *, names_of_officials: bool
) -> Table[LookAtChild]:
    """Return looks as a table, with or without who looked and the child's random id."""
    names = read_names(context)

    def who(each: LookAtChild) -> str:
        if each.official is None:
            return say("de opdrachtregel")
        return names.at(each.time).official(each.official)

    columns: list[Column[LookAtChild]] = [
        Column(say("Wanneer"), lambda each: each.time, Unit.MOMENT, "start_time"),
        Column(say("Wat"), lambda each: say_act(each.act), key="name"),
        Column(say("Waarvoor"), lambda each: say_purpose(each.purpose), key="purpose"),
    ]
    if names_of_officials:
        columns.insert(1, Column(say("Ambtenaar"), who, key="official"))
        columns.insert(2, Column(say("Kind"), lambda each: mark_of(each.child), key="child"))
    return Table(columns, looks, "inzage-kinderen", say("Inzage in gegevens van kinderen"))


def _read_filter(given: dict[str, str], errors: Mistakes) -> LookFilter:
    official = {"": None, _BY_COMMAND: COMMAND_LINE}.get(given["ambtenaar"], given["ambtenaar"])
    child, day = given["kind"].strip().lower(), None
    if child and not _MARK.fullmatch(child):
        errors["kind"] = say("Dit is geen kenmerk. Het staat op de bladzijde van het kind.")
    try:
        day = date.fromisoformat(given["dag"]) if given["dag"] else None
    except ValueError:
        errors["dag"] = say("Dit is geen dag. Schrijf hem als 2027-01-31.")
    return LookFilter(official, child, day)


def _choices(context: Context, names: Names) -> list[tuple[str, str]]:
    officials = [(str(each), names.official(each)) for each in list_readers(context)]
    first = [("", say("iedereen")), (_BY_COMMAND, say("de opdrachtregel"))]
    return first + sorted(officials, key=lambda each: each[1])
