"""What a browser may lack or do otherwise: the apps say so, and a till charges nothing else."""

import pytest
from playwright.sync_api import Browser, expect

from tests.apps.phone import Street, opened_phone
from tests.apps.till import opened_till

NO_KEYS = "Object.defineProperty(crypto, 'subtle', {value: undefined});"
"""As on a page that did not come by https."""
NO_DECODER = "delete globalThis.WebAssembly;"
NO_WEEKDAYS = """
    const Format = Intl.DateTimeFormat;
    Intl.DateTimeFormat = function (locale, how) {
        if (how?.weekday) throw new RangeError('invalid time value');
        return new Format(locale, how);
    };
"""
"""A browser in which the screen of a day fails, and its title too."""


@pytest.mark.parametrize("path", ["/", "/winkel/"])
def test_without_https_the_page_says_so(chromium: Browser, street: Street, path: str) -> None:
    with opened_phone(chromium, street, script=NO_KEYS) as phone:
        phone.page.goto(street.base_url + path)
        phone.heading("Deze pagina werkt hier niet")
        phone.sees("Het begint met https.")


def test_without_webassembly_a_till_does_not_blame_the_server(
    chromium: Browser, street: Street
) -> None:
    with opened_till(chromium, street, script=NO_DECODER) as till:
        till.press("10")
        till.tap("Scan code")
        till.picture("een code")
        till.sees("Deze browser kan geen codes lezen.")


def test_a_screen_that_fails_shows_a_way_back_and_no_amount_can_be_typed(
    chromium: Browser, street: Street
) -> None:
    with opened_till(chromium, street, script=NO_WEEKDAYS, expected="RangeError") as till:
        till.press("5")
        till.tap("Vandaag")
        till.heading("Dit scherm werkt niet")
        expect(till.page.get_by_role("group", name="Toetsen voor het bedrag")).to_have_count(0)
        till.keys("1")
        till.tap("Begin opnieuw")
        till.ready()
        expect(till.page.get_by_label("Bedrag", exact=True)).to_have_text("€\u00a05,00")
        till.tap("Scan code")
        till.sees("€\u00a05,00")


def test_an_error_at_a_tap_shows_a_way_back(chromium: Browser, street: Street) -> None:
    script = "addEventListener('click', () => { if (globalThis.wrong) throw new Error('wrong'); });"
    with opened_till(chromium, street, script=script, expected="wrong") as till:
        till.press("5")
        till.page.evaluate("globalThis.wrong = true")
        till.page.get_by_role("button", name="1", exact=True).click()
        till.heading("Dit scherm werkt niet")
