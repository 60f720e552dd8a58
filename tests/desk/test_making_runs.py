"""A run is made, sealed and printed in a real browser; no secret leaves it."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, expect
from pypdfium2 import PdfDocument

from kindpakket.domain.letters import read_letter, serial
from kindpakket.protocol.codes import read_card
from kindpakket.protocol.keys import coupon_address
from kindpakket.protocol.signatures import address_of
from kindpakket.services.letters.generate import Sheet
from kindpakket.services.letters.press import print_sheets
from kindpakket.services.paper.stationery import Stationery
from tests.desk.looking import check_weight
from tests.desk.making import (
    STORED,
    card_codes_in,
    letters_in,
    making,
    secrets_in,
)
from tests.desk.office import decided_by_two
from tests.desk.runs import begin, opened
from tests.support.paper import barcodes, open_pdf, ruler_millimetres, scanned, words
from tests.support.town import HERE, VALUES, Town

LETTERS = 101
"""With a card, two parts."""
CARD_VALUES = (20_00,) * 15


def test_a_run_is_made_printed_and_issued_and_no_secret_leaves_the_page(
    chromium: Browser, town: Town
) -> None:
    with making(chromium, town) as (maker, anna, bram):
        number = begin(anna, LETTERS, 1)
        maker.go(number)
        order = json.loads(maker.page.locator("[data-order]").text_content() or "")
        facts = maker.page.locator(".desk-facts").inner_text().split("\n")
        opens = HERE.partition("://")[2]
        assert [each.replace("\N{NO-BREAK SPACE}", " ") for each in facts if each] == [
            *("De code opent", opens, "Brieven", "101, elk van € 300,00"),
            *("Kaarten", "1, elk van € 300,00", "Totaal", "€ 30.600,00"),
        ]
        maker.make()
        pdf = maker.print(parts=2)
        maker.tap("Ja, alles is goed afgedrukt")
        shown = maker.page.locator("[data-hash=run_hash]").inner_text()
        sealed = maker.page.locator("[data-hash=run_hash_sealed]").inner_text()
        with maker.context.expect_page() as other:
            maker.tap("Lever de serie aan")
        reason = f"Controlegetal: {shown}. Van de verzegelde brieven: {sealed}."
        expect(other.value.get_by_text(reason)).to_be_visible()
        kept = other.value.evaluate(STORED).lower()
        secrets = secrets_in(pdf)
        assert len(secrets) == LETTERS * 3 + 15 * 2
        assert any("sealedTo" in each for each in maker.sent)
        sent = "".join(maker.sent).lower()
        for secret in secrets:
            assert secret.lower() not in sent
            assert secret.lower() not in kept
        decided_by_two(anna, bram, other.value.url.partition("/besluiten/")[2][:66])
        assert _remaining(town, pdf) == [*VALUES * LETTERS, *CARD_VALUES]
        texts = opened(town, number)
        assert texts[:LETTERS] == [each.text for each in letters_in(pdf)]
        _is_as_the_station_prints(pdf, order, texts)


def _remaining(town: Town, pdf: PdfDocument) -> list[int]:
    """What is on the ledger for the printed sheets, in cents."""
    letters = [
        coupon_address(letter, 0, index)
        for letter in letters_in(pdf)
        for index in range(len(VALUES))
    ]
    cards = [address_of(read_card(code).key) for code in card_codes_in(pdf)]
    return [town.view("coupons", each)["remaining"] for each in [*letters, *cards]]


def _is_as_the_station_prints(pdf: PdfDocument, order: dict[str, Any], texts: list[str]) -> None:
    """The first letter, the second and the card: the same words, codes, paper and ruler."""
    about = order["values"]
    numbers = [1, 2, LETTERS + 1]
    sheets = [
        Sheet(number, read_letter(texts[number - 1]), values, is_card=number > LETTERS)
        for number, values in zip(numbers, (VALUES, VALUES, CARD_VALUES), strict=True)
    ]
    stationery = Stationery(
        about["municipality"], order["appAddress"], about["phone"], about["email"], about["desk"]
    )
    said = {name: about[name] for name in ("scheme", "purpose", "until")} | {"title": "Brieven"}
    station = open_pdf(
        print_sheets(
            sheets,
            lambda sheet: serial(order["run"], sheet.number),
            stationery,
            said,
            1_800_000_000,
            lambda _: None,
        )
    )
    for number, theirs in zip(numbers, station, strict=True):
        ours = pdf[number - 1]
        assert _words(ours) == _words(theirs)
        assert scanned(ours) == scanned(theirs)
        assert ("Code128", serial(order["run"], number)) in barcodes(ours)
        assert [round(side) for side in ours.get_size()] == [595, 842]
    for number in (1, LETTERS + 1):
        assert ruler_millimetres(pdf[number - 1], top=0.95) == pytest.approx(50, abs=0.5)


def _words(page: Any) -> list[str]:
    """The words of a page, sorted, without those in Arabic, whose letters a PDF does not keep."""
    return sorted(re.sub(r"(?<=Türkçedir\.).*(?=1\. Scan)", " ", words(page)).split())


def test_a_print_that_was_stopped_is_made_anew_and_nothing_was_sent(
    chromium: Browser, town: Town
) -> None:
    with making(chromium, town) as (maker, anna, bram):
        maker.go(begin(anna))
        maker.tap("Maak de serie")
        expect(maker.page.get_by_text("Laat eerst de woorden voorlezen")).to_be_visible()
        maker.fits("words")
        check_weight(maker.page, "words")
        maker.make()
        maker.fits("made")
        first = maker.print()
        maker.fits("printed")
        maker.tap("Nee, maak alles opnieuw")
        expect(maker.page.get_by_text("Deze serie heeft nieuwe codes.")).to_be_visible()
        maker.fits("made anew")
        second = maker.print()
        assert not set(secrets_in(first)) & set(secrets_in(second))
        maker.tap("Ja, alles is goed afgedrukt")
        maker.fits("finished")
        assert not [each for each in maker.sent if each.startswith("POST")]
        assert "Er wacht niets op uw handtekening." in bram.page("/besluiten")
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        maker.page.on("dialog", stay)
        maker.page.close(run_before_unload=True)
        expect(maker.page.get_by_role("button", name="Lever de serie aan")).to_be_visible()
        assert asked == ["beforeunload"]
        with maker.context.expect_page() as other:
            maker.tap("Lever de serie aan")
        decided_by_two(anna, bram, other.value.url.partition("/besluiten/")[2][:66])
        assert _remaining(town, second) == [*VALUES * 50]
        assert _remaining(town, first) == [0] * len(VALUES) * 50, "destroyed sheets have no money"
