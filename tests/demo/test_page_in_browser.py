"""The demo page in a real browser: phone and till beside each other."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, Request, expect

from kindpakket.demo.places import BICYCLES_AND_SPIRITS, BOOKS, OFF_LICENCE
from kindpakket.domain.ids import ShopId
from tests.demo.keys import of_the_page, of_the_town
from tests.support.browser import end_transitions
from tests.support.demo_town import CHEATS, Served
from tests.support.screens import Screens

PHONE, SMALL, DESK = (390, 844), (320, 640), (1280, 900)
EXPECTED = re.compile("status of 40[349]|ERR_ABORTED")
"""Browsers log 403, which a device gets until it is a till; and a frame may be closed during a
request."""
NO_WAY = "Dit budget kan niet in dit soort winkel worden gebruikt."
THEMES: list[tuple[tuple[int, int], Literal["light", "dark"]]] = [(SMALL, "dark"), (DESK, "light")]


@dataclass
class Visit:
    """A visitor of the page, with the phone and the till in it."""

    page: Page
    requests: list[Request] = field(default_factory=list)

    @property
    def phone(self) -> FrameLocator:
        return self.page.frame_locator("#phone-frame")

    @property
    def till(self) -> FrameLocator:
        return self.page.frame_locator("#till-frame")

    def tap(self, device: Page | FrameLocator, name: str) -> None:
        device.get_by_role("button", name=name, exact=True).click()

    def type(self, device: FrameLocator, amount: str) -> None:
        for key in amount:
            self.tap(device, key)

    def show_code(self, amount: str) -> None:
        """Show a code on the phone, from the letter's link."""
        self.tap(self.phone, "Geen naam")
        self.code(amount)

    def code(self, amount: str) -> None:
        self.tap(self.phone, "Toon code")
        self.type(self.phone, amount)
        self.tap(self.phone, "Maak code")
        expect(self.phone.locator("svg.qr")).to_be_visible()

    def ask(self, amount: str) -> None:
        """Open the till's camera, from the sheet's link."""
        self.tap(self.till, "Begin met afrekenen")
        self.type(self.till, amount)
        self.tap(self.till, "Scan code")
        expect(self.till.get_by_text("Richt de camera op de code")).to_be_visible()

    def choose(self, shop: ShopId, name: str) -> None:
        link = self.page.locator(f'[data-shop="{shop}"]').get_attribute("value")
        self.page.get_by_label("Winkel", exact=True).select_option(link)
        expect(self.till.get_by_text(name)).to_be_visible()

    def hold(self) -> None:
        self.tap(self.page, "Houd de telefoon voor de kassa")

    def says(self, device: FrameLocator, word: str) -> None:
        expect(device.get_by_role("heading", level=1)).to_have_text(word)

    def cheat(self, name: str) -> None:
        self.page.locator(f'[data-cheat="{name}"]').click()
        expect(self.page.locator(f'li:has([data-cheat="{name}"]) .sign')).to_be_visible()

    def spent(self) -> int:
        return cents(self.page.locator("#spent").text_content())


@contextmanager
def visited(
    chromium: Browser,
    town: Served,
    size: tuple[int, int] = DESK,
    lang: str = "nl",
) -> Iterator[Visit]:
    """Open the page; fails at the end on an error, or on a resource of another origin."""
    wrong: list[str] = []
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
        locale="nl-NL",
    )
    visit = Visit(context.new_page())
    context.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("requestfailed", lambda failed: wrong.append(f"{failed.url}: {failed.failure}"))
    context.on("request", lambda request: visit.requests.append(request))
    visit.page.goto(f"{town.base_url}/demo?lang={lang}")
    expect(visit.page.locator("#issued")).to_contain_text("63")
    yield visit
    context.close()
    wrong += [each.url for each in visit.requests if not each.url.startswith(town.base_url + "/")]
    assert [each for each in wrong if not EXPECTED.search(each)] == []


def cents(text: str | None) -> int:
    return int(re.sub(r"\D", "", text or ""))


def test_the_till_reads_the_phone_and_both_show_the_payment(
    chromium: Browser, open_town: Served
) -> None:
    with visited(chromium, open_town) as visit:
        before = visit.spent()
        visit.show_code("42,50")
        visit.ask("42,50")
        visit.hold()
        visit.says(visit.till, "Betaald")
        expect(visit.till.get_by_text("42,50")).to_be_visible()
        visit.says(visit.phone, "Betaald")
        expect(visit.phone.get_by_text("Fietsenwinkel Van Dam")).to_be_visible()
        newest = visit.page.locator("#list li").first
        expect(newest).to_contain_text(
            re.compile(r"Fietsenwinkel Van Dam.*42,50.*Blok \d+.*0x", re.S)
        )
        assert visit.spent() == before + 4_250


def test_no_key_is_sent(chromium: Browser, open_town: Served) -> None:
    with visited(chromium, open_town) as visit:
        visit.show_code("1")
        visit.ask("1")
        visit.hold()
        visit.says(visit.till, "Betaald")
        visit.says(visit.phone, "Betaald")
        visit.cheat("off-licence")
        keys = of_the_page(open_town.file) + of_the_town(open_town.file)
        sent = "\n".join(
            f"{each.url.partition('#')[0]} {each.headers} {each.post_data}"
            for each in visit.requests
        )
        assert "/api/v1/payments" in sent
        assert [key for key in keys if key.lower() in sent.lower()] == []


def test_the_off_licence_is_refused_and_the_code_is_still_good(
    chromium: Browser, open_town: Served
) -> None:
    with visited(chromium, open_town) as visit:
        before = visit.spent()
        visit.show_code("20")
        for shop, name in (
            (OFF_LICENCE, "Slijterij De Kruik"),
            (BICYCLES_AND_SPIRITS, "Fiets & Fles"),
        ):
            visit.choose(shop, f"{name}, Kassa")
            visit.ask("20")
            visit.hold()
            visit.says(visit.till, "Niet betaald")
            expect(visit.till.get_by_text(NO_WAY)).to_be_visible()
        assert visit.spent() == before
        visit.choose(BOOKS, "Boekhandel De Kaft, Kassa")
        visit.ask("20")
        visit.hold()
        visit.says(visit.till, "Betaald")
        visit.says(visit.phone, "Betaald")


def test_another_letter_is_another_phone(chromium: Browser, open_town: Served) -> None:
    with visited(chromium, open_town) as visit:
        visit.show_code("10")
        link = visit.page.get_by_role("link", name="Open de telefoon")
        first = link.get_attribute("href") or ""
        assert first.startswith("/#KL1.")
        visit.tap(visit.page, "Neem een andere brief")
        visit.says(visit.phone, "Van welk kind is deze brief?")
        expect(link).not_to_have_attribute("href", first)
        visit.show_code("10")


def test_who_holds_too_early_is_told_what_to_tap(chromium: Browser, open_town: Served) -> None:
    with visited(chromium, open_town) as visit:
        told = visit.page.locator("#held")
        visit.hold()
        expect(told).to_contain_text("Maak eerst op de telefoon een code")
        visit.show_code("10")
        visit.hold()
        expect(told).to_contain_text("Typ nu het bedrag op de kassa")
        visit.ask("10")
        visit.hold()
        expect(told).to_contain_text("De kassa ziet de code")
        visit.says(visit.till, "Betaald")


def test_the_page_stays_where_it_is_and_keeps_the_focus(
    chromium: Browser, open_town: Served
) -> None:
    with visited(chromium, open_town, PHONE) as visit:
        expect(visit.till.get_by_text(", Kassa")).to_be_visible()
        visit.says(visit.phone, "Van welk kind is deze brief?")
        assert visit.page.evaluate("[scrollY, document.activeElement.tagName]") == [0, "BODY"]
        visit.show_code("10")
        visit.ask("10")
        button = visit.page.get_by_role("button", name="Houd de telefoon")
        button.focus()
        visit.page.keyboard.press("Enter")
        visit.says(visit.phone, "Betaald")
        expect(button).to_be_focused()
        expect(visit.page.locator("#till-frame")).to_be_in_viewport(ratio=0.9)


def test_either_app_opens_in_a_tab_of_its_own(chromium: Browser, open_town: Served) -> None:
    with visited(chromium, open_town) as visit:
        expect(visit.till.get_by_text(", Kassa")).to_be_visible()
        for link, heading in (
            ("Open de telefoon in een eigen tabblad", "Van welk kind is deze brief?"),
            ("Open de kassa in een eigen tabblad", "Kies een pincode"),
        ):
            with visit.page.expect_popup() as opened:
                visit.page.get_by_role("link", name=link).click()
            expect(opened.value.get_by_role("heading", level=1)).to_have_text(heading)


def test_each_cheat_shows_its_refusal(chromium: Browser, open_town: Served) -> None:
    with visited(chromium, open_town, lang="en") as visit:
        spoken = visit.page.locator("#spoken")
        for name, (code, error) in CHEATS.items():
            spoken.evaluate("(element) => element.replaceChildren()")
            visit.cheat(name)
            card = visit.page.locator(f'li:has([data-cheat="{name}"])')
            expect(card.locator(".sign")).to_contain_text("Refused")
            expect(card).to_contain_text(code)
            expect(card).to_contain_text(error)
            expect(card.locator(".why")).to_be_visible()
            expect(spoken).to_contain_text("Refused")


def test_the_apps_speak_the_language_of_the_page(chromium: Browser, open_town: Served) -> None:
    with visited(chromium, open_town) as visit:
        expect(visit.till.get_by_text(", Kassa")).to_be_visible()
        visit.page.get_by_role("link", name="English").click()
        expect(visit.page.locator("h1")).to_have_text("Kindpakket in one minute")
        expect(visit.phone.get_by_role("button", name="No name")).to_be_visible()
        expect(visit.till.get_by_role("button", name="Start selling")).to_be_visible()
        visit.page.get_by_role("link", name="Nederlands").click()
        expect(visit.page.locator("h1")).to_have_text("Kindpakket in één minuut")
        expect(visit.phone.get_by_role("button", name="Geen naam")).to_be_visible()


def test_everybody_can_use_it(chromium: Browser, open_town: Served, screens: Screens) -> None:
    with visited(chromium, open_town) as visit:
        screens.look(visit.page, "demo", "phone and till")
        fits_everybody_in_any_size(visit.page)
        visit.hold()
        for name in CHEATS:
            visit.cheat(name)
        fits_everybody_in_any_size(visit.page)


def fits_everybody_in_any_size(page: Page) -> None:
    for size, theme in THEMES:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=theme)
        fits_everybody(page, size[0])


def fits_everybody(page: Page, width: int) -> None:
    """Check the page for accessibility: axe, no overflow, size of touch targets.

    The content of the frames is checked in the tests of the apps.
    """
    end_transitions(page)
    found = Axe().run(page, options={"resultTypes": ["violations"], "iframes": False})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('#phone-frame').clientWidth") >= 320
    assert small_targets(page) == []


def small_targets(page: Page) -> list[str]:
    """Touch targets that are less than 48 px high or wide."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, select, a")]
            .map((each) => [each, each.getBoundingClientRect()])
            .filter(([, box]) => box.height < 48 || box.width < 48)
            .map(([each]) => each.outerHTML)"""
    )
    return found
