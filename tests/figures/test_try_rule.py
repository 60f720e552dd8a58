"""Trials of rules on past payments. The town permits bicycles, books and toys for a year."""

import pytest

from kindpakket.domain.categories import allows, bits_of
from kindpakket.domain.refusals import Refusal
from kindpakket.domain.tables import Hidden
from kindpakket.domain.times import months_before
from kindpakket.services.figures.try_rule import Part, Trial, try_rules
from kindpakket.services.schemes.changes import Rules
from tests.support.many_letters import spend
from tests.support.town import BICYCLES, BOOKS, SCHEME, START, Town

DAY = 24 * 3600
ALL = bits_of(["bicycles", "books", "toys"])
NOTHING = Part(None, None, Hidden.TOO_FEW)
KEPT_BACK = Part(None, None, Hidden.PROTECTS)


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


def shops(told: Trial) -> list[tuple[int, str, Part]]:
    return [(line.shop, line.categories, line.refused) for line in told.shops]


def test_the_rules_as_they_are_refuse_nothing(large_town: Town) -> None:
    spend(large_town, BICYCLES, 20)
    told = trial(large_town)
    assert told.all == told.kept == Part(20, 2_000, None)
    assert told.shops == []


def test_a_category_that_is_no_longer_permitted(large_town: Town) -> None:
    spend(large_town, BICYCLES, 20)
    spend(large_town, BOOKS, 12, first=20)
    told = trial(large_town, permitted=bits_of(["bicycles"]))
    assert (told.refused, told.kept) == (Part(12, 1_200, None), Part(20, 2_000, None))
    assert shops(told) == [(BOOKS, "boeken", Part(12, 1_200, None))]


def test_a_category_that_is_excluded(large_town: Town) -> None:
    spend(large_town, BICYCLES, 20)
    spend(large_town, BOOKS, 12, first=20)
    told = trial(large_town, excluded=bits_of(["books"]))
    assert shops(told) == [(BOOKS, "boeken", Part(12, 1_200, None))]


def test_a_period_that_ends_earlier(large_town: Town) -> None:
    spend(large_town, BICYCLES, 20)
    ended = large_town.now() + 1
    spend(large_town, BICYCLES, 15, first=20)
    assert trial(large_town, closes=ended).refused == Part(15, 1_500, None)
    assert trial(large_town, opens=ended).refused == Part(20, 2_000, None)


def test_only_the_last_months_count(large_town: Town) -> None:
    spend(large_town, BICYCLES, 20)
    large_town.clock.time += 70 * DAY
    spend(large_town, BICYCLES, 15, first=20)
    assert trial(large_town, months=2, permitted=0).refused == Part(15, 1_500, None)
    assert trial(large_town, months=3, permitted=0).refused == Part(35, 3_500, None)


def test_few_letters_refused_are_shown_on_neither_side(large_town: Town) -> None:
    """The total minus what is permitted would reveal it."""
    spend(large_town, BICYCLES, 20)
    spend(large_town, BOOKS, 9, first=20)
    told = trial(large_town, permitted=bits_of(["bicycles"]))
    assert (told.all, told.refused, told.kept) == (Part(29, 2_900, None), NOTHING, KEPT_BACK)
    assert shops(told) == [(BOOKS, "boeken", NOTHING)]


def test_few_letters_kept_are_shown_on_neither_side(large_town: Town) -> None:
    spend(large_town, BICYCLES, 9)
    spend(large_town, BOOKS, 20, first=9)
    told = trial(large_town, permitted=bits_of(["bicycles"]))
    assert (told.refused, told.kept) == (KEPT_BACK, NOTHING)
    assert shops(told) == [(BOOKS, "boeken", KEPT_BACK)]


def test_few_letters_kept_at_one_shop_do_not_follow_from_its_turnover(large_town: Town) -> None:
    spend(large_town, BICYCLES, 20)
    late = large_town.now() + 1
    spend(large_town, BICYCLES, 9, first=20)
    spend(large_town, BOOKS, 20, first=20)
    told = trial(large_town, opens=late)
    assert shops(told) == [(BICYCLES, "fietsen en bromfietsen", KEPT_BACK)]


def test_few_letters_before_the_trial_do_not_follow_from_the_turnover_of_the_scheme(
    large_town: Town,
) -> None:
    """The scheme's total is public; minus what the trial covers, it is these nine letters."""
    spend(large_town, BICYCLES, 9)
    large_town.clock.time += 70 * DAY
    spend(large_town, BICYCLES, 20, first=9)
    told = trial(large_town, months=2, permitted=0)
    assert (told.all, told.refused) == (KEPT_BACK, KEPT_BACK)


def test_few_letters_refused_do_not_follow_from_what_another_shop_turned_over(
    large_town: Town,
) -> None:
    """All that was refused, minus the turnover of the bookshop, is these nine letters."""
    spend(large_town, BICYCLES, 20)
    late = large_town.now() + 1
    spend(large_town, BICYCLES, 9, first=20)
    spend(large_town, BOOKS, 20, first=20)
    told = trial(large_town, closes=late)
    assert (told.refused, told.kept) == (KEPT_BACK, KEPT_BACK)
    assert shops(told) == [
        (BICYCLES, "fietsen en bromfietsen", NOTHING),
        (BOOKS, "boeken", Part(20, 2_000, None)),
    ]


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
