"""Shops: the register, admission, accounts and turnover."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from kindpakket.desk.category_search import find_categories
from kindpakket.desk.official import Official
from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Municipality,
    Posted,
    SignedIn,
    page,
    prepare_and_redirect,
    redirect,
    require_capacity,
    require_reading,
    text,
)
from kindpakket.desk.qr_images import qr_image
from kindpakket.desk.shop_forms import (
    given_of,
    read_categories,
    read_details,
    read_reason,
    typed,
)
from kindpakket.desk.stale import state_hash
from kindpakket.desk.tables import answer_table
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import MAX_SHOP, ShopId
from kindpakket.domain.language import say, say_month
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.protocol.enrolment import owner_code
from kindpakket.protocol.messages import BankAccount
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.decisions.describe import say_categories
from kindpakket.services.figures.looks import FiguresPage, log_look
from kindpakket.services.figures.shop_months import FigureLine, read_turnover
from kindpakket.services.figures.signals import list_signals
from kindpakket.services.payouts.lists import reference
from kindpakket.services.payouts.received import list_received
from kindpakket.services.shops.admission import (
    admission,
    ending,
    other_categories,
    suspension,
)
from kindpakket.services.shops.bank_accounts import (
    AccountValidity,
    SignedAccount,
    list_versions,
    verify,
)
from kindpakket.services.shops.books import list_tills
from kindpakket.services.shops.enrol import Enrolment, invite_owner, list_enrolments
from kindpakket.services.shops.new_shop import ShopRegistered, register_shop
from kindpakket.services.shops.register import (
    ShopFile,
    Stage,
    describe_shop,
    find_shop_file,
    list_shop_files,
    set_invited_categories,
)
from kindpakket.services.signing.decision_sets import HistoryEntry, list_shop_decisions
from kindpakket.services.signing.messages import list_messages

router = APIRouter(prefix="/winkels", dependencies=[require_reading(ReadPermission.SHOPS)])

ShopPath = Annotated[int, Path(ge=1, le=MAX_SHOP)]
VERSIONS = 20
"""Number of versions of an account that are shown."""
Section = Literal["gegevens", "soorten", "schorsen", "beeindigen"]
"""The forms of a shop."""

_FORMS = [require_reading(ReadPermission.SHOP_FORMS)]
_ACTS = [Depends(require_capacity(Capacity.SHOPS))]


@dataclass(frozen=True)
class Shown:
    """The data of a shop's page."""

    file: ShopFile
    versions: list[SignedAccount]
    """Versions of its account, newest first."""
    enrolment: Enrolment | None

    @property
    def seen(self) -> str:
        """The hash that its forms carry; sales do not change it."""
        return state_hash(replace(self.file, owed=0, settled=0), self.enrolment)


# --------------------------------------------------------------------------------- the register


@router.get("")
def show_all(
    request: Request,
    context: InContext,
    official: SignedIn,
    zoek: Annotated[str, Query()] = "",
    stand: Annotated[str, Query()] = "",
) -> Response:
    """All shops, including invited ones."""
    log_look(context, official.address, FiguresPage.SHOPS)
    files = list_shop_files(context)
    found = [
        each
        for each in files
        if each.matches(zoek) and stand in ("", each.stage, "waits" if _waits(each) else "")
    ]
    return answer_table(
        request,
        _register(found),
        "shops.html.jinja",
        link=lambda each: f"/winkels/{each.id}",
        search=zoek,
        stage=stand,
        stages=[("", say("Alle")), ("waits", say("Wacht op een besluit")), *_stages()],
        any=bool(files),
    )


@router.get("/nieuw", dependencies=_FORMS)
def show_new(request: Request) -> HTMLResponse:
    """The form to register a shop."""
    return _new_page(request, given_of(None))


@router.post("/nieuw", dependencies=_ACTS)
def register(
    request: Request, context: InContext, settings: Municipality, form: Posted
) -> HTMLResponse:
    """Register a shop and invite its owner; the invitation is shown once."""
    given, errors = typed(form), Mistakes(str)
    if text(form, "find"):
        return _new_page(request, given)
    details = read_details(given, errors)
    categories = read_categories(given, errors)
    if details is None or errors:
        return _new_page(request, given, status=400, errors=errors)
    try:
        shop = register_shop(context, details, categories)
    except ShopRegistered as there:
        errors["name"] = say(
            "Deze winkel staat al in de lijst, als winkel %(number)s.", number=there.shop
        )
        return _new_page(request, given, status=409, errors=errors)
    return _invitation(request, context, settings, shop)


# --------------------------------------------------------------------------------- one shop


@router.get("/{shop}")
def show(request: Request, context: InContext, official: SignedIn, shop: ShopPath) -> Response:
    """A shop's page."""
    return _page(request, context, official, _look(context, shop))


@router.post("/{shop}/uitnodigen", dependencies=_ACTS)
def invite_again(
    request: Request,
    context: InContext,
    settings: Municipality,
    official: SignedIn,
    form: Posted,
    shop: ShopPath,
) -> Response:
    """Invite an owner again, such as when their device is lost. Voids an earlier link."""
    shown = _look(context, shop)
    if text(form, "seen") != shown.seen:
        return _page(request, context, official, shown, stale=True)
    return _invitation(request, context, settings, shown.file.id)


@router.post("/{shop}/toelaten", dependencies=_ACTS)
def admit(
    request: Request, context: InContext, official: SignedIn, form: Posted, shop: ShopPath
) -> Response:
    """Prepare the admission of a shop, with the owner whose code was compared."""
    shown = _look(context, shop)
    if text(form, "seen") != shown.seen or shown.file.candidate is None:
        return _page(request, context, official, shown, stale=True)
    return prepare_and_redirect(context, official, admission(shown.file))


@router.get("/{shop}/{section}", dependencies=_FORMS)
def show_form(
    request: Request, context: InContext, shop: ShopPath, section: Section
) -> HTMLResponse:
    """A form to change something of a shop."""
    return _form(request, _look(context, shop), section, {})


@router.post("/{shop}/schorsen", dependencies=_ACTS)
def suspend(
    request: Request, context: InContext, official: SignedIn, form: Posted, shop: ShopPath
) -> Response:
    """Prepare the suspension of a shop, with a reason; one signature is enough."""
    return _stop(request, context, official, form, _look(context, shop), "schorsen")


@router.post("/{shop}/beeindigen", dependencies=_ACTS)
def end(
    request: Request, context: InContext, official: SignedIn, form: Posted, shop: ShopPath
) -> Response:
    """Prepare the end of a shop's admission, with a reason."""
    return _stop(request, context, official, form, _look(context, shop), "beeindigen")


@router.post("/{shop}/hervatten", dependencies=_ACTS)
def reinstate(
    request: Request, context: InContext, official: SignedIn, form: Posted, shop: ShopPath
) -> Response:
    """Prepare the end of a shop's suspension."""
    shown = _look(context, shop)
    if text(form, "seen") != shown.seen or not shown.file.suspended:
        return _page(request, context, official, shown, stale=True)
    return prepare_and_redirect(context, official, suspension(shown.file, suspended=False))


@router.post("/{shop}/soorten", dependencies=_ACTS)
def change_categories(
    request: Request, context: InContext, official: SignedIn, form: Posted, shop: ShopPath
) -> Response:
    """Prepare a change of categories; before the first decision, store it directly."""
    shown, given, errors = _look(context, shop), typed(form), Mistakes(str)
    if text(form, "find"):
        return _form(request, shown, "soorten", given, seen=text(form, "seen"))
    if text(form, "seen") != shown.seen:
        return _form(request, shown, "soorten", given, stale=True)
    bits = read_categories(given, errors)
    if bits == shown.file.categories:
        errors["category"] = say("Dit is de winkel al. Kies iets anders.")
    if errors:
        return _form(request, shown, "soorten", given, errors=errors)
    if shown.file.known:
        return prepare_and_redirect(context, official, other_categories(shown.file, bits))
    set_invited_categories(context, shown.file.id, bits)
    return redirect(f"/winkels/{shop}", "bewaard")


@router.post("/{shop}/gegevens", dependencies=_ACTS)
def change_details(request: Request, context: InContext, form: Posted, shop: ShopPath) -> Response:
    """Change what is written down about a shop."""
    shown, given, errors = _look(context, shop), typed(form), Mistakes(str)
    if text(form, "seen") != shown.seen:
        return _form(request, shown, "gegevens", given, stale=True)
    details = read_details(given, errors)
    if details is None:
        return _form(request, shown, "gegevens", given, errors=errors)
    describe_shop(context, shown.file.id, details)
    return redirect(f"/winkels/{shop}", "bewaard")


# --------------------------------------------------------------------------------- the pages


def _look(context: Context, shop: int) -> Shown:
    file = find_shop_file(context, shop)
    if file is None:
        raise Refusal(Code.NOT_FOUND)
    enrolment = next((each for each in list_enrolments(context) if each.shop == shop), None)
    return Shown(file, list_versions(context, file.id, VERSIONS), enrolment)


def _page(
    request: Request, context: Context, official: Official, shown: Shown, *, stale: bool = False
) -> Response:
    file = shown.file
    log_look(context, official.address, FiguresPage.SHOP, file.id)
    names = read_names(context)
    waiting, made = list_shop_decisions(context, file.id)
    return answer_table(
        request,
        _turnover(read_turnover(context, file.id)),
        "shop.html.jinja",
        status=409 if stale else 200,
        stale=stale,
        shop=file,
        state=_state(file),
        accounts=[(each, verify(context, each)) for each in shown.versions],
        AccountValidity=AccountValidity,
        enrolment=shown.enrolment,
        now=context.now(),
        seen=shown.seen,
        waiting=waiting,
        made=made,
        why="" if file.stage is Stage.ADMITTED else _why(made),
        owner_code=owner_code,
        names=names,
        proposed=[
            (each, each.kind.words(names, each.message))
            for each in list_messages(context, BankAccount)
            if each.message.values[0] == file.id
        ],
        payouts=list_received(context, file.id),
        reference=reference,
        tills=list_tills(context, file.id),
        signals=list_signals(context, file.id),
    )


def _why(made: list[HistoryEntry]) -> str:
    """The reason of the newest suspension or end; other decisions have no reason."""
    return next((each.reason for each in made if each.reason and not each.made.cancelled), "")


def _stop(
    request: Request,
    context: Context,
    official: Official,
    form: FormData,
    shown: Shown,
    section: Literal["schorsen", "beeindigen"],
) -> Response:
    given, errors = typed(form), Mistakes(str)
    if text(form, "seen") != shown.seen or not can_stop(shown.file, section):
        return _form(request, shown, section, given, stale=True)
    reason = read_reason(given, errors)
    if errors:
        return _form(request, shown, section, given, errors=errors)
    call = suspension(shown.file) if section == "schorsen" else ending(shown.file)
    return prepare_and_redirect(context, official, call, reason)


def can_stop(shop: ShopFile, section: str) -> bool:
    """Whether a shop can be suspended or ended, by the form of that section."""
    return shop.admitted and not (section == "schorsen" and shop.suspended)


def _form(
    request: Request,
    shown: Shown,
    section: Section,
    given: dict[str, Any],
    *,
    errors: Mistakes | None = None,
    stale: bool = False,
    seen: str | None = None,
) -> HTMLResponse:
    """Render a form with the values as typed.

    Args:
        stale: the shop has changed since the form was shown.
        seen: the hash that the form carried; None for the current one.
    """
    filled = given_of(shown.file) | given
    return page(
        request,
        "shop_change.html.jinja",
        status=409 if stale else 400 if errors else 200,
        shop=shown.file,
        section=section,
        stops=can_stop(shown.file, section),
        given=filled,
        errors=errors or Mistakes(str),
        stale=stale,
        seen=shown.seen if seen is None else seen,
        options=find_categories(filled["search"], filled["categories"]),
    )


def _new_page(
    request: Request,
    given: dict[str, Any],
    *,
    status: int = 200,
    errors: Mistakes | None = None,
) -> HTMLResponse:
    return page(
        request,
        "shop_new.html.jinja",
        status=status,
        given=given,
        errors=errors or Mistakes(str),
        options=find_categories(given["search"], given["categories"]),
    )


def _invitation(
    request: Request, context: Context, settings: Municipality, shop: ShopId
) -> HTMLResponse:
    made, expires_at = invite_owner(context, shop)
    link = made.link(settings.site.origin(request).uri)
    return page(
        request,
        "shop_invited.html.jinja",
        shop=_look(context, shop).file,
        link=link,
        characters=made.grouped,
        qr=qr_image(link),
        expires_at=expires_at,
    )


def _register(shops: list[ShopFile]) -> Table[ShopFile]:
    return Table(
        [
            Column(say("Naam"), lambda each: each.name, key="name"),
            Column(say("Nummer"), lambda each: each.id, Unit.COUNT, "number"),
            Column(say("Stand"), _state, key="state"),
            Column(
                say("Soort winkel"), lambda each: say_categories(each.categories), key="categories"
            ),
            Column(say("Te goed"), lambda each: each.owed, Unit.CENTS, "owed"),
            Column(say("Uitbetaald"), lambda each: each.settled, Unit.CENTS, "settled"),
        ],
        shops,
        "winkels",
        say("Winkels"),
    )


def _turnover(months: list[FigureLine]) -> Table[FigureLine]:
    return Table(
        [
            Column(
                say("Maand"),
                lambda each: say_month(each.name),
                key="month",
                order=lambda each: each.name,
            ),
            Column(say("Betalingen"), lambda each: each.payments, Unit.COUNT, "payments"),
            Column(say("Betaald"), lambda each: each.spent, Unit.CENTS, "spent"),
            Column(say("Terugbetaald"), lambda each: each.refunded, Unit.CENTS, "refunded"),
            Column(say("Omzet"), lambda each: each.net, Unit.CENTS, "net"),
        ],
        months,
        "omzet",
        say("Omzet per maand"),
    )


def _waits(shop: ShopFile) -> bool:
    """Whether an enrolled owner key waits for a decision."""
    return shop.enrolled is not None or shop.stage is Stage.ENROLLED


def _state(shop: ShopFile) -> str:
    state, another = dict(_stages())[shop.stage], say("nieuwe eigenaar")
    return f"{state}; {another}" if shop.known and shop.enrolled else state


def _stages() -> list[tuple[str, str]]:
    return [
        (Stage.INVITED, say("uitgenodigd")),
        (Stage.ENROLLED, say("aangemeld")),
        (Stage.ADMITTED, say("doet mee")),
        (Stage.SUSPENDED, say("geschorst")),
        (Stage.ENDED, say("doet niet mee")),
    ]
