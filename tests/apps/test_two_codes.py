"""A purchase above what one code holds: two codes, one after the other, at both ends."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from kindpakket.domain.letters import LETTER_VALUES, Letter
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.till import opened_till
from tests.support.town import SCHEME, Town

LETTER = Letter(SCHEME, b"\x29" * 16)
"""A letter of twelve coupons."""


def issue(town: Town) -> None:
    for value in sorted(set(LETTER_VALUES)):
        coupons = [
            address_of(coupon_key(LETTER, 0, index))
            for index, each in enumerate(LETTER_VALUES)
            if each == value
        ]
        town.decide("issue", SCHEME, value, sorted(coupons))


def remaining(town: Town) -> int:
    coupons = (address_of(coupon_key(LETTER, 0, index)) for index in range(len(LETTER_VALUES)))
    return sum(town.view("coupons", coupon)["remaining"] for coupon in coupons)


@pytest.fixture
def phone(chromium: Browser, street: Street) -> Iterator[Phone]:
    issue(street.town)
    with opened_phone(chromium, street) as phone:
        phone.open_letter(LETTER)
        yield phone


def test_two_codes_are_announced_and_follow_each_other(phone: Phone, street: Street) -> None:
    phone.tap("Toon code")
    phone.type_amount("280")
    phone.sees("U krijgt er twee na elkaar: eerst €\u00a0260,00, daarna €\u00a020,00.")
    phone.fits_everybody("two codes are announced")
    phone.tap("Maak code")
    first = phone.code()
    phone.sees("Code 1 van 2. Is deze betaald? Dan komt de code van €\u00a020,00.")
    phone.fits_everybody("the first of two codes")
    assert first.spend.max_amount == 260_00
    street.pay(first, 260_00)
    phone.sees("Code 2 van 2. Met de eerste is €\u00a0260,00 betaald.")
    phone.fits_everybody("the second of two codes")
    second = phone.code()
    assert second.spend.max_amount == 20_00
    assert not set(second.spend.coupons) & set(first.spend.coupons)
    street.pay(second, 20_00)
    phone.heading("Betaald")
    phone.sees("Met de eerste code is €\u00a0260,00 betaald.")
    phone.tap("Klaar")
    phone.left("€ 20,00")


def test_everything_takes_two_codes(phone: Phone) -> None:
    phone.tap("Toon code")
    phone.tap("Alles: €\u00a0300,00")
    phone.sees("U krijgt twee codes na elkaar: eerst €\u00a0260,00, daarna €\u00a040,00.")
    phone.fits_everybody("everything in two codes")
    phone.tap("Ja, maak de eerste code")
    assert phone.code().spend.max_amount == 260_00


def test_more_than_two_codes_hold_is_too_much(phone: Phone) -> None:
    phone.tap("Toon code")
    phone.type_amount("300,01")
    phone.sees("Kies een lager bedrag. U kunt nu hoogstens €\u00a0300,00 betalen.")


def test_a_first_code_of_which_less_was_paid_is_the_whole_purchase(
    phone: Phone, street: Street
) -> None:
    code = phone.show_code("280")
    street.pay(code, 199_00)
    phone.heading("Betaald")
    phone.tap("Klaar")
    phone.left("€ 101,00")


def test_the_till_counts_down_and_one_tap_calls_off_both(
    chromium: Browser, phone: Phone, street: Street
) -> None:
    with opened_till(chromium, street) as till:
        first = phone.show_code("300")
        till.charge("300", first.text)
        till.tap("Reken €\u00a0260,00 af")
        till.says("Deel betaald")
        till.sees("Nog te betalen: €\u00a040,00")
        phone.sees(re.compile("Code 2 van 2"))
        second = phone.code()
        till.scanner(second.text)
        till.says("Betaald")
        till.sees("Samen €\u00a0300,00")
        assert remaining(street.town) == 0
        phone.heading("Betaald")
        till.tap("Verkoop afbreken")
        till.tap("Ja, breek af")
        till.says("Afgebroken")
        till.sees("€\u00a0300,00 is terug bij de klant.")
    assert remaining(street.town) == 300_00
    phone.tap("Klaar")
    expect(phone.page.get_by_test_id("left")).to_contain_text("300,00")
