"""The parent app's accessibility: languages, keyboards, small screens; and its network requests."""

import base64
import re
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from kindpakket.domain.letters import Letter
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.translated import TranslatedPhone
from tests.support.browser import at_sizes
from tests.support.screens import Screens
from tests.support.town import LETTERS, SCHEME

FIRST, SECOND, _ = LETTERS
BLANK = Letter(SCHEME, b"\x65" * 16)
SMALL = (320, 568)
ZOOMED = [(1280 // zoom, 1024 // zoom) for zoom in (2, 4)]
"""What is left of a window at 200 and 400 percent, in CSS pixels."""
CUT_OFF = """() => [...document.querySelectorAll("body *")]
    .filter((each) => each.textContent.trim() && each.getClientRects().length > 0)
    .filter((each) => !each.closest(".kp-only-read-out, option"))
    .filter((each) => {
        const { left, right } = each.getBoundingClientRect();
        const hides = getComputedStyle(each).overflow !== "visible";
        const wider = each.scrollWidth > each.clientWidth + 1 && hides;
        return left < 0 || right > innerWidth + 1 || wider;
    })
    .map((each) => each.outerHTML.slice(0, 200))"""
MOVING = """() => document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().duration > 1)
    .map((each) => each.effect.target.outerHTML.slice(0, 200))"""


def walk(phone: Phone, street: Street, look: Callable[[str], None]) -> None:
    """Visit every screen, and check each."""
    phone.page.goto(street.base_url)
    phone.heading("Welkom")
    look("welcome")
    phone.tap("Scan de brief")
    phone.sees("Er is geen camera gevonden.")
    look("scan")
    phone.tap("Typ de tekens van de brief")
    phone.fill("De 36 tekens", "ABCU")
    expect(phone.page.get_by_role("alert").first).to_contain_text("U")
    look("type")
    phone.fill("De 36 tekens", FIRST.text)
    phone.tap("Verder")
    phone.heading("Van welk kind is deze brief?")
    look("name")
    phone.fill("Naam van uw kind", "Sami")
    phone.tap("Bewaar")
    phone.heading("Sami")
    look("home")
    phone.tap("Toon code")
    phone.type_amount("999")
    expect(phone.page.get_by_role("alert").first).to_contain_text("300,00")
    look("amount too high")
    for _ in range(3):
        phone.tap("Wis het laatste cijfer")
    phone.type_amount("42,50")
    phone.tap("Maak code")
    code = phone.code()
    look("code")
    street.pay(code, 4_250)
    phone.heading("Betaald")
    look("receipt")
    phone.tap("Klaar")
    look("home after a payment")
    phone.tap("Hoe doe ik dat?")
    look("install")
    phone.tap("Terug")
    for name in ("Winkels", "Uitgaven"):
        phone.tap(name)
        phone.heading(name)
        look(name)
    phone.tap("Code")
    phone.tap("Instellingen")
    phone.heading("Instellingen")
    look("Instellingen")
    phone.tap("Deze brief weghalen")
    look("sure")
    phone.tap("Stop")
    phone.tap("Pincode instellen")
    look("pin")
    phone.choose_pin("2580")
    phone.tap("Telefoon kwijt?")
    look("move")
    phone.tap("Typ de tekens van de brief")
    phone.fill("De 36 tekens", FIRST.text)
    phone.tap("Verder")
    phone.heading("Geld verplaatsen")
    look("moving")
    phone.tap("Verplaats nu")
    phone.heading("Verplaatst")
    look("moved")
    phone.tap("Klaar")
    phone.tap("Instellingen")
    phone.tap("Brief kwijt?")
    look("lost")
    for letter, told, state in (
        (SECOND, "Vraag een andere lege brief.", "not blank"),
        (BLANK, "Heeft iemand u deze brief gestuurd?", "filling"),
    ):
        phone.tap("Typ de tekens van de brief")
        phone.fill("De 36 tekens", letter.text)
        phone.tap("Verder")
        phone.sees(told)
        look(state)
        if letter == SECOND:
            phone.tap("Naar het begin")
            phone.tap("Instellingen")
            phone.tap("Brief kwijt?")
    phone.tap("Verplaats nu")
    phone.sees("Bewaar de nieuwe brief goed.")
    look("filled")
    street.town.decide("closeScheme", SCHEME)
    phone.tap("Klaar")
    phone.page.reload()
    phone.heading("Typ uw pincode")
    phone.page.get_by_text(phone.said("Pincode vergeten?")).click()
    look("unlock")
    phone.fill("Pincode", "2580")
    phone.tap("Open")
    phone.sees("U kunt niet meer betalen.")
    look("over")


def test_every_screen_fits_everybody_and_zoomed_in_nothing_is_lost_or_moves(
    chromium: Browser, street: Street, screens: Screens
) -> None:
    with opened_phone(chromium, street, SMALL) as phone:
        page = phone.page

        def look(state: str) -> None:
            screens.look(page, "parent", state, phone.fits_everybody)
            for size in at_sizes(page, (*ZOOMED, SMALL)):
                assert page.evaluate(CUT_OFF) == [], f"{state}, {size}"
                assert page.evaluate(MOVING) == [], f"{state}, {size}"

        walk(phone, street, look)


def test_every_screen_has_room_for_arabic(
    chromium: Browser, street: Street, screens: Screens
) -> None:
    with opened_phone(chromium, street, SMALL, locale="ar") as opened:
        phone = TranslatedPhone(**vars(opened))
        walk(phone, street, partial(screens.look, phone.page, "parent in Arabic"))


def test_the_network_sees_neither_secrets_nor_coupons(phone: Phone, street: Street) -> None:
    phone.page.goto(street.link(FIRST))
    phone.sees("Op deze brief staat")
    phone.page.goto("about:blank")
    phone.page.goto(street.base_url)
    walk_requests = len(phone.requests)
    phone.tap("Geen naam") if phone.page.get_by_role("button", name="Geen naam").count() else None
    phone.tap("Toon code")
    phone.type_amount("10")
    phone.tap("Maak code")
    street.pay(phone.code(), 1_000)
    phone.heading("Betaald")
    phone.tap("Klaar")
    phone.tap("Instellingen")
    phone.tap("Telefoon kwijt?")
    phone.tap(re.compile("Typ de tekens"))
    phone.page.get_by_label("De 36 tekens").fill(FIRST.text)
    phone.tap("Verder")
    phone.tap("Verplaats nu")
    phone.heading("Verplaatst")
    assert len(phone.requests) > walk_requests > 0
    keys = [coupon_key(FIRST, generation, index) for generation in (0, 1) for index in range(32)]
    secrets = [FIRST.text, FIRST.grouped, FIRST.secret.hex()]
    secrets += [base64.b64encode(FIRST.secret).decode().rstrip("="), "KL1."]
    secrets += [key.hex() for key in keys]
    addresses = [address_of(key)[2:] for key in keys]
    for request in phone.requests:
        said = " ".join([request.url, *request.headers.values(), request.post_data or ""]).lower()
        if request.url == "about:blank":
            continue
        if not (request.is_navigation_request() and "#" in request.url):  # the letter's own link
            assert not any(secret.lower() in said for secret in secrets), request.url
        parts = urlsplit(request.url)
        assert f"{parts.scheme}://{parts.netloc}" == street.base_url
        if parts.path != "/api/v1/moves":
            assert not any(address in said for address in addresses), request.url
    methods = {(request.method, urlsplit(request.url).path) for request in phone.requests}
    assert {path for method, path in methods if method != "GET"} == {"/api/v1/moves"}
    assert phone.context.cookies() == []


@pytest.mark.parametrize(
    ("code", "welcome", "direction"),
    [("en", "Welcome", "ltr"), ("tr", "Hoş geldiniz", "ltr"), ("ar", "أهلاً وسهلاً", "rtl")],
)
def test_the_app_speaks_the_language_of_the_browser(
    chromium: Browser, street: Street, code: str, welcome: str, direction: str
) -> None:
    with opened_phone(chromium, street, SMALL, locale=code) as phone:
        phone.page.goto(street.base_url)
        phone.heading(welcome)
        html = phone.page.locator("html")
        expect(html).to_have_attribute("lang", code)
        expect(html).to_have_attribute("dir", direction)
        phone.fits_everybody(code)
        phone.page.goto(street.link(FIRST))
        phone.page.locator("form button").last.click()
        phone.left("€ 300,00")
        phone.fits_everybody(f"{code} home")
        phone.page.locator("button.big").click()
        phone.fits_everybody(f"{code} amount")
        phone.type_amount("10")
        phone.page.locator("button.big").click()
        street.pay(phone.code(), 1_000)
        expect(phone.page.locator(".receipt")).to_be_visible()
        phone.fits_everybody(f"{code} receipt")


def test_a_chosen_language_stays(phone: Phone, street: Street) -> None:
    phone.page.goto(street.base_url)
    phone.page.get_by_label("Taal").select_option("en")
    phone.heading("Welcome")
    phone.page.reload()
    phone.heading("Welcome")


def test_it_can_be_used_with_the_keyboard_alone(phone: Phone, street: Street) -> None:
    keyboard = phone.page.keyboard
    phone.page.goto(street.link(FIRST))
    phone.heading("Van welk kind is deze brief?")
    keyboard.press("Tab")
    expect(phone.page.get_by_role("button", name="Hulp")).to_be_focused()
    keyboard.press("Tab")
    keyboard.type("Sami")
    keyboard.press("Enter")
    phone.heading("Sami")
    keyboard.press("Tab")
    expect(phone.page.get_by_role("button", name="Toon code")).to_be_focused()
    keyboard.press("Enter")
    phone.heading("Hoeveel?")
    keyboard.type("42,50")
    keyboard.press("Enter")
    street.pay(phone.code(), 4_250)
    phone.heading("Betaald")
    expect(phone.page.get_by_role("heading", level=1)).to_be_focused()


def test_the_code_screen_says_for_whom_and_not_why(phone: Phone) -> None:
    phone.open_letter(FIRST)
    phone.show_code("10")
    phone.sees("Sami")
    words = (phone.page.locator("body").inner_text() + phone.page.title()).lower()
    for why in ("brief", "kind ", "gemeente", "budget", "regeling", "minima", "300"):
        assert why not in words
    size = "(e) => parseFloat(getComputedStyle(e).fontSize)"
    assert phone.page.get_by_test_id("code-amount").evaluate(size) < 30


def test_the_pages_hold_to_a_strict_policy(phone: Phone, street: Street) -> None:
    answer = phone.page.goto(street.base_url)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    phone.heading("Welkom")
