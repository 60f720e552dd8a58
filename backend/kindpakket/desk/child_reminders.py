"""Reminders before the end of a scheme: by post, and by telephone when an address is secret."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.child_words import PostedTwice
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
    texts,
)
from kindpakket.desk.schemes import SchemePath
from kindpakket.domain.ids import Address
from kindpakket.domain.language import say, say_end
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.children.looks import Purpose, RegisterReader
from kindpakket.services.children.people import RemindedBy
from kindpakket.services.letters.cover_sheets import print_reminder_labels, print_reminders
from kindpakket.services.letters.orders import OrderInvalid
from kindpakket.services.letters.reminders import (
    list_to_call,
    list_to_print,
    mark_reminded,
    read_reminders,
)
from kindpakket.services.paper.typeset import PaperFailed

router = APIRouter(
    prefix="/kinderen/herinneren", dependencies=[require_reading(ReadPermission.CHILDREN)]
)


@router.get("/{scheme}")
def show(
    request: Request,
    context: InContext,
    official: SignedIn,
    scheme: SchemePath,
    twice: PostedTwice = 0,
) -> HTMLResponse:
    """Who is to be reminded, and why everybody is."""
    return _page(request, context, official.address, scheme, twice=twice)


@router.post("/{scheme}/afdrukken")
def print_them(
    request: Request,
    context: InContext,
    official: SignedIn,
    settings: Municipality,
    form: Posted,
    scheme: SchemePath,
) -> Response:
    """The reminders themselves, or labels, of the children that the page named, as PDF."""
    closes = read_reminders(context, scheme).closes
    children = text(form, "children").split()
    found = list_to_print(context, _reader(official.address), scheme, children)
    try:
        stationery = stationery_of(settings)
        if not found:
            return _page(request, context, official.address, scheme, _say_nobody())
        if text(form, "kind") == "etiketten":
            pdf = print_reminder_labels(found, stationery, context.now())
        else:
            pdf = print_reminders(found, closes, stationery, context.now())
    except (OrderInvalid, PaperFailed) as error:
        return _page(request, context, official.address, scheme, str(error))
    return answer_file(pdf, "application/pdf", f"herinnering-{scheme}.pdf")


@router.post("/{scheme}/verstuurd")
def send(context: InContext, official: SignedIn, form: Posted, scheme: SchemePath) -> Response:
    """Record that the reminders of the children that the page named were posted."""
    children, reader = text(form, "children").split(), _reader(official.address)
    twice = len(set(children)) - mark_reminded(context, reader, scheme, children, RemindedBy.POST)
    return redirect(f"/kinderen/herinneren/{scheme}?dubbel={twice}", "verstuurd")


@router.post("/{scheme}/gebeld")
def call(context: InContext, official: SignedIn, form: Posted, scheme: SchemePath) -> Response:
    """Record that the parents of the children that were ticked were called."""
    children, reader = texts(form, "child"), _reader(official.address)
    mark_reminded(context, reader, scheme, children, RemindedBy.PHONE)
    return redirect(f"/kinderen/herinneren/{scheme}", "gebeld")


def _page(
    request: Request,
    context: Context,
    official: Address,
    scheme: int,
    refused: str = "",
    twice: int = 0,
) -> HTMLResponse:
    reminders = read_reminders(context, scheme)
    no_phone = say("geen telefoon bekend")
    calls = list_to_call(context, _reader(official), scheme)
    return page(
        request,
        "child_reminders.html.jinja",
        status=400 if refused else 200,
        scheme=scheme,
        name=read_names(context).scheme(scheme),
        end=say_end(reminders.closes),
        reminders=reminders,
        calls=[(each.id, f"{each.person.name}, {each.person.phone or no_phone}") for each in calls],
        refused=refused,
        nobody=_say_nobody(),
        twice=twice,
    )


def _reader(official: Address) -> RegisterReader:
    return RegisterReader(official, Purpose.HAND_OUT)


def _say_nobody() -> str:
    return say("Er is niemand die nu op de post een herinnering krijgt.")
