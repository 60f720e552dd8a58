"""Screens that a shop can see show the child's name and the amount paid, and never what is left."""

import re

import pytest
from playwright.sync_api import Browser, expect

from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import Hash
from kindpakket.domain.proofs import format_proof
from kindpakket.domain.times import day_of, midnight
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.stored import wait_until_stored
from tests.support.proofs import proof_of
from tests.support.screens import Screens
from tests.support.town import LETTERS, SCHEME, START

FIRST, SECOND, THIRD = LETTERS
DAY = 24 * 3600
CLOSED = "({schemes}) => schemes && Object.values(schemes).every(({closed}) => closed)"


def shown(phone: Phone) -> str:
    """The text of the screen, with plain spaces."""
    words = phone.page.locator("body").inner_text() + phone.page.title()
    return " ".join(words.split())


def test_what_is_left_is_shown_to_nobody_before_klaar(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    code = phone.show_code("42,50")
    assert "€ 42,50" in shown(phone)
    assert "300" not in shown(phone)
    street.pay(code, 1_250)
    phone.heading("Betaald")
    assert re.findall(r"\d+,\d\d", shown(phone)) == ["12,50"]
    phone.tap("Klaar")
    phone.left("€ 287,50")


def test_a_code_that_cannot_be_made_again_does_not_tell_what_is_left(
    phone: Phone, street: Street, chromium: Browser
) -> None:
    phone.open_letter(FIRST)
    phone.show_code("250")
    street.town.clock.time += 5  # two codes made in one second would have the same nonce
    with opened_phone(chromium, street) as other:
        other.open_letter(FIRST, "Sami")
        street.pay(other.show_code("90"), 9_000)
        other.heading("Betaald")
    phone.sees("Deze kan niet meer worden gebruikt.")
    phone.tap("Nieuwe code")
    phone.sees("Kies een lager bedrag. Dit past niet meer in één code.")
    assert "210" not in shown(phone)
    phone.tap("Ander bedrag")
    phone.heading("Hoeveel?")


def test_a_receipt_follows_the_ledger_while_it_is_shown(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    payment = street.pay(phone.show_code("120"), 12_000)
    phone.heading("Betaald")
    street.refund(payment, 1_500)
    phone.sees("€\u00a015,00 teruggekregen")
    phone.heading("Betaald")
    street.refund(payment, 10_500)
    phone.heading("Terugbetaald")
    phone.sees("Alles teruggekregen: €\u00a0120,00")
    assert "180" not in shown(phone)
    phone.tap("Klaar")
    phone.left("€ 300,00")


def test_a_receipt_and_a_purchase_have_the_proof_code_that_the_till_shows(
    phone: Phone, street: Street
) -> None:
    phone.open_letter(FIRST)
    payment = street.pay(phone.show_code("120"), 12_000)
    proof = format_proof(proof_of(Hash(payment["id"])))
    phone.heading("Betaald")
    phone.sees(f"Bewijscode {proof}")
    phone.tap("Klaar")
    phone.tap("Uitgaven")
    phone.sees(f"Bewijscode {proof}")
    expect(phone.page.get_by_text("Bewijscode")).to_have_count(1)


def test_a_receipt_has_a_tick_the_shop_the_time_and_a_proof(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    street.pay(phone.show_code("42,50"), 4_250)
    phone.heading("Betaald")
    receipt = phone.page.locator(".receipt")
    expect(receipt.locator(".receipt__tick .kp-icon")).to_be_visible()
    proof = r"Bewijscode [0-9A-Z]{5}-[0-9A-Z]{5}"
    expect(receipt).to_have_text(
        re.compile(rf"^\s*€\s42,50\s+Winkel 1\s+15 januari om 10:0\d\s+{proof}\s*$")
    )
    expect(phone.page.get_by_role("button", name="Klaar")).to_be_in_viewport(ratio=1)


def test_what_was_spent_is_added_up_by_month(
    phone: Phone, street: Street, screens: Screens
) -> None:
    phone.open_letter(FIRST)
    payment = street.pay(phone.show_code("42,50"), 4_250)
    phone.heading("Betaald")
    street.refund(payment, 250)
    phone.sees("€\u00a02,50 teruggekregen")
    street.town.clock.time += 30 * DAY
    phone.later(30 * DAY)
    phone.page.reload()
    for typed, cents in (("10", 1_000), ("5,25", 525)):
        street.pay(phone.show_code(typed), cents)
        phone.heading("Betaald")
        phone.tap("Klaar")
        street.town.clock.time += 1
    phone.tap("Uitgaven")
    months = phone.page.locator(".month__head")
    expect(months).to_have_text(["februari 2027 €\u00a015,25", "januari 2027 €\u00a040,00"])
    screens.look(phone.page, "parent", "two months")


def test_what_was_spent_follows_the_ledger_too(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    payment = street.pay(phone.show_code("20"), 2_000)
    phone.heading("Betaald")
    phone.tap("Klaar")
    phone.tap("Uitgaven")
    phone.sees("€\u00a020,00")
    street.refund(payment, 500)
    phone.sees("€\u00a05,00 teruggekregen")
    street.refund(payment, 1_500)
    phone.sees("Alles teruggekregen: €\u00a020,00")


def test_children_stay_in_the_order_in_which_they_were_added(phone: Phone) -> None:
    names = ["Sami", "Noor", "Ali"]
    titles = phone.budget().get_by_role("heading")
    for letter, name in zip(LETTERS, names, strict=True):
        phone.open_letter(letter, name)
    expect(titles).to_have_text(names)
    for letter in (FIRST, THIRD, SECOND):
        phone.open_letter_again(letter)
        phone.page.reload()
        expect(titles).to_have_text(names)


def test_whose_budget_it_is_stands_on_amount_code_and_receipt(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST, "Sami")
    phone.open_letter(SECOND, "Noor")
    phone.budget("Sami").get_by_role("button", name="Toon code").click()
    phone.heading("Hoeveel?")
    assert "Sami" in shown(phone)
    phone.type_amount("10")
    phone.tap("Maak code")
    code = phone.code()
    assert "Sami" in shown(phone)
    street.pay(code, 1_000)
    phone.heading("Betaald")
    assert "Sami" in shown(phone)
    assert "Noor" not in shown(phone)


@pytest.mark.parametrize(
    ("first", "last", "left", "sentence"),
    [
        (
            -9,
            -1,
            "verlopen",
            "U kon dit geld gebruiken tot en met 14 januari 2027. Het is verlopen.",
        ),
        (
            2,
            60,
            "te besteden vanaf 17 januari 2027 tot en met 16 maart 2027",
            "U kunt betalen vanaf 17 januari 2027.",
        ),
        (-9, 60, "te besteden tot en met 16 maart 2027", None),
    ],
)
def test_what_is_left_is_told_as_what_it_is(
    phone: Phone, street: Street, first: int, last: int, left: str, sentence: str | None
) -> None:
    opens, end = (midnight(day_of(START + days * DAY)) for days in (first, last + 1))
    permitted, excluded = bits_of(["bicycles"]), bits_of(["off_licences"])
    street.town.decide("setRules", SCHEME, opens, end, permitted, excluded)
    phone.page.goto(street.link(FIRST))
    phone.heading("Van welk kind is deze brief?")
    lead = phone.page.locator(".utrecht-paragraph--lead")
    found = {"verlopen": "Op deze brief staat nog € 300,00. Dat is verlopen."}
    expect(lead).to_have_text(
        found.get(left, f"Op deze brief staat € 300,00. {sentence or ''}".strip())
    )
    phone.tap("Geen naam")
    expect(phone.page.locator(".home__left")).to_have_text(f"€ 300,00 {left}")
    if sentence:
        phone.sees(sentence)
    can_pay = phone.page.get_by_role("button", name="Toon code")
    expect(can_pay).to_have_count(0 if sentence else 1)


def test_what_is_left_of_a_paused_scheme_cannot_be_spent_now(phone: Phone, street: Street) -> None:
    street.town.decide("setPaused", SCHEME, True)
    phone.open_letter(FIRST)
    expect(phone.page.locator(".home__left")).to_have_text("€ 300,00 nu niet te besteden")


def test_no_code_is_made_once_the_scheme_stopped_meanwhile(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    phone.tap("Toon code")
    phone.type_amount("10")
    street.town.decide("closeScheme", SCHEME)
    phone.page.evaluate(
        "performance.now = ((now) => () => now() + 120000)(performance.now.bind(performance))"
    )
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    wait_until_stored(phone.page, CLOSED)
    phone.tap("Maak code")
    phone.sees("De regeling is gesloten op")
