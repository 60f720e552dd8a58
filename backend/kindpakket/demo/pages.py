"""The page at ``/demo`` and what it talks to. It exists in demo mode only.

Only here does a server sign for parents, tills and officials, so that one page can play all parts.
A real server holds no key but the relay's, which pays for transactions and nothing else.
"""

import random
from importlib.resources import files
from typing import Annotated

import qrcode
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field
from qrcode.image.svg import SvgPathImage
from sqlalchemy import select
from starlette.exceptions import HTTPException

from kindpakket.demo import places, texts
from kindpakket.demo.cheats import CHEATS
from kindpakket.demo.story import received
from kindpakket.demo.town_file import TownFile
from kindpakket.demo.wallet import Wallet
from kindpakket.demo.witness import Answer, ask, claim_call
from kindpakket.domain import categories
from kindpakket.domain.ids import ShopId
from kindpakket.domain.letters import read_letter
from kindpakket.domain.money import MAX_CENTS
from kindpakket.domain.refusals import Code as Reason
from kindpakket.domain.refusals import Refusal
from kindpakket.protocol.codes import Code, CodeUnreadable, read_code
from kindpakket.services.context import Context
from kindpakket.services.run_letters import LETTER_VALUES
from kindpakket.store import tables as t

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_MEDIA_TYPES = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


Amount = Annotated[int, Field(strict=True, ge=1, le=MAX_CENTS)]


class CodeRequest(_Body):
    """Make a code for an amount in cents from one of the page's letters."""

    letter: Annotated[int, Field(strict=True, ge=0)]
    amount: Amount
    replaces: str | None = None


class CodeAnswer(BaseModel):
    """A code as text and as the SVG of its QR; what is left on the letter, in cents."""

    text: str
    svg: str
    seconds: int
    left: int


class PaymentRequest(_Body):
    """Have a shop's till claim an amount in cents from a code."""

    shop: Annotated[int, Field(strict=True)]
    amount: Amount
    code: str


class StateAnswer(BaseModel):
    """The scheme's totals and what each shop received, in cents, as of a block."""

    block: int
    issued: int
    spent: int
    left: int
    shops: dict[int, int]


def make_pages(town: TownFile) -> APIRouter:
    """Return the page's routes, which sign with the keys of this town."""
    router = APIRouter(prefix="/demo", include_in_schema=False)
    template = Environment(
        loader=PackageLoader("kindpakket.demo", "page"),
        autoescape=True,
        undefined=StrictUndefined,
    ).get_template("page.html.jinja")

    @router.get("")
    def _page(lang: Annotated[str, Query()] = "nl") -> HTMLResponse:
        language = "en" if lang == "en" else "nl"
        html = template.render(
            lang=language,
            text=texts.in_language(language),
            shops=[shop for shop in places.SHOPS if shop.admitted],
            kinds=texts.kinds(language),
            sbi={category.name: category.sbi for category in categories.TABLE},
            edition=categories.EDITION,
            cheats=texts.cheats(language),
            ledger=town.ledger,
            worth=sum(LETTER_VALUES),
            letter=random.randrange(1, len(town.own.letters)),  # noqa: S311 which, not how secret
        )
        return HTMLResponse(html, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})

    @router.get("/state")
    def _state(request: Request) -> StateAnswer:
        return _totals(_context(request), town)

    @router.post("/codes")
    def _codes(request: Request, body: CodeRequest) -> CodeAnswer:
        return _code(_context(request), town, body)

    @router.post("/payments")
    def _payments(request: Request, body: PaymentRequest) -> Answer:
        return _pay(_context(request), town, body)

    @router.post("/cheats/{name}")
    def _cheats(request: Request, name: str) -> list[Answer]:
        if name not in CHEATS:
            raise HTTPException(404)
        return CHEATS[name](_context(request), town)

    @router.get("/{name}")
    def _file(name: str) -> Response:
        if name not in _MEDIA_TYPES:
            raise HTTPException(404)
        content = files("kindpakket.demo").joinpath("page", name).read_bytes()
        return Response(content, media_type=_MEDIA_TYPES[name])

    return router


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


def _totals(context: Context, town: TownFile) -> StateAnswer:
    shops = received(context, town.scheme)
    with context.store.read() as db:
        scheme = db.execute(select(t.schemes).where(t.schemes.c.scheme == town.scheme)).one()
        block = db.execute(select(t.cursor.c.block)).scalar_one()
    spent = scheme.spent - scheme.refunded
    return StateAnswer(
        block=block,
        issued=scheme.issued,
        spent=spent,
        left=scheme.issued - spent,
        shops=shops,
    )


def _code(context: Context, town: TownFile, body: CodeRequest) -> CodeAnswer:
    letter = read_letter(town.own.letters[body.letter % len(town.own.letters)])
    wallet = Wallet(context, letter)
    now = context.now()
    replaces = None if body.replaces is None else _read(body.replaces)
    code = wallet.code(body.amount, now, replaces=replaces)
    return CodeAnswer(
        text=code.text,
        svg=_svg(code.text),
        seconds=code.spend.valid_until - now,
        left=wallet.left,
    )


def _pay(context: Context, town: TownFile, body: PaymentRequest) -> Answer:
    try:
        shop = town.shop(ShopId(body.shop))
    except KeyError as error:
        raise Refusal(Reason.REQUEST_INVALID) from error
    call = claim_call(context.ledger.domain, shop.till, _read(body.code), body.amount)
    return ask(context, call)


def _read(text: str) -> Code:
    try:
        return read_code(text)
    except CodeUnreadable as error:
        raise Refusal(Reason.CODE_UNREADABLE) from error


def _svg(text: str) -> str:
    image = qrcode.make(text, image_factory=SvgPathImage, border=4)
    return str(image.to_string(encoding="unicode"))
