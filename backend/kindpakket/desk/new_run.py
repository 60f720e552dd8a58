"""Making a letter run in the browser: begin it, make it on its page, or take its order off line."""

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Municipality,
    Posted,
    SignedIn,
    answer_file,
    page,
    redirect,
    require_reading,
    text,
)
from kindpakket.desk.settings import DeskSettings
from kindpakket.domain.examples import explain_examples
from kindpakket.domain.ids import MAX_SCHEME, SchemeId
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.texts import read_number
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.letters.amounts import weigh_begun
from kindpakket.services.letters.generate import FEWEST_LETTERS, RunInvalid
from kindpakket.services.letters.orders import (
    BegunRun,
    OrderInvalid,
    begin_run,
    find_begun,
    is_handed_in,
    write_order,
)
from kindpakket.services.paper.stationery import Stationery
from kindpakket.services.schemes.look_up import list_schemes

router = APIRouter(
    prefix="/brieven/nieuw", dependencies=[require_reading(ReadPermission.LETTER_RUNS)]
)

OFFLINE_PAGE = "brieven.html"
"""The page that makes a run off line, as one file."""
BLANK = "leeg"
"""The choice of blank letters in the form."""
MOST_SHEETS = 100_000
"""Maximum of letters, and of cards, that a form takes."""


@router.get("")
def show(request: Request, context: InContext) -> Response:
    """The form that begins a run."""
    return _form(request, context)


@router.post("")
def begin(
    request: Request,
    context: InContext,
    municipality: Municipality,
    official: SignedIn,
    form: Posted,
) -> Response:
    """Give a run its number; nothing is made yet."""
    errors = Mistakes(str)
    numbers = {name: read_number(text(form, name), MOST_SHEETS) for name in ("letters", "cards")}
    for name, number in numbers.items():
        if number is None:
            errors[name] = say("Vul een aantal in, zoals 60.")
    scheme = read_number(text(form, "scheme"), MAX_SCHEME) or 0
    if errors:
        return _form(request, context, errors, form)
    letters, cards = numbers["letters"] or 0, numbers["cards"] or 0
    blank = text(form, "kind") == BLANK
    try:
        stationery_of(municipality)
        number = begin_run(context, SchemeId(scheme), letters, cards, official.address, blank=blank)
    except (OrderInvalid, RunInvalid) as error:
        errors["letters"] = _say(error)
        return _form(request, context, errors, form)
    return redirect(f"/brieven/nieuw/{number}")


@router.get("/{number}")
def make(request: Request, context: InContext, municipality: Municipality, number: int) -> Response:
    """The page on which a browser makes the run."""
    begun = _find(context, number)
    if is_handed_in(context, number):
        return redirect("/brieven")
    try:
        order = write_order(context, begun, stationery_of(municipality))
    except (OrderInvalid, RunInvalid) as error:
        return _form(request, context, Mistakes(str, {"letters": _say(error)}))
    return page(
        request,
        "letter_run_make.html.jinja",
        begun=begun,
        order=order,
        amounts=None if begun.blank else weigh_begun(context, begun),
        offline_page=OFFLINE_PAGE,
        sha256=sha256_of_offline_page(),
    )


@router.get("/{number}/opdracht.json")
def download_order(context: InContext, municipality: Municipality, number: int) -> Response:
    """The order as a file, for the page that works off line."""
    try:
        order = write_order(context, _find(context, number), stationery_of(municipality))
    except (OrderInvalid, RunInvalid) as error:
        raise Refusal(Code.NOT_FOUND) from error
    name = f"opdracht-serie-{number}.json"
    return answer_file(json.dumps(order), "application/json", name)


@cache
def sha256_of_offline_page() -> str:
    """Return the hash of the page that works off line; empty when the apps are not built."""
    path = Path(str(files("kindpakket"))) / "web/desk" / OFFLINE_PAGE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _find(context: Context, number: int) -> BegunRun:
    begun = find_begun(context, number)
    if begun is None:
        raise Refusal(Code.NOT_FOUND)
    return begun


def stationery_of(settings: DeskSettings) -> Stationery:
    """The municipality's details on letters.

    Raises:
        OrderInvalid: they are an example's.
    """
    if settings.examples:
        raise OrderInvalid(explain_examples(settings.examples))
    return settings.letterhead


def _say(error: OrderInvalid | RunInvalid) -> str:
    if isinstance(error, OrderInvalid):
        return str(error)
    return say(
        "De naam van deze regeling kan niet worden gedrukt. Geef haar eerst een andere naam."
    )


def _form(
    request: Request,
    context: Context,
    errors: Mistakes | None = None,
    form: FormData | None = None,
) -> Response:
    values: dict[str, Any] = {
        name: text(form, name) if form else proposed
        for name, proposed in (
            ("kind", ""),
            ("scheme", ""),
            ("letters", str(FEWEST_LETTERS)),
            ("cards", "0"),
        )
    }
    return page(
        request,
        "letter_run_new.html.jinja",
        status=400 if errors else 200,
        kinds=[
            ("bedrag", say("Brieven met een bedrag")),
            (BLANK, say("Lege brieven, voor wie zijn brief kwijt is")),
        ],
        schemes=[(str(each.id), each.name) for each in list_schemes(context) if not each.closed],
        errors=errors or Mistakes(str),
        fewest=FEWEST_LETTERS,
        **values,
    )
