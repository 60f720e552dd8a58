"""A second letter of another scheme: the app shows it as the same child, by the parent's choice."""

import re

from playwright.sync_api import Browser, expect
from sqlalchemy import insert

from kindpakket.domain.categories import bits_of
from kindpakket.domain.letters import Letter
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.schemes.details import SchemeDetails, change_details
from kindpakket.store import tables as t
from tests.apps.phone import Street, opened_phone
from tests.support.screens import Screens
from tests.support.town import LETTERS, START

FIRST, OTHER_CHILD, _ = LETTERS
DIFFERENCE, DAY = 2, 24 * 3600
SECOND = Letter(DIFFERENCE, bytes([9]) * 16)


def issue_the_difference(street: Street) -> None:
    """A scheme of EUR 50 for who turned twelve, and a letter of it."""
    town = street.town
    store = town.workspace.context.store
    change_details(store, DIFFERENCE, SchemeDetails(letter_values=(5_000,)))
    with store.write() as db:
        db.execute(insert(t.scheme_names).values(scheme=DIFFERENCE, name="Vanaf twaalf"))
    town.decide("openScheme", DIFFERENCE, START, START + 300 * DAY, bits_of(["bicycles"]), 0)
    town.decide("fund", DIFFERENCE, 100_000)
    town.decide("issue", DIFFERENCE, 5_000, [address_of(coupon_key(SECOND, 0, 0))])


def test_a_second_letter_is_shown_as_the_same_child(
    chromium: Browser, street: Street, screens: Screens
) -> None:
    issue_the_difference(street)
    with opened_phone(chromium, street, (320, 568)) as phone:
        phone.open_letter(FIRST, "Sami")
        phone.open_letter(OTHER_CHILD, "Noor")
        phone.page.goto(street.link(SECOND))
        phone.heading("Van welk kind is deze brief?")
        expect(phone.page.get_by_role("button", name="Nog een brief voor")).to_have_count(2)
        phone.fits_everybody("a second letter, to name")
        screens.look(phone.page, "parent", "a second letter, to name")
        phone.tap("Nog een brief voor Sami")
        cards = phone.budget()
        names = ["Sami – Regeling 1", "Sami – Vanaf twaalf", "Noor"]
        expect(cards.get_by_role("heading", level=2)).to_have_text(names)
        colours = [each.get_attribute("class") for each in cards.locator(".child").all()]
        assert colours == ["child child--1", "child child--1", "child child--2"]
        phone.fits_everybody("a child with two letters")
        cards.nth(1).get_by_role("button", name=re.compile("Toon code.*Vanaf twaalf")).click()
        phone.type_amount("20")
        phone.tap("Maak code")
        street.pay(phone.code(), 2_000)
        phone.heading("Betaald")
        phone.tap("Klaar")
        expect(cards.nth(1).get_by_test_id("left")).to_have_text("€\u00a030,00")
        expect(cards.nth(0).get_by_test_id("left")).to_have_text("€\u00a0300,00")
