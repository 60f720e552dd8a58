"""Every notice and error has a text and is accessible, in light and dark mode."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Browser, Route

from kindpakket.domain.categories import bits_of
from kindpakket.protocol.keys import coupon_key
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.test_parent_device import FULL_DISK, NO_STORAGE
from tests.support.browser import end_transitions, run_axe
from tests.support.screens import Screens
from tests.support.town import BICYCLES, LETTERS, SCHEME, START, till_of

FIRST, SECOND, _ = LETTERS
SMALL = (320, 568)
HOUR, DAY = 3600, 24 * 3600
API = "**/api/v1/**"
FAILED = "Failed to load resource"
CAMERA_REFUSED = """
    navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException("no", "NotAllowedError");
    };
"""
FORGET_FACTS = """() => new Promise((done) => {
    const request = indexedDB.open("kindpakket");
    request.onsuccess = () => {
        const transaction = request.result.transaction("things", "readwrite");
        transaction.objectStore("things").delete("facts");
        transaction.oncomplete = () => done(true);
    };
})"""


Look = Callable[[Phone, str], None]


@pytest.fixture
def look(screens: Screens) -> Look:
    """Check that a text is shown and that the screen fits everybody: axe in light mode, colours in
    dark, the layout at every size."""

    def look(phone: Phone, said: str) -> None:
        phone.sees(said)
        phone.fits_everybody(said)
        phone.page.emulate_media(color_scheme="dark")
        end_transitions(phone.page)
        found = run_axe(phone.page, "color-contrast")
        assert found.violations_count == 0, f"{said}, dark: {found.generate_report()}"
        phone.page.emulate_media(color_scheme="light")
        screens.look(phone.page, "parent, what is told", said)

    return look


def rules(street: Street, opens: int, closes: int) -> None:
    permitted, excluded = bits_of(["bicycles", "books", "toys"]), bits_of(["off_licences"])
    street.town.decide("setRules", SCHEME, opens, closes, permitted, excluded)


def moved(street: Street, *coupons: int) -> None:
    """Move some of a letter's coupons with another phone."""
    old, new = ([coupon_key(FIRST, generation, i) for i in coupons] for generation in (0, 1))
    street.town.clock.time += 1
    street.api.move(SCHEME, old, new, street.town.now())


def spend(street: Street, amount: int, *coupons: int) -> dict[str, Any]:
    """Pay with a code of another phone."""
    code = street.town.code(amount, letter=SECOND, coupons=coupons)
    return street.api.pay(till_of(BICYCLES), code, amount)


def answering(status: int, code: str) -> Callable[[Route], None]:
    problem = {"code": code, "title": "nee", "status": status}
    return lambda route: route.fulfill(
        status=status, json=problem, content_type="application/problem+json"
    )


def test_every_notice_on_the_home_screen(chromium: Browser, street: Street, look: Look) -> None:
    with opened_phone(chromium, street, SMALL, script=FULL_DISK, expected=FAILED) as phone:
        page = phone.page
        phone.open_letter(FIRST)
        phone.tap("Uitgaven")
        look(phone, "U hebt nog niets gekocht.")
        phone.tap("Code")
        now = street.town.now()
        changes: list[tuple[int, int, str]] = [
            (START, now + 10 * DAY, "U kunt dit geld nog 10 dagen gebruiken"),
            (START, now + HOUR, "Vandaag is de laatste dag"),
            (now + 2 * DAY, now + 300 * DAY, "U kunt betalen vanaf 17 januari 2027."),
            (START, now + 300 * DAY, ""),
        ]
        for opens, closes, said in changes:
            rules(street, opens, closes)
            page.reload()
            look(phone, said) if said else phone.left("€ 300,00")
        street.town.decide("setPaused", SCHEME, True)
        page.reload()
        look(phone, "De regeling staat tijdelijk stil.")
        street.town.decide("setPaused", SCHEME, False)
        page.reload()
        phone.left("€ 300,00")
        phone.context.set_offline(True)
        look(phone, "Geen internet. U kunt wel een code tonen.")
        phone.context.set_offline(False)
        page.evaluate("globalThis.full = true")
        phone.show_code("10")
        phone.tap("Stop")
        look(phone, "het geheugen van deze telefoon is vol")
        phone.tap("Instellingen")
        phone.tap("Pincode instellen")
        phone.choose_pin("2580")
        look(phone, "Maak ruimte vrij op deze telefoon en probeer het opnieuw.")
        page.evaluate("globalThis.full = false")
        moved(street, 0)
        page.reload()
        look(phone, "Een deel staat op een andere telefoon of een nieuwe brief.")
        moved(street, 1, 2, 3, 4, 5)
        page.reload()
        look(phone, "Dit geld is naar een andere telefoon of een nieuwe brief verplaatst.")


def test_a_wrong_clock_and_a_browser_that_keeps_nothing(
    chromium: Browser, street: Street, look: Look
) -> None:
    with opened_phone(chromium, street, SMALL, script=NO_STORAGE, clock_off=600) as phone:
        phone.page.goto(street.base_url)
        look(phone, "Deze browser bewaart niets.")
        phone.open_letter(FIRST)
        phone.sees("Deze browser bewaart niets.")
        look(phone, "De klok van deze telefoon loopt 10 minuten voor.")


def test_every_way_in_which_a_letter_is_not_read(
    chromium: Browser, street: Street, tmp_path: Path, look: Look
) -> None:
    qrcode.make("iets anders").save(tmp_path / "other.png")
    Image.new("RGB", (200, 200), "white").save(tmp_path / "white.png")
    with opened_phone(chromium, street, SMALL, script=CAMERA_REFUSED, expected=FAILED) as phone:
        page = phone.page
        page.goto(street.link(FIRST)[:-3])
        look(phone, "Deze link is niet compleet.")
        phone.tap("Scan de brief")
        look(phone, "Geef de browser toestemming voor de camera")
        photo = page.locator("input[type=file]")
        photo.set_input_files(tmp_path / "other.png")
        look(phone, "Dit is een andere code.")
        photo.set_input_files(tmp_path / "white.png")
        look(phone, "Op deze foto is geen code te zien.")
        phone.tap("Typ de tekens")
        page.get_by_label("De 36 tekens").fill(FIRST.text)

        held: list[Route] = []
        page.route(API, lambda route: held.append(route))
        phone.tap("Verder")
        look(phone, "De brief wordt gelezen")
        held[0].abort()
        look(phone, "Maak verbinding met internet en probeer het opnieuw.")
        page.unroute(API)
        page.route(API, answering(503, "ledger_unavailable"))
        phone.tap("Probeer opnieuw")
        look(phone, "Er ging iets mis bij ons.")
        page.unroute(API)
        page.route("**/schemes/1", answering(404, "scheme_unknown"))
        phone.tap("Probeer opnieuw")
        look(phone, "Deze brief is hier niet bekend.")


def test_every_outcome_of_a_code_is_shown(chromium: Browser, street: Street, look: Look) -> None:
    with opened_phone(chromium, street, SMALL, expected=FAILED) as phone:
        page = phone.page
        phone.open_letter(SECOND)
        phone.tap("Toon code")
        phone.tap("Maak code")
        look(phone, "Typ eerst een bedrag.")
        phone.type_amount("250")
        page.get_by_label("Voor welke winkel?").select_option(label="Winkel 1")
        phone.tap("Maak code")
        look(phone, "Alleen voor Winkel 1")
        phone.context.set_offline(True)
        look(phone, "De winkel kan de code wel scannen.")
        phone.context.set_offline(False)
        payment = spend(street, 9_000, 0)
        look(phone, "Deze kan niet meer worden gebruikt.")
        phone.tap("Nieuwe code")
        look(phone, "Kies een lager bedrag. Dit past niet meer in één code.")
        phone.tap("Stop")
        phone.show_code("10")
        street.town.clock.time += 400
        page.evaluate("Date.now = ((now) => () => now() + 400000)(Date.now)")
        look(phone, "Deze is verlopen.")
        phone.tap("Stop")
        street.refund(payment, 1_500)
        phone.tap("Uitgaven")
        look(phone, "€\u00a015,00 teruggekregen")
        phone.tap("Code")
        phone.tap("Winkels")
        page.get_by_label("Zoek een winkel").fill("zzz")
        look(phone, "Er is geen winkel gevonden.")
        phone.tap("Code")
        page.evaluate(FORGET_FACTS)
        page.route(API, lambda route: route.abort())
        page.reload()
        phone.tap(re.compile("Toon de code"))  # by a clock without correction it is not old
        phone.tap("Ander bedrag")
        phone.type_amount("20")
        phone.tap("Maak code")
        look(phone, "Maak een keer verbinding met internet.")
        phone.tap("Terug")
        phone.tap("Winkels")
        look(phone, "De lijst met winkels is er nog niet.")
        page.unroute(API)
        phone.tap("Code")
        page.reload()
        phone.left("€ 225,00")
        spend(street, 22_500, 0, 1, 2, 3, 4, 5)
        page.reload()
        look(phone, "Dit geld is op.")


def test_a_pin_a_move_and_a_second_child(chromium: Browser, street: Street, look: Look) -> None:
    with opened_phone(chromium, street, SMALL, expected=FAILED) as phone:
        page = phone.page
        phone.open_letter(SECOND, "Sami")
        phone.open_letter(FIRST, "Noor")
        look(phone, "Noor")
        phone.tap("Instellingen")
        phone.tap("Deze brief weghalen")
        look(phone, "De brief van Noor van deze telefoon halen? Het geld blijft.")
        phone.tap("Stop")
        phone.tap("Brief toevoegen")
        look(phone, "Hebt u nog een kind met een brief?")
        phone.tap("Terug")
        phone.tap("Instellingen")
        phone.tap("Pincode instellen")
        phone.choose_pin("12")
        look(phone, "Kies 4 tot 8 cijfers.")
        phone.choose_pin("2580")
        phone.tap("Pincode wijzigen")
        page.get_by_label("Uw pincode nu").fill("1111")
        phone.choose_pin("2581")
        look(phone, "Deze pincode klopt niet.")
        phone.tap("Terug")
        phone.tap("Telefoon kwijt?")
        phone.tap("Typ de tekens")
        page.get_by_label("De 36 tekens").fill(FIRST.text)
        phone.tap("Verder")
        phone.heading("Geld verplaatsen")
        page.route("**/moves", answering(409, "coupon_unknown"))
        phone.tap("Verplaats nu")
        look(phone, "Het geld is niet verplaatst.")
        page.unroute("**/moves")
        page.route("**/moves", lambda route: route.abort())
        phone.tap("Verplaats nu")
        look(phone, "Maak verbinding met internet en probeer het opnieuw.")
        page.unroute("**/moves")
        phone.tap("Verplaats nu")
        phone.heading("Verplaatst")
        page.reload()
        page.get_by_label("Pincode").fill("1111")
        phone.tap("Open")
        look(phone, "Deze pincode klopt niet.")
