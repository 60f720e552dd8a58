"""The letter is gone and the phone works: what is left moves to a blank letter."""

from kindpakket.domain.letters import Letter
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import Key
from tests.apps.phone import Phone, Street
from tests.support.town import BICYCLES, LETTERS, SCHEME, VALUES, till_of

LOST = LETTERS[0]
BLANK, SECOND_BLANK = (Letter(SCHEME, bytes([n]) * 16) for n in (101, 102))
ELSEWHERE = "Dit geld is naar een andere telefoon of een nieuwe brief verplaatst."
EMPTY = "Op deze brief staat nog geen geld."


def keys(letter: Letter, *indices: int) -> list[Key]:
    return [coupon_key(letter, 0, index) for index in indices]


def fill(street: Street, *indices: int) -> None:
    """Move these coupons of the lost letter to the blank one, each by itself."""
    for index in indices:
        street.api.move(SCHEME, keys(LOST, index), keys(BLANK, index), street.town.now() + 1)


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
