"""The parent app on a device that is offline, locked, full, shared, or has a wrong clock."""

import json
import re

from playwright.sync_api import Browser, expect

from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.stored import all_stored, wait_until_stored
from tests.support.town import LETTERS

FIRST = LETTERS[0]
COUPONS = range(6)

NO_STORAGE = "Object.defineProperty(globalThis, 'indexedDB', {get() { throw new Error('no') }});"
FULL_DISK = """
    const put = IDBObjectStore.prototype.put;
    globalThis.full = false;
    IDBObjectStore.prototype.put = function (...given) {
        if (globalThis.full) throw new DOMException('full', 'QuotaExceededError');
        return put.apply(this, given);
    };
"""
OFFLINE = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"


def test_it_works_without_a_network_from_the_second_visit(
    chromium: Browser, street: Street
) -> None:
    with opened_phone(chromium, street, expected=OFFLINE, service_worker=True) as phone:
        phone.open_letter(FIRST)
        wait_until_stored(phone.page, "(each) => each.syncedAt")
        phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        phone.page.reload()
        phone.heading("Sami")
        phone.context.set_offline(True)
        phone.page.reload()
        phone.heading("Sami")
        phone.left("€ 300,00")
        phone.sees("Geen internet.")
        code = phone.show_code("42,50")
        street.pay(code, 4_250)
        phone.context.set_offline(False)
        phone.heading("Betaald")


def test_a_letter_read_without_a_network_is_read_again(chromium: Browser, street: Street) -> None:
    with opened_phone(chromium, street, expected=OFFLINE, service_worker=True) as phone:
        phone.page.goto(street.base_url)
        phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        phone.context.set_offline(True)
        phone.tap("Typ de tekens")
        phone.page.get_by_label("De 36 tekens").fill(FIRST.text)
        phone.tap("Verder")
        phone.sees("Maak verbinding met internet en probeer het opnieuw.")
        phone.context.set_offline(False)
        phone.tap("Probeer opnieuw")
        phone.heading("Van welk kind is deze brief?")


def test_a_browser_that_keeps_nothing_still_pays(chromium: Browser, street: Street) -> None:
    with opened_phone(chromium, street, script=NO_STORAGE) as phone:
        phone.open_letter(FIRST)
        phone.sees("Deze browser bewaart niets.")
        street.pay(phone.show_code("10"), 1_000)
        phone.heading("Betaald")


def test_a_full_disk_stops_nobody_at_the_till(chromium: Browser, street: Street) -> None:
    with opened_phone(chromium, street, script=FULL_DISK) as phone:
        phone.open_letter(FIRST)
        phone.page.evaluate("globalThis.full = true")
        code = phone.show_code("10")
        phone.tap("Stop")
        phone.sees("het geheugen van deze telefoon is vol")
        phone.tap(re.compile("Toon de code van"))
        assert phone.code() == code
        street.pay(code, 1_000)
        phone.heading("Betaald")
        phone.page.evaluate("globalThis.full = false")
        phone.tap("Klaar")
        expect(phone.page.get_by_text("het geheugen van deze telefoon is vol")).to_have_count(0)
        phone.page.reload()
        phone.left("€ 290,00")


def test_a_clock_that_is_ten_minutes_off_is_corrected(chromium: Browser, street: Street) -> None:
    for off, said in ((600, "10 minuten voor"), (-600, "10 minuten achter")):
        with opened_phone(chromium, street, clock_off=off) as phone:
            phone.open_letter(FIRST)
            phone.sees(said)
            code = phone.show_code("10")
            assert abs(code.spend.nonce - street.town.now()) < 10
            street.pay(code, 1_000)
            phone.heading("Betaald")


def test_two_tabs_show_the_same_code(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    other = Phone(street, phone.context, phone.context.new_page())
    other.page.goto(street.base_url)
    other.tap("Toon code")
    code = phone.show_code("30")
    other.type_amount("30")
    other.tap("Maak code")
    assert other.code() == code
    street.pay(code, 3_000)
    for each in (phone, other):
        each.page.bring_to_front()
        each.sees(re.compile("Betaald|Deze kan niet meer worden gebruikt"))


def test_nothing_readable_is_kept(phone: Phone) -> None:
    phone.open_letter(FIRST)
    phone.show_code("10")
    kept = all_stored(phone.page)
    assert address_of(coupon_key(FIRST, 0, 0)) in kept  # so it would be seen
    assert FIRST.secret.hex() not in kept
    assert FIRST.text not in kept
    for index in COUPONS:
        assert coupon_key(FIRST, 0, index).hex() not in kept
    (lock,) = [each for each in json.loads(kept) if "device" in each]
    assert lock["device"] == {"extractable": False}
    assert phone.context.cookies() == []
    assert phone.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_pin_is_asked_for_and_can_be_forgotten(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    phone.tap("Instellingen")
    phone.tap("Pincode instellen")
    phone.choose_pin("12")
    phone.sees("Kies 4 tot 8 cijfers.")
    phone.choose_pin("2580")
    phone.heading("Instellingen")
    phone.page.reload()
    phone.heading("Typ uw pincode")
    phone.page.get_by_label("Pincode").fill("1111")
    phone.tap("Open")
    phone.sees("Deze pincode klopt niet.")
    phone.page.get_by_label("Pincode").fill("2580")
    phone.tap("Open")
    street.pay(phone.show_code("10"), 1_000)
    phone.heading("Betaald")
    phone.page.reload()
    phone.page.get_by_text("Pincode vergeten?").click()
    phone.tap("Wis de app")
    phone.heading("Welkom")
    phone.open_letter(FIRST)
    phone.left("€ 290,00")
