"""A shop's devices, enrolled through their own screens, and the officials who decide on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect

from kindpakket.actors import API
from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import Address, ShopId
from kindpakket.protocol.enrolment import RecoverySheet
from kindpakket.services.shops.enrol import list_enrolments
from kindpakket.services.shops.register import ShopDetails, invite
from tests.apps.enrolled import PIN
from tests.apps.phone import Phone, Street, opened_phone
from tests.support.browser import resize
from tests.support.sessions import sign_in
from tests.support.town import EVERYTHING, owner_of

NAME = "De Fietsenmaker"
KINDS = bits_of(["bicycles"])
NOT_YET = "status of 40[1349]"
"""Browsers log an answer 403, which a device gets until it is a till."""
PATIENT = 20_000
SCREENS: list[tuple[tuple[int, int], Literal["dark", "light"]]] = [
    ((320, 640), "dark"),
    ((1280, 800), "light"),
]


def fits_everybody(device: Phone, state: str) -> None:
    """Check the current screen for accessibility, on a small screen in the dark and on a tablet."""
    for size, theme in SCREENS:
        device.page.emulate_media(color_scheme=theme)
        resize(device.page, size)
        device.fits_everybody(f"{state}, {theme}")


@contextmanager
def opened_device(
    chromium: Browser, street: Street, *args: Any, expected: str = NOT_YET, **options: Any
) -> Iterator[Phone]:
    with opened_phone(chromium, street, *args, expected=expected, **options) as device:
        device.page.set_default_timeout(PATIENT)
        yield device


def register(street: Street, name: str = NAME) -> ShopId:
    """Put a shop in the register, as the municipality does before it invites."""
    return invite(street.town.workspace.context, ShopDetails(name, "Hoofdstraat 1"), None, KINDS)


def invitation(street: Street, shop: ShopId) -> str:
    """Have an official make an invitation; return its link."""
    answer = street.api.http.post(
        f"{API}/shops/{shop}/invitations",
        headers={"Authorization": f"Bearer {sign_in(street.town, EVERYTHING[0])}"},
    )
    assert answer.status_code == 201, answer.text
    link: str = answer.json()["link"]
    return street.base_url + "/winkel/#" + link.split("#")[1]


def asked_owner(street: Street, shop: ShopId) -> tuple[Address, str]:
    """The owner who used the invitation and the owner code, as officials see them."""
    (found,) = [
        each for each in list_enrolments(street.town.workspace.context) if each.shop == shop
    ]
    assert found.owner is not None
    assert found.owner_code is not None
    return found.owner, found.owner_code


def admit(street: Street, shop: ShopId) -> None:
    """Two officials decide for the owner who used the invitation."""
    street.town.decide("setShop", shop, KINDS, asked_owner(street, shop)[0], True)


def choose_pin(page: Page, pin: str = PIN) -> None:
    """Choose the owner's PIN for a new owner's device, in any language."""
    page.locator("#owner-pin").fill(pin, timeout=PATIENT)
    page.locator("#owner-pin-again").fill(pin)
    page.keyboard.press("Enter")


def give_pin(page: Page, pin: str = PIN) -> None:
    """Give the owner's PIN where it is asked for."""
    asked = page.get_by_role("dialog", name="Pincode van de eigenaar")
    asked.get_by_label("Pincode", exact=True).fill(pin)
    asked.get_by_role("button", name="Ga verder").click()


def heading(device: Phone, text: str) -> None:
    expect(device.page.get_by_role("heading", level=1)).to_have_text(text, timeout=PATIENT)


def shown_code(device: Phone) -> str:
    heading(device, "Wacht op de gemeente")
    shown = device.page.get_by_test_id("owner-code")
    expect(shown).to_be_visible()
    return "".join((shown.text_content() or "").split())


def enrol(device: Phone, street: Street, shop: ShopId) -> None:
    """Enrol a device from the invitation's link until it can sell."""
    device.page.goto(invitation(street, shop))
    choose_pin(device.page)
    assert shown_code(device) == asked_owner(street, shop)[1]
    admit(street, shop)
    heading(device, "Dit is nu een kassa")
    device.tap("Begin met afrekenen")


def ask_to_be_till(device: Phone, street: Street, name: str = NAME) -> None:
    street.town.clock.time += 2  # a request's nonce must be above that of the owner's last change
    device.page.goto(street.base_url + "/winkel/")
    device.tap("Sluit dit apparaat aan")
    device.tap(name)
    heading(device, "Laat de eigenaar dit scannen")


def photograph(device: Phone, path: Path) -> Path:
    """Take a picture of the code on the screen."""
    code = device.page.locator("svg.kp-qr")
    expect(code).to_be_visible()
    code.screenshot(path=path)
    return path


def add_till(owner: Phone, picture: Path, name: str, pin: str | None = None) -> None:
    """Add a till on the owner's device, from the list of tills; with the PIN when it is asked."""
    owner.tap("Kassa toevoegen")
    heading(owner, "Kassa toevoegen")
    owner.page.locator("input[type=file]").set_input_files(picture)
    heading(owner, "Nieuwe kassa")
    owner.page.get_by_label("Naam van de kassa").fill(name)
    owner.tap("Sluit deze kassa aan")
    if pin is not None:
        give_pin(owner.page, pin)
    heading(owner, "Kassa’s")
    owner.sees(f"{name} is aangesloten.")


def show_tills(owner: Phone) -> None:
    owner.tap("Meer")
    owner.tap("Kassa’s")
    heading(owner, "Kassa’s")


def restore(device: Phone, street: Street, shop: ShopId) -> None:
    """Make a device the owner's of a shop of the town, with the recovery sheet."""
    device.page.goto(RecoverySheet(shop, owner_of(shop)).link(street.base_url))
    choose_pin(device.page)
    heading(device, "Dit is nu een kassa")
    device.tap("Begin met afrekenen")
