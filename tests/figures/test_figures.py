"""The figures of a town at the desk, on Friday 15 January 2027, after ten in the morning."""

from collections.abc import Iterator

import pytest

from kindpakket.domain.language import Catalogue, use_catalogue
from kindpakket.domain.tables import Hidden
from kindpakket.domain.times import week_of, weeks_between
from kindpakket.services import figures as made
from kindpakket.services.base.names import name_scheme
from kindpakket.services.figures import Figures, read_figures
from tests.support.figures import figures_now, wait_until_made
from tests.support.many_letters import spend
from tests.support.town import BICYCLES, BOOKS, SCHEME, Town, till_of

DAY = 24 * 3600
ISSUED = 90_000 + 60_000


def figures(town: Town) -> Figures:
    return figures_now(town.workspace.context)


def test_a_scheme_has_its_totals(large_town: Town) -> None:
    paid = spend(large_town, BICYCLES, 20)
    large_town.api.refund(till_of(BICYCLES), paid[0], 40, large_town.now())
    (scheme,) = figures(large_town).schemes
    assert (scheme.scheme, scheme.name) == (1, "regeling 1")
    assert (scheme.funded, scheme.issued, scheme.spent, scheme.refunded, scheme.left) == (
        1_000_000,
        ISSUED,
        2_000,
        40,
        ISSUED - 1_960,
    )
    assert (scheme.coupons, scheme.coupons_used, scheme.letters_used) == (78, 20, 20)


def test_how_far_a_scheme_is_used_is_not_told_of_nine_letters(large_town: Town) -> None:
    spend(large_town, BICYCLES, 9)
    (scheme,) = figures(large_town).schemes
    assert (scheme.coupons_used, scheme.letters_used) == (None, None)
    assert (scheme.hidden, scheme.spent) == (Hidden.TOO_FEW, 900)


def test_weeks_tell_what_came_in_and_what_was_left(large_town: Town) -> None:
    spend(large_town, BICYCLES, 10)
    large_town.clock.time += 14 * DAY
    spend(large_town, BICYCLES, 12)
    weeks = figures(large_town).weeks
    assert [
        (line.key, line.funded, line.issued, line.payments, line.spent, line.left) for line in weeks
    ] == [
        ("2027-W02", 1_000_000, ISSUED, 10, 1_000, ISSUED - 1_000),
        ("2027-W03", 0, 0, None, None, ISSUED - 1_000),
        ("2027-W04", 0, 0, 12, 1_200, ISSUED - 2_200),
    ]
    assert weeks[0].name == "week 2 van 2027"


def test_a_small_week_is_not_in_what_was_left_before_and_after_it(large_town: Town) -> None:
    for count in (30, 3, 20):
        spend(large_town, BICYCLES, count)
        large_town.clock.time += 7 * DAY
    told = [(line.key, line.spent, line.left) for line in figures(large_town).weeks]
    assert told == [
        ("2027-W02", None, None),
        ("2027-W03", None, ISSUED - 3_300),
        ("2027-W04", 2_000, ISSUED - 5_300),
    ]


def test_hours_are_those_of_the_clock_in_the_netherlands(large_town: Town) -> None:
    assert [line.key for line in figures(large_town).hours] == []
    spend(large_town, BICYCLES, 11)
    large_town.clock.time += 3 * 3600
    spend(large_town, BOOKS, 13)
    assert [(line.key, line.name, line.payments) for line in figures(large_town).hours] == [
        ("10", "10 tot 11 uur", 11),
        ("13", "13 tot 14 uur", 13),
    ]


def test_shops_and_categories(large_town: Town) -> None:
    spend(large_town, BICYCLES, 20)
    spend(large_town, BOOKS, 11, first=20)
    shown = figures(large_town)
    assert [(line.key, line.payments, line.spent) for line in shown.shops] == [
        ("1", 20, 2_000),
        ("2", None, None),
        ("3", None, None),
        ("4", 11, 1_100),
        ("5", None, None),
    ]
    assert [(line.name, line.spent) for line in shown.categories] == [
        ("fietsen en bromfietsen", 2_000),
        ("boeken", 1_100),
        ("dranken", None),
        ("fietsen en bromfietsen; dranken", None),
    ]


def test_figures_are_of_one_block(large_town: Town) -> None:
    spend(large_town, BICYCLES, 1)
    shown = figures(large_town)
    assert shown.block == large_town.workspace.context.ledger.head()
    assert shown.time == large_town.now()


# ------------------------------------------------------------------------- how fresh they are


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The number of times that figures are computed."""
    times: list[int] = []
    make = made._make

    def noted(context: made.Context) -> object:
        times.append(context.now())
        return make(context)

    monkeypatch.setattr(made, "_make", noted)
    yield times


def spent(town: Town) -> int:
    (scheme,) = read_figures(town.workspace.context).schemes
    return scheme.spent


def test_within_a_minute_figures_are_not_made_again(large_town: Town, counted: list[int]) -> None:
    assert spent(large_town) == 0
    spend(large_town, BICYCLES, 1)
    large_town.clock.time = counted[0] + 59
    assert (spent(large_town), len(counted)) == (0, 1)


def test_after_a_minute_figures_are_refreshed_in_the_background(
    large_town: Town, counted: list[int]
) -> None:
    assert spent(large_town) == 0
    spend(large_town, BICYCLES, 1)
    large_town.clock.time = counted[0] + 60
    assert spent(large_town) == 0
    wait_until_made(large_town.workspace.context)
    assert (spent(large_town), len(counted)) == (100, 2)


def test_old_figures_are_not_shown(large_town: Town, counted: list[int]) -> None:
    assert spent(large_town) == 0
    spend(large_town, BICYCLES, 1)
    large_town.clock.time = counted[0] + 600
    assert (spent(large_town), len(counted)) == (100, 2)


def test_a_server_keeps_figures_new_enough_to_show_when_nobody_looks(
    large_town: Town, counted: list[int]
) -> None:
    context, start = large_town.workspace.context, large_town.now()

    def ends_within(seconds: float) -> bool:
        wait_until_made(context)
        large_town.clock.time += int(seconds)
        return len(counted) == 3

    made.keep_figures(context, ends_within)
    assert counted == [start + 5, start + 305, start + 605]


def test_names_are_in_the_language_of_who_asks_and_as_they_are_now(large_town: Town) -> None:
    assert read_figures(large_town.workspace.context).schemes[0].name == "regeling 1"
    name_scheme(large_town.workspace.context.store, SCHEME, "Kindpakket 2027")
    english = Catalogue("en", lambda text: text.replace("regeling", "scheme"), lambda *_: "")
    with use_catalogue(english):
        (scheme,) = read_figures(large_town.workspace.context).schemes
    assert scheme.name == "Kindpakket 2027 (scheme 1)"


def test_weeks_are_those_of_the_calendar() -> None:
    assert week_of(1_798_757_999) == "2026-W53"  # 31 December 2026, 23:59:59 in Amsterdam
    assert weeks_between("2026-W52", "2027-W02") == [
        "2026-W52",
        "2026-W53",
        "2027-W01",
        "2027-W02",
    ]
