"""The page that shows what is left on paper: it keeps nothing, and asks for what everybody gets."""

import base64
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import qrcode
from playwright.sync_api import Browser, Route, expect

from kindpakket.domain.letters import Letter
from kindpakket.protocol.codes import Card
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import Key, address_of
from tests.apps.phone import Phone, Street, opened_phone
from tests.support.screens import Screens
from tests.support.town import BICYCLES, BOOKS, LETTERS, SCHEME, VALUES, till_of

LETTER, CARD, _ = LETTERS
BLANK = Letter(SCHEME, b"\x65" * 16)
PAGE = "/over-deze-brief/"
STORED = """async () => ({
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    local: JSON.stringify({...localStorage}),
    session: JSON.stringify({...sessionStorage}),
    cookies: document.cookie,
    history: JSON.stringify(history.state),
})"""
NOTHING = {
    "databases": 0,
    "caches": 0,
    "workers": 0,
    "local": "{}",
    "session": "{}",
    "cookies": "",
    "history": "null",
}


class Counter(Phone):
    """A computer at the counter, with a scanner that types."""

    def scan(self, text: str) -> None:
        self.page.get_by_label("De code, met een scanner of getypt").focus()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def shows(self, left: str) -> None:
        amount = self.page.get_by_test_id("left")
        expect(amount).to_have_text(left.replace(" ", "\u00a0"))


@pytest.fixture
def counter(chromium: Browser, street: Street) -> Iterator[Counter]:
    with opened_phone(chromium, street, (1366, 768)) as opened:
        counter = Counter(**vars(opened))
        counter.page.goto(street.base_url + PAGE)
        counter.heading("Wat staat er nog op papier?")
        yield counter


def code_of(letter: Letter, index: int) -> str:
    """The text of a code of a card, whose coupons have the keys of this letter's."""
    return Card(letter.scheme, coupon_key(letter, 0, index)).text


def pay(street: Street, amount: int, *indices: int, letter: Letter = LETTER) -> dict[str, Any]:
    code = street.town.code(amount, letter=letter, coupons=indices)
    return street.api.pay(till_of(BICYCLES), code, amount)


def test_a_letter_shows_what_is_left_and_where_it_was_spent(
    counter: Counter, street: Street
) -> None:
    payment = pay(street, 12_500, 0, 1)
    street.refund(payment, 500)
    counter.scan(street.link(LETTER))
    counter.shows("€ 180,00")
    row = counter.page.locator(".row")
    expect(row).to_contain_text(re.compile("Winkel 1.*€\u00a0125,00", re.DOTALL))
    expect(row).to_contain_text("€\u00a05,00 teruggekregen")
    counter.tap("Klaar, wis alles")
    expect(counter.page.get_by_test_id("left")).to_have_count(0)
    counter.scan(LETTER.grouped.lower())
    counter.shows("€ 180,00")


def test_the_codes_of_a_card_are_added_up_and_each_counts_once(
    counter: Counter, street: Street
) -> None:
    pay(street, 1_500, 3, letter=CARD)
    for index in (3, 4, 3):
        counter.scan(code_of(CARD, index))
    counter.shows("€ 25,00")
    counter.sees("2 codes van de kaart zijn gelezen.")
    expect(counter.page.locator(".row")).to_have_count(1)
    counter.scan(street.link(LETTER))
    counter.shows("€ 300,00")


def test_paper_that_was_moved_or_is_blank_says_so(counter: Counter, street: Street) -> None:
    for index in range(len(VALUES)):
        keys = [[coupon_key(letter, 0, index)] for letter in (LETTER, BLANK)]
        street.api.move(SCHEME, *keys, street.town.now())
    counter.scan(street.link(LETTER))
    counter.shows("€ 0,00")
    counter.sees("Op dit papier staat niets meer. Het geld is verplaatst naar een andere brief.")
    counter.scan(street.link(BLANK))
    counter.shows("€ 300,00")
    counter.scan(street.link(Letter(SCHEME, b"\x66" * 16)))
    counter.sees("Het is een lege brief")
    counter.scan("KP1:ABC")
    counter.sees("Dit is een andere code.")
    counter.scan(LETTER.text[:-1])
    counter.sees("Er mist nog 1 teken.")


def test_the_page_sends_nothing_of_it_and_keeps_nothing(counter: Counter, street: Street) -> None:
    pay(street, 1_500, 3)
    counter.scan(street.link(LETTER))
    counter.shows("€ 285,00")
    counter.scan(code_of(CARD, 4))
    counter.shows("€ 20,00")
    keys = [coupon_key(each, 0, index) for each in (LETTER, CARD) for index in range(32)]
    secrets = [LETTER.text, LETTER.grouped, LETTER.secret.hex(), "KL1", "KC1", code_of(CARD, 4)[4:]]
    secrets += [base64.b64encode(LETTER.secret).decode().rstrip("=")]
    secrets += [text for key in keys for text in (key.hex(), address_of(Key(key))[2:])]
    for request in counter.requests:
        parts = urlsplit(request.url)
        said = " ".join([request.url, *request.headers.values(), request.post_data or ""]).lower()
        assert not any(secret.lower() in said for secret in secrets), request.url
        assert (request.method, f"{parts.scheme}://{parts.netloc}") == ("GET", street.base_url)
    asked = {urlsplit(each.url) for each in counter.requests}
    assert {f"{each.path}?{each.query}" for each in asked if each.path.startswith("/api")} == {
        "/api/v1/schemes/1?",
        "/api/v1/schemes/1/coupons?",
        "/api/v1/schemes/1/months/2027-01?",
        "/api/v1/schemes/1/days/2027-01-15?",
        "/api/v1/shops?scheme=1",
    }
    assert counter.page.evaluate(STORED) == NOTHING
    assert counter.context.cookies() == []
    assert counter.page.url == street.base_url + PAGE
    assert counter.page.get_by_label("De code, met een scanner").input_value() == ""
    counter.page.goto("about:blank")
    counter.page.go_back()
    expect(counter.page.get_by_test_id("left")).to_have_count(0)


def test_what_is_asked_is_the_same_for_every_paper(counter: Counter, street: Street) -> None:
    pay(street, 1_500, 3)
    asked: list[list[str]] = []
    papers = [street.link(LETTER), LETTERS[2].text, BLANK.text]
    papers += [code_of(CARD, 0), code_of(BLANK, 0)]
    for text in papers:
        counter.page.reload()
        counter.requests.clear()
        counter.scan(text)
        expect(
            counter.page.get_by_test_id("left").or_(counter.page.locator(".notice"))
        ).to_have_count(1)
        counter.page.wait_for_load_state("networkidle")
        asked.append(sorted(each.url for each in counter.requests if "/api/" in each.url))
    assert len(asked[0]) == 5
    assert asked == [asked[0]] * len(papers)


def later(counter: Counter, seconds: int) -> None:
    counter.page.clock.fast_forward(seconds * 1000)


def test_it_is_wiped_five_minutes_after_its_first_code(counter: Counter) -> None:
    counter.page.clock.install()
    sums = ("€ 100,00", "€ 200,00", "€ 250,00", "€ 270,00", "€ 290,00")
    for index, left in enumerate(sums):
        counter.scan(code_of(CARD, index))
        counter.shows(left)
        later(counter, 50)
    counter.shows("€ 290,00")
    later(counter, 50)
    expect(counter.page.get_by_test_id("left")).to_have_count(0)


def test_a_code_that_follows_later_than_a_minute_begins_anew(counter: Counter) -> None:
    counter.page.clock.install()
    for count, seconds in ((1, 50), (2, 61)):
        counter.scan(code_of(CARD, 2 + count))
        counter.sees(f"{count} code")
        later(counter, seconds)
    counter.sees("Scan de volgende binnen 1 minuut, anders begint het opnieuw.")
    counter.scan(code_of(CARD, 5))
    counter.sees("1 code van de kaart is gelezen.")
    counter.shows("€ 10,00")


@pytest.mark.parametrize(
    "leave",
    [
        lambda counter: counter.tap("Klaar, wis alles"),
        lambda counter: counter.page.evaluate("dispatchEvent(new Event('pagehide'))"),
        lambda counter: later(counter, 300),
    ],
    ids=["done", "hidden", "five minutes"],
)
def test_what_is_read_after_the_holder_left_is_not_shown(
    counter: Counter, leave: Callable[[Counter], None]
) -> None:
    counter.page.clock.install()
    counter.scan(code_of(CARD, 3))
    counter.shows("€ 20,00")
    later(counter, 61)
    slow: list[Route] = []
    with counter.page.expect_request("**/days/*"):
        counter.page.route("**/days/*", lambda route: slow.append(route), times=1)
        counter.scan(code_of(CARD, 4))
    leave(counter)
    expect(counter.page.get_by_test_id("left")).to_have_count(0)
    slow[0].continue_()
    counter.scan(code_of(CARD, 5))
    counter.shows("€ 10,00")


def test_a_page_that_comes_back_from_the_history_is_wiped(counter: Counter) -> None:
    counter.scan(code_of(CARD, 3))
    counter.shows("€ 20,00")
    counter.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(counter.page.get_by_test_id("left")).to_have_count(0)


def test_a_typing_error_is_mended_in_place_or_scanned_over(counter: Counter) -> None:
    field = counter.page.get_by_label("De code, met een scanner of getypt")
    counter.scan(LETTER.text[:-1])
    counter.sees("Er mist nog 1 teken.")
    expect(field).to_have_value(LETTER.text[:-1])
    counter.page.keyboard.press("End")
    counter.page.keyboard.type(LETTER.text[-1])
    counter.page.keyboard.press("Enter")
    counter.shows("€ 300,00")
    expect(field).to_have_value("")
    counter.scan(LETTER.text[:-1])
    counter.sees("Er mist nog 1 teken.")
    counter.page.keyboard.type(code_of(CARD, 3))
    counter.page.keyboard.press("Enter")
    counter.shows("€ 20,00")


def test_what_is_only_typed_is_wiped_after_five_minutes_too(counter: Counter) -> None:
    counter.page.clock.install()
    field = counter.page.get_by_label("De code, met een scanner of getypt")
    field.press_sequentially(LETTER.text[:20])
    later(counter, 200)
    field.press_sequentially(LETTER.text[20:30])
    expect(field).to_have_value(LETTER.text[:30])
    later(counter, 100)
    expect(field).to_have_value("")


def test_a_scanner_types_wherever_the_focus_is(counter: Counter, street: Street) -> None:
    counter.page.get_by_role("button", name="Gebruik de camera").focus()
    counter.page.keyboard.type(street.link(LETTER))
    counter.page.keyboard.press("Enter")
    counter.shows("€ 300,00")


def test_a_photo_of_a_letter_is_read(counter: Counter, street: Street, tmp_path: Path) -> None:
    qrcode.make(street.link(LETTER)).save(tmp_path / "letter.png")
    counter.page.locator("input[type=file]").set_input_files(tmp_path / "letter.png")
    counter.shows("€ 300,00")


def test_the_page_fits_everybody(counter: Counter, street: Street, screens: Screens) -> None:
    for amount in (1_234, 2_000):
        pay(street, amount, 0)
    street.api.pay(till_of(BOOKS), street.town.code(1_000, coupons=(3,)), 1_000)
    look = partial(screens.look, counter.page)
    expect(counter.page.locator(".bar .product-name")).to_have_text("Kindpakket")
    look("paper", "before a scan")
    counter.fits_everybody("before a scan")
    counter.scan(street.link(LETTER))
    counter.shows("€ 257,66")
    look("paper", "a letter")
    counter.fits_everybody("a letter")
    for index in range(3):
        counter.scan(code_of(CARD, index))
    counter.sees("3 codes van de kaart zijn gelezen.")
    look("paper", "a card")
    counter.scan("KP1:ABC")
    counter.sees("Dit is een andere code.")
    look("paper", "another code")
    counter.fits_everybody("another code")
    counter.page.get_by_label("Taal").select_option("ar")
    expect(counter.page.locator("html")).to_have_attribute("dir", "rtl")
    look("paper in Arabic", "a card")
    counter.fits_everybody("in Arabic")


def test_in_print_there_is_only_what_was_found(counter: Counter, street: Street) -> None:
    pay(street, 1_234, 0)
    counter.scan(street.link(LETTER))
    counter.shows("€ 287,66")
    counter.page.emulate_media(media="print")
    expect(counter.page.get_by_role("heading", name="Uitgaven")).to_be_visible()
    expect(counter.page.get_by_test_id("left")).to_be_visible()
    for hidden in (counter.page.get_by_role("button"), counter.page.get_by_role("textbox")):
        expect(hidden).to_have_count(0)
