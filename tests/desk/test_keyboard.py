"""Keys of the keyboard at the desk, with a real browser."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.desk.looking import OFFICE, opened
from tests.desk.office import Desk, read, visitor
from tests.support.town import Town


def at(page: Page, path: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    page.wait_for_load_state()  # with the script that listens


def test_the_daily_round_takes_no_mouse(chromium: Browser, town: Town, anna: Desk) -> None:
    """From the home page to the list, the first that waits, its field for signing, and search."""
    first = anna.prepare("/regelingen/1/budget", {"direction": "erbij", "amount": "1"})
    anna.prepare("/regelingen/1/budget", {"direction": "erbij", "amount": "2"})
    with opened(chromium, town, OFFICE) as (page, desk):
        page.goto(f"{desk}/")
        page.keyboard.type("gb")
        at(page, "/gemeente/besluiten")
        cards = page.locator(".desk-card__link")
        page.keyboard.type("jj")
        expect(cards.nth(1)).to_be_focused()
        page.keyboard.type("k")
        page.keyboard.press("Enter")
        at(page, first)
        page.keyboard.type("t")
        expect(page.locator("form[data-sign-messages] select").first).to_be_focused()
        page.locator("body").click(position={"x": 400, "y": 5})
        page.evaluate("document.activeElement.blur()")
        page.keyboard.type("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type("gbt")
        expect(page.get_by_role("searchbox")).to_have_value("gbt")


def test_keys_can_be_switched_off_and_on(chromium: Browser, town: Town) -> None:
    with opened(chromium, town, OFFICE) as (page, desk):
        page.goto(f"{desk}/")
        page.keyboard.type("?")
        at(page, "/gemeente/toetsen")
        switch = page.get_by_label("Sneltoetsen aan")
        switch.uncheck()
        switch.blur()
        page.keyboard.type("gb")
        page.reload()
        at(page, "/gemeente/toetsen")
        expect(switch).not_to_be_checked()
        switch.check()
        switch.blur()
        page.keyboard.type("gb")
        at(page, "/gemeente/besluiten")


def test_a_phone_has_the_menu_behind_a_button_without_scripts(
    chromium: Browser, town: Town
) -> None:
    with opened(chromium, town) as (page, desk):
        page.context.route("**/desk.js", lambda route: route.abort())
        page.goto(f"{desk}/")
        decisions = page.get_by_role("link", name="Besluiten", exact=True)
        expect(decisions).to_be_hidden()
        page.get_by_role("button", name="Menu", exact=True).click()
        decisions.click()
        at(page, "/gemeente/besluiten")


def test_no_menu_is_shown_to_who_signed_out(anna: Desk) -> None:
    assert "Besluiten" in anna.page("/")
    page = anna.post("/afmelden").text
    assert "U bent afgemeld" in page
    assert "/gemeente/besluiten" not in page


def test_a_wrong_address_keeps_the_menu_of_who_is_signed_in(anna: Desk, town: Town) -> None:
    assert "Besluiten" in read(anna.get("/nergens").text)
    assert "Besluiten" not in read(visitor(town).get("/gemeente/nergens").text)
