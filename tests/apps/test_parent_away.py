"""A phone in the background or without a network, with a code on its screen."""

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.apps.phone import Phone, Street, opened_phone
from tests.support.town import LETTERS

FIRST = LETTERS[0]
MINUTE = 60
PIN = "2580"
OFFLINE = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"

SHOW = """(seen) => {
    const value = seen ? "visible" : "hidden";
    Object.defineProperty(document, "visibilityState", {value, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def leave(phone: Phone, seconds: int) -> None:
    """Hide the app for so long, by the clocks of the phone and the town."""
    phone.page.evaluate(SHOW, False)
    phone.let_pass(seconds)


def come_back(phone: Phone) -> None:
    phone.page.evaluate(SHOW, True)


def set_pin(phone: Phone) -> None:
    phone.tap("Instellingen")
    phone.tap("Pincode instellen")
    phone.choose_pin(PIN)
    phone.heading("Instellingen")
    phone.tap("Terug")


def unlock(phone: Phone, pin: str = PIN) -> None:
    phone.heading("Typ uw pincode")
    phone.page.get_by_label("Pincode").fill(pin)
    phone.tap("Open")


def test_five_minutes_away_lock_the_app_and_lose_no_code(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    set_pin(phone)
    code = phone.show_code("10")
    leave(phone, 4 * MINUTE)
    come_back(phone)
    assert phone.code() == code

    leave(phone, 5 * MINUTE)
    phone.heading("Typ uw pincode")  # already hidden
    assert "300" not in phone.page.locator("body").inner_text()
    come_back(phone)
    phone.page.go_back()
    unlock(phone, "1111")
    phone.sees("Deze pincode klopt niet.")
    unlock(phone)
    phone.sees("Deze is verlopen.")
    phone.tap("Nieuwe code")

    code = phone.code()
    phone.page.evaluate(SHOW, False)
    street.pay(code, 1_000)
    leave(phone, 5 * MINUTE)
    come_back(phone)
    unlock(phone)
    phone.heading("Betaald")
    phone.tap("Klaar")
    phone.left("€ 290,00")


def test_a_letter_half_read_is_forgotten_when_the_app_locks(phone: Phone) -> None:
    phone.open_letter(FIRST)
    set_pin(phone)
    phone.tap("Instellingen")
    phone.tap("Telefoon kwijt?")
    phone.tap("Typ de tekens")
    phone.page.get_by_label("De 36 tekens").fill(FIRST.text)
    phone.tap("Verder")
    phone.heading("Geld verplaatsen")
    leave(phone, 5 * MINUTE)
    come_back(phone)
    unlock(phone)
    phone.heading("Sami")
    phone.left("€ 300,00")


def test_a_lock_that_is_due_waits_for_what_is_under_way(phone: Phone) -> None:
    phone.open_letter(FIRST)
    set_pin(phone)
    phone.tap("Instellingen")
    phone.tap("Telefoon kwijt?")
    phone.tap("Typ de tekens")
    phone.page.get_by_label("De 36 tekens").fill(FIRST.text)
    held: list[Route] = []
    phone.page.route("**/api/v1/ledger", lambda route: held.append(route))
    with phone.page.expect_request("**/api/v1/ledger"):
        phone.tap("Verder")
    leave(phone, 5 * MINUTE)
    come_back(phone)
    held[0].continue_()
    unlock(phone)
    phone.heading("Sami")


def test_without_a_pin_nothing_is_asked(phone: Phone) -> None:
    phone.open_letter(FIRST)
    phone.show_code("10")
    leave(phone, 60 * MINUTE)
    come_back(phone)
    phone.sees("Deze is verlopen.")


@pytest.mark.parametrize("pin", [False, True], ids=["open", "locked"])
def test_a_code_shown_in_flight_mode_becomes_a_receipt_back_on_line(
    chromium: Browser, street: Street, pin: bool
) -> None:
    with opened_phone(chromium, street, expected=OFFLINE) as phone:
        phone.open_letter(FIRST)
        if pin:
            set_pin(phone)
        code = phone.show_code("42,50")
        phone.context.set_offline(True)
        phone.sees("Geen internet. De winkel kan de code wel scannen.")
        assert phone.code() == code
        street.pay(code, 4_250)
        if pin:
            leave(phone, 5 * MINUTE)
            come_back(phone)
            unlock(phone)
            phone.sees("Deze is verlopen.")  # by the data on the phone
        phone.context.set_offline(False)
        phone.heading("Betaald")
        expect(phone.page.get_by_text("Geen internet.")).to_have_count(0)
        phone.tap("Klaar")
        phone.left("€ 257,50")
