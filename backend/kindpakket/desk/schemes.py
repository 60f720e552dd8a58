"""Schemes: status, budget, texts, pausing and closing. For rules see ``scheme_rules``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk import charts
from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Posted,
    SignedIn,
    page,
    prepare_and_redirect,
    read_name,
    redirect,
    require_capacity,
    require_reading,
    text,
)
from kindpakket.desk.scheme_forms import TypedDetails, read_amount
from kindpakket.desk.stale import state_hash
from kindpakket.desk.tables import answer_table
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import MAX_SCHEME
from kindpakket.domain.language import say, say_end
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.texts import read_number
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import rename_scheme
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.children.ages import OLDEST, Ages, find_ages, set_ages
from kindpakket.services.figures.published_totals import find_returnable
from kindpakket.services.schemes.changes import (
    close_call,
    fund_call,
    has_coupons,
    is_over,
    list_coming,
    money_columns,
    pause_call,
    rules_of,
    say_final_account,
    say_money,
    say_state,
)
from kindpakket.services.schemes.details import SchemeDetails, change_details, read_details
from kindpakket.services.schemes.look_up import Scheme, find_scheme, list_schemes

router = APIRouter(prefix="/regelingen", dependencies=[require_reading(ReadPermission.SCHEMES)])

RULES = Depends(require_capacity(Capacity.RULES))
SchemePath = Annotated[int, Path(ge=1, le=MAX_SCHEME)]
_BUDGET = Depends(require_capacity(Capacity.BUDGET))


@router.get("")
def show_all(request: Request, context: InContext) -> Response:
    """All schemes, including those not decided yet."""
    now = context.ledger_time()
    table = Table[Scheme](
        [
            Column(say("Regeling"), lambda each: each.name, key="name"),
            Column(say("Stand"), lambda each: say_state(each, now), key="state"),
            Column(say("Open vanaf"), lambda each: each.opens, Unit.MOMENT, "opens"),
            Column(
                say("Einde"),
                lambda each: say_end(each.closes, each.closed),
                key="closes",
                order=lambda each: each.closes,
            ),
            *money_columns(now),
        ],
        list_schemes(context),
        "regelingen",
        say("Regelingen"),
    )
    return answer_table(
        request,
        table,
        "schemes.html.jinja",
        link=lambda each: f"/regelingen/{each.id}",
        coming=list_coming(context),
    )


@router.get("/{scheme}")
def show(request: Request, context: InContext, scheme: SchemePath) -> HTMLResponse:
    """One scheme."""
    return _page(request, context, scheme)


@router.post("/{scheme}/budget", dependencies=[_BUDGET])
def fund(
    request: Request, context: InContext, official: SignedIn, form: Posted, scheme: SchemePath
) -> Response:
    """Prepare an increase or decrease of the budget."""
    found, errors, typed = find_scheme(context, scheme), Mistakes(str), text(form, "amount")
    back = text(form, "direction") == "eraf"
    amount = read_amount("amount", typed, errors)
    if amount and back and amount > found.not_granted:
        errors["amount"] = say("Dit is meer dan er nog niet is toegekend.")
    if amount is None or errors:
        typed_fund = {"amount": typed, "direction": "eraf" if back else "erbij"}
        return _page(request, context, scheme, status=400, errors=errors, fund=typed_fund)
    return prepare_and_redirect(context, official, fund_call(scheme, -amount if back else amount))


@router.post("/{scheme}/stilzetten", dependencies=[RULES])
def pause(context: InContext, official: SignedIn, _form: Posted, scheme: SchemePath) -> Response:
    """Prepare a pause of payments; one signature is enough."""
    find_scheme(context, scheme)
    return prepare_and_redirect(context, official, pause_call(scheme, paused=True))


@router.post("/{scheme}/hervatten", dependencies=[RULES])
def resume(context: InContext, official: SignedIn, _form: Posted, scheme: SchemePath) -> Response:
    """Prepare the end of a pause."""
    find_scheme(context, scheme)
    return prepare_and_redirect(context, official, pause_call(scheme, paused=False))


@router.post("/{scheme}/sluiten", dependencies=[RULES])
def close(context: InContext, official: SignedIn, _form: Posted, scheme: SchemePath) -> Response:
    """Prepare the permanent end of a scheme."""
    find_scheme(context, scheme)
    return prepare_and_redirect(context, official, close_call(scheme))


@router.get("/{scheme}/teksten", dependencies=[require_reading(ReadPermission.SCHEME_RULES)])
def show_details(request: Request, context: InContext, scheme: SchemePath) -> HTMLResponse:
    """The form for texts, and for the split of a letter while no letters exist."""
    return _details_page(request, context, scheme)


@router.post("/{scheme}/teksten", dependencies=[RULES])
def change(request: Request, context: InContext, form: Posted, scheme: SchemePath) -> Response:
    """Store texts immediately; they need no decision."""
    before, typed, errors = (
        read_details(context.store, scheme),
        TypedDetails.sent(form),
        Mistakes(str),
    )
    fixed = has_coupons(context, scheme)
    if text(form, "seen") != state_hash(before, fixed):
        return _details_page(request, context, scheme, status=409, typed=typed)
    details: SchemeDetails | None
    if fixed:
        details = SchemeDetails(before.letter_values, before.card_values, *typed.read_texts(errors))
    elif text(form, "doen") == "verdelen":
        typed = typed.proposed(errors)
        return _details_page(request, context, scheme, typed=typed, errors=errors)
    else:
        details = typed.read(errors)
    if details is None or errors:
        return _details_page(request, context, scheme, status=400, typed=typed, errors=errors)
    change_details(context.store, scheme, details)
    return redirect(f"/regelingen/{scheme}", "bewaard")


@router.post("/{scheme}/naam", dependencies=[RULES])
def rename(request: Request, context: InContext, form: Posted, scheme: SchemePath) -> Response:
    """Rename a scheme immediately; this needs no decision."""
    found, errors = find_scheme(context, scheme), Mistakes(str)
    if text(form, "seen") != state_hash(found.name):
        return _details_page(request, context, scheme, status=409)
    name = read_name(form, errors)
    if errors:
        return _details_page(request, context, scheme, status=400, errors=errors, name=name)
    rename_scheme(context.store, scheme, name, context.now())
    return redirect(f"/regelingen/{scheme}", "hernoemd")


@router.post("/{scheme}/leeftijden", dependencies=[RULES])
def change_ages(request: Request, context: InContext, form: Posted, scheme: SchemePath) -> Response:
    """Set for which ages the scheme is, for lists that are brought in from now on."""
    find_scheme(context, scheme)
    errors = Mistakes(str)
    youngest, oldest = (read_number(text(form, each), OLDEST) for each in ("youngest", "oldest"))
    if youngest is None:
        errors["youngest"] = say("Vul een leeftijd in, van 0 tot en met %(most)s.", most=OLDEST)
    if oldest is None or (youngest is not None and oldest < youngest):
        errors["oldest"] = say("Vul een leeftijd in, van 0 tot en met %(most)s.", most=OLDEST)
    if youngest is None or oldest is None or errors:
        return _details_page(request, context, scheme, status=400, errors=errors)
    set_ages(context.store, scheme, Ages(youngest, oldest))
    return redirect(f"/regelingen/{scheme}", "bewaard")


def _page(
    request: Request,
    context: Context,
    number: int,
    *,
    status: int = 200,
    errors: Mistakes | None = None,
    fund: dict[str, str] | None = None,
) -> HTMLResponse:
    scheme, now = find_scheme(context, number), context.ledger_time()
    details = read_details(context.store, number)
    return page(
        request,
        "scheme.html.jinja",
        status=status,
        scheme=scheme,
        state=say_state(scheme, now),
        money=say_money(scheme, now),
        bar=charts.parts_of_scheme(scheme, now),
        over=is_over(scheme, now),
        final_account=say_final_account(scheme),
        returnable=find_returnable(context, scheme),
        rules=rules_of(context, number),
        details=details,
        split=TypedDetails.of(details),
        errors=errors or Mistakes(str),
        fund=fund or {"amount": "", "direction": "erbij"},
    )


def _details_page(
    request: Request,
    context: Context,
    scheme: int,
    *,
    status: int = 200,
    typed: TypedDetails | None = None,
    errors: Mistakes | None = None,
    name: str | None = None,
) -> HTMLResponse:
    found = find_scheme(context, scheme)
    before, fixed = read_details(context.store, scheme), has_coupons(context, scheme)
    return page(
        request,
        "scheme_texts.html.jinja",
        status=status,
        scheme=found,
        name=found.name if name is None else name,
        seen_name=state_hash(found.name),
        fixed=fixed,
        ages=find_ages(context.store, scheme),
        typed=typed or TypedDetails.of(before),
        seen=state_hash(before, fixed),
        changed=status == 409,
        errors=errors or Mistakes(str),
    )
