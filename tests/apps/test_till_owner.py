"""The owner's key on the owner's device is behind a PIN, which selling does not need."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from kindpakket.protocol.enrolment import RecoverySheet
from kindpakket.protocol.signatures import Key
from kindpakket.services.shops.bank_accounts import list_versions
from tests.apps.counter import (
    PIN,
    choose_pin,
    fits_everybody,
    give_pin,
    heading,
    opened_device,
    restore,
)
from tests.apps.enrolled import EASY, keys_of, put_till, read_things
from tests.apps.phone import Phone, Street
from tests.apps.till import code
from tests.support.town import BICYCLES, owner_of

IBAN = "NL20INGB0001234567"
HIDE = """() => {
    Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
    delete document.visibilityState;
}"""


@pytest.fixture
def device(chromium: Browser, street: Street) -> Iterator[Phone]:
    with opened_device(chromium, street) as device:
        yield device


def give_account(device: Phone) -> None:
    device.tap("Meer")
    device.page.get_by_role("button", name="Rekening", exact=True).click()
    device.page.get_by_label("Rekeningnummer (IBAN)").fill(IBAN)
    device.page.get_by_label("Op naam van").fill("De Ketting")
    device.tap("Teken deze rekening")


def accounts(street: Street) -> int:
    return len(list_versions(street.town.workspace.context, BICYCLES, 9))


def test_a_pin_is_chosen_before_a_device_is_the_owners(device: Phone, street: Street) -> None:
    device.page.goto(RecoverySheet(BICYCLES, owner_of(BICYCLES)).link(street.base_url))
    for pin, again, said in (
        ("48291", "48291", "Kies 6 tot 12 cijfers."),
        ("123456", "123456", "Deze is te makkelijk te raden."),
        ("482915", "482916", "Typ twee keer dezelfde pincode."),
    ):
        heading(device, "Kies een pincode")
        device.page.get_by_label("Nieuwe pincode van de eigenaar").fill(pin)
        device.page.get_by_label("Nog een keer dezelfde pincode").fill(again)
        device.tap("Bewaar en ga verder")
        device.sees(said)
    choose_pin(device.page)
    heading(device, "Dit is nu een kassa")
    assert keys_of(device)[1] == owner_of(BICYCLES)


def test_the_account_takes_the_owners_pin(device: Phone, street: Street) -> None:
    put_till(device, BICYCLES)
    give_account(device)
    give_pin(device.page, "482916")
    device.sees("Deze pincode klopt niet.")
    device.tap("Annuleer")
    device.sees("Er is niets veranderd. Hiervoor is de pincode van de eigenaar nodig.")
    expect(device.page.get_by_label("Rekeningnummer (IBAN)")).to_have_value(IBAN)
    assert accounts(street) == 0
    device.tap("Teken deze rekening")
    give_pin(device.page)
    device.sees("De rekening is veranderd.")
    assert accounts(street) == 1


def test_the_sheet_takes_the_owners_pin_once_nobody_saw_the_app(
    device: Phone, street: Street
) -> None:
    restore(device, street, BICYCLES)
    device.tap("Meer")
    device.tap("Herstelbrief")
    device.tap("Toon de herstelbrief")
    expect(device.page.get_by_test_id("sheet")).to_be_visible()
    device.tap("Verberg de brief")
    device.page.evaluate(HIDE)
    device.tap("Toon de herstelbrief")
    expect(device.page.get_by_role("dialog")).to_be_visible()
    device.page.go_back()
    expect(device.page.get_by_role("dialog")).to_have_count(0)
    expect(device.page.get_by_test_id("sheet")).to_have_count(0)


def test_selling_takes_no_pin(device: Phone, street: Street) -> None:
    put_till(device, BICYCLES)
    device.type_amount("12,50")
    device.page.keyboard.type(code(street, 1_250))
    device.page.keyboard.press("Enter")
    heading(device, "Betaald")
    device.tap("Volgende klant")
    device.tap("Vandaag")
    device.sees("1 betaling")
    device.tap("Terug")
    device.tap("Meer")
    device.tap("Kassa’s")
    device.sees("dit apparaat")
    expect(device.page.get_by_role("dialog")).to_have_count(0)


def test_who_forgot_the_pin_chooses_another_with_the_sheet(device: Phone, street: Street) -> None:
    put_till(device, BICYCLES)
    device.page.goto(RecoverySheet(BICYCLES, owner_of(BICYCLES)).link(street.base_url))
    choose_pin(device.page, "739164")
    heading(device, "Dit is nu een kassa")
    till, owner = keys_of(device, "739164")
    assert owner == owner_of(BICYCLES)
    device.tap("Begin met afrekenen")
    device.page.reload()
    give_account(device)
    give_pin(device.page)
    device.sees("Deze pincode klopt niet.")
    give_pin(device.page, "739164")
    device.sees("De rekening is veranderd.")
    assert keys_of(device, "739164")[0] == till


def test_the_owner_changes_the_pin_with_the_one_of_now(device: Phone) -> None:
    put_till(device, BICYCLES)
    keys = keys_of(device, work=EASY)
    device.tap("Meer")
    device.tap("Pincode wijzigen")
    for now, pin, again, said in (
        ("482916", "739164", "739164", "Deze pincode klopt niet."),
        (PIN, "739164", "739165", "Typ twee keer dezelfde pincode."),
        (PIN, "123456", "123456", "Deze is te makkelijk te raden."),
        (PIN, "739164", "739164", "De pincode is gewijzigd."),
        (PIN, "482917", "482917", "Deze pincode klopt niet."),
    ):
        device.page.get_by_label("zoals hij nu is").fill(now)
        device.page.get_by_label("Nieuwe pincode van de eigenaar").fill(pin)
        device.page.get_by_label("Nog een keer dezelfde pincode").fill(again)
        device.tap("Bewaar")
        device.sees(said)
    assert keys_of(device, "739164") == keys
    device.page.reload()
    give_account(device)
    give_pin(device.page, "739164")
    device.sees("De rekening is veranderd.")


def test_another_sheet_does_not_take_the_owners_key_away(device: Phone, street: Street) -> None:
    put_till(device, BICYCLES)
    keys = keys_of(device, work=EASY)
    device.page.goto(RecoverySheet(BICYCLES, Key(b"\x77" * 32)).link(street.base_url))
    device.sees("Deze herstelbrief hoort niet (meer) bij de winkel.")
    assert keys_of(device, work=EASY) == keys


def test_what_tests_put_on_a_device_is_what_an_enrolled_one_stores(
    chromium: Browser, device: Phone, street: Street
) -> None:
    restore(device, street, BICYCLES)
    street.town.clock.time += 2
    with opened_device(chromium, street) as other:
        put_till(other, BICYCLES)
        assert shape(read_things(other)) == shape(read_things(device))


def shape(stored: Any) -> Any:
    """The fields of what is stored, and their types."""
    if isinstance(stored, dict):
        return {name: shape(each) for name, each in stored.items()}
    return [shape(each) for each in stored] if isinstance(stored, list) else type(stored)


def test_the_owners_pin_fits_everybody(chromium: Browser, street: Street) -> None:
    with opened_device(chromium, street) as device:
        device.page.goto(RecoverySheet(BICYCLES, owner_of(BICYCLES)).link(street.base_url))
        heading(device, "Kies een pincode")
        fits_everybody(device, "choosing")
        put_till(device, BICYCLES)
        give_account(device)
        give_pin(device.page, "000111")
        device.sees("Deze pincode klopt niet.")
        device.page.get_by_text("Pincode vergeten?").click()
        fits_everybody(device, "asked")
        device.page.reload()
        device.tap("Meer")
        device.tap("Pincode wijzigen")
        fits_everybody(device, "changing")
