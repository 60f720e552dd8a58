"""The privacy officers: who they are, the keys of one's own, proposing one, and handing over."""

from fastapi import APIRouter, Request
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
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Forbidden, Refusal
from kindpakket.domain.texts import read_number
from kindpakket.protocol.messages import PrivacyOfficer
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.lost_letters.privacy_officers import (
    PLACES,
    OfficerInvalid,
    hand_over,
    list_officers,
    new_officer,
)
from kindpakket.services.signing.messages import list_messages, propose

router = APIRouter(
    prefix="/privacy", dependencies=[require_reading(ReadPermission.PRIVACY_OFFICERS)]
)

_MOST_NONCE = 2**40 - 1


@router.get("")
def show(request: Request, context: InContext, _official: SignedIn) -> HTMLResponse:
    """The officers of both places; for who may be one, the keys on this device."""
    return _page(request, context)


@router.post("/voorstel")
def propose_key(request: Request, context: InContext, official: SignedIn, form: Posted) -> Response:
    """Propose a key of one's own, to be named by two other officials."""
    if not official.may(Capacity.REGISTER):
        raise Forbidden
    place, errors = read_number(text(form, "place"), max(PLACES)) or 0, Mistakes(str)
    try:
        message = new_officer(context, place, official.address, text(form, "recipient"))
    except OfficerInvalid as error:
        errors["place"] = str(error)
        return _page(request, context, errors)
    for each in list_messages(context, PrivacyOfficer):
        waits = each.message
        if isinstance(waits, PrivacyOfficer) and (
            (waits.place, waits.official, waits.recipient)
            == (message.place, message.official, message.recipient)
        ):
            return redirect(f"/berichten/{each.id}", "wachtte")
    waiting = propose(context, message, official.address)
    return redirect(f"/berichten/{waiting.id}", "voorbereid")


@router.post("/overdracht")
def hand_over_key(context: InContext, official: SignedIn, form: Posted) -> Response:
    """Store a former key that its holder sealed to the next one's."""
    numbers = [read_number(text(form, name), _MOST_NONCE) or 0 for name in ("place", "nonce")]
    try:
        sealed = bytes.fromhex(text(form, "sealed").removeprefix("0x"))
    except ValueError as error:
        raise Refusal(Code.NOT_FOUND) from error
    place, nonce = numbers
    hand_over(context, official.address, place, nonce, sealed)
    return redirect("/privacy", "overgedragen")


def _page(request: Request, context: Context, errors: Mistakes | None = None) -> HTMLResponse:
    return page(
        request,
        "privacy_officers.html.jinja",
        status=400 if errors else 200,
        names=read_names(context),
        places={place: list_officers(context, place) for place in PLACES},
        titles={1: say("Eerste privacyfunctionaris"), 2: say("Tweede privacyfunctionaris")},
        errors=errors or Mistakes(str),
    )
