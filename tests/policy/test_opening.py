"""When a scheme can be spent from."""

from kindpakket.domain.categories import bits_of
from tests.support.messages import coupons
from tests.support.town import (
    BICYCLES,
    BOOKS,
    EVERYTHING,
    SCHEME,
    START,
    Town,
    till_of,
)

NOON = START + 10_000
EVENING = START + 20_000


def between(town: Town, opens: int, closes: int) -> None:
    town.decide("setRules", SCHEME, opens, closes, bits_of(["bicycles"]), 0)


def test_a_scheme_is_closed_in_the_last_second_before_it_opens(town: Town) -> None:
    between(town, NOON, EVENING)
    town.clock.time = NOON - 2
    code = town.code(1_000)
    assert town.now() == NOON - 1
    with town.refusing("scheme_not_open"):
        town.api.pay(till_of(BICYCLES), code, 1_000)


def test_a_scheme_is_open_in_its_first_second(town: Town) -> None:
    between(town, NOON, EVENING)
    town.clock.time = NOON - 1
    code = town.code(1_000)
    assert town.now() == NOON
    assert town.api.pay(till_of(BICYCLES), code, 1_000)["amount"] == 1_000


def test_a_scheme_is_open_in_its_last_second(town: Town) -> None:
    between(town, NOON, EVENING)
    town.clock.time = EVENING - 2
    code = town.code(1_000)
    assert town.now() == EVENING - 1
    assert town.api.pay(till_of(BICYCLES), code, 1_000)["amount"] == 1_000


def test_a_scheme_is_closed_in_the_first_second_after_it(town: Town) -> None:
    between(town, NOON, EVENING)
    town.clock.time = EVENING - 1
    code = town.code(1_000)
    assert town.now() == EVENING
    with town.refusing("scheme_not_open"):
        town.api.pay(till_of(BICYCLES), code, 1_000)


def test_a_code_from_before_the_end_is_refused_after_it(town: Town) -> None:
    between(town, START, EVENING)
    town.clock.time = EVENING - 10
    code = town.code(1_000)
    town.clock.time = EVENING
    with town.refusing("scheme_not_open"):
        town.api.pay(till_of(BICYCLES), code, 1_000)


def test_a_longer_scheme_is_open_again(town: Town) -> None:
    between(town, START, NOON)
    town.clock.time = EVENING
    with town.refusing("scheme_not_open"):
        town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    between(town, START, EVENING + 1_000)
    assert town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)["amount"] == 1_000


def test_a_scheme_that_was_closed_for_good_is_closed_at_once(town: Town) -> None:
    code = town.code(1_000)
    town.decide("closeScheme", SCHEME)
    with town.refusing("scheme_not_open"):
        town.api.pay(till_of(BICYCLES), code, 1_000)


def test_closing_a_scheme_that_is_over_does_not_move_its_end(town: Town) -> None:
    between(town, START, NOON)
    town.clock.time = EVENING
    town.decide("closeScheme", SCHEME)
    assert town.view("schemes", SCHEME)["closes"] == NOON


def test_a_paused_scheme_is_refused(town: Town) -> None:
    town.decide("setPaused", SCHEME, True)
    with town.refusing("scheme_paused"):
        town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    with town.refusing("scheme_paused"):
        town.api.pay(till_of(BOOKS), town.code(1_000), 1_000)


def test_a_scheme_that_is_resumed_pays_even_the_code_that_was_refused(town: Town) -> None:
    town.decide("setPaused", SCHEME, True)
    code = town.code(1_000)
    with town.refusing("scheme_paused"):
        town.api.pay(till_of(BICYCLES), code, 1_000)
    town.decide("setPaused", SCHEME, False)
    assert town.api.pay(till_of(BICYCLES), code, 1_000)["amount"] == 1_000


def test_a_pause_stops_one_scheme_and_no_other(town: Town) -> None:
    town.decide("openScheme", 2, START, EVENING, bits_of(["bicycles"]), 0)
    town.decide("setPaused", 2, True, by=EVERYTHING[:1])
    assert town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)["amount"] == 1_000


def test_a_pause_stops_payments_and_nothing_else(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    town.decide("setPaused", SCHEME, True)
    town.api.refund(till_of(BICYCLES), payment["id"], 400, town.now())
    town.api.move(SCHEME, coupons(1), coupons(1, generation=1), town.now())
    assert town.remaining() == [9_400, 0, 5_000, 2_000, 2_000, 1_000]
    assert town.remaining(generation=1)[1] == 10_000
