"""Typing an invitation or a recovery sheet, with errors located by group."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from kindpakket.protocol.enrolment import RecoverySheet
from tests.apps.counter import choose_pin, invitation, opened_device, register, shown_code
from tests.apps.phone import Phone, Street
from tests.support.town import BICYCLES, owner_of


@pytest.fixture
def device(chromium: Browser, street: Street) -> Iterator[Phone]:
    with opened_device(chromium, street) as device:
        yield device


def mistyped(text: str, place: int) -> str:
    return text[:place] + ("6" if text[place] == "5" else "5") + text[place + 1 :]


def test_mistyped_characters_say_which_group_is_wrong(device: Phone, street: Street) -> None:
    text = invitation(street, register(street)).split("#KI1.")[1]
    sheet = RecoverySheet(BICYCLES, owner_of(BICYCLES)).text
    device.page.goto(street.base_url + "/winkel/")
    device.tap("Typ de tekens")
    field = device.page.get_by_label("De tekens van de uitnodiging")
    for typed, said in (
        (mistyped(text, 21), "Een teken klopt niet. Kijk goed naar groepje 6."),
        (mistyped(sheet, 63), "Een teken klopt niet. Kijk goed naar groepje 16."),
        (mistyped(mistyped(text, 8), 30), "Er kloppen een paar tekens niet. Kijk elk groepje na."),
        (text[:-1], "Dit zijn 38 tekens. Een uitnodiging heeft er 39, een herstelbrief 64."),
        (text + "0", "Dit zijn 40 tekens. Een uitnodiging heeft er 39, een herstelbrief 64."),
    ):
        field.fill(typed)
        device.tap("Verder")
        device.sees(said)
        expect(field).to_be_focused()
    field.fill(text[:4] + "U")
    device.sees("Groepje 2: de U kan niet.")  # at once
    field.fill(text)
    device.tap("Verder")
    choose_pin(device.page)
    shown_code(device)
