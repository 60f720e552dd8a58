"""The rules of a scheme: a new scheme, changed rules, and trials on past payments."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Posted,
    SignedIn,
    go_to_decision,
    page,
    prepare_and_redirect,
    read_name,
    redirect,
    require_reading,
    text,
    waiting,
)
from kindpakket.desk.scheme_forms import TypedDetails, TypedRules
from kindpakket.desk.schemes import SchemePath
from kindpakket.desk.stale import state_hash
from kindpakket.domain.ids import MAX_SCHEME
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.texts import read_number
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.figures.looks import FiguresPage, log_look
from kindpakket.services.figures.try_rule import Trial, TrialOutcome, try_rules
from kindpakket.services.schemes.changes import (
    NumberTaken,
    next_number,
    open_scheme,
    rules_call,
    rules_of,
)
from kindpakket.services.schemes.details import SchemeDetails, read_details
from kindpakket.services.schemes.look_up import Scheme, find_scheme

router = APIRouter(
    prefix="/regelingen", dependencies=[require_reading(ReadPermission.SCHEME_RULES)]
)

_MONTHS = (1, 3, 6, 12)


@router.get("/nieuw")
def show_new(request: Request, context: InContext) -> HTMLResponse:
    """The form for a new scheme."""
    return _new_page(request, context, "", TypedRules(), TypedDetails.of(SchemeDetails()))


@router.post("/nieuw")
def prepare_new(request: Request, context: InContext, official: SignedIn, form: Posted) -> Response:
    """Prepare a new scheme, with the number that the form showed."""
    rules, details, errors = TypedRules.sent(form), TypedDetails.sent(form), Mistakes(str)
    name, doing = text(form, "name"), text(form, "doen")
    if doing:
        details = details.proposed(errors) if doing == "verdelen" else details
        return _new_page(request, context, name, rules, details, errors=errors)
    called = read_name(form, errors)
    found, more = rules.read(errors), details.read(errors)
    if found is None or more is None or errors:
        return _new_page(request, context, name, rules, details, status=400, errors=errors)
    number, before = read_number(text(form, "seen"), MAX_SCHEME) or 0, waiting(context)
    earlier = read_details(context.store, number)
    try:
        decision_set = open_scheme(context, number, called, found, more, official.by())
    except NumberTaken:
        return _new_page(request, context, name, rules, details, status=409)
    if decision_set in before and more != earlier:
        return redirect(f"/besluiten/{decision_set}", "aangevuld")
    return go_to_decision(decision_set, before)


@router.get("/{scheme}/regels")
def show_rules(request: Request, context: InContext, scheme: SchemePath) -> HTMLResponse:
    """The form for changed rules."""
    return _rules_page(request, context, _find_unclosed(context, scheme))


@router.post("/{scheme}/regels")
def change_rules(
    request: Request, context: InContext, official: SignedIn, form: Posted, scheme: SchemePath
) -> Response:
    """Try changed rules on past payments, or prepare them."""
    found, before = _find_unclosed(context, scheme), rules_of(context, scheme)
    typed, errors, doing = TypedRules.sent(form), Mistakes(str), text(form, "doen")
    if text(form, "seen") != state_hash(before):
        return _rules_page(request, context, found, status=409, typed=typed)
    months = next((each for each in _MONTHS if str(each) == text(form, "months")), _MONTHS[1])
    if doing == "zoek":
        return _rules_page(request, context, found, typed=typed, months=months)
    rules = typed.read(errors, before)
    if rules == before:
        errors["rules"] = say("U hebt niets veranderd.")
    if rules is None or errors:
        return _rules_page(
            request, context, found, status=400, typed=typed, months=months, errors=errors
        )
    if doing == "proberen":
        log_look(context, official.address, FiguresPage.TRIAL, scheme)
        trial = try_rules(context, scheme, rules, months)
        return _rules_page(request, context, found, typed=typed, months=months, trial=trial)
    return prepare_and_redirect(context, official, rules_call(scheme, rules))


def _find_unclosed(context: Context, scheme: int) -> Scheme:
    found = find_scheme(context, scheme)
    if found.closed:
        raise Refusal(Code.SCHEME_NOT_OPEN)
    return found


def _new_page(
    request: Request,
    context: Context,
    name: str,
    rules: TypedRules,
    details: TypedDetails,
    *,
    status: int = 200,
    errors: Mistakes | None = None,
) -> HTMLResponse:
    return page(
        request,
        "scheme_new.html.jinja",
        status=status,
        name=name,
        typed=rules,
        details=details,
        seen=next_number(context),
        changed=status == 409,
        errors=errors or Mistakes(str),
    )


def _rules_page(
    request: Request,
    context: Context,
    scheme: Scheme,
    *,
    status: int = 200,
    typed: TypedRules | None = None,
    months: int = _MONTHS[1],
    trial: Trial | None = None,
    errors: Mistakes | None = None,
) -> HTMLResponse:
    before = rules_of(context, scheme.id)
    return page(
        request,
        "scheme_rules.html.jinja",
        status=status,
        scheme=scheme,
        typed=typed or TypedRules.of(before),
        seen=state_hash(before),
        changed=status == 409,
        months=months,
        spans=[(each, _say_months(each)) for each in _MONTHS],
        trial=trial,
        TrialOutcome=TrialOutcome,
        errors=errors or Mistakes(str),
    )


def _say_months(months: int) -> str:
    if months == 1:
        return say("deze maand")
    return say("deze maand en de %(n)s maanden ervoor", n=months - 1)
