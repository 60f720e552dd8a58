"""Officials: their capacities, invitations, and the page that an invitation opens."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.errors import say_refusal
from kindpakket.desk.parts import (
    Form,
    InContext,
    Mistakes,
    Municipality,
    Posted,
    SignedIn,
    go_to_decision,
    page,
    prepare_and_redirect,
    read_name,
    redirect,
    require_capacity,
    require_reading,
    same_site,
    text,
    texts,
    waiting,
)
from kindpakket.desk.stale import state_hash
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.enrolment import (
    OfficialInvitation,
    official_code,
    recover_new_official,
)
from kindpakket.services.base.accounts import list_bound
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import name_official
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.base.sessions import sign_out_everywhere
from kindpakket.services.decisions.describe import say_capacities
from kindpakket.services.decisions.invitations import (
    enrol_official,
    invite_official,
    is_name_taken,
    list_newcomers,
    withdraw_invitation,
)
from kindpakket.services.decisions.officials import list_officials, official_call
from kindpakket.services.decisions.prepare import prepare_set

router = APIRouter()

_MANAGES = Depends(require_capacity(Capacity.OFFICIALS))


@router.get("/ambtenaren", dependencies=[require_reading(ReadPermission.OFFICIALS)])
def show(request: Request, context: InContext, _official: SignedIn) -> HTMLResponse:
    """The officials with their capacities, and pending invitations."""
    return _page(request, context)


@router.post("/ambtenaren/uitnodigen", dependencies=[_MANAGES])
def invite(
    request: Request,
    context: InContext,
    settings: Municipality,
    official: SignedIn,
    form: Posted,
) -> HTMLResponse:
    """Create an invitation, of which the link is shown once."""
    held, errors = _capacities(texts(form, "capacity")), Mistakes(str)
    name = read_name(form, errors)
    if not held:
        errors["capacity"] = say("Kies minstens één bevoegdheid.")
    if not errors and is_name_taken(context, name):
        errors["name"] = say(
            "Er is al een ambtenaar of uitnodiging met deze naam. Zet er iets bij."
        )
    if errors:
        return _page(
            request, context, status=400, errors=errors, given={"name": name, "held": held}
        )
    made, expires_at = invite_official(context, name, held, official.address)
    link = made.link(settings.site.origin(request).uri)
    return page(
        request,
        "official_invited.html.jinja",
        name=name,
        link=link,
        characters=made.grouped,
        expires_at=expires_at,
    )


@router.post("/ambtenaren/toelaten", dependencies=[_MANAGES])
def admit(context: InContext, official: SignedIn, form: Posted) -> Response:
    """Prepare the decision that makes an invited person an official."""
    newcomer = next(
        (each for each in list_newcomers(context) if each.id == text(form, "newcomer")), None
    )
    if newcomer is None or newcomer.official is None:
        raise Refusal(Code.NOT_FOUND)
    call = official_call(newcomer.official, newcomer.capacities)
    before = waiting(context)
    (made,) = prepare_set(context, [call], official.by())
    name_official(context.store, newcomer.official, newcomer.name, made.id)
    return go_to_decision(made.decision_set, before)


@router.post("/ambtenaren/wijzigen", dependencies=[_MANAGES])
def change(request: Request, context: InContext, official: SignedIn, form: Posted) -> Response:
    """Prepare a change of an official's capacities; no capacities removes the official."""
    there = {each.address: each for each in list_officials(context)}
    now = there.get(Address(text(form, "official")))
    if now is None:
        raise Refusal(Code.NOT_FOUND)
    if text(form, "seen") != state_hash(now.capacities):
        return _page(request, context, status=409, stale=True)
    chosen = _capacities(texts(form, "capacity"))
    return prepare_and_redirect(context, official, official_call(now.address, chosen))


@router.post("/ambtenaren/vergeten", dependencies=[_MANAGES])
def forget(context: InContext, form: Posted) -> Response:
    """Delete an invitation that was not decided on."""
    withdraw_invitation(context, Hash(text(form, "newcomer")))
    return redirect("/ambtenaren", "vergeten")


@router.post("/ambtenaren/afmelden", dependencies=[_MANAGES])
def end_sessions(context: InContext, form: Posted) -> Response:
    """End all sessions of an official, such as when a laptop is lost."""
    sign_out_everywhere(context, Address(text(form, "official")))
    return redirect("/ambtenaren", "afgemeld")


@router.get("/nieuw")
def show_newcomer(request: Request) -> HTMLResponse:
    """The page that an invitation opens: the browser creates a key."""
    return page(request, "newcomer.html.jinja", wrong=())


@router.post("/nieuw", dependencies=[Depends(same_site)])
def enrol(request: Request, context: InContext, form: Form) -> HTMLResponse:
    """Use an invitation for a key that proved possession."""
    try:
        secret = bytes.fromhex(text(form, "secret").removeprefix("0x"))
        signature = bytes.fromhex(text(form, "signature").removeprefix("0x"))
        official = recover_new_official(Address(text(form, "address")), signature)
        newcomer = enrol_official(context, OfficialInvitation(secret), official)
    except ValueError:
        wrong = say_refusal(Code.INVITATION_UNKNOWN)
    except Refusal as refusal:
        wrong = say_refusal(refusal.code)
    else:
        return page(
            request,
            "newcomer_waits.html.jinja",
            newcomer=newcomer,
            code=official_code(official),
        )
    return page(request, "newcomer.html.jinja", status=409, wrong=wrong)


def _capacities(chosen: list[str]) -> Capacity:
    return Capacity(sum({int(Capacity[name]) for name in chosen if name in Capacity.__members__}))


def _page(
    request: Request,
    context: Context,
    *,
    status: int = 200,
    errors: Mistakes | None = None,
    given: dict[str, object] | None = None,
    stale: bool = False,
) -> HTMLResponse:
    return page(
        request,
        "officials.html.jinja",
        status=status,
        officials=list_officials(context),
        newcomers=list_newcomers(context),
        bound=list_bound(context),
        accounts=request.app.state.provider is not None,
        options=[(each.name, say_capacities(each)) for each in Capacity],
        errors=errors or Mistakes(str),
        given=given or {"name": "", "held": Capacity(0)},
        stale=stale,
        state_hash=state_hash,
    )
