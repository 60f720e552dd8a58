"""A phone on its side: a code and its receipt are used without scrolling."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.apps.phone import Phone, Street, opened_phone
from tests.support.town import LETTERS

SIZES = [(740, 360), (667, 375)]
SCROLLS = """() => {
    const {scrollHeight, scrollWidth} = document.documentElement;
    return [scrollHeight > innerHeight, scrollWidth > innerWidth];
}"""


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def phone(request: pytest.FixtureRequest, chromium: Browser, street: Street) -> Iterator[Phone]:
    with opened_phone(chromium, street, request.param) as phone:
        phone.open_letter(LETTERS[0])
        yield phone


def fits(phone: Phone, *seen: Locator) -> None:
    """Check that the screen does not scroll, and that these are on it as a whole."""
    assert phone.page.evaluate(SCROLLS) == [False, False]
    for each in seen:
        expect(each).to_be_in_viewport(ratio=1)


def button(phone: Phone, name: str) -> Locator:
    return phone.page.get_by_role("button", name=name)


def test_a_code_and_all_that_belongs_to_it_are_on_the_screen(phone: Phone, street: Street) -> None:
    phone.tap("Toon code")
    phone.type_amount("12,50")
    phone.page.get_by_label("Voor welke winkel?").select_option(label="Winkel 1")
    phone.tap("Maak code")
    code = phone.code()
    page = phone.page
    fits(
        phone,
        page.locator("svg.qr"),
        page.get_by_role("timer"),
        page.get_by_test_id("code-amount"),
        page.get_by_text("Sami"),
        page.get_by_text("Maak het scherm lichter."),
        button(phone, "Alleen voor Winkel 1"),
        button(phone, "Elke winkel die meedoet"),
        button(phone, "Ander bedrag"),
        button(phone, "Stop"),
        button(phone, "Hulp"),
    )
    street.pay(code, 1_250)
    phone.heading("Betaald")
    fits(phone, page.get_by_text("Bewijscode"), button(phone, "Klaar"))
