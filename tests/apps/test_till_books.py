"""A shop's books, through its screens: days, refunds, payouts, and the CSV export."""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from kindpakket.actors import Till
from kindpakket.domain.ids import Hash
from kindpakket.domain.proofs import format_proof
from kindpakket.protocol.enrolment import RecoverySheet
from kindpakket.protocol.signatures import Key
from tests.apps.counter import (
    PATIENT,
    choose_pin,
    heading,
    invitation,
    opened_device,
    register,
)
from tests.apps.enrolled import put_till
from tests.apps.phone import Phone, Street
from tests.support.proofs import proof_of
from tests.support.screens import Screens
from tests.support.town import BICYCLES, BOOKS, Town, owner_of, till_of

DAY = 24 * 3600
FILE = b"\x11" * 32
SMALL, DESK = (320, 640), (1280, 800)


def euros(text: str) -> str:
    return text.replace("€ ", "€\u00a0")


def pay(town: Town, amount: int, coupon: int, till: Till | None = None) -> dict[str, Any]:
    return town.api.pay(till or till_of(BICYCLES), town.code(amount, coupons=(coupon,)), amount)


@pytest.fixture
def device(chromium: Browser, street: Street) -> Iterator[Phone]:
    with opened_device(chromium, street) as device:
        put_till(device, BICYCLES)
        yield device


def rows(device: Phone) -> list[str]:
    return [each.inner_text() for each in device.page.locator("button.row").all()]


def totals(device: Phone, *amounts: str) -> None:
    shown = device.page.get_by_test_id("totals").locator("dd")
    expect(shown).to_have_text([euros(amount) for amount in amounts])


# days


def test_a_day_is_listed_and_added_up(device: Phone, street: Street) -> None:
    town = street.town
    second = Till(BICYCLES, Key(b"\x77" * 32))
    town.clock.time += 1
    town.api.change_till(owner_of(BICYCLES), BICYCLES, second.key, town.now(), active=True)
    first = pay(town, 4_250, 0)
    pay(town, 1_005, 1, second)
    pay(town, 500, 2, till_of(BOOKS))  # another shop's
    town.api.refund(till_of(BICYCLES), first["id"], 250, town.now())
    device.tap("Vandaag")
    totals(device, "€ 52,55", "€ 2,50", "€ 50,05")
    device.sees("2 betalingen")
    newest, oldest = rows(device)
    assert euros("€ 10,05") in newest
    assert euros("€ 42,50") in oldest
    assert euros("€ 2,50 terug") in oldest
    assert re.search(r"\d\d:\d\d", oldest)
    assert re.search(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", oldest)
    expect(device.page.get_by_test_id("owed")).to_have_text(euros("€ 50,05"))


def test_any_day_by_its_date(chromium: Browser, street: Street) -> None:
    town = street.town
    pay(town, 1_000, 0)
    town.clock.time += DAY
    pay(town, 2_000, 1)
    town.clock.time += DAY
    with opened_device(chromium, street) as device:
        put_till(device, BICYCLES)
        device.tap("Vandaag")
        device.sees("Er zijn op deze dag geen betalingen.")
        device.sees("zondag 17 januari 2027")
        device.tap("Vorige dag")
        totals(device, "€ 20,00", "€ 0,00", "€ 20,00")
        device.sees("zaterdag 16 januari 2027")
        heading(device, "Betalingen")
        device.page.get_by_label("Dag", exact=True).fill("2027-01-15")
        totals(device, "€ 10,00", "€ 0,00", "€ 10,00")
        device.tap("Volgende dag")
        device.tap("Volgende dag")
        heading(device, "Vandaag")
        device.page.get_by_role("button", name="Volgende dag").click(force=True)
        device.sees("zondag 17 januari 2027")


def test_a_payment_that_comes_in_is_shown(device: Phone, street: Street) -> None:
    device.tap("Vandaag")
    device.sees("Er zijn op deze dag geen betalingen.")
    pay(street.town, 700, 0)
    device.page.get_by_role("button", name="1 nieuwe betaling: toon").click(timeout=2 * PATIENT)
    device.sees("1 betaling")


def test_a_payment_is_found_by_the_proof_code_on_a_receipt(device: Phone, street: Street) -> None:
    code = proof_of(Hash(pay(street.town, 4_250, 0)["id"]))
    other = proof_of(Hash(pay(street.town, 500, 2, till_of(BOOKS))["id"]))
    street.town.clock.time += DAY
    device.tap("Vandaag")
    field = device.page.get_by_label("Zoek een betaling")
    for typed, said in (
        ("7K3", "Er missen nog 7 tekens."),
        ("7K3QM-9XU2T", "Groepje 2: de U kan niet."),
        (other, "Er is geen betaling gevonden"),
    ):
        field.fill(typed)
        device.page.get_by_role("button", name="Zoek", exact=True).click()
        device.sees(said)
    field.fill(f" {code[:5]} {code[5:].lower()}")
    device.page.get_by_role("button", name="Zoek", exact=True).click()
    heading(device, "Betaling")
    device.sees(euros("€ 42,50"))
    device.sees(format_proof(code))


# refunds


def test_a_part_then_the_rest_and_never_more(device: Phone, street: Street) -> None:
    payment = pay(street.town, 4_250, 0)
    device.tap("Vandaag")
    device.page.locator("button.row").click()
    device.tap("Een deel terugbetalen")
    field = device.page.get_by_label("Hoeveel gaat er terug?")
    for typed, said in (
        ("", "Typ een bedrag"),
        ("0", "Typ een bedrag"),
        ("42,51", "Er kan hoogstens € 42,50 terug."),
    ):
        field.fill(typed)
        device.tap("Verder")
        device.sees(euros(said))
    field.fill("12,50")
    device.tap("Verder")
    device.sees(euros("€ 12,50 terugbetalen?"))
    device.page.get_by_role("dialog").get_by_role("button", name="Nee").click()
    assert street.api.get(f"/payments/{payment['id']}")["refunded"] == 0
    device.tap("Verder")
    device.tap(euros("Ja, betaal € 12,50 terug"))
    device.sees(euros("€ 12,50 is terugbetaald."))
    expect(device.page.get_by_test_id("refunded")).to_have_text(euros("€ 12,50"))
    assert street.api.get(f"/payments/{payment['id']}")["refunded"] == 1_250
    device.tap("Een deel terugbetalen")
    field.fill("30,01")
    device.tap("Verder")
    device.sees(euros("Er kan hoogstens € 30,00 terug."))
    device.tap("Nee")
    device.tap(euros("Alles terugbetalen: € 30,00"))
    device.tap(euros("Ja, betaal € 30,00 terug"))
    device.sees(euros("€ 30,00 is terugbetaald."))
    device.sees("Alles is terugbetaald.")
    assert street.api.get(f"/payments/{payment['id']}")["refunded"] == 4_250
    assert street.town.remaining()[0] == 10_000
    device.tap("Terug")
    totals(device, "€ 42,50", "€ 42,50", "€ 0,00")


def test_what_another_till_gave_back_cannot_be_given_twice(device: Phone, street: Street) -> None:
    payment = pay(street.town, 1_000, 0)
    device.tap("Vandaag")
    device.page.locator("button.row").click()
    device.tap(euros("Alles terugbetalen: € 10,00"))
    street.town.api.refund(till_of(BICYCLES), payment["id"], 600, street.town.now())
    device.tap(euros("Ja, betaal € 10,00 terug"))
    device.sees("Er kan niet meer terug dan er betaald is.")
    device.sees(euros("Alles terugbetalen: € 4,00"))
    assert street.api.get(f"/payments/{payment['id']}")["refunded"] == 600


# payouts and the CSV export


def test_what_is_owed_and_what_was_paid_out(device: Phone, street: Street) -> None:
    pay(street.town, 5_000, 0)
    street.town.decide("settle", 12, [BICYCLES], [3_000], FILE)
    street.town.decide("settle", 13, [BICYCLES], [-500], FILE)
    device.tap("Meer")
    device.tap("Uitbetalingen")
    expect(device.page.get_by_test_id("owed")).to_have_text(euros("€ 25,00"))
    listed = device.page.get_by_role("listitem")
    expect(listed).to_have_count(2)
    expect(listed.nth(0)).to_contain_text("KP-13-1")
    expect(listed.nth(0)).to_contain_text(euros("€ -5,00"))
    expect(listed.nth(1)).to_contain_text("Kenmerk KP-12-1")
    expect(listed.nth(1)).to_contain_text("15 januari 2027")
    expect(listed.nth(1)).to_contain_text(euros("€ 30,00"))


def test_the_bookkeepers_file(device: Phone, street: Street, tmp_path: Path) -> None:
    first = pay(street.town, 2_345, 0)
    pay(street.town, 500, 1)
    street.town.api.refund(till_of(BICYCLES), first["id"], 45, street.town.now())
    device.tap("Vandaag")
    device.tap("Bestand voor de boekhouding")
    expect(device.page.get_by_label("Van", exact=True)).to_have_value("2027-01-01")
    device.page.get_by_label("Van", exact=True).fill("2027-01-16")
    device.tap("Haal het bestand op")
    device.sees("Het begin kan niet na het einde zijn.")
    device.page.get_by_label("Van", exact=True).fill("2027-01-15")
    with device.page.expect_download() as download:
        device.tap("Haal het bestand op")
    device.sees("Het bestand is klaar: 2 betalingen.")
    assert download.value.suggested_filename == "kindpakket-2027-01-15-2027-01-15.csv"
    download.value.save_as(tmp_path / "books.csv")
    raw = (tmp_path / "books.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 3 == raw.count(b"\n")
    head, one, two = csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";")
    amounts = ["Betaald", "Terugbetaald", "Netto"]
    assert head == ["Datum", "Tijd", "Kassa", "Bewijscode", *amounts, "Uw eigen nummer"]
    assert one[0] == "15-01-2027"
    assert re.fullmatch(r"\d\d:\d\d", one[1])
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", one[3])
    assert one[4:] == ["23,45", "0,45", "23,00", ""]
    assert two[4:] == ["5,00", "0,00", "5,00", ""]


def test_the_shops_own_number_is_in_its_list_and_its_file_and_never_sent(
    device: Phone, street: Street, tmp_path: Path
) -> None:
    number = "=2026-0123"
    sent: list[str] = []
    device.page.on("request", lambda each: sent.append(f"{each.url} {each.post_data}"))
    pay(street.town, 2_345, 0)
    device.tap("Vandaag")
    device.page.locator("button.row").click()
    field = device.page.get_by_label("Uw eigen nummer")
    field.press_sequentially(number + "-and-more-than-fits")
    expect(field).to_have_value("=2026-0123-and-more-")
    field.fill(number)
    device.page.get_by_role("button", name="Terug", exact=True).click()
    expect(device.page.locator("button.row")).to_contain_text(f"Uw eigen nummer {number}")
    device.page.reload()
    device.tap("Vandaag")
    expect(device.page.locator("button.row")).to_contain_text(number)
    device.page.locator("button.row").click()
    expect(field).to_have_value(number)
    device.page.get_by_role("button", name="Terug", exact=True).click()
    device.tap("Bestand voor de boekhouding")
    with device.page.expect_download() as download:
        device.tap("Haal het bestand op")
    download.value.save_as(tmp_path / "books.csv")
    _, row = (tmp_path / "books.csv").read_text("utf-8-sig").splitlines()
    assert row.endswith(f";23,45;0,00;23,45;'{number}")
    assert sent and not any("0123" in each for each in sent)


# accessibility


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [(SMALL, "light", "nl"), (DESK, "dark", "en")],
)
def test_every_screen_of_the_office_fits_everybody(
    chromium: Browser,
    street: Street,
    screens: Screens,
    size: tuple[int, int],
    theme: str,
    language: str,
) -> None:
    pay(street.town, 4_250, 0)
    street.town.decide("settle", 1, [BICYCLES], [1_000], FILE)
    options = {"color_scheme": theme, "locale": language}
    with opened_device(chromium, street, size, **options) as owner:

        def look(state: str) -> None:
            screens.look(owner.page, f"office, {language}", state)
            owner.fits_everybody(state)

        walk(owner, street, look)


def walk(device: Phone, street: Street, look: Callable[[str], None]) -> None:
    """Visit and check every screen; navigates by position, independently of the language."""
    page = device.page
    started = re.compile("Welkom|Welcome")

    def first(name: str) -> None:
        page.get_by_role("button", name=re.compile(f"^({name})")).first.click()

    page.goto(street.base_url + "/winkel/")
    expect(page.get_by_role("heading", level=1)).to_have_text(started)
    look("welcome")
    first("Scan de uit|Scan the inv")
    page.wait_for_selector(".camera__wait--over")
    look("enter_scan")
    first("Typ de|Type the")
    page.locator("textarea").fill("0400")
    first("Verder|Continue")
    expect(page.get_by_role("alert").filter(has_text=".")).to_be_visible()
    look("enter_type")
    page.goto(street.base_url + "/winkel/")
    first("Sluit dit|Connect this")
    page.wait_for_selector("button.row")
    look("choose")
    page.locator("button.row").first.click()
    page.wait_for_selector("svg.kp-qr")
    page.locator("summary").click()
    look("request")
    first("Stop")
    page.goto(invitation(street, register(street)))
    page.wait_for_selector("#owner-pin")
    look("owner's PIN")
    choose_pin(page)
    page.wait_for_selector(".owner-code")
    look("waiting")
    first("Stop")
    look("stop?")
    first("Ja, stop|Yes, stop")
    expect(page.get_by_role("heading", level=1)).to_have_text(started)
    page.goto(RecoverySheet(BICYCLES, owner_of(BICYCLES)).link(street.base_url))
    choose_pin(page)
    page.wait_for_selector("text=/Dit is nu een kassa|This is a till now/")
    look("enrolled")
    first("Naar de|To the")
    look("sheet, before")
    first("Toon de|Show the")
    page.wait_for_selector(".sheet")
    look("sheet")
    first("Terug|Back")
    first("Begin met|Start sell")
    first("Vandaag|Today")
    page.wait_for_selector("button.row")
    look("today")
    page.locator("button.row").click()
    look("payment")
    first("Een deel|Refund a part")
    first("Verder|Continue")
    look("refund, wrong")
    page.locator("#refund").fill("1")
    first("Verder|Continue")
    look("refund?")
    first("Ja, betaal|Yes, refund")
    page.wait_for_selector("text=/is terugbetaald|has been refunded/")
    look("refunded")
    first("Terug|Back")
    first("Dagoverzicht|Report")
    page.wait_for_selector(".report")
    look("report")
    first("Terug|Back")
    first("Uitbetalingen|Payouts")
    page.wait_for_selector("li.row")
    look("payouts")
    first("Terug|Back")
    first("Bestand|File")
    look("export")
    first("Terug|Back")
    first("Terug|Back")
    first("Meer|More")
    look("settings")
    first("Rekening|Account")
    page.wait_for_selector(".account > p")
    look("account")
    first("Terug|Back")
    first("Over deze|About")
    look("about")
    first("Terug|Back")
    first("Kassa’s|Tills")
    page.wait_for_selector("li.row")
    look("tills")
    first("Blokkeer|Block")
    look("block?")
    page.keyboard.press("Escape")
    first("Kassa toe|Add a")
    page.wait_for_selector(".camera__wait--over")
    look("till_scan")
    page.goto("about:blank")
    page.goto(invitation(street, register(street, "Elders")))
    page.wait_for_selector("text=/andere winkel|another shop/")
    look("taken")
