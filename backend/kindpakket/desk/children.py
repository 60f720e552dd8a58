"""The register of children: lists, one child, and search."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.child_looks import looks_table
from kindpakket.desk.child_words import PostedTwice, say_letter, say_purpose, say_reminder
from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Posted,
    SignedIn,
    page,
    redirect,
    require_reading,
    text,
)
from kindpakket.desk.replacements import say_requests
from kindpakket.domain.language import say
from kindpakket.domain.letters import serial
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import Names, read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.children.deletion import delete_child, find_expired
from kindpakket.services.children.looks import (
    Purpose,
    RegisterReader,
    mark_of,
)
from kindpakket.services.children.people import (
    MOST_FOUND,
    PAGE,
    Child,
    ChildList,
    change_person,
    count_children,
    list_lists,
    open_child,
    open_with_looks,
    read_page,
    read_schemes,
    search_children,
)
from kindpakket.services.children.rows import FIELDS, read_person, say_day, typed_of
from kindpakket.services.letters.hand_out import list_cards, list_ready, next_batch
from kindpakket.services.letters.reminders import list_due
from kindpakket.services.oversight.retention import last_run

router = APIRouter(prefix="/kinderen", dependencies=[require_reading(ReadPermission.CHILDREN)])

ChildPath = Annotated[str, Path(max_length=32)]
ListPath = Annotated[int, Path(ge=1, le=2**31 - 1)]
Why = Annotated[Purpose, Query(alias="voor")]


@router.get("")
def show(request: Request, context: InContext) -> Response:
    """The lists, how many children there are, and when who is past the period was deleted."""
    return _overview(request, context)


@router.post("/zoeken")
def search(request: Request, context: InContext, official: SignedIn, form: Posted) -> Response:
    """Find children by name or letter number. A form, so that no name is in an address."""
    typed, why = text(form, "typed"), purpose_of(text(form, "voor"))
    found, more = search_children(context, RegisterReader(official.address, why), typed)
    table = child_table(context, found, say("Gevonden")) if found else None
    return _overview(request, context, typed=typed, why=why, table=table, more=more)


@router.get("/lijsten/{number}")
def show_list(
    request: Request,
    context: InContext,
    official: SignedIn,
    number: ListPath,
    at: Annotated[int, Query(alias="blad", ge=1, le=1_000)] = 1,
    twice: PostedTwice = 0,
) -> Response:
    """A page of a list, in its order."""
    reader = RegisterReader(official.address, Purpose.HAND_OUT)
    return list_page(request, context, reader, number, at=at, twice=twice)


def list_page(
    request: Request,
    context: Context,
    reader: RegisterReader,
    number: int,
    *,
    at: int = 1,
    twice: int = 0,
    refused: str = "",
) -> HTMLResponse:
    """Render a page of a list.

    Args:
        twice: letters that were posted and of which nothing was recorded.
        refused: why the act of a form was refused.
    """
    found, total = read_page(context, reader, number, at)
    runs = list_ready(context, read_schemes(context, number))
    return page(
        request,
        "child_list.html.jinja",
        status=400 if refused else 200,
        number=number,
        table=child_table(context, found, say("Kinderen")),
        link=lambda each: path_of(each.id, reader.purpose),
        total=total,
        at=at,
        twice=twice,
        pages=-(-total // PAGE),
        runs=[(each.number, say("Serie %(run)s", run=each.number)) for each in runs],
        batch=[serial(*each) for each in next_batch(context, number)],
        refused=refused,
    )


@router.get("/kind/{child}")
def show_child(
    request: Request,
    context: InContext,
    official: SignedIn,
    child: ChildPath,
    why: Why = Purpose.COUNTER,
) -> HTMLResponse:
    """One child: what is known, which letters, and the forms to change or delete it."""
    return child_page(request, context, RegisterReader(official.address, why), child)


def child_page(
    request: Request,
    context: Context,
    reader: RegisterReader,
    child: str,
    *,
    typed: dict[str, str] | None = None,
    errors: Mistakes | None = None,
    refused: str = "",
) -> HTMLResponse:
    """Render one child.

    Args:
        typed: what was typed about it, with mistakes.
        refused: why the act of a form was refused.
    """
    found, names = open_child(context, reader, child), read_names(context)
    return page(
        request,
        "child.html.jinja",
        status=400 if errors or refused else 200,
        child=found,
        mark=mark_of(found.id),
        born=say_day(found.person.born),
        letters=_letters(found, names),
        reminders=[say_reminder(each, names) for each in found.reminders],
        numbers=found.waiting_serials,
        current=[serial(each.run, each.number) for each in found.letters if not each.replaced],
        requests=say_requests(context, found),
        cards=[serial(*each) for each in list_cards(context, found.scheme)],
        scheme=names.scheme(found.scheme),
        why=reader.purpose,
        given=typed or typed_of(found.person),
        errors=errors or Mistakes(str),
        refused=refused,
    )


@router.post("/kind/{child}")
def change(
    request: Request, context: InContext, official: SignedIn, form: Posted, child: ChildPath
) -> Response:
    """Store another name, birth date, address or telephone number."""
    errors, typed = Mistakes(str), {field: text(form, field) for field in FIELDS}
    person = read_person(typed, errors)
    reader = RegisterReader(official.address, purpose_of(text(form, "voor")))
    if person is None:
        return child_page(request, context, reader, child, typed=typed, errors=errors)
    change_person(context, reader, child, person)
    return redirect(path_of(child, reader.purpose), "gewijzigd")


@router.get("/kind/{child}/afdrukken")
def show_everything(
    request: Request, context: InContext, official: SignedIn, child: ChildPath
) -> HTMLResponse:
    """Everything that is known of a child, and who looked, to print for the parent."""
    reader = RegisterReader(official.address, Purpose.REQUEST)
    found, looks = open_with_looks(context, reader, child)
    names = read_names(context)
    return page(
        request,
        "child_print.html.jinja",
        back=path_of(child, reader.purpose),
        child=found,
        born=say_day(found.person.born),
        letters=_letters(found, names),
        reminders=[say_reminder(each, names) for each in found.reminders],
        scheme=names.scheme(found.scheme),
        days=context.register_days,
        looks=looks_table(context, looks, names_of_officials=False),
    )


@router.post("/kind/{child}/verwijderen")
def delete(context: InContext, official: SignedIn, form: Posted, child: ChildPath) -> Response:
    """Delete a child and the numbers of its letters, at the request of a parent."""
    reader = RegisterReader(official.address, purpose_of(text(form, "voor")))
    delete_child(context, reader, child)
    return redirect("/kinderen", "verwijderd")


def purpose_of(typed: str) -> Purpose:
    """Return the purpose that a form names; help at the counter by default."""
    return Purpose(typed) if typed in list(Purpose) else Purpose.COUNTER


def path_of(child: str, why: Purpose) -> str:
    """Return the path of the page of a child, which logs a look for this purpose."""
    return f"/kinderen/kind/{child}?voor={why}"


def _overview(
    request: Request,
    context: Context,
    *,
    typed: str = "",
    why: Purpose = Purpose.COUNTER,
    table: Table[Child] | None = None,
    more: bool = False,
) -> Response:
    names, run = read_names(context), last_run(context)
    return page(
        request,
        "children.html.jinja",
        lists=_list_table(list_lists(context), names),
        open_list=lambda each: f"/kinderen/lijsten/{each.number}",
        total=count_children(context),
        reminders=list_due(context),
        names=names,
        purposes=[(each, say_purpose(each)) for each in Purpose],
        typed=typed,
        why=why,
        table=table,
        link=lambda each: path_of(each.id, why),
        more=more,
        most=MOST_FOUND,
        run=run,
        overdue=len(find_expired(context, run.ran_at)) if run else 0,
        days=context.register_days,
    )


def _list_table(lists: list[ChildList], names: Names) -> Table[ChildList]:
    return Table(
        [
            Column(say("Lijst"), lambda each: each.number, key="number"),
            Column(say("Ingelezen"), lambda each: each.made_at, Unit.MOMENT, "made_at"),
            Column(
                say("Door"),
                lambda each: (
                    names.official(each.made_by) if each.made_by else say("de opdrachtregel")
                ),
                key="made_by",
            ),
            Column(say("Kinderen"), lambda each: each.children, Unit.COUNT, "children"),
            Column(say("Met een brief"), lambda each: each.with_letter, Unit.COUNT, "letters"),
        ],
        lists,
        title=say("Lijsten"),
    )


def child_table(context: Context, rows: list[Child], title: str) -> Table[Child]:
    """Return a table of children, without links."""
    names = read_names(context)
    return Table[Child](
        [
            Column(say("Naam"), lambda each: each.person.name),
            Column(say("Geboren"), lambda each: say_day(each.person.born)),
            Column(say("Adres"), lambda each: _address(each)),
            Column(say("Regeling"), lambda each: names.scheme(each.scheme)),
            Column(say("Brief"), lambda each: ", ".join(_letters(each, names)) or None),
        ],
        rows,
        title=title,
    )


def _letters(child: Child, names: Names) -> list[str]:
    """Each letter in words, a second one with the name of its scheme."""
    return [
        say_letter(each)
        if each.scheme == child.scheme
        else f"{names.scheme(each.scheme)}: {say_letter(each)}"
        for each in child.letters
    ]


def _address(child: Child) -> str:
    return say("geheim") if child.person.secret else ", ".join(child.person.address)
