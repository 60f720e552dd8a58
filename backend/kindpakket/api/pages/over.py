"""The page for everyone, ``/over``: the rules in force, who decided on them, and how to check that.

It needs no session and no script. Each answer is rendered once for each publication, however many
ask for it.
"""

from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from kindpakket.api.pages import show
from kindpakket.api.pages.over_catalogue import JSON_LD_TYPE, as_dcat
from kindpakket.api.pages.over_data import TableName, as_json, tables_of
from kindpakket.api.pages.over_feed import ATOM_TYPE, as_atom
from kindpakket.api.pages.over_texts import TEXTS
from kindpakket.api.parts import matches
from kindpakket.domain.categories import allows
from kindpakket.domain.csv_files import CSV_TYPE
from kindpakket.domain.tables import as_csv
from kindpakket.services.base.context import Context
from kindpakket.services.publication import Publication, read_publication
from kindpakket.site import Site

SHOWN_SCHEMES = 10
SHOWN_CHANGES = 20
SHOWN_SHOPS = 200
SHOWN_MONTHS = 24
"""How many of each the page has."""
_CACHED = "public, max-age=60"


class _Rendered:
    """The answers that were made of one publication, by name."""

    def __init__(self) -> None:
        # One attribute, since routes run in threads: no answer of one publication is of another.
        self._kept: tuple[Publication, dict[str, tuple[Response, str]]] | None = None

    def answer(
        self, request: Request, of: Publication, name: str, make: Callable[[], Response]
    ) -> Response:
        """Return an answer, or 304 if the client has it."""
        kept = self._kept
        if kept is None or kept[0] is not of:
            kept = self._kept = (of, {})
        made = kept[1]
        if name not in made:
            response = make()
            made[name] = response, f'"{sha256(response.body).hexdigest()[:32]}"'
        response, etag = made[name]
        headers = {**response.headers, "Cache-Control": _CACHED, "ETag": etag}
        if matches(request.headers.get("if-none-match"), etag):
            del headers["content-length"]
            return Response(None, 304, headers)
        return Response(response.body, 200, headers)


def make_public_page(site: Site) -> APIRouter:
    """Create the page's routes."""
    router = APIRouter(prefix="/over", include_in_schema=False)
    css = files("kindpakket.api").joinpath("pages", "over.css").read_bytes()
    rendered = _Rendered()

    @router.get("")
    def _page(request: Request, lang: Annotated[str, Query()] = "nl") -> Response:
        context: Context = request.app.state.context
        language = "en" if lang == "en" else "nl"
        publication = read_publication(context)
        return rendered.answer(
            request, publication, language, lambda: _show(publication, site, language)
        )

    @router.get("/page.css")
    def _css() -> Response:
        return Response(css, media_type="text/css")

    _add_open_data(router, site, rendered)
    return router


def _add_open_data(router: APIRouter, site: Site, rendered: _Rendered) -> None:
    """Add the routes of the open data and the feed."""
    address = site.address.rstrip("/")

    def _file(
        request: Request, name: str, kind: str, write: Callable[[Publication], bytes]
    ) -> Response:
        """An open file, which a page elsewhere may read too."""
        publication = read_publication(request.app.state.context)
        headers = {"Access-Control-Allow-Origin": "*"}
        return rendered.answer(
            request, publication, name, lambda: Response(write(publication), 200, headers, kind)
        )

    @router.get("/gegevens.json")
    def _json(request: Request) -> Response:
        return _file(request, "json", "application/json", as_json)

    @router.get("/{table}.csv")
    def _csv(request: Request, table: TableName) -> Response:
        def write(publication: Publication) -> bytes:
            return as_csv(next(each for each in tables_of(publication) if each.name == table))

        return _file(request, table, CSV_TYPE, write)

    @router.get("/catalogus.jsonld")
    def _catalogue(request: Request) -> Response:
        def write(publication: Publication) -> bytes:
            return as_dcat(publication, address, site.municipality, TableName)

        return _file(request, "dcat", JSON_LD_TYPE, write)

    @router.get("/wijzigingen.atom")
    def _feed(request: Request, lang: Annotated[str, Query()] = "nl") -> Response:
        text = TEXTS["en" if lang == "en" else "nl"]
        author = site.municipality.name or "Kindpakket"
        return _file(
            request,
            f"atom {text.lang}",
            ATOM_TYPE,
            lambda publication: as_atom(publication, text, address, author),
        )


def _show(publication: Publication, site: Site, language: str) -> Response:
    text = TEXTS[language]
    names = {each.id: text.name(each) for each in publication.schemes}
    running = [each.rules for each in publication.schemes if not publication.is_over(each)]
    return show(
        "over.html.jinja",
        language,
        title=text.title,
        text=text,
        municipality=site.municipality.name,
        passport=publication.passport,
        schemes=sorted(publication.schemes, key=publication.is_over)[:SHOWN_SCHEMES],
        is_over=publication.is_over,
        totals_until=publication.totals_until,
        shown_months=SHOWN_MONTHS,
        more_schemes=publication.scheme_count - SHOWN_SCHEMES,
        changes=publication.changes[:SHOWN_CHANGES],
        shops=publication.shops[:SHOWN_SHOPS],
        more_shops=publication.shop_count - SHOWN_SHOPS,
        name_of=lambda scheme: names.get(scheme) or text.scheme_number(scheme),
        is_paid=lambda shop: any(
            allows(each.permitted, each.excluded, shop.categories) for each in running
        ),
        tables=[(f"{each}.csv", text.tables[each]) for each in TableName],
        other_link="/over" + ("" if language == "en" else "?lang=en"),
        suffix="" if language == "nl" else "?lang=en",
    )
