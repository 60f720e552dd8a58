"""Decisions: waiting ones, the details of one, signing, cancelling, and the history."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.desk.errors import say_refusal
from kindpakket.desk.official import Official
from kindpakket.desk.parts import InContext, Posted, SignedIn, page, redirect, require_reading
from kindpakket.desk.signing import read_signatures, typed_data
from kindpakket.desk.tables import answer_table
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.services.base.acts import Status
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.decisions.describe import say_capacities
from kindpakket.services.letters.run_children import count_children_of
from kindpakket.services.payouts.lists import PayoutRefused, find_batch_decided
from kindpakket.services.signing.decision_sets import (
    DecisionSet,
    HistoryEntry,
    cancel_set,
    changes,
    find_made,
    find_waiting,
    list_all_made,
    list_waiting_for,
    sign_set,
)

router = APIRouter(prefix="/besluiten", dependencies=[require_reading(ReadPermission.DECISIONS)])

SHEET = 100
"""Decisions on one page of the history."""
_LAST_SHEET = 10**6


@router.get("")
def show_all(request: Request, context: InContext, official: SignedIn) -> HTMLResponse:
    """Decisions that wait for this official, and those that wait for others."""
    mine, others = list_waiting_for(context, official.address, official.capacities)
    names = read_names(context)
    return page(request, "decisions.html.jinja", mine=mine, others=others, names=names)


@router.get("/genomen")
def show_history(
    request: Request,
    context: InContext,
    official: SignedIn,
    zoek: Annotated[str, Query()] = "",
    blad: Annotated[int, Query(ge=1, le=_LAST_SHEET)] = 1,
) -> Response:
    """The history of decisions from the chain: one page, or all matches of a search."""
    whole = bool(zoek) or request.query_params.get("als") == "csv"
    made, older = (list_all_made(context), False) if whole else _read_sheet(context, blad)
    seen = (each.seen_by(official.capacities) for each in made)
    made = [each for each in seen if each.matches(zoek)]
    names = read_names(context)
    table = Table[HistoryEntry](
        [
            Column(say("Wanneer"), lambda each: each.made.time, Unit.MOMENT, "time"),
            Column(say("Besluit"), lambda each: each.words, key="words"),
            Column(say("Reden"), lambda each: each.reason, key="reason"),
            Column(say("Stand"), lambda each: each.state, key="state"),
            Column(say("Getekend door"), lambda each: each.say_signers(names), key="signers"),
            Column(say("Blok"), lambda each: each.made.block, Unit.COUNT, "block"),
        ],
        made,
        "besluiten",
        say("Besluiten"),
    )
    return answer_table(
        request,
        table,
        "history.html.jinja",
        link=lambda each: f"/besluiten/{each.decision_set}",
        search=zoek,
        newer=0 if whole else blad - 1,
        older=blad + 1 if older else 0,
    )


def _read_sheet(context: Context, number: int) -> tuple[list[HistoryEntry], bool]:
    """A page of the history, numbered from 1, and whether there are older ones."""
    made = list_all_made(context, (number - 1) * SHEET, SHEET + 1)
    return made[:SHEET], len(made) > SHEET


@router.get("/{decision_set}")
def show(
    request: Request, context: InContext, official: SignedIn, decision_set: str
) -> HTMLResponse:
    """One decision, or a set of decisions that are signed together."""
    waiting = find_waiting(context, decision_set)
    if waiting is None:
        return _decided(request, context, official, decision_set)
    return _waiting(request, context, official, waiting)


@router.post("/{decision_set}/handtekening")
def sign(
    request: Request, context: InContext, official: SignedIn, form: Posted, decision_set: str
) -> Response:
    """Store signatures; execute decisions that have enough of them."""
    waiting = find_waiting(context, decision_set)
    if waiting is None:
        return _decided(request, context, official, decision_set, status=409)
    try:
        sent = sign_set(context, waiting, read_signatures(form))
    except PayoutRefused as wrong:
        return _waiting(request, context, official, waiting, wrong=str(wrong))
    outcome = sent[-1].outcome if sent else None
    if isinstance(outcome, Refusal):
        return _waiting(request, context, official, waiting, refused=outcome)
    done = {None: "getekend", Status.SETTLED: "uitgevoerd", Status.PENDING: "verstuurd"}[outcome]
    return redirect(f"/besluiten/{decision_set}", done)


@router.post("/{decision_set}/intrekken")
def cancel(
    request: Request, context: InContext, official: SignedIn, form: Posted, decision_set: str
) -> Response:
    """Cancel a decision permanently."""
    waiting = find_waiting(context, decision_set)
    if waiting is None:
        return _decided(request, context, official, decision_set, status=409)
    cancel_set(context, waiting, read_signatures(form))
    return redirect(f"/besluiten/{decision_set}", "ingetrokken")


def _waiting(
    request: Request,
    context: Context,
    official: Official,
    decision_set: DecisionSet,
    *,
    refused: Refusal | None = None,
    wrong: str = "",
) -> HTMLResponse:
    names, seen = read_names(context), decision_set.seen_by(official.capacities)
    whole = seen == decision_set
    return page(
        request,
        "decision.html.jinja",
        status=409 if refused or wrong else 200,
        wrong=wrong,
        decision_set=seen,
        whole=whole,
        changes=changes(context, decision_set) if whole else [],
        names=names,
        needs=say_capacities(decision_set.capacity),
        refused=refused and say_refusal(refused.code),
        to_sign=typed_data(context, [each.message for each in decision_set.decisions]),
        payout=find_batch_decided(context, decision_set.id),
        run=count_children_of(context, decision_set.id) if official.may(Capacity.ISSUE) else None,
    )


def _decided(
    request: Request, context: Context, official: Official, decision_set: str, status: int = 200
) -> HTMLResponse:
    made = find_made(context, decision_set)
    if not made:
        raise Refusal(Code.NOT_FOUND)
    return page(
        request,
        "decided.html.jinja",
        status=status,
        made=[each.seen_by(official.capacities) for each in made],
        payout=find_batch_decided(context, decision_set),
        names=read_names(context),
        late=status == 409,
    )
