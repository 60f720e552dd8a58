"""Payouts: what each shop would get, the file that two officials sign for, and the file itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Municipality,
    Posted,
    SignedIn,
    go,
    page,
    reads,
    text,
)
from kindpakket.desk.settings import DeskSettings
from kindpakket.desk.stale import mark_of
from kindpakket.desk.tables import Column, Table, answer_table
from kindpakket.domain.language import say, say_moment
from kindpakket.domain.money import format_euros, parse_euros
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.services.bank_accounts import BankInvalid
from kindpakket.services.context import Context
from kindpakket.services.names import read_names
from kindpakket.services.pay_out import (
    HOLD_DAYS,
    MINIMUM,
    MOST_SHOPS,
    Line,
    Verdict,
    payer_of,
    prepare_payout,
    preview,
)
from kindpakket.services.payout_files import (
    PayoutFile,
    PayoutRefused,
    State,
    find_payout,
    list_payout_files,
    read_payout_file,
    read_payout_lines,
    withdraw_payout,
)
from kindpakket.services.reading import Reading
from kindpakket.services.return_payout import list_returnable, prepare_return

router = APIRouter(prefix="/uitbetalingen", dependencies=[reads(Reading.PAYOUTS)])

BatchPath = Annotated[int, Path(ge=1, le=2**32 - 1)]

_MOST_DAYS = 3650


@dataclass(frozen=True)
class Rules:
    """What a preview goes by, as it was typed and as it was read."""

    typed_minimum: str
    typed_days: str
    minimum: int
    """In cents."""
    hold_days: int


@router.get("")
def show_all(request: Request, context: InContext) -> Response:
    """Every payout that was prepared here, newest first."""
    files = list_payout_files(context)
    table = Table(
        name="uitbetalingen",
        columns=[
            Column("batch", say("Uitbetaling")),
            Column("created", say("Gemaakt")),
            Column("shops", say("Winkels"), right=True),
            Column("amount", say("Bedrag"), right=True, euros=True),
            Column("state", say("Stand")),
        ],
        rows=[_listed(each) for each in files],
    )
    return answer_table(request, table, "payouts.html.jinja")


@router.get("/nieuw")
def show_preview(
    request: Request,
    context: InContext,
    settings: Municipality,
    minimum: Annotated[str, Query()] = f"{MINIMUM // 100}",
    dagen: Annotated[str, Query()] = f"{HOLD_DAYS}",
) -> Response:
    """What each shop would be paid now, and why a shop gets nothing."""
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
    """Write the file for the bank, and prepare the decision that records it."""
    waiting = next((each for each in list_payout_files(context) if each.state is State.WAITS), None)
    if waiting is not None:
        return go(f"/uitbetalingen/{waiting.batch}", "wacht")
    errors = Mistakes(str)
    rules = _read_rules(text(form, "minimum"), text(form, "dagen"), errors)
    if errors:
        return _preview(request, context, settings, rules, errors=errors)
    lines = preview(context, minimum=rules.minimum, hold_days=rules.hold_days)
    if text(form, "seen") != _seen(lines):
        return _preview(request, context, settings, rules, errors=errors, stale=True)
    try:
        file, _ = prepare_payout(
            context,
            payer_of(settings),
            minimum=rules.minimum,
            hold_days=rules.hold_days,
            by=official.by(),
        )
    except (BankInvalid, PayoutRefused) as error:
        return _preview(request, context, settings, rules, errors=errors, refused=str(error))
    return go(f"/besluiten/{file.decision}", "voorbereid")


@router.get("/{batch}")
def show(request: Request, context: InContext, batch: BatchPath) -> Response:
    """One payout with whole accounts: here officials look at them before they sign."""
    return _page(request, context, batch)


@router.get("/{batch}/bestand")
def download(request: Request, context: InContext, batch: BatchPath) -> Response:
    """The file for the bank, once the ledger has its hash."""
    try:
        content = read_payout_file(context, batch)
    except PayoutRefused as refused:
        return _page(request, context, batch, refused=str(refused))
    headers = {
        "Content-Disposition": f'attachment; filename="KP-{batch}.xml"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/xml", headers=headers)


@router.get("/{batch}/teruggekomen")
def show_return(request: Request, context: InContext, batch: BatchPath) -> HTMLResponse:
    """The form for money that the bank returned."""
    return _return_page(request, context, batch)


@router.post("/{batch}/teruggekomen")
def prepare_returned(
    request: Request, context: InContext, official: SignedIn, form: Posted, batch: BatchPath
) -> Response:
    """Prepare that a shop is owed again what the bank returned."""
    shop, amount, errors = text(form, "shop"), text(form, "amount"), Mistakes(str)
    given = {"shop": shop, "amount": amount}
    if text(form, "seen") != mark_of(list_returnable(context, batch)):
        return _return_page(request, context, batch, given=given, stale=True)
    try:
        cents = parse_euros(amount)
        number = int(shop) if shop.isascii() and shop.isdecimal() else 0
        prepared = prepare_return(context, batch, number, cents, official.by())
    except ValueError:
        errors["amount"] = say("Dit is geen bedrag. Schrijf het als 42,50.")
    except PayoutRefused as refused:
        errors["amount"] = str(refused)
    else:
        return go(f"/besluiten/{prepared.id}", "voorbereid")
    return _return_page(request, context, batch, given=given, errors=errors)


@router.post("/{batch}/terugnemen")
def withdraw(request: Request, context: InContext, _form: Posted, batch: BatchPath) -> Response:
    """Free the number of a payout whose decision cannot be carried out any more."""
    try:
        withdraw_payout(context, batch)
    except PayoutRefused as refused:
        return _page(request, context, batch, refused=str(refused))
    return go("/uitbetalingen", "teruggenomen")


# --------------------------------------------------------------------------------- the pages


def _preview(
    request: Request,
    context: Context,
    settings: DeskSettings,
    rules: Rules,
    *,
    errors: Mistakes,
    stale: bool = False,
    refused: str = "",
) -> Response:
    lines = preview(context, minimum=rules.minimum, hold_days=rules.hold_days)
    table = Table(
        name="voorbeeld-uitbetaling",
        columns=[
            Column("name", say("Winkel")),
            Column("owed", say("Te goed"), right=True, euros=True),
            Column("held", say("In wachttijd"), right=True, euros=True),
            Column("amount", say("Uit te betalen"), right=True, euros=True),
            Column("verdict", say("Waarom niet")),
        ],
        rows=[_previewed(each) for each in lines],
    )
    paid = [each.amount for each in lines if each.amount]
    waiting = [each for each in list_payout_files(context) if each.state is State.WAITS]
    return answer_table(
        request,
        table,
        "payout_new.html.jinja",
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


def _page(request: Request, context: Context, batch: int, *, refused: str = "") -> Response:
    file = find_payout(context, batch)
    if file is None:
        raise Refusal(Code.NOT_FOUND)
    lines, wrong = [], ""
    try:
        lines = read_payout_lines(context, file)
    except PayoutRefused as error:
        wrong = str(error)
    return page(
        request,
        "payout.html.jinja",
        status=409 if refused else 200,
        file=file,
        state=_states()[file.state],
        states=State,
        lines=lines,
        names=read_names(context.store).shops,
        grouped=lambda iban: " ".join(wrap(iban, 4)),
        wrong=wrong,
        refused=refused,
    )


def _return_page(
    request: Request,
    context: Context,
    batch: int,
    *,
    given: Mapping[str, str] | None = None,
    errors: Mistakes | None = None,
    stale: bool = False,
) -> HTMLResponse:
    shops = list_returnable(context, batch)
    if not shops and not stale:
        raise Refusal(Code.NOT_FOUND)
    return page(
        request,
        "payout_returned.html.jinja",
        status=409 if stale else 400 if errors else 200,
        batch=batch,
        options=[(str(each.shop), f"{each.name}: {format_euros(each.amount)}") for each in shops],
        seen=mark_of(shops),
        given=given or {"shop": "", "amount": ""},
        errors=errors or Mistakes(str),
        stale=stale,
    )


def _read_rules(minimum: str, days: str, errors: Mistakes) -> Rules:
    cents, hold_days = MINIMUM, HOLD_DAYS
    try:
        cents = parse_euros(minimum)
    except ValueError:
        errors["minimum"] = say("Dit is geen bedrag. Schrijf het als 42,50.")
    if days.isdecimal() and days.isascii() and len(days) < 5 and int(days) <= _MOST_DAYS:
        hold_days = int(days)
    else:
        errors["dagen"] = say("Vul een aantal dagen in van 0 tot %(most)s.", most=_MOST_DAYS)
    return Rules(minimum, days, cents, hold_days)


def _missing_payer(settings: DeskSettings) -> str:
    """Why nothing can be paid from the account of the settings; empty when it can."""
    try:
        payer_of(settings)
    except BankInvalid as error:
        return str(error)
    return ""


def _seen(lines: list[Line]) -> str:
    """What would be paid to whom; a sale that is too young to be paid does not change it."""
    return mark_of([(each.shop, each.amount, each.bank) for each in lines if each.amount])


def _previewed(line: Line) -> dict[str, Any]:
    return {
        "name": f"{line.name} ({line.shop})",
        "owed": line.owed,
        "held": line.held,
        "amount": line.amount,
        "verdict": {
            Verdict.PAID: "",
            Verdict.BELOW_ZERO: say("staat in de min; dat gaat van de volgende omzet af"),
            Verdict.NO_BANK_DETAILS: say("geen rekening bekend"),
            Verdict.ON_HOLD: say("alles is nog in de wachttijd"),
            Verdict.BELOW_MINIMUM: say("onder het drempelbedrag; blijft staan"),
        }[line.verdict],
        "link": f"/winkels/{line.shop}",
    }


def _listed(file: PayoutFile) -> dict[str, Any]:
    # A number that is free again may be another file's by now.
    there = file.state is not State.WITHDRAWN
    return {
        "batch": (file.batch, f"KP-{file.batch}"),
        "created": (file.created_at, say_moment(file.created_at)),
        "shops": file.shops,
        "amount": file.amount,
        "state": _states()[file.state],
        "link": f"/uitbetalingen/{file.batch}" if there else None,
    }


def _states() -> dict[State, str]:
    return {
        State.WAITS: say("wacht op de ambtenaren"),
        State.RECORDED: say("vastgelegd"),
        State.CANCELLED: say("ingetrokken"),
        State.EXPIRED: say("verlopen"),
        State.OVERTAKEN: say("achterhaald"),
        State.WITHDRAWN: say("teruggenomen"),
    }
