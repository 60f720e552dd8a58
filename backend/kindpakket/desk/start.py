"""The home page: decisions that wait for this official, the schemes, and a checklist at first."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from kindpakket.desk import charts
from kindpakket.desk.parts import InContext, SignedIn, page, require_reading
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.language import say
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.figures.published_totals import find_returnable
from kindpakket.services.figures.shop_months import read_figures
from kindpakket.services.letters.reminders import list_due
from kindpakket.services.lost_letters.opened_letters import find_task
from kindpakket.services.lost_letters.replacements import list_open, lost_of
from kindpakket.services.schemes.changes import is_over, say_state
from kindpakket.services.schemes.first_steps import Step, list_steps
from kindpakket.services.schemes.look_up import Scheme, list_schemes
from kindpakket.services.signing.decision_sets import list_waiting_for
from kindpakket.services.signing.messages import list_messages

router = APIRouter()


@dataclass(frozen=True)
class ShownStep:
    """A step of the checklist."""

    text: str
    path: str
    done: bool
    next: bool


@dataclass(frozen=True)
class ShownScheme:
    """A scheme's money, in cents, with a bar of what was issued."""

    name: str
    state: str
    parts: list[charts.BarPart]
    issued: int
    spent: int
    refunded: int
    stock: int
    not_granted: int
    letters_used: int
    """At least."""


@router.get("/", dependencies=[require_reading(ReadPermission.DECISIONS)])
def show(request: Request, context: InContext, official: SignedIn) -> HTMLResponse:
    """The home page, starting with what waits for this official."""
    steps = list_steps(context)
    mine, others = list_waiting_for(context, official.address, official.capacities)
    names = read_names(context)
    messages = [
        (each, each.kind.words(names, each.message))
        for each in list_messages(context)
        if each.waits_for(official.address, official.capacities)
    ]
    return page(
        request,
        "start.html.jinja",
        mine=mine,
        others=bool(others),
        messages=messages,
        replacements=[
            (each, lost_of(each.message))
            for each in (list_open(context) if official.may(Capacity.REGISTER) else ())
            if find_task(context, each, official.address)
        ],
        reminders=list_due(context) if official.reads(ReadPermission.CHILDREN) else [],
        ended=_list_ended(context) if official.may(Capacity.BUDGET) else [],
        names=names,
        **(
            _money(context)
            if official.reads(ReadPermission.FIGURES)
            else {"schemes": [], "outside": True}
        ),
        steps=_shown(steps) if not steps[Step.PAID] else [],
    )


def _list_ended(context: Context) -> list[tuple[Scheme, int]]:
    """Schemes that are over, with what of their budget can be taken back, in cents."""
    now = context.ledger_time()
    ended = (each for each in list_schemes(context) if is_over(each, now))
    return [(each, back) for each in ended if (back := find_returnable(context, each))]


def _money(context: Context) -> dict[str, Any]:
    """The money of each scheme, and by month. Nothing here is by shop."""
    figures, now = read_figures(context), context.ledger_time()
    used = {each.scheme: each.letters_used for each in figures.schemes}
    return {
        "schemes": [_scheme(each, used.get(each.id, 0), now) for each in list_schemes(context)],
        "months": charts.total_by_month(figures),
        "outside": False,
    }


def _scheme(scheme: Scheme, letters_used: int, now: int) -> ShownScheme:
    return ShownScheme(
        scheme.name,
        say_state(scheme, now),
        charts.parts_of_scheme(scheme, now),
        scheme.granted,
        scheme.spent,
        scheme.refunded,
        scheme.stock,
        scheme.not_granted,
        letters_used,
    )


def _shown(steps: dict[Step, bool]) -> list[ShownStep]:
    texts = {
        Step.OFFICIALS: (say("Laat minstens drie ambtenaren toe"), "/ambtenaren"),
        Step.SCHEME: (say("Maak een regeling"), "/regelingen"),
        Step.FUNDED: (say("Geef de regeling budget"), "/regelingen"),
        Step.SHOP: (say("Schrijf een winkel in en nodig de eigenaar uit"), "/winkels"),
        Step.ADMITTED: (say("Laat de winkel toe"), "/winkels"),
        Step.TILL: (say("De winkel zet een kassa aan"), "/winkels"),
        Step.LETTERS: (say("Maak een serie brieven en lever de lijst aan"), "/brieven"),
        Step.ISSUED: (say("Zet de tegoeden van de brieven op het grootboek"), "/brieven"),
        Step.PAID: (say("Wacht op de eerste betaling"), "/cijfers"),
    }
    first = next((step for step, done in steps.items() if not done), None)
    return [ShownStep(*texts[step], done=done, next=step is first) for step, done in steps.items()]
