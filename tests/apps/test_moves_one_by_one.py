"""What is left moves to another phone one coupon at a time, so that no event ties the coupons."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.stored import wait_until_stored
from tests.support.town import LETTERS, VALUES

FIRST = LETTERS[0]


@pytest.fixture
def other(chromium: Browser, street: Street) -> Iterator[Phone]:
    """A new phone, on which the letter was read to move what is left."""
    with opened_phone(chromium, street, expected="net::ERR_FAILED") as phone:
        phone.page.goto(street.base_url)
        phone.tap("Telefoon kwijt?")
        phone.tap("Typ de tekens")
        phone.page.get_by_label("De 36 tekens").fill(FIRST.text)
        phone.tap("Verder")
        phone.heading("Geld verplaatsen")
        yield phone


def moved(street: Street) -> int:
    return sum(street.town.remaining(FIRST, generation=1))


def wait_until_moved(phone: Phone, street: Street, amount: int) -> None:
    """Wait until the phone has read in the files that all its moves were carried out."""
    wait_until_stored(phone.page, "(each) => each.coupons && each.moves === null")
    assert moved(street) == amount


def test_each_coupon_has_a_message_of_its_own(other: Phone, street: Street) -> None:
    other.tap("Verplaats nu")
    other.heading("Verplaatst")
    assert [len(move["from"]) for move in other.sent()] == [1] * len(VALUES)
    assert moved(street) == 300_00
    assert sum(street.town.remaining(FIRST)) == 0


def test_moves_that_were_interrupted_go_on_when_the_app_is_opened(
    other: Phone, street: Street
) -> None:
    passed: list[Route] = []

    def two_pass(route: Route) -> None:
        passed.append(route)
        _ = route.continue_() if len(passed) <= 2 else route.abort()

    other.page.route("**/moves", two_pass)
    other.tap("Verplaats nu")
    other.sees("Maak verbinding met internet en probeer het opnieuw.")
    assert 0 < moved(street) < 300_00
    assert moved(street) + sum(street.town.remaining(FIRST)) == 300_00
    other.page.unroute("**/moves")
    other.page.goto("about:blank")
    other.page.goto(street.base_url)
    wait_until_moved(other, street, 300_00)
    other.left("€ 300,00")
    street.pay(other.show_code("300"), 300_00)
    other.heading("Betaald")


def test_moves_that_are_not_urgent_are_spread_over_an_hour(other: Phone, street: Street) -> None:
    other.fits_everybody("asking when to move")
    other.tap("Verplaats het in een uur")
    other.heading("Het geld wordt verplaatst")
    other.fits_everybody("moving within an hour")
    other.tap("Klaar")
    other.tap("Geen naam")
    street.pay(other.show_code("15"), 15_00)
    other.heading("Betaald")
    other.tap("Klaar")
    assert len(other.sent()) < len(VALUES)
    street.town.clock.time += 3_600
    other.later(3_600)
    other.page.reload()
    wait_until_moved(other, street, 285_00)
    nonces = [move["nonce"] for move in other.sent()]
    assert [len(move["from"]) for move in other.sent()] == [1] * len(nonces)
    expect(other.page.get_by_test_id("left")).to_contain_text("285,00")
