"""The letter is gone and the phone works: what is left moves to a blank letter."""

import pytest
from playwright.sync_api import Browser, Route, expect

from kindpakket.domain.ids import SchemeId
from kindpakket.domain.letters import Letter
from kindpakket.domain.refusals import Refusal
from kindpakket.protocol.keys import coupon_address, coupon_key
from kindpakket.protocol.signatures import Key
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.stored import all_stored, wait_until_stored
from tests.support.town import BICYCLES, LETTERS, SCHEME, VALUES, till_of

LOST, OTHER, _ = LETTERS
BLANK, SECOND_BLANK = (Letter(SCHEME, bytes([n]) * 16) for n in (101, 102))
ON_BLANK = f"each.coupons?.some(({{ address }}) => address === '{coupon_address(BLANK, 0, 0)}')"
"""The phone has read that a coupon is on the blank letter."""
ELSEWHERE = "Dit geld is naar een andere telefoon of een nieuwe brief verplaatst."
EMPTY = "Op deze brief staat nog geen geld."


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


def fill_blank(phone: Phone, letter: Letter) -> None:
    """Move what is left to a blank letter."""
    scan_blank(phone, letter)
    phone.tap("Verplaats nu")


def wait_for_refusals(phone: Phone) -> None:
    """Let the phone be told three times, a minute apart, that a coupon's target exists. What it
    stores of the third can be gone at once."""
    for times in (1, 2):
        refused = f"Object.values(each.moves?.refusals ?? {{}}).some((times) => times >= {times})"
        wait_until_stored(phone.page, f"(each) => {refused}")
        phone.let_pass(60)


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
    before = len(phone.sent())
    phone.tap("Instellingen")
    phone.tap("Brief kwijt?")
    phone.fits_everybody("what is at risk and what to do")
    phone.tap("Terug")
    phone.tap("Terug")
    scan_blank(phone, BLANK)
    phone.heading("Geld verplaatsen")
    phone.sees("€ 200,00 gaat naar deze brief.")
    phone.sees("Gebruik alleen een dichte brief die u zelf van de gemeente kreeg.")
    phone.fits_everybody("asking whether to move to the blank letter")
    assert phone.sent()[before:] == []
    phone.tap("Verplaats nu")
    phone.sees("Bewaar de nieuwe brief goed.")
    phone.heading("De nieuwe brief werkt")
    phone.fits_everybody("the new letter works")
    # The first coupon is empty, and is moved as well.
    assert [len(move["from"]) for move in phone.sent()[before:]] == [1] * len(VALUES)
    assert [left(street, LOST, 0), left(street, LOST, 1)] == [0, 0]
    assert street.town.remaining(BLANK) == [0, *VALUES[1:]]
    phone.tap("Klaar")
    street.refund(payment, 2_000)
    phone.left("€ 220,00")
    assert street.town.remaining(BLANK)[0] == 2_000, "a refund follows to the new letter"
    stored = all_stored(phone.page)
    secrets = [BLANK.text, BLANK.grouped, BLANK.secret.hex(), keys(BLANK, 0)[0].hex()]
    assert not any(secret in stored for secret in secrets)
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
        fill_blank(phone, BLANK)
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
    assert phone.sent() == []
    assert left(street, LOST) == 300_00


def test_a_move_that_was_broken_off_goes_on_when_the_app_is_opened(
    chromium: Browser, street: Street
) -> None:
    with opened_phone(chromium, street, expected="net::ERR_|Failed to fetch") as phone:
        passed: list[Route] = []

        def two_pass(route: Route) -> None:
            passed.append(route)
            _ = route.continue_() if len(passed) <= 2 else route.abort()

        phone.page.route("**/moves", two_pass)  # before the service worker starts
        phone.open_letter(LOST)
        fill_blank(phone, BLANK)
        phone.heading("Het geld gaat naar de nieuwe brief")
        phone.sees("Dit duurt even.")
        phone.fits_everybody("the new letter is being filled")
        wait_until_stored(phone.page, f"(each) => {ON_BLANK}")
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
    meanwhile = [3]

    def taken(route: Route) -> None:
        if meanwhile:
            fill(street, meanwhile.pop(), letter=OTHER)
        route.continue_()

    phone.page.route("**/moves", taken)
    phone.open_letter(LOST)
    fill_blank(phone, BLANK)
    phone.heading("Het geld gaat naar de nieuwe brief")
    wait_for_refusals(phone)
    phone.heading("Een deel is niet verplaatst")
    phone.sees("Met de oude brief kan dat deel nog worden betaald.")
    phone.fits_everybody("one coupon was not moved")
    phone.tap("Klaar")
    assert street.town.remaining(LOST) == [0, 0, 0, VALUES[3], 0, 0]
    phone.left("€ 300,00")
    for letter in (LOST, BLANK):
        phone.page.goto(street.link(letter))
        phone.sees("Een deel van dit geld staat nog op een andere brief.")
        phone.fits_everybody("the letter in two parts")
        phone.tap("Naar het begin")
        phone.left("€ 300,00")
    street.pay(phone.show_code("300"), 30_000 - 1)
    phone.heading("Betaald")
    phone.tap("Klaar")
    fill_blank(phone, SECOND_BLANK)
    phone.heading("De nieuwe brief werkt")
    assert [left(street, LOST), left(street, SECOND_BLANK)] == [0, 1]
    assert street.town.remaining(BLANK)[3] == VALUES[3], "what is of the other family stays theirs"
    phone.wrong[:] = [each for each in phone.wrong if "409" not in each]


def test_the_new_letter_works_only_when_the_files_show_it(phone: Phone) -> None:
    exists = {"code": "coupon_exists", "status": 409, "title": "", "numbers": {}}
    phone.page.route("**/moves", lambda route: route.fulfill(status=409, json=exists))
    phone.open_letter(LOST)
    fill_blank(phone, BLANK)
    phone.heading("Het geld gaat naar de nieuwe brief")
    wait_for_refusals(phone)
    phone.heading("Een deel is niet verplaatst")
    phone.tap("Klaar")
    phone.tap("Instellingen")
    phone.tap("Brief kwijt?")
    phone.sees("Met de oude brief kan dat deel nog worden betaald.")
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
