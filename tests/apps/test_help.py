"""Help is on every screen: the municipality's contact details, and an explanation."""

import pytest
from playwright.sync_api import Browser, expect

from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.till import CUT, code, opened_till
from tests.support.town import LETTERS

FIRST = LETTERS[0]
PHONE = "tel:0880000000"


def helps(phone: Phone) -> None:
    """Open the help, check it, and close it."""
    phone.tap("Hulp")
    dialog = phone.page.get_by_role("dialog", name="Hulp")
    expect(dialog.get_by_role("link", name="088 000 00 00")).to_have_attribute("href", PHONE)
    expect(dialog).to_contain_text("Gemeente Voorbeeldstad")
    expect(dialog).to_contain_text("Stadhuis, Raadhuisplein 1")
    expect(dialog.get_by_role("heading", name="Zo werkt het")).to_be_visible()
    assert dialog.get_by_role("listitem").count() >= 5
    about = dialog.get_by_role("link", name="De regels, en waar het geld heen gaat")
    expect(about).to_have_attribute("href", "/over")
    phone.fits_everybody("help")
    phone.tap("Sluiten")
    expect(dialog).to_have_count(0)


def test_a_parent_finds_help_on_every_screen_and_loses_nothing(
    phone: Phone, street: Street
) -> None:
    phone.page.goto(street.base_url)
    helps(phone)
    phone.tap("Typ de tekens")
    field = phone.page.get_by_label("De 36 tekens van de brief")
    field.fill(FIRST.grouped[:12])
    helps(phone)
    expect(field).to_have_value(FIRST.grouped[:12])
    phone.open_letter(FIRST)
    helps(phone)
    for screen in ("Winkels", "Uitgaven", "Instellingen", "Toon code"):
        phone.tap(screen)
        helps(phone)
        if screen != "Toon code":
            phone.tap("Terug" if screen == "Instellingen" else "Code")
    phone.type_amount("10")
    phone.tap("Maak code")
    shown = phone.code()
    helps(phone)
    assert phone.code() == shown
    street.pay(shown, 1_000)
    phone.heading("Betaald")
    helps(phone)


def test_help_is_there_without_a_network(chromium: Browser, street: Street) -> None:
    with opened_phone(chromium, street, expected=CUT, service_worker=True) as phone:
        with phone.page.expect_response("**/help"):
            phone.page.goto(street.base_url)
        phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        phone.context.set_offline(True)
        phone.page.reload()
        helps(phone)


def test_a_till_finds_help_on_every_screen(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street, shop=None) as device:
        device.page.goto(f"{street.base_url}/winkel/")
        helps(device)
    with opened_till(chromium, street) as till:
        helps(till)
        till.press("12")
        till.tap("Hulp")
        till.page.keyboard.press("Escape")  # closes the help, and clears no amount
        till.tap("Scan code")
        till.heading("€\u00a012,00")
        helps(till)
        till.scanner(code(street, 5_00))
        till.says("Niet betaald")
        helps(till)


@pytest.mark.parametrize(("locale", "name"), [("en", "Help"), ("tr", "Yardım"), ("ar", "مساعدة")])
def test_help_fits_everybody_in_every_language(
    chromium: Browser, street: Street, locale: str, name: str
) -> None:
    with opened_phone(chromium, street, (320, 568), locale=locale) as phone:
        phone.page.goto(street.base_url)
        phone.tap(name)
        expect(phone.page.get_by_role("dialog").get_by_role("link").first).to_be_visible()
        phone.fits_everybody(f"help {locale}")
