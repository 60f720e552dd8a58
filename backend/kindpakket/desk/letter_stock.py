"""A letter run after it was issued: which of its letters lie in stock."""

from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

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
from kindpakket.domain.language import say
from kindpakket.domain.letters import read_serial, serial
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.letters.run_stock import (
    RunStock,
    StockInvalid,
    hand_out_letters,
    read_run_stock,
    store_letters,
)

router = APIRouter(
    prefix="/brieven/voorraad", dependencies=[require_reading(ReadPermission.LETTER_RUNS)]
)

STORE, HAND_OUT = "voorraad", "uitgedeeld"
"""The choices of what happens to letters."""


@router.get("/{number}")
def show(request: Request, context: InContext, number: int) -> Response:
    """A run, and its letters in stock."""
    return _page(request, context, number, {"what": STORE})


@router.post("/{number}")
def change(
    request: Request, context: InContext, official: SignedIn, form: Posted, number: int
) -> Response:
    """Record that letters lie in stock, or were handed out."""
    given = {name: text(form, name) for name in ("first", "last", "what")}
    errors = Mistakes(str)
    first = _read(number, "first", given, errors)
    last = _read(number, "last", given, errors) if given["last"] else first
    if given["what"] not in (STORE, HAND_OUT):
        raise Refusal(Code.REQUEST_INVALID)
    record = store_letters if given["what"] == STORE else hand_out_letters
    if not errors:
        try:
            record(context, number, first, last, official.address)
            return redirect(f"/brieven/voorraad/{number}", given["what"])
        except StockInvalid as error:
            errors["first"] = str(error)
    return _page(request, context, number, given, errors)


def say_numbers(stock: RunStock) -> str:
    """Return the numbers of the letters in stock in words, runs of them together."""
    told = []
    for _, group in groupby(enumerate(stock.numbers), key=lambda each: each[1] - each[0]):
        numbers = [serial(stock.run.number, number) for _, number in group]
        if len(numbers) == 1:
            told.append(numbers[0])
        else:
            told.append(say("%(first)s tot en met %(last)s", first=numbers[0], last=numbers[-1]))
    return ", ".join(told)


def _read(run: int, name: str, given: dict[str, str], errors: Mistakes) -> int:
    found = read_serial(given[name])
    if found is None or found[0] != run:
        errors[name] = say(
            "Vul een nummer van deze serie in, zoals %(example)s.", example=serial(run, 7)
        )
        return 0
    return found[1]


def _page(
    request: Request,
    context: Context,
    run: int,
    given: dict[str, str],
    errors: Mistakes | None = None,
) -> Response:
    stock, why = None, ""
    try:
        stock = read_run_stock(context, run)
    except StockInvalid as error:
        why = str(error)
    return page(
        request,
        "letter_stock.html.jinja",
        status=400 if errors else 200,
        number=run,
        stock=stock,
        why=why,
        numbers=say_numbers(stock) if stock else "",
        names=read_names(context),
        given={"first": "", "last": ""} | given,
        choices=[
            (STORE, say("Ligt in de voorraad, nog van niemand")),
            (HAND_OUT, say("Uitgedeeld aan een gezin")),
        ],
        example=serial(run, 7),
        errors=errors or Mistakes(str),
    )
