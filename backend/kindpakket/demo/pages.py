"""The page at ``/demo`` and its API, in demo mode only.

It shows the real apps, and gives them a letter and a shop's recovery sheet, so that one person can
play all parts. Only a demo server has these; a real one has no key other than the relay key.
"""

from importlib.resources import files
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from pydantic import BaseModel
from sqlalchemy import select
from starlette.exceptions import HTTPException

from kindpakket.demo import places, texts
from kindpakket.demo.cheats import CHEATS
from kindpakket.demo.town_file import TownFile, key_of
from kindpakket.demo.witness import Answer
from kindpakket.domain import categories
from kindpakket.domain.ids import Address
from kindpakket.domain.letters import read_letter
from kindpakket.domain.times import rfc3339
from kindpakket.gate import host_of, was_forwarded
from kindpakket.protocol.enrolment import RecoverySheet
from kindpakket.services.base.context import Context
from kindpakket.services.base.limits import is_within
from kindpakket.services.oversight.network import Playground
from kindpakket.site import is_this_machine
from kindpakket.store import tables as t
from kindpakket.theme.drawings import icon, picture

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
_THIS_MACHINE = ("127.0.0.0/8", "::1")
_LISTED = 5
_MEDIA_TYPES = {"page.css": "text/css", "page.js": "text/javascript"}


class LedgerPayment(BaseModel):
    """A payment on the ledger; amounts in cents."""

    block: int
    transaction: str
    time: str
    shop: str
    amount: int
    refunded: int


class StateAnswer(BaseModel):
    """The scheme's totals as of a block, and its last payments, newest first; amounts in cents."""

    block: int
    issued: int
    spent: int
    left: int
    payments: list[LedgerPayment]


def make_pages(town: TownFile, playground: Playground | None = None) -> APIRouter:
    """Create the page's routes, which give out the keys of this town.

    Args:
        playground: of a demo with several nodes, which anyone on this machine may stop.
    """
    router = APIRouter(
        prefix="/demo", include_in_schema=False, dependencies=[Depends(_from_this_machine)]
    )
    template = _template()

    @router.get("")
    def _page(lang: Annotated[str, Query()] = "nl") -> HTMLResponse:
        html = _render(template, town, "en" if lang == "en" else "nl")
        return HTMLResponse(html, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})

    @router.get("/state")
    def _state(request: Request) -> StateAnswer:
        return _totals(_context(request), town)

    @router.post("/cheats/{name}")
    def _cheats(request: Request, name: str) -> list[Answer]:
        if name not in CHEATS:
            raise HTTPException(404)
        return CHEATS[name](_context(request), town)

    if playground is not None:

        @router.post("/nodes/{validator}/{act}")
        def _act(validator: Address, act: Literal["stop", "start"], lang: str = "nl") -> Response:
            (playground.stop if act == "stop" else playground.start)(validator)
            return RedirectResponse("/netwerk" + ("?lang=en" if lang == "en" else ""), 303)

    @router.get("/{name}")
    def _file(name: str) -> Response:
        if name not in _MEDIA_TYPES:
            raise HTTPException(404)
        content = files("kindpakket.demo").joinpath("page", name).read_bytes()
        return Response(content, media_type=_MEDIA_TYPES[name])

    return router


def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("kindpakket.demo", "page"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {"icon": icon, "picture": picture}
    return environment.get_template("page.html.jinja")


def _render(template: Template, town: TownFile, language: str) -> str:
    return template.render(
        lang=language,
        text=texts.in_language(language),
        officials=town.officials,
        letters=[read_letter(text).link("") for text in town.own.letters[1:]],
        shops=[
            (shop, RecoverySheet(shop.id, key_of(town.shop(shop.id).owner_key)).link(""))
            for shop in places.SHOPS
            if shop.admitted
        ],
        capacities=texts.capacities(language),
        kinds=texts.kinds(language),
        edition=categories.EDITION,
        cheats=texts.cheats(language),
        ledger=town.ledger,
    )


def _from_this_machine(request: Request) -> None:
    """Check that a request comes from this machine, with a local host name and origin.

    Protects the keys against DNS rebinding and against pages of other sites.

    Raises:
        HTTPException: 404, as outside demo mode.
    """
    host = request.headers.get("host", "")
    origin = request.headers.get("origin", f"{request.url.scheme}://{host}")
    if (
        not is_within(host_of(request.scope), _THIS_MACHINE)
        or not is_this_machine(host)
        or origin.partition("://")[2] != host
        or was_forwarded(request.scope)
    ):
        raise HTTPException(404)


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


def _totals(context: Context, town: TownFile) -> StateAnswer:
    payments = t.payments.c
    newest = select(t.payments).where(payments.scheme == town.scheme)
    newest = newest.order_by(payments.block.desc(), payments.payment).limit(_LISTED)
    with context.read_views() as db:
        scheme = db.execute(select(t.schemes).where(t.schemes.c.scheme == town.scheme)).one()
        block = db.execute(select(t.cursor.c.block)).scalar_one()
        rows = db.execute(newest).all()
    spent = scheme.spent - scheme.refunded
    return StateAnswer(
        block=block,
        issued=scheme.issued,
        spent=spent,
        left=scheme.issued - spent,
        payments=[
            LedgerPayment(
                block=row.block,
                transaction=row.transaction,
                time=rfc3339(row.time),
                shop=town.shop(row.shop).name,
                amount=row.amount,
                refunded=row.refunded,
            )
            for row in rows
        ],
    )
