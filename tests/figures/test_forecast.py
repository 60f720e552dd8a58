"""The estimate of what will be left of a scheme when it ends.

The scheme of 60 letters of € 10 and three of € 300 opens at the start of 15 January 2027, and ends
with 15 May. In each month at least ten letters pay, so that its total is published.
"""

from collections.abc import Callable
from datetime import date

import pytest

from kindpakket.domain.times import midnight
from kindpakket.services.figures import forecast
from kindpakket.services.figures.forecast import Forecast, MonthLeft, read_forecasts
from kindpakket.services.schemes.changes import closes_after
from tests.support.many_letters import spend
from tests.support.town import BICYCLES, SCHEME, Town, till_of

ISSUED = 900_00 + 600_00
At = Callable[[str], None]


def end_with(town: Town, last: date) -> None:
    """Give the scheme this last day."""
    rules = town.view("schemes", SCHEME)
    period = (midnight(date(2027, 1, 15)), closes_after(last))
    town.decide("setRules", SCHEME, *period, rules["permitted"], rules["excluded"])


@pytest.fixture
def at(large_town: Town) -> At:
    """Goes to noon of a day."""
    end_with(large_town, date(2027, 5, 15))

    def go(day: str) -> None:
        large_town.clock.time = midnight(date.fromisoformat(day)) + 12 * 3600

    return go


def forecasts(town: Town) -> list[Forecast]:
    return read_forecasts(town.workspace.context)


def test_without_a_whole_month_there_is_no_estimate(large_town: Town, at: At) -> None:
    """The scheme opened in the middle of January: that month is not whole."""
    at("2027-01-20")
    spend(large_town, BICYCLES, 10)
    at("2027-02-20")
    assert forecasts(large_town) == []


def test_spending_goes_on_as_in_the_slowest_and_the_fastest_whole_month(
    large_town: Town, at: At
) -> None:
    """€ 28 in February, which has 28 days, and € 62 in March, which has 31: € 1 and € 2 a day.

    At noon of 15 April € 1,410 is left for thirty days and a half: € 30.50 or € 61 of it is spent.
    Of that, until May there are fifteen days and a half.
    """
    at("2027-02-10")
    spend(large_town, BICYCLES, 10, amount=280)
    at("2027-03-10")
    spend(large_town, BICYCLES, 20, first=10, amount=310)
    at("2027-04-15")
    (found,) = forecasts(large_town)
    assert (found.left, found.slowest, found.fastest) == (1_410_00, 28_00, 62_00)
    assert (found.least, found.most) == (1_349_00, 1_380_00)
    assert found.course == (
        MonthLeft("2027-02", 1_472_00, 1_472_00),
        MonthLeft("2027-03", 1_410_00, 1_410_00),
        MonthLeft("2027-04", 1_379_00, 1_394_00),
        MonthLeft("2027-05", 1_349_00, 1_380_00),
    )


def test_only_the_last_three_whole_months_count(large_town: Town, at: At) -> None:
    """Nothing in February, and € 1 a day after it; there are 77 days and a half to go."""
    end_with(large_town, date(2027, 8, 31))
    for turn, (day, amount) in enumerate([("03-10", 310), ("04-10", 300), ("05-10", 310)]):
        at(f"2027-{day}")
        spend(large_town, BICYCLES, 10, first=10 * turn, amount=amount)
    at("2027-06-15")
    (found,) = forecasts(large_town)
    assert found.left == ISSUED - 31_00 - 30_00 - 31_00
    assert (found.least, found.most) == (1_330_00, 1_330_00)


def test_what_is_refunded_is_not_spent(large_town: Town, at: At) -> None:
    at("2027-02-10")
    paid = spend(large_town, BICYCLES, 20, amount=280)
    for each in paid[:10]:
        large_town.api.refund(till_of(BICYCLES), each, 280, large_town.now())
    at("2027-03-15")
    assert [each.slowest for each in forecasts(large_town)] == [28_00]


def test_no_less_than_nothing_is_left(large_town: Town, at: At) -> None:
    end_with(large_town, date(2029, 12, 31))
    at("2027-02-10")
    spend(large_town, BICYCLES, 60, amount=1_000)
    at("2027-03-15")
    assert [(each.least, each.most) for each in forecasts(large_town)] == [(0, 0)]


@pytest.mark.parametrize("stop", [("setPaused", SCHEME, True), ("closeScheme", SCHEME)])
def test_a_scheme_that_cannot_be_spent_from_has_no_estimate(
    large_town: Town, at: At, stop: tuple[object, ...]
) -> None:
    at("2027-02-10")
    spend(large_town, BICYCLES, 10)
    at("2027-03-15")
    assert len(forecasts(large_town)) == 1
    large_town.decide(*stop)
    assert forecasts(large_town) == []


@pytest.mark.parametrize("closes", [midnight(date(9027, 1, 1)), 2**40 - 1])
def test_of_a_scheme_without_a_real_end_three_years_are_shown(
    large_town: Town, at: At, closes: int
) -> None:
    rules = large_town.view("schemes", SCHEME)
    period = (rules["opens"], closes)
    large_town.decide("setRules", SCHEME, *period, rules["permitted"], rules["excluded"])
    at("2027-02-10")
    spend(large_town, BICYCLES, 10, amount=280)
    at("2027-03-15")
    (found,) = forecasts(large_town)
    assert [each.month for each in found.course][:2] == ["2027-02", "2027-03"]
    assert (len(found.course), found.course[-1].month) == (1 + 36, "2030-02")
    assert (found.least, found.most) == (0, 0)


def test_the_stock_of_today_is_not_taken_off_a_month_before_it(
    large_town: Town, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2027-02-10")
    spend(large_town, BICYCLES, 10, amount=280)
    at("2027-03-15")
    monkeypatch.setattr(forecast, "read_stock", lambda _db: {SCHEME: 1_000_00})
    (found,) = forecasts(large_town)
    assert found.left == 472_00
    assert found.course[0] == MonthLeft("2027-02", 1_472_00, 1_472_00)
