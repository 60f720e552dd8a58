"""The page ``/bewijs``, on which anybody can look up the proof code of a receipt.

It shows the time and the amount, and no shop or customer. A screenshot of a receipt proves nothing;
looking up its code does.
"""

from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.api.pages import show
from kindpakket.api.pages.proof_texts import TEXTS, ProofTexts
from kindpakket.domain.proofs import CHARACTERS, SHOWN_BY, ProofUnreadable, format_proof, read_proof
from kindpakket.domain.typed import PrintedFormat, TypingError, find_typing_error
from kindpakket.services.base.context import Context
from kindpakket.services.payments.proofs import ProofStatus, Proven, look_up_proof

_PRINTED = PrintedFormat(CHARACTERS, read_proof, SHOWN_BY)


@dataclass(frozen=True)
class _Answer:
    kind: Literal["paid", "refunded", "unknown", "unreadable"]
    heading: str
    lines: list[str]


def make_page() -> APIRouter:
    """Create the page's routes."""
    router = APIRouter(prefix="/bewijs", include_in_schema=False)
    css = files("kindpakket.api").joinpath("pages", "page.css").read_bytes()

    @router.get("")
    def _page(
        request: Request,
        code: Annotated[str, Query()] = "",
        lang: Annotated[str, Query()] = "nl",
    ) -> HTMLResponse:
        context: Context = request.app.state.context
        language = "en" if lang == "en" else "nl"
        text = TEXTS[language]
        code, answers = _look_up(context, text, code)
        return show(
            "proof.html.jinja",
            language,
            title=text.title,
            text=text,
            code=code,
            answers=answers,
            other_link=_link(code, "nl" if language == "en" else "en"),
        )

    @router.get("/page.css")
    def _css() -> Response:
        return Response(css, media_type="text/css")

    return router


def _look_up(context: Context, text: ProofTexts, code: str) -> tuple[str, list[_Answer]]:
    """The proof code in its printed form, and its payments."""
    if not code.strip():
        return "", []
    try:
        proof = read_proof(code)
    except ProofUnreadable:
        return code, [_Answer("unreadable", text.unreadable, [*_mistakes(text, code), text.how])]
    found = look_up_proof(context, proof)
    if not found:
        return format_proof(proof), [_Answer("unknown", text.unknown, [text.check])]
    return format_proof(proof), [_answer(text, each) for each in found]


def _mistakes(text: ProofTexts, code: str) -> list[str]:
    match find_typing_error(code, _PRINTED):
        case TypingError("character", groups=[group]):
            return [text.wrong(group)]
        case TypingError("short", count=count):
            return [text.short(count)]
        case TypingError("long", count=count):
            return [text.long(count)]
    return []


def _answer(text: ProofTexts, found: Proven) -> _Answer:
    lines = [text.amount(found.amount), text.moment(found.time)]
    if found.status == ProofStatus.REFUNDED:
        return _Answer("refunded", text.refunded, lines)
    if found.refunded:
        lines.append(text.part(found.refunded))
    return _Answer("paid", text.paid, lines)


def _link(code: str, lang: str) -> str:
    query = {"code": code} if code else {}
    if lang != "nl":
        query["lang"] = lang
    return "/bewijs" + (f"?{urlencode(query)}" if query else "")
