"""Search: shops, decisions, and payments by proof code. And the page about the keyboard."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from kindpakket.desk.parts import InContext, SignedIn, page, require_reading
from kindpakket.domain.proofs import ProofUnreadable, format_proof, read_proof
from kindpakket.services.base.names import read_names
from kindpakket.services.base.reading import ReadPermission
from kindpakket.services.payments.proofs import look_up_proof
from kindpakket.services.shops.register import list_shop_files
from kindpakket.services.signing.decision_sets import list_all_made, list_waiting

router = APIRouter(dependencies=[require_reading(ReadPermission.DECISIONS)])

MOST = 10
"""Results of a kind on the page; its own page has all."""
_LONGEST = 100


@router.get("/zoeken")
def show(
    request: Request, context: InContext, official: SignedIn, zoek: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """What a text is found in, of what the official may read.

    About a payment it shows what anybody sees who has its proof code.
    """
    sought = zoek.strip()[:_LONGEST]
    lists_shops = official.reads(ReadPermission.SHOPS)
    shops = list_shop_files(context) if sought and lists_shops else []
    waiting, made = (list_waiting(context), list_all_made(context)) if sought else ([], [])
    waiting = [each.seen_by(official.capacities) for each in waiting]
    made = [each.seen_by(official.capacities) for each in made]
    try:
        code = read_proof(sought)
        proof, payments = format_proof(code), look_up_proof(context, code)
    except ProofUnreadable:
        proof, payments = "", []
    return page(
        request,
        "search.html.jinja",
        sought=sought,
        lists_shops=lists_shops,
        shops=[each for each in shops if each.matches(sought)],
        waiting=[each for each in waiting if sought.lower() in each.words.lower()],
        made=[each for each in made if each.matches(sought)],
        proof=proof,
        payments=payments,
        most=MOST,
        names=read_names(context),
    )


@router.get("/toetsen")
def show_keys(request: Request, _official: SignedIn) -> HTMLResponse:
    """The keys of the keyboard, and the switch that turns them off."""
    return page(request, "keys.html.jinja")
