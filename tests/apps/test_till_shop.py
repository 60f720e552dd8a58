"""Enrolment of tills: by invitation, by a till request, by the recovery sheet."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import qrcode
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, expect

from kindpakket.actors import API
from kindpakket.domain.ids import Address
from kindpakket.protocol.enrolment import RecoverySheet, read_recovery_sheet, read_till_request
from kindpakket.protocol.signatures import Key, address_of
from tests.apps.counter import (
    NAME,
    PATIENT,
    add_till,
    admit,
    ask_to_be_till,
    asked_owner,
    choose_pin,
    enrol,
    give_pin,
    heading,
    invitation,
    opened_device,
    photograph,
    register,
    restore,
    show_tills,
    shown_code,
)
from tests.apps.enrolled import EASY, PIN, keys_of, put_till
from tests.apps.phone import Phone, Street
from tests.apps.stored import all_stored
from tests.support.town import BICYCLES, owner_of

DAY = 24 * 3600


@pytest.fixture
def device(chromium: Browser, street: Street) -> Iterator[Phone]:
    with opened_device(chromium, street) as device:
        yield device


@pytest.fixture
def other(chromium: Browser, street: Street) -> Iterator[Phone]:
    with opened_device(chromium, street) as device:
        yield device


def till_of_shop(street: Street, till: Address) -> tuple[int, bool]:
    """The shop of a till and whether the till is active, from the contract."""
    known = street.town.view("tills", till)
    return known["shop"], known["active"]


# the invitation


def test_from_the_invitations_link_to_a_till(device: Phone, street: Street) -> None:
    shop = register(street)
    device.page.goto(invitation(street, shop))
    choose_pin(device.page)
    code = shown_code(device)
    assert "#" not in device.page.url
    owner, seen_by_officials = asked_owner(street, shop)
    assert code == seen_by_officials
    device.sees(f"Uitnodiging voor {NAME}")
    admit(street, shop)
    heading(device, "Dit is nu een kassa")
    device.sees(f"{NAME}, Kassa 1")
    till_key, owner_key = keys_of(device)
    assert address_of(owner_key) == owner == street.town.view("shops", shop)["owner"]
    assert till_of_shop(street, address_of(till_key)) == (shop, True)
    device.tap("Begin met afrekenen")
    device.page.reload()
    device.sees("Kassa 1")
    show_tills(device)
    device.sees("dit apparaat")


def test_waiting_survives_that_the_app_is_closed(device: Phone, street: Street) -> None:
    shop = register(street)
    device.page.goto(invitation(street, shop))
    choose_pin(device.page)
    code = shown_code(device)
    keys = keys_of(device)
    device.page.close()
    device.page = device.context.new_page()
    device.page.goto(street.base_url + "/winkel/")
    assert shown_code(device) == code
    assert keys_of(device) == keys
    admit(street, shop)
    heading(device, "Dit is nu een kassa")


def test_an_invitation_that_is_opened_twice_has_the_same_owner(
    device: Phone, street: Street
) -> None:
    link = invitation(street, register(street))
    device.page.goto(link)
    choose_pin(device.page)
    code = shown_code(device)
    device.page.goto("about:blank")
    device.page.goto(link)
    assert shown_code(device) == code


def test_the_keys_are_kept_before_anything_is_sent(device: Phone, street: Street) -> None:
    shop = register(street)
    device.page.route("**/enrolments", lambda route: route.abort())
    device.wrong = NoNetwork()
    device.page.goto(invitation(street, shop))
    choose_pin(device.page)
    device.sees("Maak verbinding met internet")
    keys = keys_of(device)
    device.page.unroute("**/enrolments")
    shown_code(device)
    assert keys_of(device) == keys
    assert address_of(keys[1]) == asked_owner(street, shop)[0]


def test_a_used_invitation_is_refused(device: Phone, other: Phone, street: Street) -> None:
    link = invitation(street, register(street))
    device.page.goto(link)
    choose_pin(device.page)
    shown_code(device)
    other.page.goto(link)
    choose_pin(other.page)
    other.sees("Deze uitnodiging is op een ander apparaat gebruikt.")
    heading(other, "Welkom")
    other.page.reload()
    heading(other, "Welkom")


def test_an_expired_invitation_is_refused(device: Phone, street: Street) -> None:
    link = invitation(street, register(street))
    street.town.clock.time += 8 * DAY
    device.page.goto(link)
    choose_pin(device.page)
    device.sees("Deze uitnodiging is verlopen")
    heading(device, "Welkom")


def test_an_unknown_or_damaged_invitation_is_refused(device: Phone, street: Street) -> None:
    shop = register(street)
    old = invitation(street, shop)
    invitation(street, shop)
    device.page.goto(old)
    choose_pin(device.page)
    device.sees("Deze uitnodiging is niet")
    heading(device, "Welkom")
    device.page.goto("about:blank")
    device.page.goto(old[:-2])
    device.sees("Er klopt iets niet aan deze link of tekens.")
    heading(device, "Welkom")


def test_an_invitation_is_typed_or_scanned(
    device: Phone, other: Phone, street: Street, tmp_path: Path
) -> None:
    first, second = register(street, "Een"), register(street, "Twee")
    device.page.goto(street.base_url + "/winkel/")
    device.tap("Typ de tekens")
    field = device.page.get_by_label("De tekens van de uitnodiging")
    field.fill("0400 0ab")
    expect(field).to_have_value("0400-0AB")
    field.fill(invitation(street, first).split("#KI1.")[1].lower())
    device.tap("Verder")
    choose_pin(device.page)
    shown_code(device)
    picture = tmp_path / "invitation.png"
    qrcode.make(invitation(street, second)).save(picture)
    other.page.goto(street.base_url + "/winkel/")
    other.tap("Scan de uitnodiging")
    other.page.locator("input[type=file]").set_input_files(picture)
    choose_pin(other.page)
    shown_code(other)
    other.sees("Uitnodiging voor Twee")


def test_a_device_of_one_shop_does_not_become_anothers(device: Phone, street: Street) -> None:
    put_till(device, BICYCLES)
    keys = keys_of(device, work=EASY)
    device.page.goto(invitation(street, register(street)))
    heading(device, "Deze link is voor een andere winkel")
    assert keys_of(device, work=EASY) == keys
    device.tap("Terug naar de kassa")
    expect(device.page.get_by_role("button", name="Vandaag")).to_be_visible()


def test_a_lost_owner_device_is_replaced_by_a_new_invitation(
    device: Phone, other: Phone, street: Street
) -> None:
    put_till(device, BICYCLES)
    lost_till, lost_owner = keys_of(device, work=EASY)
    other.page.goto(invitation(street, BICYCLES))
    choose_pin(other.page)
    shown_code(other)
    assert street.town.view("shops", BICYCLES)["owner"] == address_of(lost_owner)
    admit(street, BICYCLES)
    heading(other, "Dit is nu een kassa")
    other.sees("Kassa 3")
    other.tap("Begin met afrekenen")
    show_tills(device)
    device.sees("Dit apparaat is dat niet meer.")
    expect(device.page.get_by_role("button", name="Kassa toevoegen")).to_have_count(0)
    show_tills(other)
    other.tap("Blokkeer Kassa 2")
    other.tap("Ja, blokkeer Kassa 2")
    other.sees("Kassa 2 is geblokkeerd.")
    assert till_of_shop(street, address_of(lost_till)) == (BICYCLES, False)


# another till


def test_a_second_till_by_its_qr(
    device: Phone, other: Phone, street: Street, tmp_path: Path
) -> None:
    put_till(device, BICYCLES)
    ask_to_be_till(other, street, "Winkel 1")
    picture = photograph(other, tmp_path / "request.png")
    (found,) = zxingcpp.read_barcodes(
        Image.open(picture).convert("L"), zxingcpp.BarcodeFormat.QRCode
    )
    request = read_till_request(found.text, street.api.domain)
    assert (request.change.shop, request.change.till) == (BICYCLES, address_of(keys_of(other)[0]))
    show_tills(device)
    device.tap("Kassa toevoegen")
    device.page.locator("input[type=file]").set_input_files(picture)
    heading(device, "Nieuwe kassa")
    mark = device.page.get_by_test_id("mark").inner_text()
    other.sees(f"Code van deze kassa: {mark}")
    device.tap("Sluit deze kassa aan")
    device.sees("Geef de kassa een naam.")
    assert till_of_shop(street, request.change.till) == (0, False)
    device.page.get_by_label("Naam van de kassa").fill("Toonbank")
    device.tap("Sluit deze kassa aan")
    give_pin(device.page)
    device.sees("Toonbank is aangesloten.")
    heading(other, "Dit is nu een kassa")
    other.sees("Winkel 1, Toonbank")
    assert till_of_shop(street, request.change.till) == (BICYCLES, True)
    other.tap("Begin met afrekenen")
    show_tills(other)
    other.sees("Alleen het apparaat van de eigenaar")
    expect(other.page.get_by_role("button", name=re.compile("Blokkeer|toevoegen"))).to_have_count(0)


def test_a_till_by_number_and_by_text(device: Phone, other: Phone, street: Street) -> None:
    put_till(device, BICYCLES)
    other.page.goto(street.base_url + "/winkel/")
    other.tap("Sluit dit apparaat aan")
    other.tap("Gebruik dit nummer")
    other.sees("Typ een nummer van 1 of hoger.")
    street.town.clock.time += 2
    other.page.get_by_label("Nummer van de winkel").fill(str(BICYCLES))
    other.tap("Gebruik dit nummer")
    heading(other, "Laat de eigenaar dit scannen")
    other.page.get_by_text("Geen camera? Kopieer deze tekst").click()
    text = other.page.get_by_test_id("request").inner_text()
    show_tills(device)
    device.tap("Kassa toevoegen")
    device.page.get_by_label("Of plak de tekst").fill(text[:-1] + ("1" if text[-1] == "0" else "0"))
    device.tap("Lees de tekst")
    device.sees("Dit is geen code van een nieuwe kassa.")
    device.page.get_by_label("Of plak de tekst").fill(text)
    device.tap("Lees de tekst")
    heading(device, "Nieuwe kassa")
    device.page.get_by_label("Naam van de kassa").fill("Kassa 3")
    device.tap("Sluit deze kassa aan")
    give_pin(device.page)
    heading(other, "Dit is nu een kassa")


def test_a_request_is_made_anew_each_minute(other: Phone, street: Street) -> None:
    ask_to_be_till(other, street, "Winkel 1")
    shown = other.page.locator("svg.kp-qr path")
    expect(shown).to_be_visible()
    first = shown.get_attribute("d")
    assert first is not None
    other.page.evaluate("Date.now = ((now) => () => now() + 61000)(Date.now)")
    expect(shown).not_to_have_attribute("d", first, timeout=PATIENT)


def test_a_request_for_another_shop_is_refused(
    device: Phone, other: Phone, street: Street, tmp_path: Path
) -> None:
    put_till(device, BICYCLES)
    ask_to_be_till(other, street, "Winkel 4")
    picture = photograph(other, tmp_path / "request.png")
    show_tills(device)
    device.tap("Kassa toevoegen")
    device.page.locator("input[type=file]").set_input_files(picture)
    device.sees("Deze code is voor een andere winkel.")


def test_a_blocked_till_is_told_and_can_ask_again(
    device: Phone, other: Phone, street: Street, tmp_path: Path
) -> None:
    put_till(device, BICYCLES)
    ask_to_be_till(other, street, "Winkel 1")
    show_tills(device)
    add_till(device, photograph(other, tmp_path / "request.png"), "Toonbank", PIN)
    heading(other, "Dit is nu een kassa")
    other.tap("Begin met afrekenen")
    other.tap("Vandaag")
    other.sees("Er zijn op deze dag geen betalingen.")
    till = address_of(keys_of(other)[0])

    device.tap("Blokkeer Toonbank")
    device.sees("Toonbank blokkeren?")
    device.tap("Nee")
    assert till_of_shop(street, till) == (BICYCLES, True)
    device.tap("Blokkeer Toonbank")
    device.tap("Ja, blokkeer Toonbank")
    device.sees("Toonbank is geblokkeerd.")
    assert till_of_shop(street, till) == (BICYCLES, False)

    other.tap("Terug")
    other.tap("Vandaag")
    heading(other, "Deze kassa is geblokkeerd")
    expect(other.page.get_by_test_id("totals")).to_have_count(0)
    street.town.clock.time += 2
    other.tap("Vraag het opnieuw")
    heading(other, "Laat de eigenaar dit scannen")
    device.tap("Wijzig Toonbank")
    device.page.get_by_label("Naam van de kassa").fill("Toonbank achter")
    device.tap("Bewaar")
    device.sees("Toonbank achter is gewijzigd.")
    assert till_of_shop(street, till) == (BICYCLES, False)
    device.tap("Sluit Toonbank achter weer aan")
    heading(device, "Kassa toevoegen")
    device.page.locator("input[type=file]").set_input_files(
        photograph(other, tmp_path / "again.png")
    )
    heading(device, "Nieuwe kassa")
    expect(device.page.get_by_label("Naam van de kassa")).to_have_value("Toonbank achter")
    device.tap("Sluit deze kassa aan")
    heading(other, "Dit is nu een kassa")
    assert till_of_shop(street, till) == (BICYCLES, True)


def test_the_owner_names_a_till_and_lets_it_do_more(
    device: Phone, other: Phone, street: Street, tmp_path: Path
) -> None:
    put_till(device, BICYCLES)
    ask_to_be_till(other, street, "Winkel 1")
    show_tills(device)
    add_till(device, photograph(other, tmp_path / "request.png"), "Toonbank", PIN)
    heading(other, "Dit is nu een kassa")
    other.tap("Begin met afrekenen")
    other.tap("Vandaag")
    other.sees("Deze kassa ziet alleen wat zij vandaag zelf heeft ontvangen.")
    expect(other.page.get_by_role("button", name="Uitbetalingen")).to_have_count(0)
    other.tap("Terug")
    device.tap("Wijzig Toonbank")
    heading(device, "Toonbank")
    device.page.get_by_label("Naam van de kassa").fill("Magazijn")
    device.page.get_by_label("De boekhouding zien").check()
    device.tap("Bewaar")
    device.sees("Magazijn is gewijzigd.")
    other.tap("Vandaag")
    expect(other.page.get_by_role("button", name="Uitbetalingen")).to_be_visible()


# the recovery sheet


def test_the_sheet_is_printed_and_restores(
    device: Phone, other: Phone, street: Street, tmp_path: Path
) -> None:
    shop = register(street)
    enrol(device, street, shop)
    device.tap("Meer")
    device.tap("Herstelbrief")
    device.sees("Wie deze brief heeft, is de eigenaar.")
    assert device.page.get_by_test_id("sheet").count() == 0
    device.tap("Toon de herstelbrief")
    groups = device.page.get_by_test_id("sheet").inner_text()
    device.page.emulate_media(media="print")
    expect(device.page.get_by_role("button")).to_have_count(0)
    picture = photograph(device, tmp_path / "sheet.png")
    (found,) = zxingcpp.read_barcodes(
        Image.open(picture).convert("L"), zxingcpp.BarcodeFormat.QRCode
    )
    sheet = read_recovery_sheet(groups)
    first_till, first_owner = keys_of(device)
    assert sheet == RecoverySheet(shop, first_owner)
    assert found.text == sheet.link(street.base_url)

    other.page.goto(street.base_url + "/winkel/")
    other.tap("Scan de uitnodiging")
    other.page.locator("input[type=file]").set_input_files(picture)
    choose_pin(other.page)
    heading(other, "Dit is nu een kassa")
    other.sees(f"{NAME}, Kassa 2")
    till, owner = keys_of(other)
    assert owner == first_owner
    assert till != first_till
    assert till_of_shop(street, address_of(till)) == (shop, True)
    other.tap("Begin met afrekenen")
    show_tills(other)
    other.tap("Blokkeer Kassa 1")
    other.tap("Ja, blokkeer Kassa 1")
    other.sees("Kassa 1 is geblokkeerd.")


def test_a_sheet_of_a_former_owner_restores_nothing(device: Phone, street: Street) -> None:
    stranger = RecoverySheet(BICYCLES, Key(b"\x77" * 32))
    device.page.goto(stranger.link(street.base_url))
    device.sees("Deze herstelbrief hoort niet (meer) bij de winkel.")
    heading(device, "Welkom")
    assert "#" not in device.page.url


def test_the_sheet_leaves_the_screen_with_its_reader(device: Phone) -> None:
    put_till(device, BICYCLES)
    device.tap("Meer")
    device.tap("Herstelbrief")
    device.tap("Toon de herstelbrief")
    give_pin(device.page)
    expect(device.page.get_by_test_id("sheet")).to_be_visible()
    device.tap("Terug")
    device.tap("Herstelbrief")
    expect(device.page.get_by_role("button", name="Toon de herstelbrief")).to_be_visible()
    expect(device.page.get_by_test_id("sheet")).to_have_count(0)


# what is not disclosed


def test_no_key_is_sent_or_readable(device: Phone, other: Phone, street: Street) -> None:
    shop = register(street)
    link = invitation(street, shop)
    device.page.goto(link)
    choose_pin(device.page)
    shown_code(device)
    admit(street, shop)
    heading(device, "Dit is nu een kassa")
    device.tap("Begin met afrekenen")
    device.tap("Vandaag")
    device.sees("Er zijn op deze dag geen betalingen.")
    restore(other, street, BICYCLES)
    for each in (device, other):
        keys = keys_of(each)
        secrets = [key.hex() for key in keys]
        sent = [
            " ".join([one.url, *one.headers.values(), one.post_data or ""]) for one in each.requests
        ]
        assert any(address_of(keys[0]) in one for one in sent)  # so it would be seen
        kept = all_stored(each.page, "kindpakket-winkel")
        assert address_of(keys[0]) in kept
        tokens = [
            one.headers["authorization"].split()[1]
            for one in each.requests
            if "authorization" in one.headers
        ]
        assert tokens
        for secret in [*secrets, *tokens]:
            assert secret not in kept
        for secret in secrets:
            assert not any(secret in one for one in sent)
    sheet = RecoverySheet(BICYCLES, owner_of(BICYCLES))
    assert not any(sheet.text in one.url for one in other.requests if one.is_navigation_request())
    assert not any(link[-20:] in one.url for one in device.requests if API in one.url)


class NoNetwork(list[str]):
    """Ignores the browser's log of network errors, which are expected without a network."""

    def append(self, line: str) -> None:
        if "ERR_FAILED" not in line:
            super().append(line)
