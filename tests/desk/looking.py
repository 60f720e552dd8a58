"""Pages of the desk in a real browser, looked at for everybody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from playwright.sync_api import Browser, Page

from kindpakket.desk.parts import COOKIE
from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from tests.desk.office import ANNA, at_the_desk
from tests.support.browser import end_transitions, run_axe
from tests.support.municipality import OWN
from tests.support.screens import Screens
from tests.support.town import HERE, Town

Fits: TypeAlias = Callable[[Page, str], None]
"""Checks that a page fits everybody; the text names its state."""

SMALL, OFFICE = (320, 720), (1280, 900)


_BARE = """() => [...document.querySelectorAll("button, a.utrecht-button")]
    .filter((each) => !each.querySelector("svg.kp-icon") || !each.textContent.trim())
    .map((each) => each.outerHTML)"""
"""Buttons without an icon beside their word."""
_WEIGHT = """() => ["navigation", "resource"]
    .flatMap((kind) => performance.getEntriesByType(kind))
    .filter(({ name }) => !name.endsWith("/thema.css"))
    .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0)"""
"""Bytes of a page and of all that it loaded, as they are before compression, without what a
municipality brings."""
MOST_BYTES = 250_000


@contextmanager
def opened(
    chromium: Browser, town: Town, size: tuple[int, int] = SMALL, theme: Path | None = None
) -> Iterator[tuple[Page, str]]:
    """Anna's browser at the desk and the desk's URL; the session's cookie is set directly."""
    settings = Settings(data=town.directory, theme=theme, **OWN | {"app_address": HERE})
    with (
        serving(build_app(town.workspace, settings), None) as base_url,
        at_the_desk(town, ANNA) as (anna,),
    ):
        desk = base_url + "/gemeente"
        context = chromium.new_context(
            base_url=base_url,
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            locale="nl-NL",
        )
        for value in anna.http.cookies.values():
            context.add_cookies([{"name": COOKIE, "value": value, "url": desk}])
        yield context.new_page(), desk
        context.close()


def check_weight(page: Page, state: str) -> None:
    """Check what a page weighs, also one that another of the same visit has loaded before."""
    assert page.evaluate(_WEIGHT) <= MOST_BYTES, state


def look_for_everybody(page: Page, state: str, screens: Screens) -> None:
    """Check the layout of a page at every size and the icons of its buttons, and run axe on it in
    light and dark, and its weight; its size is kept."""
    assert page.evaluate(_BARE) == [], state

    def accessible(where: str) -> None:
        end_transitions(page)
        found = run_axe(page)
        assert found.violations_count == 0, f"{where}: {found.generate_report()}"

    screens.look(page, "desk", state, accessible)
    check_weight(page, state)
