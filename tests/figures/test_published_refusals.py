"""Refusals that everyone may know: of whole months, and of ten letters or more in a month."""

from datetime import date

from kindpakket.domain.refusals import Code
from kindpakket.domain.times import midnight
from kindpakket.services.figures.published_refusals import (
    PublishedRefusals,
    read_published_refusals,
)
from kindpakket.services.payments import refusals_seen
from tests.figures.test_refusals import refused
from tests.support.many_letters import VALUE
from tests.support.town import BICYCLES, OFF_LICENCE, SCHEME, START, Town

NO_KIND, TOO_LOW = Code.CATEGORY_NOT_PERMITTED, Code.BUDGET_TOO_LOW


def published(town: Town, until: str, kept_since: str = "2026-06-01") -> PublishedRefusals:
    """What is published on a day; the scheme opened on 15 January 2027."""
    refusals_seen._waiting.join()
    with town.workspace.context.read_views() as db:
        return read_published_refusals(
            db,
            {SCHEME},
            first=START,
            until=midnight(date.fromisoformat(until)),
            kept_since=midnight(date.fromisoformat(kept_since)),
        )


def go_to(town: Town, day: str) -> None:
    town.clock.time = midnight(date.fromisoformat(day)) + 12 * 3600


def test_a_month_is_told_when_it_is_over(large_town: Town) -> None:
    for number in range(10):
        refused(large_town, OFF_LICENCE, number)
    assert published(large_town, "2027-01-31") == PublishedRefusals((), {})
    assert published(large_town, "2027-02-01") == PublishedRefusals(("2027-01",), {NO_KIND: 10})


def test_a_reason_that_nine_letters_met_in_a_month_is_not_told(large_town: Town) -> None:
    """Also when one of them met it often, and when the next month makes them ten."""
    for number in (*range(9), 0, 0, 0):
        refused(large_town, OFF_LICENCE, number)
    go_to(large_town, "2027-02-10")
    for number in range(9, 21):
        refused(large_town, OFF_LICENCE, number)
    refused(large_town, BICYCLES, 9, VALUE + 1)
    told = published(large_town, "2027-03-01")
    assert told == PublishedRefusals(("2027-01", "2027-02"), {NO_KIND: 12})


def test_the_most_frequent_reason_is_the_first(large_town: Town) -> None:
    for number in range(11):
        refused(large_town, OFF_LICENCE, number)
        refused(large_town, BICYCLES, number, VALUE + 1)
    refused(large_town, BICYCLES, 3, VALUE + 1)
    told = published(large_town, "2027-02-01")
    assert list(told.attempts.items()) == [(TOO_LOW, 12), (NO_KIND, 11)]


def test_a_month_of_which_not_all_is_kept_is_left_out_as_a_whole(large_town: Town) -> None:
    """Else the difference of two days would be what few letters met."""
    for number in range(10):
        refused(large_town, OFF_LICENCE, number)
    go_to(large_town, "2027-02-10")
    for number in range(11):
        refused(large_town, OFF_LICENCE, number)
    both = published(large_town, "2028-02-01", kept_since="2027-01-01")
    assert both.attempts == {NO_KIND: 21}
    one = published(large_town, "2028-02-03", kept_since="2027-01-03")
    assert (one.months[0], one.attempts) == ("2027-02", {NO_KIND: 11})


def test_another_scheme_has_its_own(large_town: Town) -> None:
    for number in range(10):
        refused(large_town, OFF_LICENCE, number)
    refusals_seen._waiting.join()
    with large_town.workspace.context.read_views() as db:
        other = read_published_refusals(
            db, {2}, first=START, until=midnight(date(2027, 2, 1)), kept_since=START - 10**7
        )
    assert other.attempts == {}
