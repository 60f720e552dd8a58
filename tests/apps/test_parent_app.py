"""From a letter to a payment and a refund, through the screens of the parent app."""

import re
from pathlib import Path
from typing import Any

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Browser, expect

from kindpakket.domain.letters import Letter
from kindpakket.domain.refusals import Refusal
from tests.apps.phone import Phone, Street, opened_phone
from tests.support.browser import find_chromium
from tests.support.town import BICYCLES, BOOKS, LETTERS, SCHEME, till_of

FIRST, SECOND, _ = LETTERS
DAY = 24 * 3600
CAMERA = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


def refused(street: Street, reason: str, *args: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        street.pay(*args)
    assert refusal.value.code == reason


# paying


def test_from_the_letters_link_to_the_first_payment(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    assert "#" not in phone.page.url
    phone.left("€ 300,00")
    phone.sees("te besteden tot en met 15 januari 2028")
    code = phone.show_code("42,50")
    assert code.spend.max_amount == 4_250
    assert code.spend.shop == 0
    assert len(code.spend.coupons) == 1
    street.pay(code, 4_250)
    phone.heading("Betaald")
    phone.tap("Klaar")
    phone.left("€ 257,50")


def test_the_whole_budget_is_asked_once_and_fits_one_code(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    phone.tap("Toon code")
    phone.tap(re.compile("^Alles"))
    phone.sees("Wilt u een code van €\u00a0300,00 maken?")
    phone.tap("Ja, maak deze code")
    code = phone.code()
    assert code.spend.max_amount == 30_000
    assert len(code.spend.coupons) == 6
    street.pay(code, 30_000)
    phone.heading("Betaald")
    phone.tap("Klaar")
    phone.sees("Dit geld is op.")


def test_an_amount_larger_than_what_is_left_is_told(phone: Phone) -> None:
    phone.open_letter(FIRST)
    phone.tap("Toon code")
    phone.type_amount("300,01")
    phone.sees(re.compile("Kies een lager bedrag.*300,00"))
    phone.tap("Maak code")
    expect(phone.page.locator("svg.qr")).to_have_count(0)


def test_a_code_shown_again_is_the_same_code(phone: Phone) -> None:
    phone.open_letter(FIRST)
    first = phone.show_code("20")
    phone.tap("Stop")
    phone.tap(re.compile("Toon de code van"))
    assert phone.code() == first
    phone.page.reload()
    phone.tap(re.compile("Toon de code van"))
    assert phone.code() == first


def test_of_codes_that_replace_each_other_one_can_be_paid(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    codes = [phone.show_code("110")]
    for amount in ("50", "120", "15"):
        phone.tap("Ander bedrag")
        for _ in range(6):
            phone.tap("Wis het laatste cijfer")
        phone.type_amount(amount)
        phone.tap("Maak code")
        expect(phone.page.get_by_test_id("code-amount")).to_contain_text(amount)
        codes.append(phone.code())
    assert len({code.spend.nonce for code in codes}) == 1
    street.pay(codes[1], 1_000)
    phone.heading("Betaald")
    for code in (codes[0], *codes[2:]):
        refused(street, "code_already_used", code, 1_000)


def test_a_code_for_one_shop_is_refused_at_another(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    phone.tap("Toon code")
    phone.page.get_by_label("Voor welke winkel?").select_option(str(BOOKS))
    phone.type_amount("10")
    phone.tap("Maak code")
    code = phone.code()
    phone.sees("Alleen voor Winkel 4")
    refused(street, "code_for_other_shop", code, 1_000)
    street.pay(code, 1_000, till_of(BOOKS))
    phone.heading("Betaald")


def test_an_expired_code_is_replaced_by_a_new_one(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    old = phone.show_code("10")
    street.town.clock.time += 400
    phone.page.evaluate("Date.now = ((now) => () => now() + 400000)(Date.now)")
    phone.sees("Deze is verlopen.")
    phone.tap("Nieuwe code")
    new = phone.code()
    assert new.spend.nonce > old.spend.nonce
    street.pay(new, 1_000)
    phone.heading("Betaald")


def test_what_was_bought_and_what_came_back(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    payment = street.pay(phone.show_code("120"), 12_000)
    phone.heading("Betaald")
    phone.tap("Klaar")
    street.refund(payment, 1_500)
    phone.tap("Uitgaven")
    phone.sees("Winkel 1")
    phone.sees("€\u00a0120,00")
    phone.sees("€\u00a015,00 teruggekregen")
    phone.tap("Code")
    phone.left("€ 195,00")


# letters


def test_a_letter_is_typed_with_mistakes_pointed_at(phone: Phone, street: Street) -> None:
    phone.page.goto(street.base_url)
    phone.tap("Typ de tekens")
    field = phone.page.get_by_label("De 36 tekens van de brief")
    field.press_sequentially(FIRST.text[:6].lower())
    expect(field).to_have_value(f"{FIRST.text[:4]}-{FIRST.text[4:6]}")
    phone.tap("Verder")
    phone.sees("Er missen nog 30 tekens.")
    field.fill(FIRST.text[:9] + "U" + FIRST.text[10:])
    phone.sees("Groepje 3: de U kan niet. Kijk nog eens in de brief.")
    wrong = "2" if FIRST.text[20] != "2" else "3"
    field.fill(FIRST.text[:20] + wrong + FIRST.text[21:])
    phone.tap("Verder")
    phone.sees("Kijk goed naar groepje 6.")
    field.fill(FIRST.grouped.lower().replace("0", "o"))
    phone.tap("Verder")
    phone.heading("Van welk kind is deze brief?")
    phone.sees("€\u00a0300,00")


def test_a_photo_of_the_letter_is_read(phone: Phone, street: Street, tmp_path: Path) -> None:
    phone.page.goto(street.base_url)
    phone.tap("Scan de brief")
    phone.sees("Er is geen camera gevonden.")
    qrcode.make("iets anders").save(tmp_path / "other.png")
    qrcode.make(street.link(FIRST)).save(tmp_path / "letter.png")
    phone.page.locator("input[type=file]").set_input_files(tmp_path / "other.png")
    phone.sees("Dit is een andere code.")
    phone.page.locator("input[type=file]").set_input_files(tmp_path / "letter.png")
    phone.heading("Van welk kind is deze brief?")


def test_the_camera_reads_the_letter(chromium: Browser, street: Street, tmp_path: Path) -> None:
    picture = tmp_path / "letter.mjpeg"
    image = qrcode.make(street.link(FIRST)).convert("RGB").resize((480, 480))
    frame = Image.new("RGB", (640, 480), "white")
    frame.paste(image, (80, 0))
    with picture.open("wb") as file:
        for _ in range(10):
            frame.save(file, "JPEG")
    started = chromium.browser_type.launch(
        executable_path=find_chromium(),
        args=[*CAMERA, f"--use-file-for-fake-video-capture={picture}"],
    )
    with opened_phone(started, street, permissions=["camera"]) as phone:
        phone.page.goto(street.base_url)
        phone.tap("Scan de brief")
        phone.heading("Van welk kind is deze brief?")
    started.close()


def test_a_damaged_link_is_told(phone: Phone, street: Street) -> None:
    phone.page.goto(street.link(FIRST)[:-3])
    phone.sees("Deze link is niet compleet.")
    phone.heading("Welkom")


def test_an_unknown_letter_is_told(phone: Phone, street: Street) -> None:
    phone.page.goto(street.link(Letter(type(SCHEME)(7), b"?" * 16)))
    phone.sees("Deze brief is hier niet bekend.")
    phone.tap("Naar het begin")
    phone.heading("Welkom")
    phone.wrong[:] = [each for each in phone.wrong if "404" not in each]


def test_two_children_have_a_budget_each(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST, "Sami")
    street.pay(phone.show_code("10"), 1_000)
    phone.heading("Betaald")
    phone.open_letter(SECOND, "Noor")
    for _ in range(2):
        phone.left("€ 300,00", "Noor")
        phone.left("€ 290,00", "Sami")
        phone.page.reload()
    phone.budget("Sami").get_by_role("button", name="Toon code").click()
    phone.sees("Alles: €\u00a0290,00")
    phone.tap("Terug")
    phone.open_letter_again(FIRST)
    expect(phone.budget()).to_have_count(2)


def test_a_letter_taken_off_the_phone_can_come_back(phone: Phone) -> None:
    phone.open_letter(FIRST)
    phone.tap("Instellingen")
    phone.tap("Deze brief weghalen")
    phone.tap("Ja, weghalen")
    phone.heading("Welkom")
    phone.open_letter(FIRST, "Ali")
    phone.left("€ 300,00")


# other phones


def test_a_second_phone_restores_and_both_keep_working(
    phone: Phone, street: Street, chromium: Browser
) -> None:
    phone.open_letter(FIRST)
    street.pay(phone.show_code("15"), 1_500)
    phone.heading("Betaald")
    phone.tap("Klaar")
    with opened_phone(chromium, street) as other:
        other.open_letter(FIRST, "Sami hier")
        other.left("€ 285,00")
        other.tap("Uitgaven")
        other.sees("€\u00a015,00")
        other.tap("Code")
        street.pay(other.show_code("20"), 2_000)
        other.heading("Betaald")
    street.pay(phone.show_code("100"), 10_000)
    phone.heading("Betaald")
    phone.tap("Klaar")
    phone.left("€ 165,00")


def test_a_move_kills_the_old_phones_code(phone: Phone, street: Street, chromium: Browser) -> None:
    phone.open_letter(FIRST)
    street.pay(phone.show_code("15"), 1_500)
    phone.heading("Betaald")
    phone.tap("Klaar")
    stolen = phone.show_code("20")
    with opened_phone(chromium, street) as other:
        other.page.goto(street.base_url)
        other.tap("Telefoon kwijt?")
        other.sees("De oude telefoon kan daarna niet meer betalen.")
        other.tap("Typ de tekens")
        other.page.get_by_label("De 36 tekens").fill(FIRST.grouped)
        other.tap("Verder")
        other.heading("Geld verplaatsen")
        other.sees("€\u00a0285,00")
        other.tap("Verplaats nu")
        other.heading("Verplaatst")
        other.tap("Klaar")
        other.tap("Geen naam")
        other.left("€ 285,00")
        other.tap("Uitgaven")
        other.sees("€\u00a015,00")
        other.tap("Code")
        refused(street, "code_already_used", stolen, 2_000)
        phone.sees("Deze kan niet meer worden gebruikt.")
        phone.tap("Stop")
        phone.sees("Dit geld is naar een andere telefoon of een nieuwe brief verplaatst.")
        street.pay(other.show_code("285"), 28_500)
        other.heading("Betaald")
    assert sum(street.town.remaining(FIRST)) == 0
    assert sum(street.town.remaining(FIRST, generation=1)) == 0


# scheme dates, and acts of officials


def test_four_weeks_before_the_end_the_app_warns(phone: Phone, street: Street) -> None:
    street.town.clock.time += 340 * DAY
    phone.later(340 * DAY)
    phone.open_letter(FIRST)
    phone.sees("U kunt dit geld nog 25 dagen gebruiken, tot en met 15 januari 2028.")


def test_a_scheme_that_is_over_is_told(phone: Phone, street: Street) -> None:
    street.town.decide("closeScheme", SCHEME)
    phone.open_letter(FIRST)
    phone.sees(re.compile(r"De regeling is gesloten op 15 januari 2027 om \d\d\.\d\d uur\."))
    phone.sees(re.compile("€\\s300,00\\s*verlopen"))
    expect(phone.page.get_by_role("button", name="Toon code")).to_have_count(0)


def test_a_paused_scheme_is_told(phone: Phone, street: Street) -> None:
    street.town.decide("setPaused", SCHEME, True)
    phone.open_letter(FIRST)
    phone.sees("De regeling staat tijdelijk stil.")


def test_the_shops_where_it_can_and_cannot_be_used(phone: Phone) -> None:
    phone.open_letter(FIRST)
    phone.tap("Winkels")
    phone.sees("2 winkels")
    phone.page.get_by_label("Zoek een winkel").fill("winkel 4")
    phone.sees("1 winkel")
    expect(phone.page.get_by_text(f"Winkel {BICYCLES}", exact=True)).to_have_count(0)
    phone.page.get_by_label("Zoek een winkel").fill("winkel 2")
    phone.sees("Hier kan het niet")
