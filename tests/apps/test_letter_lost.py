"""The letter is gone and the phone works: what is left moves to a blank letter."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from kindpakket.domain.ids import SchemeId
from kindpakket.domain.letters import Letter
from kindpakket.domain.refusals import Refusal
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import Key
from tests.apps.phone import Phone, Street, opened_phone
from tests.support.town import BICYCLES, LETTERS, SCHEME, VALUES, till_of

LOST, OTHER, _ = LETTERS
BLANK, SECOND_BLANK = (Letter(SCHEME, bytes([n]) * 16) for n in (101, 102))
ELSEWHERE = "Dit geld is naar een andere telefoon of een nieuwe brief verplaatst."
EMPTY = "Op deze brief staat nog geen geld."
ALL_STORED = """async () => {
    const database = await new Promise((resolve) => {
        const request = indexedDB.open('kindpakket');
        request.onsuccess = () => resolve(request.result);
    });
    const stored = await new Promise((resolve) => {
        const things = database.transaction('things').objectStore('things');
        things.getAll().onsuccess = ({target}) => resolve(target.result);
    });
    database.close();
    const bytes = (_, each) => (ArrayBuffer.isView(each) ? [...each] : each);
    return JSON.stringify(stored, bytes) + JSON.stringify([{...localStorage}, {...sessionStorage}]);
}"""


def keys(letter: Letter, *indices: int) -> list[Key]:
    return [coupon_key(letter, 0, index) for index in indices]


def fill(street: Street, *indices: int, letter: Letter = LOST) -> None:
    """Move these coupons of a letter to the blank one, each by itself."""
    for index in indices:
        street.api.move(SCHEME, keys(letter, index), keys(BLANK, index), street.town.now() + 1)


def scan_blank(phone: Phone, letter: Letter) -> None:
    """Type the characters of a letter where a lost one is replaced."""
    phone.tap("Instellingen")
    phone.tap("Brief kwijt?")
    phone.tap("Typ de tekens van de brief")
    phone.fill("De 36 tekens", letter.text)
    phone.tap("Verder")


def sent(phone: Phone) -> list[dict[str, Any]]:
    """The moves that the phone sent."""
    bodies = [each.post_data for each in phone.requests if each.url.endswith("/moves")]
    return [json.loads(body) for body in bodies if body]


def left(street: Street, letter: Letter, generation: int = 0) -> int:
    return sum(street.town.remaining(letter, generation))


@pytest.mark.parametrize("generation", [0, 1])
def test_what_is_left_goes_to_the_blank_letter_one_coupon_at_a_time(
    phone: Phone, street: Street, generation: int
) -> None:
    payment = street.api.pay(till_of(BICYCLES), street.town.code(10_000, coupons=(0,)), 10_000)
    phone.open_letter(LOST)
    if generation == 1:
        phone.tap("Instellingen")
        phone.tap("Telefoon kwijt?")
        phone.tap("Typ de tekens van de brief")
        phone.fill("De 36 tekens", LOST.text)
        phone.tap("Verder")
        phone.tap("Verplaats nu")
        phone.tap("Klaar")
    before = len(sent(phone))
    phone.tap("Instellingen")
    phone.tap("Brief kwijt?")
    phone.fits_everybody("what is at risk and what to do")
    phone.tap("Terug")
    phone.tap("Terug")
    scan_blank(phone, BLANK)
    phone.sees("Bewaar de nieuwe brief goed.")
    phone.heading("De nieuwe brief werkt")
    phone.fits_everybody("the new letter works")
    # The first coupon is empty, and is moved as well.
    assert [len(move["from"]) for move in sent(phone)[before:]] == [1] * len(VALUES)
    assert [left(street, LOST, 0), left(street, LOST, 1)] == [0, 0]
    assert street.town.remaining(BLANK) == [0, *VALUES[1:]]
    phone.tap("Klaar")
    street.refund(payment, 2_000)
    phone.left("€ 220,00")
    assert street.town.remaining(BLANK)[0] == 2_000, "a refund follows to the new letter"
    stored = phone.page.evaluate(ALL_STORED)
    secrets = [BLANK.text, BLANK.grouped, BLANK.secret.hex(), str([101] * 16)[1:-1]]
    secrets += [str(list(key))[1:-1] for key in keys(BLANK, 0)]
    assert not any(secret.replace(" ", "") in stored for secret in secrets)
    with pytest.raises(Refusal):
        street.api.pay(till_of(BICYCLES), street.town.code(1_000, coupons=(1,)), 1_000)
    street.pay(phone.show_code("220"), 22_000)
    phone.heading("Betaald")


def test_another_phone_with_the_former_letter_cannot_pay_any_more(
    chromium: Browser, phone: Phone, street: Street
) -> None:
    phone.open_letter(LOST)
    with opened_phone(chromium, street) as other:
        other.open_letter(LOST)
        code = other.show_code("10")
        scan_blank(phone, BLANK)
        phone.heading("De nieuwe brief werkt")
        with pytest.raises(Refusal):
            street.pay(code, 1_000)
        other.tap("Stop")
        other.sees(ELSEWHERE)
        other.tap("Scan de brief")
        other.tap("Typ de tekens van de brief")
        other.fill("De 36 tekens", BLANK.text)
        other.tap("Verder")
        other.tap("Geen naam")
        other.left("€ 300,00", "Brief 2")


@pytest.mark.parametrize(
    ("letter", "told"),
    [
        (OTHER, "Vraag een andere lege brief. Deze brief is al gebruikt."),
        (BLANK, "Vraag een andere lege brief. Deze brief is al gebruikt."),
        (LOST, "Scan een lege brief. Deze brief staat al op deze telefoon."),
        (Letter(SchemeId(2), b"\x65" * 16), "Vraag een lege brief van dezelfde regeling."),
    ],
)
def test_nothing_moves_to_a_letter_that_is_not_blank(
    phone: Phone, street: Street, letter: Letter, told: str
) -> None:
    fill(street, 5, letter=OTHER)  # one coupon of another family is on the blank letter
    phone.open_letter(LOST)
    scan_blank(phone, letter)
    phone.sees(told)
    phone.sees("Er is niets verplaatst.")
    phone.fits_everybody(told)
    phone.tap("Naar het begin")
    phone.left("€ 300,00")
    assert sent(phone) == []
    assert left(street, LOST) == 300_00


def test_a_move_that_was_broken_off_goes_on_when_the_app_is_opened(
    chromium: Browser, street: Street
) -> None:
    with opened_phone(chromium, street, expected="net::ERR_|Failed to fetch") as phone:
        passed: list[Route] = []

        def two_pass(route: Route) -> None:
            passed.append(route)
            _ = route.continue_() if len(passed) <= 2 else route.abort()

        phone.open_letter(LOST)
        phone.page.route("**/moves", two_pass)
        scan_blank(phone, BLANK)
        phone.heading("Het geld gaat naar de nieuwe brief")
        phone.sees("Dit duurt even.")
        phone.fits_everybody("the new letter is being filled")
        with phone.page.expect_request(re.compile("/moves")):
            pass
        assert 0 < left(street, BLANK) < 300_00
        assert left(street, BLANK) + left(street, LOST) == 300_00
        # Until then, no letter that takes part is read: its moves would be forgotten.
        for letter in (LOST, BLANK):
            phone.page.goto(street.link(letter))
            phone.sees("Wij weten nog niet of het is gelukt.")
        phone.tap("Naar het begin")
        phone.context.set_offline(True)
        phone.page.unroute("**/moves")
        phone.page.goto("about:blank")
        phone.context.set_offline(False)
        phone.page.goto(street.base_url)
        phone.tap("Instellingen")
        phone.tap("Brief kwijt?")
        expect(phone.page.get_by_role("button", name="Scan de lege brief")).to_be_enabled()
        assert [left(street, BLANK), left(street, LOST)] == [300_00, 0]
        phone.tap("Terug")
        phone.tap("Terug")
        street.pay(phone.show_code("300"), 30_000)
        phone.heading("Betaald")


def test_a_coupon_that_somebody_else_put_there_meanwhile_stays_and_a_second_letter_works(
    phone: Phone, street: Street
) -> None:
    phone.open_letter(LOST)
    meanwhile = [3]

    def taken(route: Route) -> None:
        if meanwhile:
            fill(street, meanwhile.pop(), letter=OTHER)
        route.continue_()

    phone.page.route("**/moves", taken)
    scan_blank(phone, BLANK)
    phone.sees("Een deel is niet verplaatst")
    phone.fits_everybody("one coupon was not moved")
    assert street.town.remaining(LOST) == [0, 0, 0, VALUES[3], 0, 0]
    phone.tap("Klaar")
    phone.left("€ 300,00")
    scan_blank(phone, SECOND_BLANK)
    phone.heading("De nieuwe brief werkt")
    assert tuple(street.town.remaining(SECOND_BLANK)) == VALUES
    assert [left(street, LOST), street.town.remaining(BLANK)[3]] == [0, VALUES[3]]
    phone.tap("Klaar")
    street.pay(phone.show_code("300"), 30_000)
    phone.heading("Betaald")
    phone.wrong[:] = [each for each in phone.wrong if "409" not in each]


def test_a_blank_letter_says_what_to_do(phone: Phone, street: Street) -> None:
    phone.page.goto(street.link(BLANK))
    phone.sees(EMPTY)
    phone.sees("Tik daar op ‘Instellingen’ en op ‘Brief kwijt?’.")
    phone.fits_everybody("a blank letter")
    phone.tap("Naar het begin")
    phone.heading("Welkom")


def test_a_blank_letter_that_was_filled_is_read_on_a_new_phone(
    phone: Phone, street: Street
) -> None:
    payment = street.api.pay(till_of(BICYCLES), street.town.code(4_000, coupons=(0,)), 4_000)
    fill(street, *reversed(range(len(VALUES))))
    street.refund(payment, 1_500)
    phone.open_letter(BLANK)
    phone.left("€ 275,00")
    code = street.pay(phone.show_code("275"), 27_500)
    assert code["amount"] == 27_500
    phone.heading("Betaald")


def test_a_letter_that_was_moved_to_another_says_so(phone: Phone, street: Street) -> None:
    fill(street, *range(len(VALUES)))
    phone.page.goto(street.link(LOST))
    phone.sees(ELSEWHERE)
    phone.tap("Geen naam")
    phone.sees(ELSEWHERE)
