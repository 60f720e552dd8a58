"""When payments are made, without telling what few letters did.

Every letter pays once, from a coupon of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

import pytest

from kindpakket.domain.refusals import Code, RateLimited
from kindpakket.domain.times import midnight
from kindpakket.services.figures import busy_times
from kindpakket.services.figures.busy_times import (
    BusyTimes,
    Cell,
    CellPayments,
    Division,
    Moment,
    find_busy_times,
    read_busy_times,
)
from kindpakket.services.figures.suppress import LettersIn
from tests.support.many_letters import spend
from tests.support.town import BICYCLES, Town

TUESDAY, WEDNESDAY, SATURDAY = 2, 3, 6


def found(*paid: tuple[str, int, int, int, int]) -> BusyTimes | None:
    """Of so many letters that pay in a month, at a shop, on a weekday and in an hour."""
    cells = defaultdict[Cell, CellPayments](CellPayments)
    for number, (*where, letters) in enumerate(paid):
        own = cells[Cell(*where)]
        own.count += letters
        own.coupons |= {f"{number}/{letter}" for letter in range(letters)}
    return find_busy_times(cells, one_each)


def one_each(coupons: Iterable[str]) -> int:
    """Letters with one coupon each."""
    return len(set(coupons))


def test_hours_of_ten_letters_are_told() -> None:
    assert found(("2027-01", 1, TUESDAY, 9, 10), ("2027-01", 1, TUESDAY, 10, 12)) == BusyTimes(
        Division.HOUR,
        "2027-01",
        "2027-01",
        {Moment(TUESDAY, 9): 10, Moment(TUESDAY, 10): 12},
    )


def test_hours_of_fewer_letters_are_told_as_part_of_a_day() -> None:
    assert found(
        ("2027-01", 1, TUESDAY, 9, 5),
        ("2027-01", 1, TUESDAY, 10, 12),
        ("2027-01", 1, TUESDAY, 15, 11),
    ) == BusyTimes(
        Division.PART,
        "2027-01",
        "2027-01",
        {Moment(TUESDAY, 6): 17, Moment(TUESDAY, 12): 11},
    )


def test_parts_of_fewer_letters_are_told_as_days() -> None:
    assert found(
        ("2027-01", 1, TUESDAY, 9, 5),
        ("2027-01", 1, TUESDAY, 15, 6),
        ("2027-01", 1, WEDNESDAY, 9, 20),
    ) == BusyTimes(
        Division.DAY, "2027-01", "2027-01", {Moment(TUESDAY, 0): 11, Moment(WEDNESDAY, 0): 20}
    )


def test_nothing_is_told_of_few_letters() -> None:
    assert found(("2027-01", 1, TUESDAY, 9, 9)) is None
    assert found() is None


def test_an_hour_is_hidden_that_would_tell_what_few_did_at_a_known_shop() -> None:
    """Of the 13 letters on Tuesdays at ten, 10 are all of shop 2: three of shop 1 would be left."""
    assert found(
        ("2027-01", 1, TUESDAY, 9, 10),
        ("2027-01", 1, TUESDAY, 10, 3),
        ("2027-01", 2, TUESDAY, 10, 10),
    ) == BusyTimes(Division.PART, "2027-01", "2027-01", {Moment(TUESDAY, 6): 23})


def test_a_month_with_too_few_waits_for_the_next() -> None:
    paid = [("2027-01", 1, TUESDAY, 9, 6), ("2027-02", 1, TUESDAY, 9, 7)]
    assert found(*paid) == BusyTimes(Division.HOUR, "2027-01", "2027-02", {Moment(TUESDAY, 9): 13})


def test_the_few_at_rare_hours_are_left_out() -> None:
    """Twelve of three hundred, which is no more than a twentieth."""
    assert found(
        ("2027-01", 1, TUESDAY, 9, 144),
        ("2027-01", 1, TUESDAY, 10, 144),
        ("2027-01", 1, SATURDAY, 18, 4),
        ("2027-01", 1, SATURDAY, 19, 8),
    ) == BusyTimes(
        Division.HOUR,
        "2027-01",
        "2027-01",
        {Moment(TUESDAY, 9): 144, Moment(TUESDAY, 10): 144},
    )


def test_periods_by_the_hour_are_made_of_whole_periods_by_the_day() -> None:
    """Of six letters on Wednesdays in February, at two shops, nothing follows.

    By the day January is a period, with 28 on Wednesdays; February waits. By the hour both months
    together would tell 34 on Wednesdays, of which 28 in January.
    """
    january = [
        ("2027-01", 1, TUESDAY, 9, 30),
        ("2027-01", 1, WEDNESDAY, 9, 10),
        ("2027-01", 1, WEDNESDAY, 10, 10),
        ("2027-01", 1, WEDNESDAY, 11, 8),
    ]
    february = [
        ("2027-02", shop, *when)
        for shop in (1, 2)
        for when in [(TUESDAY, 9, 15), *((WEDNESDAY, hour, 1) for hour in (9, 10, 11))]
    ]
    assert found(*january, *february) == BusyTimes(
        Division.PART, "2027-01", "2027-01", {Moment(TUESDAY, 6): 30, Moment(WEDNESDAY, 6): 28}
    )


def test_a_month_counts_from_the_morning_after_it(large_town: Town) -> None:
    """15 January 2027 is a Friday; the payments are at noon in the Netherlands."""
    context = large_town.workspace.context
    large_town.clock.time = midnight(date(2027, 1, 15)) + 12 * 3600
    spend(large_town, BICYCLES, 12)
    large_town.clock.time = midnight(date(2027, 2, 1)) + 6 * 3600 - 1
    assert read_busy_times(context) is None
    large_town.clock.time += 1
    told = BusyTimes(Division.HOUR, "2027-01", "2027-01", {Moment(5, 12): 12})
    assert read_busy_times(context) == told
    spend(large_town, BICYCLES, 12, first=12)
    assert read_busy_times(context) == told


def test_who_asks_while_it_is_computed_is_refused_and_does_not_wait(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, refused = town.workspace.context, list[Code]()

    def find(_cells: Mapping[Cell, CellPayments], _letters_in: LettersIn) -> None:
        with pytest.raises(RateLimited) as busy:
            read_busy_times(context)
        refused.append(busy.value.code)

    monkeypatch.setattr(busy_times, "find_busy_times", find)
    assert read_busy_times(context) is None
    assert refused == [Code.SERVER_BUSY]
    assert read_busy_times(context) is None  # without computing it again
    assert refused == [Code.SERVER_BUSY]
