"""Typed input of parents: digits of their language, and a new PIN typed twice."""

from playwright.sync_api import Browser, expect

from tests.apps.phone import Phone, Street, opened_phone
from tests.support.town import LETTERS

FIRST = LETTERS[0]
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PRESS = "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))"
"""Playwright has no Arabic keyboard."""
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def test_everything_can_be_typed_in_arabic_digits(phone: Phone, street: Street) -> None:
    phone.page.goto(street.base_url)
    phone.tap("Typ de tekens")
    field = phone.page.get_by_label("De 36 tekens van de brief")
    field.press_sequentially(FIRST.text.lower().translate(PERSIAN))
    expect(field).to_have_value(FIRST.grouped)
    phone.tap("Verder")
    phone.page.get_by_label("Naam van uw kind").fill("Sami")
    phone.tap("Bewaar")
    phone.heading("Sami")
    phone.tap("Toon code")
    for key in "٤٢٫٥٠":
        phone.page.evaluate(PRESS, key)
    phone.tap("Maak code")
    assert phone.code().spend.max_amount == 42_50


def test_a_pin_is_the_same_in_the_digits_of_every_language(phone: Phone) -> None:
    phone.open_letter(FIRST)
    phone.tap("Instellingen")
    phone.tap("Pincode instellen")
    phone.choose_pin("2580".translate(ARABIC))
    phone.heading("Instellingen")
    phone.page.reload()
    phone.page.get_by_label("Pincode").fill("2581".translate(PERSIAN))
    phone.tap("Open")
    phone.sees("Deze pincode klopt niet.")
    phone.page.get_by_label("Pincode").fill("2580")
    phone.tap("Open")
    phone.heading("Sami")


def test_a_pin_that_was_mistyped_once_is_not_chosen(phone: Phone) -> None:
    phone.open_letter(FIRST)
    phone.tap("Instellingen")
    phone.tap("Pincode instellen")
    phone.choose_pin("2580", "2508")
    phone.sees("Typ twee keer dezelfde pincode.")
    phone.heading("Pincode")
    phone.page.reload()
    phone.heading("Sami")  # no request is made


def test_kinds_of_shops_are_told_in_the_language_of_the_parent(
    chromium: Browser, street: Street
) -> None:
    for locale, button, kind in (
        ("ar-SY", "المتاجر", "دراجات هوائية ودراجات نارية صغيرة"),
        ("tr-TR", "Mağazalar", "Bisiklet ve moped"),
        ("en-GB", "Shops", "Bicycles and mopeds"),
        ("nl-NL", "Winkels", "Winkels in fietsen en bromfietsen"),
    ):
        with opened_phone(chromium, street, locale=locale) as phone:
            phone.page.goto(street.link(FIRST))
            phone.page.get_by_role("textbox").fill("Sami")
            phone.page.locator("button[type=submit]").click()
            phone.tap(button)
            expect(phone.page.get_by_role("listitem").first).to_contain_text(kind)
