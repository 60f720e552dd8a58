"""Accessibility of pages for every official: axe, no overflow, also with another theme."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from kindpakket.desk.parts import COOKIE
from kindpakket.domain.capacities import Capacity
from kindpakket.main import build_app, serving
from kindpakket.protocol.signatures import address_of
from kindpakket.services.decisions.prepare import prepare
from kindpakket.services.shops.admission import ending
from kindpakket.services.shops.register import list_shop_files
from kindpakket.settings import Settings
from tests.desk.clerk import PASSPHRASE
from tests.desk.office import ANNA, Desk, at_the_desk, capacities_form
from tests.support.browser import browser, end_transitions
from tests.support.small_town import key
from tests.support.town import BICYCLES, HERE, Town

SMALL, OFFICE = (320, 720), (1280, 900)
THEMES: list[tuple[tuple[int, int], Literal["dark", "light"]]] = [
    (SMALL, "dark"),
    (OFFICE, "light"),
]
THEME = (
    Path(__file__).parents[2]
    / "node_modules/@nl-design-system-community/purmerend-design-tokens/dist/theme.css"
)
CARLA = key(61)
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@contextmanager
def opened(
    chromium: Browser, town: Town, size: tuple[int, int], theme: str, own: Path | None = None
) -> Iterator[tuple[Page, str]]:
    """A browser at the desk and its base URL; the session's cookie is set directly."""
    settings = Settings(data=town.directory, app_address=HERE, theme=own)
    with (
        serving(build_app(town.workspace, settings), None) as base_url,
        at_the_desk(town, ANNA) as (anna,),
    ):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        cookies = [
            {"name": COOKIE, "value": value, "url": base_url + "/gemeente"}
            for value in anna.http.cookies.values()
        ]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        yield context.new_page(), base_url + "/gemeente"
        context.close()


def fits(page: Page, state: str) -> None:
    end_transitions(page)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{state}: {found.generate_report()}"
    size = page.viewport_size
    assert size is not None
    assert page.evaluate(WIDTH) <= size["width"], state


def prepared(town: Town, anna: Desk) -> str:
    town.decide("setOfficial", address_of(CARLA), int(Capacity.RULES | Capacity.SHOPS))
    town.clock.time += 1
    form = capacities_form(anna, address_of(CARLA), "RULES")
    return anna.prepare("/ambtenaren/wijzigen", form)


def test_every_page_fits_everybody(chromium: Browser, town: Town, anna: Desk) -> None:
    decision_set = prepared(town, anna)
    anna.post("/ambtenaren/uitnodigen", {"name": "Dirk", "capacity": "SHOPS"})
    anna.post("/controle")
    with opened(chromium, town, SMALL, "light") as (page, desk):
        for path in (
            "/",
            "/besluiten",
            "/besluiten/genomen",
            f"/besluiten/{decision_set}",
            "/ambtenaren",
            "/cijfers",
            "/controle",
            "/nergens",
            "/?taal=en",
        ):
            page.goto(desk + path)
            for each in page.locator("details").all():
                each.evaluate("each => { each.open = true }")
            for size, theme in THEMES:
                page.set_viewport_size({"width": size[0], "height": size[1]})
                page.emulate_media(color_scheme=theme)
                fits(page, f"{path}, {theme}")


LINES = """parent => {
    const tops = (node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return [...range.getClientRects()].map(({ top }) => top);
    };
    const keys = [...parent.querySelectorAll("summary")];
    const texts = [...parent.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const folded = (key) => ({ top: tops(key.firstChild)[0], height: key.clientHeight });
    return { keys: keys.map(folded), lines: texts.flatMap(tops) };
}"""
"""Where the folded keys of a sentence begin, and the lines of the text around them, in pixels."""


@pytest.mark.parametrize("size", [SMALL, OFFICE])
def test_a_folded_key_is_on_a_line_of_its_sentence_and_as_large_as_a_finger(
    chromium: Browser, town: Town, size: tuple[int, int]
) -> None:
    context = town.workspace.context
    bicycles = next(each for each in list_shop_files(context) if each.id == BICYCLES)
    decision = prepare(context, ending(bicycles)).id
    with opened(chromium, town, size, "light") as (page, desk):
        page.goto(f"{desk}/besluiten/{decision}")
        shown = page.locator(".desk-words").evaluate(LINES)
        (key,) = shown["keys"]
        assert min(abs(key["top"] - line) for line in shown["lines"]) < 4
        assert key["height"] >= 48


def test_signing_in_fits_everybody(chromium: Browser, town: Town) -> None:
    with opened(chromium, town, SMALL, "light") as (page, desk):
        page.context.clear_cookies()
        page.goto(desk + "/aanmelden")
        page.get_by_text("Op dit apparaat staat nog geen sleutel.").wait_for()
        fits(page, "no key yet")
        form = page.locator("form", has=page.get_by_label("De tekens op het papier"))
        form.get_by_label("De tekens op het papier").fill(ANNA.hex())
        form.get_by_label("Kies een wachtzin").fill(PASSPHRASE)
        form.get_by_label("Nog een keer dezelfde wachtzin").fill("1111")
        form.get_by_role("button", name="Voeg de sleutel toe").click()
        page.get_by_text("De wachtzinnen zijn niet gelijk.").wait_for()
        fits(page, "two passphrases")
        form.get_by_label("Kies een wachtzin").fill(PASSPHRASE)
        form.get_by_label("Nog een keer dezelfde wachtzin").fill(PASSPHRASE)
        form.get_by_role("button", name="Voeg de sleutel toe").click()
        page.get_by_role("button", name="Meld aan").click()
        fits(page, "a key")


def test_a_municipality_brings_its_own_colours_and_name(
    chromium: Browser, town: Town, anna: Desk
) -> None:
    decision_set = prepared(town, anna)
    button = "getComputedStyle(document.querySelector('.utrecht-button--primary-action'))"
    looks = []
    for own in (None, THEME):
        with opened(chromium, town, OFFICE, "light", own) as (page, desk):
            page.goto(f"{desk}/besluiten/{decision_set}")
            looks.append(page.evaluate(f"{button}.backgroundColor"))
            fits(page, f"with {own}")
    assert looks[0] != looks[1]
