"""A scheme's published totals do not reveal single payments."""

from datetime import date, timedelta

import pytest

from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import SchemeId
from kindpakket.domain.times import day_of, midnight
from kindpakket.protocol.keys import coupon_key
from kindpakket.services.figures.published_totals import (
    find_returnable,
    publish_totals,
    published_until,
)
from kindpakket.services.schemes.look_up import find_scheme
from kindpakket.store import views
from tests.support.many_letters import VALUE, issue, letter, spend
from tests.support.town import BICYCLES, SCHEME, VALUES, Town, till_of

DAY = 24 * 3600
FUNDED = 1_000_000
ISSUED = 3 * sum(VALUES) + 60 * VALUE
"""Cents issued at the founding, to three letters, and to those of these tests."""


def totals(town: Town) -> tuple[int, int, int, int]:
    (listed,), one = town.api.get("/schemes"), town.api.get(f"/schemes/{SCHEME}")
    assert listed == one
    return one["funded"], one["issued"], one["spent"], one["refunded"]


def next_morning(town: Town, days: int = 1) -> None:
    """Set the clock to six in the morning, this many days later."""
    town.clock.time = midnight(day_of(town.now() + days * DAY)) + 6 * 3600
    publish_totals(town.workspace.context)


def give_back(town: Town, number: int) -> None:
    town.clock.time += 1
    town.api.move(SCHEME, [coupon_key(letter(number), 0, 5)], [], town.now())


def refund(town: Town, payments: list[str], amount: int = 10) -> None:
    for payment in payments:
        town.api.refund(till_of(BICYCLES), payment, amount, town.now())


def test_totals_are_zero_before_they_are_published(large_town: Town) -> None:
    spend(large_town, BICYCLES, 12)
    publish_totals(large_town.workspace.context)
    assert totals(large_town) == (0, 0, 0, 0)


def test_totals_change_at_six_in_the_morning_and_not_before(large_town: Town) -> None:
    spend(large_town, BICYCLES, 10)
    large_town.clock.time = midnight(day_of(large_town.now() + DAY)) + 6 * 3600 - 1
    publish_totals(large_town.workspace.context)
    assert totals(large_town) == (0, 0, 0, 0)
    large_town.clock.time += 1
    publish_totals(large_town.workspace.context)
    assert totals(large_town) == (FUNDED, ISSUED, 1_000, 0)


def test_what_happens_after_midnight_is_for_the_next_day(large_town: Town) -> None:
    spend(large_town, BICYCLES, 10)
    large_town.clock.time = midnight(day_of(large_town.now() + DAY))
    spend(large_town, BICYCLES, 10, first=10, amount=300)
    large_town.clock.time += 6 * 3600
    publish_totals(large_town.workspace.context)
    assert totals(large_town)[2] == 1_000
    next_morning(large_town)
    assert totals(large_town)[2] == 4_000


def test_payments_of_nine_letters_are_published_with_a_tenth(large_town: Town) -> None:
    spend(large_town, BICYCLES, 9)
    next_morning(large_town)
    spend(large_town, BICYCLES, 1, amount=77)  # of an older letter
    next_morning(large_town)
    assert totals(large_town)[2] == 0
    spend(large_town, BICYCLES, 1, first=9)
    next_morning(large_town)
    assert totals(large_town)[2] == 1_077


def test_each_step_has_ten_letters_of_its_own(large_town: Town) -> None:
    """Otherwise the difference of two days could be that of few letters."""
    spend(large_town, BICYCLES, 30)
    next_morning(large_town)
    spend(large_town, BICYCLES, 9)
    next_morning(large_town)
    assert totals(large_town)[2] == 3_000
    spend(large_town, BICYCLES, 1, first=40)
    next_morning(large_town)
    assert totals(large_town)[2] == 4_000


def test_refunds_move_by_themselves(large_town: Town) -> None:
    paid = spend(large_town, BICYCLES, 20)
    refund(large_town, paid[:9])
    next_morning(large_town)
    assert totals(large_town) == (FUNDED, ISSUED, 2_000, 0)
    refund(large_town, paid[9:10])
    next_morning(large_town)
    assert totals(large_town) == (FUNDED, ISSUED, 2_000, 100)


def test_new_letters_do_not_show_what_one_gave_back(large_town: Town) -> None:
    """What was issued by decision is public: subtracting it would reveal what was given back."""
    next_morning(large_town)
    for number in range(9):
        give_back(large_town, number)
    issue(large_town, 30, first=100)
    next_morning(large_town)
    assert totals(large_town)[1] == ISSUED + 30 * VALUE
    give_back(large_town, 9)
    next_morning(large_town)
    assert totals(large_town)[1] == ISSUED + 20 * VALUE


def test_what_few_letters_gave_back_is_not_offered_to_be_taken_back(large_town: Town) -> None:
    """The decision that takes budget back is public."""
    next_morning(large_town)
    for number in range(10):
        assert offered(large_town) == FUNDED - ISSUED
        give_back(large_town, number)
    next_morning(large_town)
    assert offered(large_town) == FUNDED - ISSUED + 10 * VALUE


def offered(town: Town) -> int:
    context = town.workspace.context
    return find_returnable(context, find_scheme(context, SCHEME))


def test_refunds_less_what_was_given_back_do_not_show_what_few_letters_got(
    large_town: Town,
) -> None:
    """A refund to a letter that was given back is in both: it is counted for itself."""
    payments = spend(large_town, BICYCLES, 13)
    for number in range(10):
        give_back(large_town, number)
    refund(large_town, payments)
    next_morning(large_town)
    issued = ISSUED - 10 * (VALUE - 100) - 10 * 10
    assert totals(large_town) == (FUNDED, issued, 1_300, 10 * 10)


def test_another_scheme_is_counted_for_itself(large_town: Town) -> None:
    spend(large_town, BICYCLES, 9)
    large_town.decide("openScheme", 2, 1, 2**33, bits_of(["bicycles"]), 0)
    large_town.decide("fund", 2, 200_000)
    issue(large_town, 20, SchemeId(2))
    spend(large_town, BICYCLES, 10, scheme=SchemeId(2))
    next_morning(large_town)
    assert [each["spent"] for each in large_town.api.get("/schemes")] == [0, 1_000]


def test_days_that_were_missed_make_the_same_steps(large_town: Town) -> None:
    spend(large_town, BICYCLES, 10)
    large_town.clock.time += DAY
    spend(large_town, BICYCLES, 9)
    next_morning(large_town, days=5)
    assert totals(large_town)[2] == 1_000


def test_published_totals_stay_when_the_views_are_built_again(large_town: Town) -> None:
    spend(large_town, BICYCLES, 10)
    next_morning(large_town)
    spend(large_town, BICYCLES, 9)
    context = large_town.workspace.context
    with context.store.write(views=True) as db:
        views.clear(db)
    publish_totals(context)
    assert totals(large_town)[2] == 1_000
    next_morning(large_town)
    assert totals(large_town)[2] == 1_000


def test_the_desk_has_its_own_totals(large_town: Town) -> None:
    spend(large_town, BICYCLES, 1)
    assert find_scheme(large_town.workspace.context, SCHEME).spent == 100


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2027, 3, 28), 5), (date(2027, 3, 29), 6), (date(2027, 10, 31), 7)],
)
def test_six_in_the_morning_is_six_by_the_clock_when_the_clock_changes(
    day: date, hours: int
) -> None:
    """Six is five hours after midnight when summer time begins, and seven when it ends."""
    six = midnight(day) + hours * 3600
    assert published_until(six) == midnight(day)
    assert published_until(six - 1) == midnight(day - timedelta(days=1))
