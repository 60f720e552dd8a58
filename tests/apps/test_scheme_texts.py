"""The municipality's texts about a scheme: for parents and for shops, each in their app."""

from playwright.sync_api import expect

from kindpakket.services.schemes.details import SchemeDetails, change_details
from tests.apps.phone import Phone, Street
from tests.apps.till import Till
from tests.support.town import LETTERS, SCHEME

TEXTS = SchemeDetails(
    parent_text="Voor sport & school.\nVragen? <Bel> ons.", shop_text="Geen statiegeld contant."
)


def test_parents_read_their_text_with_the_shops(phone: Phone, street: Street) -> None:
    change_details(street.town.workspace.context.store, SCHEME, TEXTS)
    phone.open_letter(LETTERS[0])
    phone.tap("Winkels")
    shown = phone.page.get_by_text("Voor sport & school.")
    assert shown.inner_text() == "Voor sport & school.\nVragen? <Bel> ons."
    expect(phone.page.get_by_text("statiegeld")).to_have_count(0)


def test_shops_read_theirs_where_it_says_how_it_works(till: Till, street: Street) -> None:
    change_details(street.town.workspace.context.store, SCHEME, TEXTS)
    till.page.reload()
    till.tap("Meer")
    till.tap("Zo werkt het")
    till.sees("Geen statiegeld contant.")
    expect(till.page.get_by_text("Voor sport")).to_have_count(0)
