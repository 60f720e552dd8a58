"""Letters that were lost: requests to replace one, and what the privacy officers open for them."""

import base64
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from kindpakket.desk.official import Official
from kindpakket.desk.pages import CONTENT_SECURITY_POLICY
from kindpakket.desk.parts import (
    InContext,
    Mistakes,
    Municipality,
    Posted,
    SignedIn,
    page,
    read_text,
    redirect,
    require_reading,
    text,
)
from kindpakket.desk.tables import answer_table
from kindpakket.domain.language import say
from kindpakket.domain.letters import read_serial
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import day_of, dutch_moment, midnight
from kindpakket.protocol.messages import LetterReplacement
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.children.people import Child
from kindpakket.services.lost_letters.opened_letters import (
    SealedLetter,
    Task,
    find_task,
    finish,
    hand_in_opened,
    stop_replacement,
)
from kindpakket.services.lost_letters.privacy_officers import read_officers
from kindpakket.services.lost_letters.replacements import (
    LONGEST_REASON,
    Replacement,
    ReplacementInvalid,
    ReplacementState,
    blank_of,
    find_replacement,
    lapses_at,
    list_open,
    list_replacements,
    lost_of,
    new_replacement,
    withdraw_replacement,
)
from kindpakket.services.signing.messages import WaitingMessage, list_messages, propose

router = APIRouter(
    prefix="/brieven/vervangen",
    dependencies=[require_reading(ReadPermission.LETTER_REPLACEMENTS)],
)

BLANK, SCHEME = "leeg", "regeling"
"""The choices of where what is left goes."""


@router.get("")
def show_all(request: Request, context: InContext) -> Response:
    """The log: which letters were replaced, why, and by whom."""
    names, now = read_names(context), context.now()
    table = Table[Replacement](
        [
            Column(say("Brief"), lambda each: lost_of(each.message), key="lost"),
            Column(say("Naar"), _say_target, key="blank"),
            Column(say("Reden"), lambda each: each.message.reason, key="reason"),
            Column(say("Stand"), lambda each: say_state(each.state(now)), key="state"),
            Column(say("Getekend"), lambda each: each.signed_at, Unit.MOMENT, "signed_at"),
            Column(
                say("Getekend door"),
                lambda each: ", ".join(map(names.official, each.signers)),
                key="signers",
            ),
        ],
        list_replacements(context),
        "vervangen",
        say("Brieven die kwijt zijn"),
    )
    return answer_table(
        request,
        table,
        "letter_replacements.html.jinja",
        link=lambda each: f"/brieven/vervangen/{each.id}",
        waiting=waiting_requests(context),
    )


@router.get("/nieuw")
def show_form(request: Request, context: InContext) -> Response:
    """The form for a request."""
    return replacement_form(request, context, {"to": BLANK})


@router.post("/nieuw")
def request_one(request: Request, context: InContext, official: SignedIn, form: Posted) -> Response:
    """Propose to replace a letter, to be signed by two officials."""
    given = {name: text(form, name) for name in ("lost", "to", "blank", "reason")}
    errors = Mistakes(str)
    lost = _read_letter("lost", given, errors)
    blank = (0, 0) if given["to"] == SCHEME else _read_letter("blank", given, errors)
    reason = read_text("reason", given["reason"], LONGEST_REASON, errors)
    if errors:
        return replacement_form(request, context, given, errors)
    try:
        message = new_replacement(context, lost, blank, reason, official.address)
    except ReplacementInvalid as error:
        errors["lost"] = str(error)
        return replacement_form(request, context, given, errors)
    for each, waits in waiting_requests(context):
        if (waits.run, waits.number) == lost:
            return redirect(_path_of(official, each), "wachtte")
        if waits.blank_run and (waits.blank_run, waits.blank_number) == blank:
            errors["blank"] = say("Deze lege brief staat al in een ander verzoek.")
            return replacement_form(request, context, given, errors)
    return redirect(_path_of(official, propose(context, message, official.address)), "voorbereid")


@router.get("/{replacement}")
def show(request: Request, context: InContext, official: SignedIn, replacement: str) -> Response:
    """A request, with its task for the officer whom it waits for."""
    found, names = find_replacement(context, replacement), read_names(context)
    task, state = find_task(context, found, official.address), found.state(context.now())
    answer = page(
        request,
        "letter_replacement.html.jinja",
        found=found,
        lost=lost_of(found.message),
        target=_say_target(found),
        state=say_state(state),
        is_open=state in (ReplacementState.SECOND, ReplacementState.FIRST),
        withdrawable=state is ReplacementState.SECOND,
        stoppable=state is ReplacementState.FIRST and _is_first(context, official),
        stopped=state is ReplacementState.STOPPED,
        half_done=state is ReplacementState.LAPSED and found.opened_at is not None,
        lapses=lapses_at(found.message),
        names=names,
        officers=officer_names(context),
        task=None if task is None else _task(task),
    )
    if task is not None and task.place == 1:
        # Its script reads the public files of the scheme and sends the moves, as the parent app.
        policy = f"{CONTENT_SECURITY_POLICY}; connect-src 'self'"
        answer.headers["Content-Security-Policy"] = policy
    return answer


@router.get("/{replacement}/brief")
def show_explanation(
    request: Request, context: InContext, settings: Municipality, replacement: str
) -> Response:
    """A letter to the family, to be printed: why what was left went back to the scheme."""
    found = find_replacement(context, replacement)
    if found.done_at is None or found.message.blank_run:
        raise Refusal(Code.NOT_FOUND)
    return page(
        request,
        "letter_replacement_print.html.jinja",
        found=found,
        lost=lost_of(found.message),
        today=_dutch_day(context.now()),
        done_on=_dutch_day(found.done_at),
        phone=settings.site.municipality.phone,
    )


@router.post("/{replacement}/geopend")
def hand_in(context: InContext, official: SignedIn, form: Posted, replacement: str) -> Response:
    """Store the file keys that the officer of place 2 opened."""
    lost, blank = (_read_bytes(form, name) for name in ("lost", "blank"))
    hand_in_opened(context, official.address, replacement, lost or b"", blank)
    return redirect(f"/brieven/vervangen/{replacement}", "geopend")


@router.post("/{replacement}/intrekken", dependencies=[require_reading(ReadPermission.LETTER_RUNS)])
def withdraw(context: InContext, official: SignedIn, _form: Posted, replacement: str) -> Response:
    """Withdraw a request before anything was opened for it."""
    withdraw_replacement(context, replacement, official.address)
    return redirect(f"/brieven/vervangen/{replacement}", "ingetrokken")


@router.post("/{replacement}/klaar")
def done(context: InContext, official: SignedIn, form: Posted, replacement: str) -> Response:
    """Record that the officer of place 1 moved what was left."""
    finish(context, official.address, replacement)
    said = "deels" if text(form, "elsewhere") else "klaar"
    return redirect(f"/brieven/vervangen/{replacement}", said)


@router.post("/{replacement}/stoppen")
def stop(context: InContext, official: SignedIn, _form: Posted, replacement: str) -> Response:
    """End a request that the officer of place 1 does not carry out."""
    stop_replacement(context, official.address, replacement)
    return redirect(f"/brieven/vervangen/{replacement}", "gestopt")


def say_state(state: ReplacementState) -> str:
    """Return the state of a request in words."""
    return {
        ReplacementState.SECOND: say("wacht op de tweede privacyfunctionaris"),
        ReplacementState.FIRST: say("wacht op de eerste privacyfunctionaris"),
        ReplacementState.DONE: say("klaar"),
        ReplacementState.LAPSED: say("verlopen"),
        ReplacementState.WITHDRAWN: say("ingetrokken"),
        ReplacementState.STOPPED: say("gestopt"),
    }[state]


def officer_names(context: Context) -> list[str]:
    """Return the names of the privacy officers, in the order in which they open a letter."""
    names, officers = read_names(context), read_officers(context)
    return [names.official(officers[place].official) for place in (2, 1) if place in officers]


def _is_first(context: Context, official: Official) -> bool:
    """Whether this is the privacy officer who opens last and moves what is left."""
    first = read_officers(context).get(1)
    return first is not None and first.official == official.address


def _say_target(each: Replacement) -> str:
    return blank_of(each.message) or say("terug naar de regeling")


def _dutch_day(seconds: int) -> str:
    """The day of a time, in Dutch whatever the language of the page."""
    return dutch_moment(midnight(day_of(seconds)))


def say_requests(context: Context, child: Child) -> dict[str, str]:
    """Return, by the number of a child's letter, the state of a request to replace it."""
    letters = {(each.run, each.number) for each in child.letters}
    if not letters:
        return {}
    found = [(each, say("wacht op handtekeningen")) for _, each in waiting_requests(context)]
    found += [(each.message, say_state(each.state(context.now()))) for each in list_open(context)]
    return {lost_of(each): state for each, state in found if (each.run, each.number) in letters}


def waiting_requests(context: Context) -> list[tuple[WaitingMessage, LetterReplacement]]:
    """Return the requests that wait for a signature."""
    return [
        (each, each.message)
        for each in list_messages(context, LetterReplacement)
        if isinstance(each.message, LetterReplacement)
    ]


def _path_of(official: Official, waiting: WaitingMessage) -> str:
    """The page of a request that waits, or the list for one who cannot sign it."""
    may_sign = official.may(waiting.kind.capacity)
    return f"/berichten/{waiting.id}" if may_sign else "/brieven/vervangen"


def _read_letter(name: str, given: dict[str, str], errors: Mistakes) -> tuple[int, int]:
    found = read_serial(given[name])
    if found is None:
        errors[name] = say("Vul het nummer in zoals het op de brief staat, zoals 12-007.")
    return found or (0, 0)


def _read_bytes(form: FormData, name: str) -> bytes | None:
    """The bytes of a field in 0x-hex; None when it is missing."""
    try:
        return bytes.fromhex(text(form, name).removeprefix("0x")) or None
    except ValueError as error:
        raise Refusal(Code.REQUEST_INVALID) from error


def _task(task: Task) -> dict[str, Any]:
    """A task as the browser reads it."""
    return {
        "place": task.place,
        "own": task.own,
        "scheme": task.scheme,
        "former": [
            {"recipient": each.recipient, "next": each.next, "sealed": _base64(each.sealed)}
            for each in task.former
        ],
        "lost": _letter(task.lost),
        "blank": task.blank and _letter(task.blank),
    }


def _letter(letter: SealedLetter) -> dict[str, str | None]:
    outer = None if letter.outer is None else _base64(letter.outer)
    return {"recipient": letter.recipient, "sealed": _base64(letter.sealed), "outer": outer}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def replacement_form(
    request: Request, context: Context, given: dict[str, str], errors: Mistakes | None = None
) -> Response:
    """Render the form for a request.

    Args:
        given: the values of its fields, by name.
    """
    return page(
        request,
        "letter_replacement_new.html.jinja",
        status=400 if errors else 200,
        given={"lost": "", "blank": "", "reason": ""} | given,
        targets=[
            (BLANK, say("Naar een lege brief")),
            (SCHEME, say("Terug naar de regeling: verhuisd, geen recht, overleden")),
        ],
        officers=officer_names(context),
        errors=errors or Mistakes(str),
    )
