"""Inspections: a shop's single payments, read for a recorded reason; and the log of inspections."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

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
from kindpakket.desk.shop_forms import read_reason
from kindpakket.desk.tables import answer_table
from kindpakket.domain.ids import MAX_SHOP, ShopId
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import day_of
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.oversight.inspections import (
    Inspection,
    find_open,
    list_inspections,
    open_inspection,
)
from kindpakket.services.shops.books import ListedPayment, list_payments, read_shop

router = APIRouter()

ShopPath = Annotated[int, Path(ge=1, le=MAX_SHOP)]
_PAYMENTS = [require_reading(ReadPermission.SHOP_PAYMENTS)]


@router.get("/inzage", dependencies=[require_reading(ReadPermission.INSPECTIONS)])
def show_all(request: Request, context: InContext) -> Response:
    """The log: who read which payments, and why."""
    names = read_names(context)
    table = Table[Inspection](
        [
            Column(say("Wanneer"), lambda each: each.opened_at, Unit.MOMENT, "opened_at"),
            Column(
                say("Ambtenaar"),
                lambda each: names.at(each.opened_at).official(each.official),
                key="official",
            ),
            Column(say("Winkel"), lambda each: names.shop(each.shop), key="shop"),
            Column(say("Eerste dag"), lambda each: each.first, key="first"),
            Column(say("Laatste dag"), lambda each: each.last, key="last"),
            Column(say("Reden"), lambda each: each.reason, key="reason"),
        ],
        list_inspections(context),
        "inzage",
        say("Inzage in betalingen"),
    )
    return answer_table(request, table, "inspections.html.jinja")


@router.get("/winkels/{shop}/betalingen", dependencies=_PAYMENTS)
def show_form(request: Request, context: InContext, shop: ShopPath) -> HTMLResponse:
    """The form for a new inspection."""
    today = day_of(context.now()).isoformat()
    given = {"first": today[:8] + "01", "last": today, "reason": ""}
    return _form(request, context, shop, given, Mistakes(str))


@router.post("/winkels/{shop}/betalingen", dependencies=_PAYMENTS)
def inspect(
    request: Request, context: InContext, official: SignedIn, form: Posted, shop: ShopPath
) -> Response:
    """Record the reason, and allow reading the payments of these days for half an hour."""
    given = {name: text(form, name) for name in ("first", "last", "reason")}
    errors = Mistakes(str)
    first, last = _read_day("first", given, errors), _read_day("last", given, errors)
    reason = read_reason(given, errors)
    if first and last and last < first:
        errors["last"] = say("De laatste dag ligt voor de eerste.")
    if first is None or last is None or errors:
        return _form(request, context, shop, given, errors)
    made = open_inspection(context, official.address, ShopId(shop), first, last, reason)
    return redirect(f"/winkels/{shop}/betalingen/{made.number}")


@router.get("/winkels/{shop}/betalingen/{number}", dependencies=_PAYMENTS)
def show(
    request: Request,
    context: InContext,
    official: SignedIn,
    shop: ShopPath,
    number: Annotated[int, Path(ge=1, le=2**31 - 1)],
) -> Response:
    """The payments of an inspection, only for the official who opened it."""
    opened = find_open(context, official.address, shop, number)
    table = Table[ListedPayment](
        [
            Column(say("Wanneer"), lambda each: each.time or 0, Unit.MOMENT, "time"),
            Column(say("Betaald"), lambda each: each.amount, Unit.CENTS, "amount"),
            Column(say("Terugbetaald"), lambda each: each.refunded, Unit.CENTS, "refunded"),
            Column(say("Kassa"), lambda each: each.till[2:10], key="till"),
        ],
        list_payments(context, opened.shop, opened.first, opened.last),
        f"betalingen-{shop}",
        say("Losse betalingen"),
    )
    return answer_table(
        request,
        table,
        "inspection.html.jinja",
        inspection=opened,
        shop=read_shop(context, opened.shop),
    )


def _read_day(name: str, given: dict[str, str], errors: Mistakes) -> date | None:
    try:
        return date.fromisoformat(given[name])
    except ValueError:
        errors[name] = say("Dit is geen dag. Schrijf hem als 2027-01-31.")
        return None


def _form(
    request: Request, context: Context, shop: int, given: dict[str, Any], errors: Mistakes
) -> HTMLResponse:
    if not context.ledger.view("shops", shop)["known"]:
        raise Refusal(Code.NOT_FOUND)
    return page(
        request,
        "inspection_new.html.jinja",
        status=400 if errors else 200,
        shop=read_shop(context, ShopId(shop)),
        given=given,
        errors=errors,
    )
