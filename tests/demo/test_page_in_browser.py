"""The page as somebody sees and uses it, in a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from kindpakket.protocol.codes import read_code
from tests.support.browser import browser
from tests.support.demo_town import CHEATS, Served

PHONE, SMALL, DESK = (390, 844), (320, 640), (1280, 900)
Theme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@contextmanager
def opened(
    chromium: Browser,
    town: Served,
    size: tuple[int, int] = PHONE,
    theme: Theme = "light",
    lang: str = "nl",
) -> Iterator[Page]:
    """Open the page; at the end nothing may have come from elsewhere or gone wrong."""
    wrong: list[str] = []
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(town.base_url + "/")
            else wrong.append(f"elsewhere: {request.url}")
        ),
    )
    page.goto(f"{town.base_url}/demo?lang={lang}")
    expect(page.locator("#qr svg")).to_be_visible()
    expect(page.locator("#issued")).to_contain_text("63")
    yield page
    assert wrong == []
    context.close()


def buy(page: Page, shop: int) -> None:
    page.locator(f'[data-shop="{shop}"]').click()


def cheat(page: Page, name: str) -> None:
    page.locator(f'[data-cheat="{name}"]').click()
    expect(page.locator(f'li:has([data-cheat="{name}"]) .sign')).to_be_visible()


def cents(text: str | None) -> int:
    return int(re.sub(r"\D", "", text or ""))


def test_the_bicycle_shop_is_paid(chromium: Browser, open_town: Served) -> None:
    with opened(chromium, open_town) as page:
        before = page.locator("#spent").text_content() or ""
        buy(page, 1)
        verdict = page.locator("#verdict")
        expect(verdict.locator(".sign.yes")).to_contain_text("Betaald")
        expect(verdict).to_contain_text("42,50")
        expect(verdict).to_contain_text("Fietsenwinkel Van Dam")
        expect(verdict.locator('[data-slot="number"]')).to_have_text(re.compile(r"^\d+$"))
        for slot in ("hash", "transaction"):
            expect(verdict.locator(f'[data-slot="{slot}"]')).to_have_text(
                re.compile(r"^0x[0-9a-f]{64}$")
            )
        expect(verdict.locator(".sign")).to_be_in_viewport()
        expect(page.locator("#left")).to_contain_text("257,50")
        expect(page.locator("#spent")).not_to_have_text(before)
        assert cents(page.locator("#spent").text_content()) == cents(before) + 4_250
        expect(page.get_by_role("status")).to_contain_text("Betaald")


def test_the_off_licence_is_refused_with_the_reason(chromium: Browser, open_town: Served) -> None:
    with opened(chromium, open_town) as page:
        before = page.locator("#spent").text_content()
        buy(page, 12)
        verdict = page.locator("#verdict")
        expect(verdict.locator(".sign.no")).to_contain_text("Geweigerd")
        sentence = "Dit budget kan niet in dit soort winkel worden gebruikt."
        expect(verdict).to_contain_text(sentence)
        expect(verdict).to_contain_text("category_not_permitted")
        expect(verdict).to_contain_text("CategoryNotPermitted")
        expect(page.get_by_role("status")).to_contain_text(sentence)
        assert page.locator("#spent").text_content() == before
        buy(page, 6)
        expect(verdict.locator(".sign.yes")).to_be_visible()


@pytest.mark.parametrize("name", CHEATS)
def test_each_cheat_shows_its_refusal(chromium: Browser, open_town: Served, name: str) -> None:
    code, error = CHEATS[name]
    with opened(chromium, open_town, DESK, lang="en") as page:
        cheat(page, name)
        card = page.locator(f'li:has([data-cheat="{name}"])')
        expect(card.locator(".sign.no")).to_contain_text("Refused")
        expect(card).to_contain_text(code)
        expect(card).to_contain_text(error)
        expect(card.locator(".why")).to_be_visible()


def test_the_code_can_be_scanned(chromium: Browser, open_town: Served, tmp_path: Path) -> None:
    with opened(chromium, open_town, theme="dark") as page:
        page.locator("#qr").screenshot(path=tmp_path / "qr.png")
        read = zxingcpp.read_barcodes(Image.open(tmp_path / "qr.png"))
        assert read_code(read[0].text).spend.max_amount == 4_250


def test_another_amount_is_another_code(chromium: Browser, open_town: Served) -> None:
    with opened(chromium, open_town) as page:
        page.get_by_label("Bedrag").fill("12,3")
        expect(page.locator("#code-amount")).to_contain_text("12,30")
        page.get_by_role("button", name="€ 5,00").click()
        expect(page.locator("#code-amount")).to_contain_text("5,00")
        page.get_by_label("Bedrag").fill("niets")
        expect(page.locator("#amount-wrong")).to_be_visible()
        buy(page, 1)
        expect(page.locator("#verdict .sign")).to_have_count(0)
        expect(page.get_by_label("Bedrag")).to_be_focused()


def test_it_can_be_used_with_the_keyboard(chromium: Browser, open_town: Served) -> None:
    with opened(chromium, open_town, DESK) as page:
        page.locator('[data-shop="1"]').focus()
        page.keyboard.press("Enter")
        expect(page.locator("#verdict .sign.yes")).to_be_visible()
        expect(page.locator('[data-shop="1"]')).to_be_focused()
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        page.keyboard.press("Tab")
        assert page.evaluate(outline) == "solid"


def test_the_language_can_be_switched(chromium: Browser, open_town: Served) -> None:
    with opened(chromium, open_town) as page:
        page.get_by_role("link", name="English").click()
        expect(page.locator("h1")).to_have_text("Kindpakket in one minute")
        expect(page.locator("#qr svg")).to_be_visible()
        page.get_by_role("link", name="Nederlands").click()
        expect(page.locator("h1")).to_have_text("Kindpakket in één minuut")
        expect(page.locator("#qr svg")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [SMALL, DESK], ids=["small", "desk"])
def test_everybody_can_use_it(
    chromium: Browser, open_town: Served, size: tuple[int, int], theme: Theme
) -> None:
    with opened(chromium, open_town, size, theme) as page:
        fits_everybody(page, size[0])
        buy(page, 1)
        expect(page.locator("#verdict .sign.yes")).to_be_visible()
        fits_everybody(page, size[0])
        buy(page, 12)
        expect(page.locator("#verdict .sign.no")).to_be_visible()
        for name in CHEATS:
            cheat(page, name)
        fits_everybody(page, size[0])


def fits_everybody(page: Page, width: int) -> None:
    """Check the page as it is now: axe finds nothing, it fits, and fingers fit its buttons."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert small_targets(page) == []


def small_targets(page: Page) -> list[str]:
    """Whatever can be pressed and is less than 48 px high or wide."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, input, a")]
            .map((each) => [each, (each.closest(".field") ?? each).getBoundingClientRect()])
            .filter(([, box]) => box.height < 48 || box.width < 48)
            .map(([each]) => each.outerHTML)"""
    )
    return found
