"""The page ``/netwerk``: who keeps the ledger, whether they agree, and who is away."""

from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from kindpakket.api.pages import show
from kindpakket.api.pages.network_texts import TEXTS
from kindpakket.services.base.context import Context
from kindpakket.services.oversight.network import NetworkState, NetworkWatch, Playground
from kindpakket.site import Site

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def make_network_page(watch: NetworkWatch, playground: Playground | None) -> APIRouter:
    """Create the page's routes.

    Args:
        playground: the processes of a demo's nodes, which its pages can stop; None otherwise.
    """
    router = APIRouter(prefix="/netwerk", include_in_schema=False)
    css, script = (
        files("kindpakket.api").joinpath("pages", f"network.{kind}").read_bytes()
        for kind in ("css", "js")
    )

    @router.get("")
    def _page(request: Request, lang: Annotated[str, Query()] = "nl") -> HTMLResponse:
        context: Context = request.app.state.context
        state = watch.look(context.ledger, context.now())
        answer = _show(state, request.app.state.site, playground, "en" if lang == "en" else "nl")
        answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        answer.headers["Referrer-Policy"] = "same-origin"  # else a form has no Origin
        return answer

    @router.get("/page.css")
    def _css() -> Response:
        return Response(css, media_type="text/css")

    @router.get("/page.js")
    def _script() -> Response:
        return Response(script, media_type="text/javascript")

    return router


def _show(
    state: NetworkState, site: Site, playground: Playground | None, language: str
) -> HTMLResponse:
    text = TEXTS[language]
    validators = {each.validator: each.name for each in state.keepers}
    accounts = {each.account: each.name for each in state.keepers}
    return show(
        "network.html.jinja",
        language,
        title=text.title,
        text=text,
        state=state,
        municipality=site.municipality.name,
        name_of=lambda validator: validators.get(validator) or text.unknown,
        account_name=lambda account: accounts.get(account) or text.unknown,
        stopped=playground.stopped() if playground else None,
        till=playground.till() if playground else None,
        other_link="/netwerk" + ("" if language == "en" else "?lang=en"),
    )
