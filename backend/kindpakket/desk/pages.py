"""The templates, and the context of every page."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from kindpakket.desk.hex_numbers import fold
from kindpakket.desk.menu import menu_of
from kindpakket.desk.official import Official
from kindpakket.desk.settings import DeskSettings
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.capacities import names as capacity_names
from kindpakket.domain.ids import shorten
from kindpakket.domain.language import current_catalogue, say_end, say_moment
from kindpakket.domain.money import dutch_euros
from kindpakket.domain.times import midnight
from kindpakket.services.decisions.describe import say_capacities, say_categories
from kindpakket.theme.drawings import icon, picture

BASE = "/gemeente"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # With "no-referrer", browsers send "Origin: null" with forms.
    "Referrer-Policy": "same-origin",
    "Vary": "Cookie",
}


class Pages:
    """Renders templates in the current language."""

    def __init__(self, settings: DeskSettings) -> None:
        self._settings = settings

    def render(
        self,
        request: Request,
        template: str,
        official: Official | None,
        status: int,
        values: Mapping[str, Any],
    ) -> HTMLResponse:
        """Render a template with these values."""
        html = (
            _environment()
            .get_template(template)
            .render(
                base=BASE,
                path=request.url.path.removeprefix(BASE) or "/",
                lang=current_catalogue().language,
                other_language=self._other_language(request),
                municipality=self._settings.municipality,
                official=official,
                Capacity=Capacity,
                posted=request.method == "POST",
                menu=menu_of(official),
                done=request.query_params.get("gedaan", ""),
                **values,
            )
        )
        return HTMLResponse(html, status, HEADERS)

    def _other_language(self, request: Request) -> dict[str, str]:
        other, name = (
            ("nl", "Nederlands") if current_catalogue().language == "en" else ("en", "English")
        )
        path = request.url.path if request.method == "GET" else f"{BASE}/"
        query = dict(request.query_params) | {"taal": other}
        query.pop("gedaan", None)
        return {"lang": other, "name": name, "link": f"{path}?{urlencode(query)}"}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kindpakket.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # added at run time by the extension
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: current_catalogue().text(text),
        lambda one, more, count: current_catalogue().plural(one, more, count),
        newstyle=True,
    )
    environment.globals |= {"icon": icon, "picture": picture}
    environment.filters.update(
        euros=dutch_euros,
        moment=say_moment,
        end=say_end,
        day=lambda day: say_moment(midnight(day)),
        categories=say_categories,
        capacities=say_capacities,
        shorten=shorten,
        fold=fold,
        capacity_names=capacity_names,
    )
    return environment
