"""Handing out letters: to a list in order, one by one, by post and at the counter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from kindpakket.desk.children import (
    ChildPath,
    ListPath,
    child_page,
    list_page,
    path_of,
    purpose_of,
)
from kindpakket.desk.new_run import stationery_of
from kindpakket.desk.parts import (
    InContext,
    Municipality,
    Posted,
    SignedIn,
    answer_file,
    page,
    redirect,
    require_reading,
    text,
)
from kindpakket.desk.replacements import BLANK, replacement_form
from kindpakket.domain.language import say
from kindpakket.domain.letters import MOST_NUMBER, MOST_RUN, read_serial
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.texts import read_number
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.children.looks import Purpose, RegisterReader
from kindpakket.services.children.people import PAGE, Child
from kindpakket.services.children.rows import say_day
from kindpakket.services.letters.cover_sheets import print_cover_sheets, print_list_labels
from kindpakket.services.letters.hand_out import (
    LetterNotGiven,
    Serial,
    give_in_order,
    give_letter,
    hand_over,
    hand_over_card,
    list_batch,
    list_not_collected,
    next_waiting,
    post_batch,
    report_lost,
    take_back,
)
from kindpakket.services.letters.orders import OrderInvalid
from kindpakket.services.paper.typeset import PaperFailed

router = APIRouter(prefix="/kinderen", dependencies=[require_reading(ReadPermission.CHILDREN)])

_MOST_WEEKS = 12


@router.post("/lijsten/{number}/toewijzen")
def give_all(
    request: Request, context: InContext, official: SignedIn, form: Posted, number: ListPath
) -> Response:
    """Give the letters of a run to the children of a list, in order."""
    reader = RegisterReader(official.address, Purpose.HAND_OUT)
    run = read_number(text(form, "run"), MOST_RUN)
    first = read_number(text(form, "first"), MOST_NUMBER)
    try:
        if run is None or first is None:
            raise LetterNotGiven(say("Vul een nummer in, zoals 17."))
        give_in_order(context, reader, number, run, first)
    except LetterNotGiven as error:
        return list_page(request, context, reader, number, refused=str(error))
    return redirect(f"/kinderen/lijsten/{number}", "toegewezen")


@router.get("/lijsten/{number}/uitdelen")
def show_next(
    request: Request, context: InContext, official: SignedIn, number: ListPath
) -> HTMLResponse:
    """The next child of a list without a letter, and a field for a number."""
    child = next_waiting(context, RegisterReader(official.address, Purpose.HAND_OUT), number)
    return _scan(request, number, child)


@router.post("/lijsten/{number}/uitdelen")
def give_next(
    request: Request, context: InContext, official: SignedIn, form: Posted, number: ListPath
) -> Response:
    """Give the child that was shown the letter that was scanned. What was typed is not repeated."""
    reader = RegisterReader(official.address, Purpose.HAND_OUT)
    try:
        give_letter(context, reader, text(form, "child"), text(form, "number"))
    except LetterNotGiven as error:
        return _scan(request, number, next_waiting(context, reader, number), str(error))
    return redirect(f"/kinderen/lijsten/{number}/uitdelen", "toegewezen")


@router.post("/lijsten/{number}/afdrukken")
def print_addresses(
    request: Request,
    context: InContext,
    official: SignedIn,
    settings: Municipality,
    form: Posted,
    number: ListPath,
) -> Response:
    """Cover sheets or labels of the letters that the page named, as PDF."""
    reader = RegisterReader(official.address, Purpose.HAND_OUT)
    try:
        stationery = stationery_of(settings)
        found = list_batch(context, reader, number, _batch(form))
        if not found:
            raise LetterNotGiven(say("Er is geen brief die op de post moet."))
        if text(form, "kind") == "etiketten":
            pdf = print_list_labels(found, number, stationery, context.now())
        else:
            pdf = print_cover_sheets(found, stationery, context.now())
    except (LetterNotGiven, OrderInvalid, PaperFailed) as error:
        return list_page(request, context, reader, number, refused=str(error))
    return answer_file(pdf, "application/pdf", f"lijst-{number}.pdf")


@router.post("/lijsten/{number}/posten")
def post(context: InContext, official: SignedIn, form: Posted, number: ListPath) -> Response:
    """Record that the letters that the page named were posted."""
    reader = RegisterReader(official.address, Purpose.HAND_OUT)
    batch = set(_batch(form))
    twice = len(batch) - post_batch(context, reader, number, batch)
    return redirect(f"/kinderen/lijsten/{number}?dubbel={twice}", "gepost")


@router.get("/bellen")
def show_calls(
    request: Request,
    context: InContext,
    official: SignedIn,
    weeks: Annotated[int, Query(alias="weken", ge=1, le=_MOST_WEEKS)] = 4,
    at: Annotated[int, Query(alias="blad", ge=1, le=1_000)] = 1,
) -> HTMLResponse:
    """Who has not collected a letter after so many weeks."""
    reader = RegisterReader(official.address, Purpose.HAND_OUT)
    found, total = list_not_collected(context, reader, weeks, at)
    table = Table[Child](
        [
            Column(say("Naam"), lambda each: each.person.name),
            Column(say("Geboren"), lambda each: say_day(each.person.born)),
            Column(say("Telefoon"), lambda each: each.person.phone or None),
            Column(say("Brief"), lambda each: ", ".join(each.waiting_serials)),
            Column(say("Toegewezen"), lambda each: each.letters[0].given_at, Unit.MOMENT),
        ],
        found,
        title=say("Niet opgehaald"),
    )
    return page(
        request,
        "child_calls.html.jinja",
        table=table,
        weeks=weeks,
        choices=[(each, each) for each in range(1, _MOST_WEEKS + 1)],
        at=at,
        pages=-(-total // PAGE),
        link=lambda each: path_of(each.id, reader.purpose),
    )


@dataclass(frozen=True)
class _ChildForm:
    """A form on the page of a child, about one of its letters."""

    request: Request
    context: InContext
    official: SignedIn
    form: Posted
    child: ChildPath

    @property
    def reader(self) -> RegisterReader:
        return RegisterReader(self.official.address, purpose_of(text(self.form, "voor")))

    def refused(
        self,
        act: Callable[[Context, RegisterReader, str, str], None],
        field: str = "number",
        unseen: str = "",
    ) -> Response | None:
        """Act on the letter in a field; return the page that says why it was refused, or None.

        Args:
            unseen: why it is refused when it is not ticked that somebody's identity was seen;
                empty when that is not asked.
        """
        try:
            if unseen and text(self.form, "seen") != "ja":
                raise LetterNotGiven(unseen)
            act(self.context, self.reader, self.child, text(self.form, field))
        except LetterNotGiven as error:
            return child_page(
                self.request, self.context, self.reader, self.child, refused=str(error)
            )
        return None

    def done(self, said: str) -> Response:
        """Redirect to the page of the child.

        Args:
            said: the key of a message that it shows.
        """
        return redirect(path_of(self.child, self.reader.purpose), said)


_PostedForChild = Annotated[_ChildForm, Depends()]


@router.post("/kind/{child}/brief")
def give(posted: _PostedForChild) -> Response:
    """Give a child a letter by its number."""
    return posted.refused(give_letter) or posted.done("gewijzigd")


@router.post("/kind/{child}/gegeven")
def hand_out(posted: _PostedForChild) -> Response:
    """Record that a letter was handed over at the counter."""
    unseen = say("Kijk eerst wie de brief ophaalt, en vink dat aan.")
    return posted.refused(hand_over, unseen=unseen) or posted.done("gegeven")


@router.post("/kind/{child}/kaart")
def hand_out_card(posted: _PostedForChild) -> Response:
    """Give a child a card from stock, and record that it was handed over at the counter."""
    unseen = say("Kijk eerst wie de kaart ophaalt, en vink dat aan.")
    return posted.refused(hand_over_card, "card", unseen) or posted.done("kaart")


@router.post("/kind/{child}/kwijt")
def request_replacement(posted: _PostedForChild) -> Response:
    """Record that a letter is lost; show the form for its replacement, with its number."""
    given = {"lost": text(posted.form, "number"), "to": BLANK}
    return posted.refused(report_lost) or replacement_form(posted.request, posted.context, given)


@router.post("/kind/{child}/terug")
def undo(posted: _PostedForChild) -> Response:
    """Undo that a letter is for this child."""
    return posted.refused(take_back) or posted.done("gewijzigd")


def _batch(form: FormData) -> list[Serial]:
    """The letters that a page named."""
    return [letter for each in text(form, "letters").split() if (letter := read_serial(each))]


def _scan(request: Request, number: int, child: Child | None, error: str = "") -> HTMLResponse:
    return page(
        request,
        "child_scan.html.jinja",
        status=400 if error else 200,
        number=number,
        child=child,
        born=child and say_day(child.person.born),
        error=error,
    )
