"""The first visit over a slow line: a text at once, and a name while the letter is read."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.stored import wait_until_stored
from tests.support.town import LETTERS

FIRST, SECOND, _ = LETTERS
COUPONS = re.compile("/coupons$")
SCRIPTS = re.compile(r"/assets/.*\.js$")
OTHER_SCREENS = re.compile(r"/assets/later-.*\.js$")


class Held:
    """Requests that are answered later."""

    def __init__(self, phone: Phone, pattern: re.Pattern[str]) -> None:
        self.phone = phone
        self.routes: list[Route] = []
        self.ended = False
        phone.page.route(pattern, self.hold)

    def hold(self, route: Route) -> None:
        route.continue_() if self.ended else self.routes.append(route)

    def end(self, *, well: bool = True) -> None:
        """Let them go on, or fail; later ones go on."""
        while not self.routes:
            self.phone.page.evaluate("1")  # until the browser has reported it
        self.ended = True
        for route in self.routes:
            route.continue_() if well else route.abort()


def test_there_is_a_text_before_the_program_is_there(phone: Phone, street: Street) -> None:
    scripts = Held(phone, SCRIPTS)
    phone.page.goto(street.link(FIRST), wait_until="commit")
    phone.sees("Een ogenblik…")
    phone.fits_everybody("before the program")
    scripts.end()
    phone.heading("Van welk kind is deze brief?")
    expect(phone.page.get_by_text("Een ogenblik…")).to_have_count(0)


@pytest.mark.parametrize(("button", "title"), [("Bewaar", "Sami"), ("Geen naam", "Brief 1")])
def test_the_childs_name_is_asked_while_the_letter_is_read(
    phone: Phone, street: Street, button: str, title: str
) -> None:
    coupons = Held(phone, COUPONS)
    phone.page.goto(street.link(FIRST))
    phone.heading("Van welk kind is deze brief?")
    expect(phone.page.get_by_role("status").get_by_text("De brief wordt gelezen")).to_be_visible()
    phone.fits_everybody("name, while the letter is read")
    phone.fill("Naam van uw kind", " Sami ")
    phone.tap(button)
    phone.heading("De brief wordt gelezen")
    coupons.end()
    phone.heading(title)
    phone.left("€ 300,00")
    phone.page.reload()
    phone.heading(title)


def test_a_name_that_is_not_typed_yet_can_be_typed_when_the_letter_was_read(
    phone: Phone, street: Street
) -> None:
    coupons = Held(phone, COUPONS)
    phone.page.goto(street.link(FIRST))
    phone.fill("Naam van uw kind", "Sa")
    coupons.end()
    phone.sees("Op deze brief staat €\u00a0300,00.")
    phone.page.get_by_label("Naam van uw kind").press_sequentially("mi")
    phone.tap("Bewaar")
    phone.heading("Sami")


def test_the_name_is_that_of_the_letter_which_is_being_read(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST, "Sami")
    coupons = Held(phone, COUPONS)
    phone.page.goto(street.link(SECOND))
    phone.fill("Naam van uw kind", "Noor")
    phone.tap("Bewaar")
    phone.heading("De brief wordt gelezen")
    coupons.end()
    expect(phone.budget().get_by_role("heading")).to_have_text(["Sami", "Noor"])


def test_a_name_is_not_typed_again_when_the_app_was_closed_before_the_letter_was_read(
    phone: Phone, street: Street
) -> None:
    coupons = Held(phone, COUPONS)
    phone.page.goto(street.link(FIRST))
    phone.fill("Naam van uw kind", "Sami")
    phone.tap("Bewaar")
    wait_until_stored(phone.page, "(each) => each.givenName === 'Sami'")
    phone.page.reload()
    phone.heading("Welkom")
    coupons.end()
    phone.page.goto(street.link(FIRST))
    expect(phone.page.get_by_label("Naam van uw kind")).to_have_value("Sami")
    phone.tap("Bewaar")
    phone.heading("Sami")
    wait_until_stored(phone.page, "(each) => each.givenName === ''")
    phone.page.goto(street.link(SECOND))
    expect(phone.page.get_by_label("Naam van uw kind")).to_have_value("")


@pytest.mark.parametrize("named", [True, False])
def test_a_letter_that_cannot_be_read_says_so_and_keeps_the_name_that_was_given(
    chromium: Browser, street: Street, named: bool
) -> None:
    with opened_phone(chromium, street, expected="Failed to load resource") as phone:
        coupons = Held(phone, COUPONS)
        phone.page.goto(street.link(FIRST))
        phone.fill("Naam van uw kind", "Sami")
        if named:
            phone.tap("Bewaar")
        coupons.end(well=False)
        phone.heading("De brief is nog niet gelezen")
        phone.sees("Maak verbinding met internet en probeer het opnieuw.")
        phone.tap("Probeer opnieuw")
        phone.heading("Sami" if named else "Van welk kind is deze brief?")


def test_without_the_other_screens_home_says_that_there_is_no_network(
    chromium: Browser, street: Street
) -> None:
    expected = "Failed to load|dynamically imported"
    with opened_phone(chromium, street, expected=expected) as phone:
        phone.page.route(OTHER_SCREENS, lambda route: route.abort())
        phone.open_letter(FIRST)
        phone.tap("Winkels")
        expect(phone.page.get_by_role("alert")).to_have_text(
            "Maak verbinding met internet en probeer het opnieuw."
        )
        phone.heading("Sami")
        phone.page.unroute(OTHER_SCREENS)
        phone.tap("Winkels")
        phone.heading("Winkels")


def drawn_in(page: Page, selector: str) -> set[str]:
    """The families of the fonts in which the browser drew an element's text."""
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    root = tools.send("DOM.getDocument")["root"]["nodeId"]
    node = tools.send("DOM.querySelector", {"nodeId": root, "selector": selector})
    fonts = tools.send("CSS.getPlatformFontsForNode", node)["fonts"]
    return {each["familyName"] for each in fonts}


def test_a_later_visit_is_drawn_in_our_font(chromium: Browser, street: Street) -> None:
    with opened_phone(chromium, street, service_worker=True) as phone:
        phone.open_letter(FIRST)
        phone.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        phone.page.reload()
        left = phone.page.get_by_test_id("left")
        expect(left).to_be_visible()
        assert drawn_in(phone.page, "[data-testid=left]") == {"Atkinson Hyperlegible Next"}
