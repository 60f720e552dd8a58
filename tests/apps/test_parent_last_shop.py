"""The code screen offers the shop chosen last; a code for that shop is refused at another one."""

import re

from playwright.sync_api import Browser, expect

from kindpakket.protocol.signatures import address_of
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.till import opened_till
from tests.support.town import BICYCLES, BOOKS, LETTERS, owner_of

SMALL = (360, 640)
ONLY = "Alleen voor Winkel 4"


def choose_books(phone: Phone) -> None:
    """Make a code for the bookshop, and close it."""
    phone.open_letter(LETTERS[0])
    phone.tap("Toon code")
    phone.page.get_by_label("Voor welke winkel?").select_option(str(BOOKS))
    phone.type_amount("10")
    phone.tap("Maak code")
    phone.sees(ONLY)
    phone.tap("Stop")


def test_one_tap_binds_the_code_to_the_last_shop(chromium: Browser, street: Street) -> None:
    with (
        opened_phone(chromium, street, SMALL, expected="INTERNET_DISCONNECTED") as phone,
        opened_till(chromium, street, shop=BICYCLES) as till,
    ):
        choose_books(phone)
        phone.context.set_offline(True)
        phone.tap(re.compile("Toon de code"))
        phone.tap("Ander bedrag")
        phone.type_amount("10")
        phone.tap("Maak code")
        assert phone.code().spend.shop == 0
        buttons = phone.page.get_by_role("button")
        places = [each.bounding_box() for each in buttons.all()]
        offer = phone.page.get_by_role("button", name=ONLY)
        other = phone.page.get_by_role("button", name="Elke winkel die meedoet")
        offer.click()
        expect(offer).to_have_attribute("aria-pressed", "true")
        assert [each.bounding_box() for each in buttons.all()] == places
        phone.fits_everybody("bound")
        bound = phone.code()
        assert bound.spend.shop == BOOKS
        till.charge("10", bound.text)
        till.refused("andere winkel")
        other.click()
        expect(other).to_have_attribute("aria-pressed", "true")
        assert phone.code().spend.shop == 0


def test_a_shop_that_left_is_not_offered(chromium: Browser, street: Street) -> None:
    with opened_phone(chromium, street, SMALL) as phone:
        choose_books(phone)
        street.town.decide("setShop", BOOKS, 0, address_of(owner_of(BOOKS)), False)
        phone.page.reload()
        phone.tap(re.compile("Toon de code"))
        phone.tap("Ander bedrag")
        expect(phone.page.get_by_role("option", name="Winkel 4")).to_have_count(0)
        phone.type_amount("10")
        phone.tap("Maak code")
        phone.code()
        expect(phone.page.get_by_role("button", name=re.compile("Alleen voor"))).to_have_count(0)
