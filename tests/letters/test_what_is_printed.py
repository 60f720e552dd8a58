"""The content of letters and cards, with QR codes decoded from the pixels."""

import dataclasses
import re
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from kindpakket.actors import spend_from_card
from kindpakket.protocol.codes import read_card
from kindpakket.protocol.keys import coupon_address
from kindpakket.services.letters.generate import Sheet
from tests.support.paper import (
    barcodes,
    fonts,
    letter_text,
    open_pdf,
    ruler_millimetres,
    scanned,
    words,
)
from tests.support.printed import SHEETS, STATIONERY, TEXTS, print_out
from tests.support.town import BICYCLES, SCHEME, Town, till_of

A4 = (595, 842)
"""In points."""
TEXTS_OF_THE_APP = Path(__file__).parents[2] / "parent_app/src/texts/nl"


def test_a_page_a_letter_and_a_page_a_card(printed: PdfDocument) -> None:
    assert len(printed) == 3
    assert {(round(page.get_width()), round(page.get_height())) for page in printed} == {A4}


def test_a_letter_says_what_a_parent_must_know(printed: PdfDocument) -> None:
    said = words(printed[0])
    for words_of_it in (
        "Gemeente Zuiderbroek",
        "Brief 4-001",
        "€ 300 voor uw kind",
        "uit de regeling Kindpakket 2027",
        "Waarvoor is het geld? Voor fietsen en bromfietsen; sportartikelen; boeken.",
        "tot en met 31 december 2027",
        "1. Scan de code",
        "2. Kies het bedrag",
        "3. Laat de code zien",
        "Ga naar ouder.gemeente.example en typ deze tekens over: "
        "0400-2001-081G 8186-0W40-J2GB 1G6G-W3ZW-8JF0",
        "Deze brief is zo goed als geld",
        "Wie deze brief heeft, kan het geld uitgeven. Laat hem aan niemand zien.",
        "De brief kwijt? Wie hem vindt, kan het geld uitgeven. Staat het op uw telefoon?",
        "Telefoon kwijt? Ga met een andere telefoon naar ouder.gemeente.example.",
        "Bel: 14 0999",
        "Mail: hulp@gemeente.example",
        "Kom langs: Markt 1, Zuiderbroek, op werkdagen van 9.00 tot 17.00 uur.",
        "De regels: ouder.gemeente.example/over",
    ):
        assert words_of_it in said


def test_a_letter_says_in_three_more_languages_what_it_is(printed: PdfDocument) -> None:
    said = words(printed[0])
    assert "English: this is money for your child, for shops that take part." in said
    assert "Türkçe: bu, çocuğunuz için katılan mağazalarda geçerli paradır." in said
    arabic = " ".join(re.findall(r"[\u0600-\u06ff]+", said))
    for word in ("العربية", "نقود", "لطفلك", "المتاجر", "الرسالة"):
        assert word in arabic or word[::-1] in arabic


def test_the_first_sheet_of_a_kind_has_a_ruler_of_five_centimetres(printed: PdfDocument) -> None:
    for page in (printed[0], printed[2]):
        assert "Druk af op 100 % (ware grootte). Dan is deze lijn 5 cm:" in words(page)
        assert ruler_millimetres(page, top=0.965) == pytest.approx(50, abs=0.3)
    assert "Druk af op 100 %" not in words(printed[1])
    assert "Druk af op 100 %. Knip langs de rand." in words(printed[2])


def test_no_zero_has_a_slash_but_those_of_the_code(printed: PdfDocument) -> None:
    assert fonts(printed[0], "0") == {
        "NotoSans-Regular",
        "NotoSans-Bold",
        "AtkinsonHyperlegibleMono-Medium",
    }
    assert fonts(printed[2], "0") == {"NotoSans-Regular", "NotoSans-Bold"}


def test_the_longest_names_and_addresses_still_make_one_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    longest = dataclasses.replace(
        STATIONERY,
        municipality="Gemeente Noord-Zuiderbroek en Omstreken aan de Maas",
        app_address="https://kindpakket.gemeente-zuiderbroek.example",
        phone="088 000 00 00 en 06 12 34 56 7",
        email="kindpakket-hulp@gemeente-zuiderbroek.exa",
        desk=("Stadhuis, Raadhuisplein 1, op werkdagen van 9.00 tot 17.00 uur. " * 3)[:140],
    )
    kinds = "bovenkleding en modeartikelen (algemeen assortiment); "
    monkeypatch.setitem(TEXTS, "scheme", ("Kindpakket voor ieder kind in de gemeente " * 3)[:100])
    monkeypatch.setitem(TEXTS, "purpose", f"Voor {kinds * 6}en meer; in de app staat alles.")
    pages = list(open_pdf(print_out(SHEETS[0], SHEETS[2], stationery=longest)))
    assert [len(scanned(page)) for page in pages] == [1, 15]
    assert "kan daarna niet meer betalen." in words(pages[0])


def test_a_letter_calls_the_apps_buttons_by_their_names(printed: PdfDocument) -> None:
    said = words(printed[0])
    texts = "".join(file.read_text() for file in TEXTS_OF_THE_APP.iterdir())
    buttons = dict(re.findall(r'^  (\w+): "(.*)",$', texts, re.MULTILINE))
    choose = f"Kies {buttons['lost_phone']}, scan deze brief en kies {buttons['moving_yes']}."
    assert choose in said
    afterwards, *_ = buttons["move_old"].partition(". ")
    assert f"{afterwards}." in said


def test_each_letter_says_what_it_holds(printed: PdfDocument) -> None:
    assert "Brief 4-002" in words(printed[1])
    assert "€ 87,50 voor uw kind" in words(printed[1])


def test_each_sheet_has_its_number_as_a_barcode_for_who_hands_it_out(printed: PdfDocument) -> None:
    for page, number in zip(printed, ("4-001", "4-002", "4-003"), strict=True):
        assert [said for kind, said in barcodes(page) if kind == "Code128"] == [number]


def test_a_letters_code_is_the_apps_address_with_the_secret_behind_the_hash(
    printed: PdfDocument,
) -> None:
    assert scanned(printed[0]) == [
        "https://ouder.gemeente.example/#KL1.04002001081G81860W40J2GB1G6GW3ZW8JF0"
    ]
    assert letter_text(printed[0]) == "0400-2001-081G-8186-0W40-J2GB-1G6G-W3ZW-8JF0"


def test_a_card_says_what_its_holder_must_know(printed: PdfDocument) -> None:
    said = words(printed[2])
    for words_of_it in (
        "Gemeente Zuiderbroek",
        "Kaart 4-003",
        "€ 287,50 voor uw kind.",
        "Te gebruiken tot en met 31 december 2027.",
        "Laat aan de kassa één code scannen",
        "Deze kaart is zo goed als geld. Kwijt? Bel meteen 14 0999",
        "€ 20 code 14 is leeg",
        "€ 7,50 code 15 is leeg",
    ):
        assert words_of_it in said
    assert said.count("is leeg") == 15


def test_a_card_does_not_print_the_text_of_its_secret(printed: PdfDocument) -> None:
    said = words(printed[2]).replace("-", "")
    assert SHEETS[2].letter.text not in said


def test_a_card_has_a_code_for_each_coupon(printed: PdfDocument) -> None:
    cards = [read_card(text) for text in scanned(printed[2])]
    assert len({card.key for card in cards}) == 15
    assert {card.scheme for card in cards} == {1}


def test_a_card_with_more_coupons_goes_on_on_a_second_page() -> None:
    full = Sheet(5, SHEETS[2].letter, (5_00,) * 32, is_card=True)
    pages = list(open_pdf(print_out(full)))
    assert [len(scanned(page)) for page in pages] == [16, 16]


def test_a_printed_card_is_paid_with(town: Town, printed: PdfDocument) -> None:
    address = coupon_address(SHEETS[2].letter, 0, 0)
    town.decide("issue", SCHEME, 20_00, [address])
    card = read_card(scanned(printed[2])[0])
    code = spend_from_card(town.api.domain, card, BICYCLES, 12_50, town.now())
    payment = town.api.pay(till_of(BICYCLES), code.text, 12_50)
    assert (payment["status"], payment["amount"]) == ("settled", 12_50)
    assert town.view("coupons", address)["remaining"] == 7_50
