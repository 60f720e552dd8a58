"""The desk's application, mounted under ``/gemeente``."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kindpakket.desk import (
    audits,
    bank,
    busy_times,
    child_import,
    child_letters,
    child_looks,
    child_reminders,
    children,
    council,
    decisions,
    errors,
    figures,
    forecast,
    inspections,
    journal,
    letter_runs,
    letter_stock,
    messages,
    new_run,
    officials,
    payout,
    payouts,
    privacy_officers,
    replacements,
    scheme_rules,
    schemes,
    search,
    second_letters,
    shop_accounts,
    shops,
    signing_in,
    start,
    work_accounts,
)
from kindpakket.desk.catalogue import catalogue
from kindpakket.desk.pages import BASE, Pages
from kindpakket.desk.settings import DeskSettings
from kindpakket.domain.language import Language, use_catalogue
from kindpakket.domain.refusals import Refusal
from kindpakket.oidc.provider import Provider
from kindpakket.services.base.context import Context

LANGUAGE_COOKIE = "kindpakket-taal"
ROUTERS: Sequence[APIRouter] = (
    start.router,
    search.router,
    signing_in.router,
    work_accounts.router,
    decisions.router,
    messages.router,
    officials.router,
    audits.router,
    scheme_rules.router,
    schemes.router,
    child_import.router,
    child_letters.router,
    second_letters.router,
    children.router,
    child_looks.router,
    child_reminders.router,
    new_run.router,
    replacements.router,
    letter_stock.router,
    letter_runs.router,
    privacy_officers.router,
    council.router,
    figures.router,
    forecast.router,
    busy_times.router,
    inspections.router,
    shop_accounts.router,  # before the generic route for forms of a shop
    shops.router,
    payouts.router,
    bank.router,  # before the route for one payout, as the next
    journal.router,
    payout.router,
)
_YEAR = 365 * 24 * 3600


def make_desk(
    context: Context, settings: DeskSettings, provider: Provider | None = None
) -> FastAPI:
    """Create the desk's application for one ledger.

    Args:
        provider: of officials' work accounts.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.context = context
    app.state.settings = settings
    app.state.provider = provider
    app.state.pages = Pages(settings)
    errors.install(app)

    def refuse(request: Request, refusal: Refusal | None) -> Response:
        asked = Request({**request.scope, "app": app})
        with use_catalogue(catalogue(_chosen(asked) or _chosen_before(asked) or "nl")):
            return errors.refused_at_the_gate(asked, refusal)

    app.state.refuse = refuse
    for router in ROUTERS:  # as they are: FastAPI analyses an included router again
        app.router.routes.extend(router.routes)
    app.add_middleware(_InLanguage)
    return app


class _InLanguage:
    """Middleware that selects the language: from the link, from the cookie, or Dutch."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        chosen, before = _chosen(request), _chosen_before(request)

        async def remembering(message: Message) -> None:
            if message["type"] == "http.response.start" and chosen and chosen != before:
                cookie = (
                    f"{LANGUAGE_COOKIE}={chosen}; Path={BASE}; Max-Age={_YEAR}; "
                    "SameSite=Lax; HttpOnly"
                )
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        with use_catalogue(catalogue(chosen or before or "nl")):
            await self._app(scope, receive, remembering)


def _chosen(request: Request) -> Language | None:
    return _language(request.query_params.get("taal"))


def _chosen_before(request: Request) -> Language | None:
    return _language(request.cookies.get(LANGUAGE_COOKIE))


def _language(text: str | None) -> Language | None:
    return "en" if text == "en" else "nl" if text == "nl" else None
