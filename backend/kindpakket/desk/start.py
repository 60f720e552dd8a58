"""The home page: decisions that wait for this official, the schemes, and a checklist at first."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from kindpakket.desk.parts import InContext, SignedIn, page, require_reading
from kindpakket.domain.language import say
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.schemes.changes import say_money
from kindpakket.services.schemes.first_steps import Step, list_steps
from kindpakket.services.schemes.look_up import list_schemes
from kindpakket.services.shops.messages_waiting import list_messages
from kindpakket.services.signing.decision_sets import list_waiting_for

router = APIRouter()


@dataclass(frozen=True)
class ShownStep:
    """A step of the checklist."""

    text: str
    path: str
    done: bool
    next: bool


@router.get("/", dependencies=[require_reading(ReadPermission.DECISIONS)])
def show(request: Request, context: InContext, official: SignedIn) -> HTMLResponse:
    """The home page, starting with what waits for this official."""
    steps = list_steps(context)
    mine, others = list_waiting_for(context, official.address, official.capacities)
    names = read_names(context)
    shown = list_schemes(context) if official.reads(ReadPermission.FIGURES) else []
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
        names=names,
        schemes=[(each.name, say_money(each, context.ledger_time())) for each in shown],
        steps=_shown(steps) if not steps[Step.PAID] else [],
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
