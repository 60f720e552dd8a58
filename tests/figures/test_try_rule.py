"""Trials of rules on past payments. The town permits bicycles, books and toys for a year."""

from datetime import date

import pytest

from kindpakket.domain.categories import allows, bits_of
from kindpakket.domain.refusals import Refusal
from kindpakket.domain.times import midnight, months_before
from kindpakket.services.figures.try_rule import Trial, TrialOutcome, TrialPart, try_rules
from kindpakket.services.schemes.changes import Rules
from tests.support.many_letters import spend
from tests.support.town import BICYCLES, BOOKS, SCHEME, START, Town

DAY = 24 * 3600
ALL = bits_of(["bicycles", "books", "toys"])
NOTHING = TrialPart(0, 0)
REFUSED, KEPT, UNSURE = TrialOutcome


def trial(
    town: Town,
    *,
    permitted: int = ALL,
    excluded: int = 0,
    opens: int = 0,
    closes: int = START + 365 * DAY,
    months: int = 12,
) -> Trial:
    context = town.workspace.context
    return try_rules(context, SCHEME, Rules(opens, closes, permitted, excluded), months)


def outcomes(parts: dict[TrialOutcome, TrialPart]) -> tuple[TrialPart, TrialPart, TrialPart]:
    return parts[REFUSED], parts[KEPT], parts[UNSURE]


def test_the_rules_as_they_are_refuse_nothing(large_town: Town) -> None:
    spend(large_town, BICYCLES, 3)
    told = trial(large_town)
    assert outcomes(told.parts) == (NOTHING, TrialPart(3, 300), NOTHING)


def test_a_trial_answers_at_every_size_by_shop(large_town: Town) -> None:
    """One letter at the book shop is enough for an answer."""
    spend(large_town, BICYCLES, 20)
    spend(large_town, BOOKS, 1, first=20, amount=450)
    told = trial(large_town, permitted=bits_of(["bicycles"]))
    assert outcomes(told.parts) == (TrialPart(1, 450), TrialPart(20, 2_000), NOTHING)
    assert [(line.shop, line.categories, outcomes(line.parts)) for line in told.shops] == [
        (BICYCLES, "fietsen en bromfietsen", (NOTHING, TrialPart(20, 2_000), NOTHING)),
        (BOOKS, "boeken", (TrialPart(1, 450), NOTHING, NOTHING)),
    ]


def test_a_category_that_is_excluded(large_town: Town) -> None:
    spend(large_town, BICYCLES, 20)
    spend(large_town, BOOKS, 12, first=20)
    assert trial(large_town, excluded=bits_of(["books"])).parts[REFUSED] == TrialPart(12, 1_200)


def test_of_a_month_in_which_the_period_ends_the_answer_is_not_sure(large_town: Town) -> None:
    """On 15 and 16 January, on 14 February and on 31 March: some of January would be refused."""
    spend(large_town, BICYCLES, 20)
    large_town.clock.time += DAY
    noon = large_town.now()
    spend(large_town, BICYCLES, 5, first=20)
    for days, count in ((29, 7), (45, 2)):
        large_town.clock.time += days * DAY
        spend(large_town, BICYCLES, count, first=30)
    told = trial(large_town, opens=noon)
    assert outcomes(told.parts) == (NOTHING, TrialPart(9, 900), TrialPart(25, 2_500))
    told = trial(large_town, closes=noon)
    assert outcomes(told.parts) == (TrialPart(9, 900), NOTHING, TrialPart(25, 2_500))


def test_no_moment_within_a_month_tells_what_was_paid_before_or_after_it(large_town: Town) -> None:
    """Otherwise two trials would tell of a single payment."""
    start = large_town.now()
    spend(large_town, BICYCLES, 2)
    large_town.clock.time += 3 * DAY
    spend(large_town, BICYCLES, 2, first=2)
    answers = {
        tuple(trial(large_town, opens=start + hours * 3600).parts.items())
        for hours in range(24, 70)
    }
    assert answers == {((REFUSED, NOTHING), (KEPT, NOTHING), (UNSURE, TrialPart(4, 400)))}


def test_a_period_that_has_all_days_of_payments_refuses_nothing(large_town: Town) -> None:
    """A scheme that opens within a month has no payments before."""
    spend(large_town, BICYCLES, 4)
    today = midnight(date(2027, 1, 15))
    told = trial(large_town, opens=today, closes=today + DAY)
    assert told.parts[KEPT] == TrialPart(4, 400)
    assert trial(large_town, opens=today + DAY).parts[REFUSED] == TrialPart(4, 400)


def test_only_the_last_months_count_as_a_whole(large_town: Town) -> None:
    spend(large_town, BICYCLES, 20)
    large_town.clock.time += 70 * DAY
    spend(large_town, BICYCLES, 15, first=20)
    assert trial(large_town, months=2, permitted=0).parts[REFUSED] == TrialPart(15, 1_500)
    told = trial(large_town, months=3, permitted=0)
    assert told.parts[REFUSED] == TrialPart(35, 3_500)
    assert told.since == midnight(date(2027, 1, 1))


def test_another_scheme_is_not_in_it(large_town: Town) -> None:
    closes = START + 365 * DAY
    large_town.decide("openScheme", 2, START, closes, bits_of(["bicycles"]), 0)
    spend(large_town, BICYCLES, 4)
    told = try_rules(large_town.workspace.context, 2, Rules(0, closes, 0, 0), 12)
    assert (told.parts[REFUSED], told.shops) == (NOTHING, [])


def test_a_scheme_that_is_not_there_is_refused(large_town: Town) -> None:
    with pytest.raises(Refusal, match="scheme_unknown"):
        try_rules(large_town.workspace.context, 9, Rules(0, 1, 0, 0), 1)


def test_trying_changes_nothing(large_town: Town) -> None:
    spend(large_town, BICYCLES, 1)
    ledger = large_town.workspace.context.ledger
    before = ledger.head(), large_town.view("schemes", SCHEME)
    trial(large_town, permitted=0)
    assert (ledger.head(), large_town.view("schemes", SCHEME)) == before


@pytest.mark.parametrize(
    ("shop", "answer"),
    [(0b0001, True), (0b0011, True), (0b0100, False), (0b0101, False), (0, False)],
)
def test_the_forecast_says_what_the_contract_would(shop: int, answer: bool) -> None:
    """One permitted category, no excluded one; `tests/policy` tests the contract's rule."""
    assert allows(0b0011, 0b0100, shop) is answer


def test_a_month_before_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert months_before(1_806_444_000, 1) == 1_803_769_200  # 31 March to 28 February 2027
