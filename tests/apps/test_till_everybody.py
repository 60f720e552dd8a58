"""Accessibility of selling: small and large screens, light and dark mode; axe on every state."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Route, expect

from kindpakket.protocol.codes import Card
from kindpakket.protocol.keys import coupon_key
from tests.apps.counter import choose_pin
from tests.apps.phone import Street
from tests.apps.till import Till, code, opened_till
from tests.support.screens import Screens
from tests.support.town import BOOKS, LETTERS, SCHEME

FIRST = LETTERS[0]
SMALL = (320, 640)
CUT = "net::ERR_FAILED"
FOCUSED_IN_THE_NEXT_FRAME = """each => new Promise(requestAnimationFrame)
    .then(() => each === document.activeElement)"""

WITHOUT_ICON_AND_WORD = """() =>
    [...document.querySelectorAll("main button, header button, aside button, .photo")]
        .filter((each) => each.checkVisibility() && !each.closest("dialog"))
        .filter((each) => !/^[0-9,]$/.test(each.textContent) && !each.matches(".row"))
        .filter((each) => !each.querySelector(".kp-icon") || !each.innerText.trim())
        .map((each) => each.outerHTML)"""
"""Buttons, besides digits, rows of a list, and the answers to a question."""


def walk(till: Till, street: Street, look: Callable[[str], None]) -> None:
    """Visit every state of selling, and check each."""
    look("amount")
    till.tap("Scan code")
    till.sees("Typ eerst een bedrag.")
    look("no amount")
    till.ask("42,50")
    till.sees("Er is geen camera gevonden.")
    look("scan")
    till.picture("iets anders")
    till.sees("is geen betaalcode")
    look("another code")
    till.tap("Terug")
    till.scanner("8712345678906")
    till.sees("is geen betaalcode")
    look("a product")
    till.tap("Scan code")
    till.tap("Typ")
    look("type")
    till.tap("Terug")
    held: list[Route] = []
    till.context.route("**/api/v1/payments", lambda route: held.append(route))
    till.scanner(code(street, 4_250))
    till.says("Bezig…")
    look("busy")
    till.sees("Het duurt langer dan anders.")
    look("slow")
    held[0].continue_()
    till.context.unroute_all(behavior="ignoreErrors")
    till.says("Betaald")
    look("paid")
    till.tap("Bon")
    till.heading("Bon")
    look("receipt")
    till.tap("Volgende klant")
    till.charge("10", code(street, 1_000, 1, shop=BOOKS))
    till.says("Niet betaald")
    till.scanner("8712345678906")
    till.sees("is geen betaalcode")
    look("refused")
    till.tap("Stop")
    till.charge("30", Card(SCHEME, coupon_key(FIRST, 0, 3)).text)
    till.says("Niet betaald")
    look("too little")
    till.tap("Betaal wat er nog is")
    till.sees("Nog te betalen")
    look("part")
    till.tap("Scan volgende code")
    till.sees("Nog €")
    look("scan the rest")
    till.tap("Verkoop afbreken")
    look("sure")
    till.tap("Ja, breek af")
    till.says("Afgebroken")
    look("called off")
    till.tap("Volgende klant")
    till.context.route("**/api/v1/payments", lambda route: route.abort())
    till.charge("5", code(street, 500, 2))
    till.says("Nog niet betaald")
    look("open")
    till.tap("Volgende klant")
    till.sees("zonder antwoord")
    look("left open")
    till.context.unroute_all(behavior="ignoreErrors")
    till.sees("is alsnog gelukt")
    look("paid late")
    till.tap("Meer")
    look("settings")
    till.tap("Zo werkt het")
    till.heading("Zo werkt het")
    look("how")
    till.tap("Terug")
    till.tap("Oefenen")
    look("practice")
    till.tap("Begin met oefenen")
    look("practising")
    till.ask("10")
    look("practised scan")
    for choice in ("paid", "budget_too_low", "open"):
        till.page.get_by_label("Wat wilt u oefenen?").select_option(choice)
        till.tap("Doe alsof")
        expect(till.page.locator(".verdict__practice")).to_be_visible()
        look(f"practised {choice}")
        till.page.get_by_role("button", name=re.compile("Volgende klant|^Stop$")).click()
        till.ask("10")


def test_every_state_of_selling_fits_everybody(
    chromium: Browser, street: Street, screens: Screens
) -> None:
    with opened_till(chromium, street, expected=CUT) as till:

        def look(state: str) -> None:
            screens.look(till.page, "till", state, till.fits_everybody)
            assert till.page.evaluate(WITHOUT_ICON_AND_WORD) == [], state

        walk(till, street, look)


def test_selling_in_english(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street, SMALL, shop=None, locale="en-GB") as till:
        till.page.goto(till.sheet())
        choose_pin(till.page)
        till.tap("Start selling")
        till.heading("Amount")
        till.keys("10")
        till.scanner(code(street, 1_000))
        till.heading("Paid")
        till.fits_everybody("paid in English")


def test_selling_with_the_keyboard_alone(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street) as till:
        keyboard = till.page.keyboard
        till.keys("42,50")
        keyboard.press("Enter")
        till.sees("Richt de camera op de code")
        till.scanner(code(street, 4_250))
        till.says("Betaald")
        heading = till.page.get_by_role("heading", level=1)
        expect(heading).to_be_focused()
        for _ in range(1_000):  # within 100 ms of a scan, a Tab may be the scanner's
            if not heading.evaluate(FOCUSED_IN_THE_NEXT_FRAME):
                break
            keyboard.press("Tab")
        expect(till.page.get_by_role("button", name="Volgende klant")).to_be_focused()
        keyboard.press("Enter")
        till.ready()
