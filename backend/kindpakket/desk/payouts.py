"""Payouts: the list, and a preview of the next one."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Municipality,
    Posted,
    SignedIn,
    redirect,
    require_reading,
    text,
)
from kindpakket.desk.settings import DeskSettings
from kindpakket.desk.stale import state_hash
from kindpakket.desk.tables import answer_table
from kindpakket.domain.language import say
from kindpakket.domain.money import parse_euros
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.texts import read_number
from kindpakket.services.base.context import Context
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.payouts.lists import (
    PayoutRefused,
    PreparedPayout,
    State,
    list_payouts,
    say_state,
)
from kindpakket.services.payouts.prepare import (
    HOLD_DAYS,
    MINIMUM_PAYOUT,
    MOST_SHOPS,
    PreviewLine,
    Verdict,
    amount_columns,
    payer_of,
    prepare_payout,
    preview,
)
from kindpakket.services.shops.bank_accounts import BankInvalid

router = APIRouter(prefix="/uitbetalingen", dependencies=[require_reading(ReadPermission.PAYOUTS)])

_MOST_DAYS = 3650


@dataclass(frozen=True)
class PreviewParameters:
    """Parameters of a preview, as typed and as parsed."""

    typed_minimum: str
    typed_days: str
    minimum: int
    """In cents."""
    hold_days: int


@router.get("")
def show_all(request: Request, context: InContext) -> Response:
    """All prepared payouts, newest first."""
    table = Table[PreparedPayout](
        [
            Column(
                say("Uitbetaling"),
                lambda each: f"KP-{each.batch}",
                key="batch",
                order=lambda each: each.batch,
            ),
            Column(say("Gemaakt"), lambda each: each.created_at, Unit.MOMENT, "created"),
            Column(say("Winkels"), lambda each: each.shops, Unit.COUNT, "shops"),
            Column(
                say("Bedrag"),
                lambda each: each.amount if each.settled is None else each.settled,
                Unit.CENTS,
                "amount",
            ),
            Column(say("Stand"), lambda each: say_state(each.state), key="state"),
        ],
        list_payouts(context),
        "uitbetalingen",
        say("Uitbetalingen"),
    )
    return answer_table(request, table, "payouts.html.jinja", link=_path)


@router.get("/nieuw")
def show_preview(
    request: Request,
    context: InContext,
    settings: Municipality,
    minimum: Annotated[str, Query()] = f"{MINIMUM_PAYOUT // 100}",
    dagen: Annotated[str, Query()] = f"{HOLD_DAYS}",
) -> Response:
    """What each shop would be paid now, or why it is paid nothing."""
    errors = Mistakes(str)
    rules = _read_rules(minimum, dagen, errors)
    return _preview(request, context, settings, rules, errors=errors)


@router.post("/nieuw")
def prepare(
    request: Request,
    context: InContext,
    settings: Municipality,
    official: SignedIn,
    form: Posted,
) -> Response:
    """Store the lines of a payout, and prepare the decision that commits to them."""
    waiting = next((each for each in list_payouts(context) if each.state is State.WAITS), None)
    if waiting is not None:
        return redirect(f"/uitbetalingen/{waiting.batch}", "wacht")
    errors = Mistakes(str)
    rules = _read_rules(text(form, "minimum"), text(form, "dagen"), errors)
    if errors:
        return _preview(request, context, settings, rules, errors=errors)
    lines = preview(context, minimum=rules.minimum, hold_days=rules.hold_days)
    if text(form, "seen") != _seen(lines):
        return _preview(request, context, settings, rules, errors=errors, stale=True)
    try:
        payer_of(settings)  # checked now, since it would fail after signing
        payout, _ = prepare_payout(
            context,
            minimum=rules.minimum,
            hold_days=rules.hold_days,
            by=official.by(),
        )
    except (BankInvalid, PayoutRefused) as error:
        return _preview(request, context, settings, rules, errors=errors, refused=str(error))
    return redirect(f"/besluiten/{payout.decision}", "voorbereid")


# --------------------------------------------------------------------------------- the pages


def _preview(
    request: Request,
    context: Context,
    settings: DeskSettings,
    rules: PreviewParameters,
    *,
    errors: Mistakes,
    stale: bool = False,
    refused: str = "",
) -> Response:
    lines = preview(context, minimum=rules.minimum, hold_days=rules.hold_days)
    paid = [each.amount for each in lines if each.amount]
    waiting = [each for each in list_payouts(context) if each.state is State.WAITS]
    return answer_table(
        request,
        _preview_table(lines),
        "payout_new.html.jinja",
        link=lambda each: f"/winkels/{each.shop}",
        status=400 if errors else 409 if stale or refused else 200,
        rules=rules,
        errors=errors,
        stale=stale,
        refused=refused or _missing_payer(settings),
        seen=_seen(lines),
        shops=len(paid),
        total=sum(paid),
        most=MOST_SHOPS,
        waiting=waiting,
        ready=bool(paid) and not waiting and not errors,
    )


def _preview_table(lines: list[PreviewLine]) -> Table[PreviewLine]:
    return Table(
        [
            Column(say("Winkel"), lambda each: f"{each.name} ({each.shop})", key="name"),
            *amount_columns(),
            Column(say("Waarom niet"), lambda each: _say_verdict(each.verdict), key="verdict"),
        ],
        lines,
        "voorbeeld-uitbetaling",
        say("Wat elke winkel nu krijgt"),
    )


def _read_rules(minimum: str, days: str, errors: Mistakes) -> PreviewParameters:
    cents = MINIMUM_PAYOUT
    try:
        cents = parse_euros(minimum)
    except ValueError:
        errors["minimum"] = say("Dit is geen bedrag. Schrijf het als 42,50.")
    hold_days = read_number(days, _MOST_DAYS)
    if hold_days is None:
        errors["dagen"] = say("Vul een aantal dagen in van 0 tot %(most)s.", most=_MOST_DAYS)
    return PreviewParameters(minimum, days, cents, HOLD_DAYS if hold_days is None else hold_days)


def _missing_payer(settings: DeskSettings) -> str:
    """Why the account in the settings cannot be used for payouts; empty when it can."""
    try:
        payer_of(settings)
    except BankInvalid as error:
        return str(error)
    return ""


def _seen(lines: list[PreviewLine]) -> str:
    """The part of a preview that a form commits to; new sales do not change it."""
    return state_hash([(each.shop, each.amount, each.account) for each in lines if each.amount])


def _say_verdict(verdict: Verdict) -> str:
    return {
        Verdict.PAID: "",
        Verdict.BELOW_ZERO: say("staat in de min; dat gaat van de volgende omzet af"),
        Verdict.LEDGER_DIFFERS: say("de administratie zegt iets anders dan het grootboek"),
        Verdict.NO_ACCOUNT: say("geen rekening bekend"),
        Verdict.ACCOUNT_NOT_SIGNED: say("rekening door niemand getekend die dat mag"),
        Verdict.ON_HOLD: say("alles is nog in de wachttijd"),
        Verdict.BELOW_MINIMUM: say("onder het drempelbedrag; blijft staan"),
    }[verdict]


def _path(payout: PreparedPayout) -> str | None:
    # A freed number may have been reused by another payout.
    return None if payout.state is State.WITHDRAWN else f"/uitbetalingen/{payout.batch}"
