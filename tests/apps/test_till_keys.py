"""Key presses at the till: of a person, and of a hardware scanner that types into the page."""

import re
import time

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import TimeoutError as Waited

from kindpakket.protocol.codes import Card
from kindpakket.protocol.keys import coupon_key
from tests.apps.counter import heading
from tests.apps.phone import Street
from tests.apps.till import Till, code, opened_till, spent
from tests.support.town import BOOKS, LETTERS, SCHEME

EAN = "20045678"
NO_CODE = f"‘{EAN}’ is geen betaalcode"
NEVER_MONEY = "€\u00a012,00"

AZERTY = {"1": "&", "2": "é", "3": '"', "4": "'", "5": "(", "6": "-", "7": "è", "8": "_", "9": "ç"}
AZERTY |= {"0": "à", "A": "Q", "Q": "A", "Z": "W", "W": "Z", ":": "M", ".": ":", "/": "!"}
AZERTY |= {"-": ")", "+": "+", "*": "8", "$": "4", "%": "5"}
PLACES = {":": "Semicolon", ".": "Period", "/": "Slash", "-": "Minus", "+": "Equal", " ": "Space"}
PLACES |= {"*": "Digit8", "$": "Digit4", "%": "Digit5"}
SHIFTED = re.compile("[A-Z:+*$%]")


def through_azerty(till: Till, text: str, *, caps: bool = False) -> None:
    """The key presses of a scanner set to a US keyboard, on a computer with a French layout; by the
    browser's clock every 5 ms, however long the test takes to send them."""
    strokes = []
    for char in text:
        key = AZERTY.get(char, char)
        place = PLACES.get(char) or (f"Digit{char}" if char.isdigit() else f"Key{char}")
        shift = 8 if SHIFTED.match(char) else 0
        strokes.append({"key": key.swapcase() if caps else key, "code": place, "modifiers": shift})
    session = till.context.new_cdp_session(till.page)
    start = time.time()
    for count, stroke in enumerate([*strokes, {"key": "Enter", "code": "Enter"}]):
        event = {**stroke, "timestamp": start + count / 200}
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})


def amount(till: Till, shown: str) -> None:
    expect(till.page.get_by_label("Bedrag", exact=True)).to_have_text(shown)


# scans that are not a payment code


@pytest.mark.parametrize(("end", "pause"), [("Enter", 0), ("Tab", 400), (None, 400)])
def test_a_product_code_never_becomes_money(till: Till, end: str | None, pause: int) -> None:
    keyboard = till.page.keyboard
    till.keys("12")
    keyboard.type(EAN[:4])
    till.page.wait_for_timeout(pause)
    keyboard.type(EAN[4:])
    if end:
        keyboard.press(end)
    till.sees(NO_CODE)
    amount(till, NEVER_MONEY)
    till.ready()
    till.keys("5")
    amount(till, "€\u00a0125,00")
    keyboard.press("Enter")
    till.sees("Richt de camera op de code")


def test_a_product_code_is_named_on_every_screen_and_does_nothing(
    till: Till, street: Street
) -> None:
    till.ask("10")
    till.scanner(EAN)
    till.sees(NO_CODE)
    till.tap("Typ")
    field = till.page.get_by_label("De code onder het vierkant")
    field.click()
    till.scanner(EAN)
    till.sees(NO_CODE)
    expect(field).to_have_value("")
    till.scanner(code(street, 800))
    till.refused("De klant heeft een lager maximum ingesteld.")
    till.page.get_by_role("button", name="Reken").focus()
    till.scanner(EAN)
    till.sees(NO_CODE)
    till.says("Niet betaald")
    till.tap("Reken")
    till.says("Deel betaald")
    till.tap("contant of met pin")
    till.tap("Meer")
    till.tap("Kassa’s")
    heading(till, "Kassa’s")
    till.page.get_by_role("button", name="Kassa toevoegen").focus()
    till.scanner(EAN)
    till.sees(NO_CODE)
    heading(till, "Kassa’s")
    till.scanner(code(street, 800, 1))
    till.sees("Ga eerst naar het bedrag")
    heading(till, "Kassa’s")
    assert spent(street) == 800


def to_the_next_customer(till: Till) -> None:
    """Press Enter until it is accepted: for a second after a scan it counts as the scanner's."""
    scan = till.page.get_by_role("button", name="Scan code")
    for _ in range(60):
        till.page.keyboard.press("Enter")
        try:
            scan.wait_for(timeout=500)
            return
        except Waited:
            pass
    till.ready()


def test_a_scan_never_becomes_a_refund(till: Till, street: Street) -> None:
    till.charge("42,50", code(street, 4_250))
    till.says("Betaald")
    to_the_next_customer(till)
    till.tap("Vandaag")
    till.page.get_by_role("button", name=re.compile("42,50")).click()
    till.tap("Een deel terugbetalen")
    field = till.page.locator("input[inputmode=decimal]")
    field.fill("1")
    field.press("End")
    till.scanner(EAN)
    till.sees(NO_CODE)
    expect(field).to_have_value("1")


# codes through any keyboard layout


@pytest.mark.parametrize("caps", [False, True])
def test_a_code_and_a_card_are_read_through_another_keyboard(
    till: Till, street: Street, caps: bool
) -> None:
    till.keys("10")
    through_azerty(till, code(street, 1_000), caps=caps)
    till.says("Betaald")
    till.tap("Volgende klant")
    till.ask("5")
    till.tap("Typ")
    till.page.get_by_label("De code onder het vierkant").click()
    through_azerty(till, Card(SCHEME, coupon_key(LETTERS[0], 0, 3)).text, caps=caps)
    till.says("Betaald")
    assert spent(street) == 1_500


def test_a_code_is_read_with_caps_lock_on_and_without_an_enter(till: Till, street: Street) -> None:
    till.keys("10")
    till.page.keyboard.type(code(street, 1_000).lower())
    till.says("Betaald")
    assert spent(street) == 1_000


def test_a_code_without_an_amount_asks_for_one(till: Till, street: Street) -> None:
    till.scanner(code(street, 1_000))
    till.sees("Typ eerst een bedrag.")
    amount(till, "€\u00a00,00")
    assert spent(street) == 0


# a person at a keyboard


def test_enter_goes_on_and_to_the_next_customer_and_escape_goes_back(
    till: Till, street: Street
) -> None:
    keyboard = till.page.keyboard
    till.press("10")
    keyboard.press("Enter")
    till.sees("Richt de camera op de code")
    till.tap("Typ")
    keyboard.press("Escape")
    till.sees("Richt de camera op de code")
    keyboard.press("Escape")
    till.ready()
    amount(till, "€\u00a010,00")
    till.scanner(code(street, 1_000, shop=BOOKS))
    till.says("Niet betaald")
    keyboard.press("Escape")
    till.ready()
    amount(till, "€\u00a010,00")
    till.scanner(code(street, 1_000))
    till.says("Betaald")
    to_the_next_customer(till)
    amount(till, "€\u00a00,00")
    till.tap("Meer")
    keyboard.press("Escape")
    till.ready()


def test_enter_leaves_no_sale_that_is_paid_in_part(till: Till, street: Street) -> None:
    till.charge("50", code(street, 5_000, 5))
    till.says("Niet betaald")
    till.tap("Betaal wat er nog is")
    till.says("Deel betaald")
    till.page.keyboard.press("Enter")
    till.says("Deel betaald")


def test_an_amount_is_typed_as_it_is_written(till: Till) -> None:
    for typed, shown in (
        ("1.234,50", "€\u00a01.234,50"),
        ("12.50", "€\u00a012,50"),
        (",5", "€\u00a00,50"),
    ):
        till.keys(typed)
        amount(till, shown)
        till.page.keyboard.press("Escape")


def test_a_typed_amount_survives_a_reload_and_a_paid_one_does_not(
    till: Till, street: Street
) -> None:
    till.press("42,50")
    till.page.reload()
    amount(till, "€\u00a042,50")
    till.tap("Scan code")
    till.page.reload()
    amount(till, "€\u00a042,50")
    till.scanner(code(street, 4_250))
    till.says("Betaald")
    till.page.reload()
    till.says("Betaald")
    till.next_customer()
    till.page.reload()
    amount(till, "€\u00a00,00")


def test_a_key_that_is_held_down_is_one_key(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street) as till:
        for _ in range(4):
            till.page.keyboard.down("5")
        till.page.keyboard.up("5")
        amount(till, "€\u00a05,00")
