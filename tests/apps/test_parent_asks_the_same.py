"""What a phone asks for tells nothing about its letters, nor that somebody pays."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Request, Route

from kindpakket.domain.letters import Letter
from tests.apps.phone import Phone, Street, opened_phone
from tests.support.town import BICYCLES, LETTERS, SCHEME, till_of

FIRST, SECOND, _ = LETTERS
FILES = f"/api/v1/schemes/{SCHEME}/"


def files(phone: Phone) -> list[tuple[str, str]]:
    """The files that a phone asked for and from which byte, without repetitions."""
    asked = [(urlsplit(each.url).path, each.headers.get("range", "")) for each in phone.requests]
    mine = [(path.removeprefix(FILES), part) for path, part in asked if path.startswith(FILES)]
    return [each for place, each in enumerate(mine) if mine[place - 1 : place] != [each]]


def spend(street: Street, letter: Letter, amount: int) -> None:
    """Pay with a code of another phone."""
    code = street.town.code(amount, letter=letter)
    street.api.pay(till_of(BICYCLES), code, amount)


def asks_for_a_day(request: Request) -> bool:
    return "/days/" in request.url


def asks_for_the_rest(request: Request) -> bool:
    return asks_for_a_day(request) and "range" in request.headers


def test_a_phone_that_pays_asks_the_same_as_one_with_another_letter(
    chromium: Browser, phone: Phone, street: Street
) -> None:
    with opened_phone(chromium, street) as other:
        phone.open_letter(FIRST)
        other.open_letter(SECOND, "Noor")
        for each in (phone, other):
            each.left("€ 300,00")
        payment = street.pay(phone.show_code("42,50"), 4_250)
        phone.heading("Betaald")
        street.refund(payment, 1_000)
        phone.sees("€\u00a010,00 teruggekregen")
        for each in (phone, other):
            with each.page.expect_request(asks_for_the_rest):
                pass
        assert files(phone) == files(other)
        assert not any(
            "if-none-match" in each.all_headers() for each in phone.requests if FILES in each.url
        )
        paths = [path for path, _ in files(phone)]
        assert paths[:2] == ["coupons", "months/2027-01"]
        assert set(paths[2:]) == {"days/2027-01-15"}
        assert files(phone)[-1][1].startswith("bytes=")


def test_a_payment_is_shown_with_the_next_answer(phone: Phone, street: Street) -> None:
    phone.open_letter(FIRST)
    code = phone.show_code("10")
    street.pay(code, 1_000)
    before = len(phone.requests)
    phone.heading("Betaald")
    first = next(each for each in phone.requests[before:] if asks_for_a_day(each))
    answer = first.response()
    assert answer is not None
    assert answer.status == 200
    assert len([each for each in phone.requests[before:] if asks_for_a_day(each)]) == 1


def test_a_code_can_be_shown_while_what_is_left_is_looked_up(phone: Phone, street: Street) -> None:
    spend(street, SECOND, 2_500)
    held: list[Route] = []
    phone.page.route("**/months/*", lambda route: held.append(route))
    phone.page.goto(street.link(SECOND))
    phone.heading("Van welk kind is deze brief?")
    phone.sees("Wij zoeken nog op wat er over is.")
    phone.tap("Geen naam")
    phone.left("€ …")
    phone.sees("Wij zoeken nog op wat er over is.")
    phone.fits_everybody("looking up")
    code = phone.show_code("10")
    street.pay(code, 1_000)
    phone.tap("Stop")
    phone.left("€ …")
    held.pop().continue_()
    phone.left("€ 265,00")
    phone.page.unroute("**/months/*")


@pytest.mark.parametrize("cut", [1, 40, 100])
def test_a_wrong_file_changes_nothing_and_is_told(phone: Phone, street: Street, cut: int) -> None:
    phone.open_letter(FIRST)
    phone.left("€ 300,00")
    spend(street, FIRST, 2_500)

    def shorten(route: Route) -> None:
        whole = route.fetch()
        route.fulfill(response=whole, body=whole.body()[:-cut])

    phone.page.route("**/days/*", shorten)
    phone.page.reload()
    phone.sees("Wij konden niet opzoeken wat er over is.")
    phone.left("€ 300,00")
    phone.page.unroute_all(behavior="wait")
    phone.left("€ 275,00")
