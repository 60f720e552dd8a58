"""What is published by month and kind of shop tells nothing of few letters, day after day."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from kindpakket.domain.categories import bits_of
from kindpakket.domain.times import day_of, midnight, month_of
from kindpakket.protocol.signatures import address_of
from kindpakket.services.figures.published_months import (
    KindPeriod,
    PublishedMoney,
    PublishedMonth,
    divide_by_kind,
    read_published_money,
)
from kindpakket.services.figures.published_totals import (
    Total,
    TotalChange,
    TotalStep,
    publish_totals,
    published_until,
    steps_of,
)
from tests.support.adversary import follow
from tests.support.many_letters import VALUE, spend
from tests.support.town import BICYCLES, BOOKS, SCHEME, VALUES, Town, owner_of, till_of

FEWEST = 10
DAY = 24 * 3600
ISSUED = 3 * sum(VALUES) + 60 * VALUE
FIETSEN, BOEKEN = bits_of(["bicycles"]), bits_of(["books"])
Set = frozenset[TotalChange]


def one_each(coupons: Iterable[str]) -> int:
    """Letters with one coupon each."""
    return len(set(coupons))


def kind_of(change: TotalChange) -> int:
    return change.shop


def paid(*groups: tuple[str, int, range]) -> list[TotalChange]:
    """What these letters paid on a day at a kind of shop: each another amount."""
    made: list[TotalChange] = []
    for day, kind, letters in groups:
        for letter in letters:
            time = midnight(date.fromisoformat(day)) + 36_000
            block = len(made)
            made.append(TotalChange(block, time, 1_000 + block, str(letter), kind))
    return made


def published(changes: list[TotalChange], day: str) -> tuple[list[TotalStep], list[KindPeriod]]:
    """What is published on a morning, of what was paid before."""
    last = midnight(date.fromisoformat(day))
    before = [each for each in changes if each.time < last]
    steps = list(steps_of(before, last, one_each, Total.SPENT))
    return steps, list(divide_by_kind(steps, kind_of, one_each, last))


def told(changes: list[TotalChange], day: str) -> list[tuple[str, str, dict[int, int]]]:
    return [(each.first, each.last, dict(each.kinds)) for each in published(changes, day)[1]]


def test_a_month_is_divided_when_it_is_over() -> None:
    changes = paid(("2027-01-10", 1, range(10)), ("2027-01-20", 2, range(12)))
    one, two = sum(range(1_000, 1_010)), sum(range(1_010, 1_022))
    assert told(changes, "2027-01-31") == []
    assert told(changes, "2027-02-01") == [("2027-01", "2027-01", {2: two, 1: one})]


def test_a_month_in_which_no_kind_may_be_told_waits_for_the_next() -> None:
    changes = paid(
        ("2027-01-10", 1, range(6)),
        ("2027-01-10", 2, range(6, 12)),
        ("2027-02-10", 1, range(20, 26)),
        ("2027-02-10", 2, range(26, 32)),
    )
    assert told(changes, "2027-02-01") == []
    one, two = (sum(each.amount for each in changes if each.shop == kind) for kind in (1, 2))
    assert told(changes, "2027-03-01") == [("2027-01", "2027-02", {2: two, 1: one})]


def test_a_kind_of_nine_letters_takes_another_with_it() -> None:
    changes = paid(
        ("2027-01-10", 1, range(9)), ("2027-01-10", 2, range(10, 20)), ("2027-01-10", 3, range(40))
    )
    ((_, _, kinds),) = told(changes, "2027-02-01")
    assert kinds == {3: sum(each.amount for each in changes if each.shop == 3)}
    (period,) = published(changes, "2027-02-01")[1]
    assert period.others == (1, 2)
    assert period.rest == sum(each.amount for each in changes if each.shop != 3)


def test_a_kind_that_less_a_step_would_be_of_few_letters_is_hidden() -> None:
    """On the tenth all paid at kind 1, as the published total tells; nine more did so later."""
    changes = paid(
        ("2027-01-10", 1, range(10)), ("2027-01-20", 1, range(20, 29)), ("2027-01-20", 2, range(30))
    )
    assert told(changes, "2027-02-01") == []


# In the next three tests the total moves on each of four days. A reader who kept it knows by how
# much it moved on the second and third day together.


def test_what_few_letters_paid_a_kind_between_two_mornings_does_not_follow() -> None:
    """Those two days, less all of kinds 2 and 3, are of six letters at kind 1."""
    changes = paid(
        ("2027-01-01", 1, range(10)),
        ("2027-01-02", 1, range(10, 13)),
        ("2027-01-02", 2, range(20, 30)),
        ("2027-01-02", 3, range(30, 40)),
        ("2027-01-03", 1, range(13, 16)),
        ("2027-01-03", 2, range(40, 50)),
        ("2027-01-03", 3, range(50, 60)),
        ("2027-01-04", 1, range(60, 70)),
    )
    ((_, _, kinds),) = told(changes, "2027-02-01")
    two = sum(each.amount for each in changes if each.shop == 2)
    assert kinds == {2: two}


def test_what_few_letters_paid_a_kind_before_and_after_does_not_follow() -> None:
    """All of kind 1, less those two days, on which nobody paid kind 2, is of six letters."""
    changes = paid(
        ("2027-01-01", 1, range(3)),
        ("2027-01-01", 2, range(10, 20)),
        ("2027-01-02", 1, range(20, 30)),
        ("2027-01-03", 1, range(30, 40)),
        ("2027-01-04", 1, range(3, 6)),
        ("2027-01-04", 2, range(40, 50)),
    )
    assert told(changes, "2027-02-01") == []


def test_what_few_letters_paid_two_kinds_between_two_mornings_does_not_follow() -> None:
    """Those two days, less all of kind 2, are of six letters at kinds 1 and 3."""
    changes = paid(
        ("2027-01-01", 1, range(10)),
        ("2027-01-01", 3, range(10, 20)),
        ("2027-01-02", 1, range(20, 22)),
        ("2027-01-02", 2, range(30, 40)),
        ("2027-01-02", 3, range(22, 24)),
        ("2027-01-03", 1, range(24, 25)),
        ("2027-01-03", 2, range(40, 50)),
        ("2027-01-03", 3, range(25, 26)),
        ("2027-01-04", 1, range(60, 70)),
        ("2027-01-04", 3, range(70, 79)),
    )
    ((_, _, kinds),) = told(changes, "2027-02-01")
    one = sum(each.amount for each in changes if each.shop == 1)
    assert kinds == {1: one}


def test_what_few_letters_paid_two_kinds_in_one_month_of_two_does_not_follow() -> None:
    """January, in two steps, less all of kind 3 is of nine letters, at kinds 1 and 2."""
    changes = paid(
        ("2027-01-01", 2, range(1)),
        ("2027-01-01", 3, range(10)),
        ("2027-01-02", 1, range(2, 10)),
        ("2027-01-02", 3, range(2)),
        ("2027-02-01", 1, range(2)),
        ("2027-02-01", 2, range(10)),
    )
    ((first, last, kinds),) = told(changes, "2027-03-01")
    assert (first, last) == ("2027-01", "2027-02")
    one = sum(each.amount for each in changes if each.shop == 1)
    assert kinds == {1: one}


def test_the_order_of_hidden_kinds_tells_nothing_of_their_amounts() -> None:
    for one, two in ((9, 2), (2, 9)):
        changes = paid(
            ("2027-01-10", 1, range(one)),
            ("2027-01-10", 2, range(20, 20 + two)),
            ("2027-01-10", 3, range(30)),
        )
        (period,) = published(changes, "2027-02-01")[1]
        assert (list(period.kinds), period.others) == ([3], (1, 2))


@st.composite
def years(draw: st.DrawFn) -> list[TotalChange]:
    """Generates payments of three months at three kinds of shops, of letters of one coupon."""
    start = date(2027, 1, 1)
    days = st.integers(0, 58).map(lambda number: str(start + timedelta(days=number)))
    letters = st.tuples(st.integers(0, 40), st.integers(1, 24)).map(
        lambda each: range(each[0], each[0] + each[1])
    )
    groups = draw(
        st.lists(st.tuples(days, st.sampled_from([1, 2, 3]), letters), min_size=2, max_size=14)
    )
    return paid(*sorted(groups, key=lambda each: each[0]))


def of_step(step: TotalStep) -> Set:
    return frozenset(step.changes)


def sums_of(changes: list[TotalChange], day: str) -> list[Set]:
    """The sums of payments that are published on a morning."""
    steps, periods = published(changes, day)
    found = [of_step(step) for step in steps]
    for period in periods:
        within = [
            each
            for step in steps
            if period.first <= month_of(step.until - 1) <= period.last
            for each in step.changes
        ]
        told = {(kind,): amount for kind, amount in period.kinds.items()}
        for kinds, amount in (told | {period.others: period.rest}).items():
            those = frozenset(each for each in within if each.shop in kinds)
            assert amount == sum(each.amount for each in those)
            found.append(those)
    return found


def parts_of(changes: list[TotalChange], sums: Iterable[Set], steps: list[TotalStep]) -> set[Set]:
    """What a reader could want to know: each day, kind and payment, what moved between any two
    mornings, what two sums do not share, and of each of these what is in another."""
    lines = {frozenset([each]) for each in changes} | set(sums)
    lines |= {
        frozenset(each for step in steps[first:last] for each in step.changes)
        for first, last in combinations(range(len(steps) + 1), 2)
    }
    lines |= {
        frozenset(each for each in changes if key(each) == value)
        for key in (kind_of, lambda each: day_of(each.time), lambda each: month_of(each.time))
        for value in {key(each) for each in changes}
    }
    both = {
        made
        for one, other in combinations(lines, 2)
        for made in (one & other, one - other, other - one)
    }
    return {each for each in lines | both if 0 < one_each(c.coupon for c in each) < FEWEST}


@settings(max_examples=60, deadline=None)
@given(years())
def test_of_no_two_publications_the_difference_is_that_of_few_letters(
    changes: list[TotalChange],
) -> None:
    """A reader keeps what was published on every morning, and computes with all of it."""
    first, last = day_of(changes[0].time), date(2027, 5, 2)
    mornings = [first + timedelta(days=n) for n in range((last - first).days)]
    asked = {day_of(each.time) + timedelta(days=1) for each in changes}
    asked |= {day for day in mornings if day.day in (1, 2)}
    known: set[Set] = set()
    for morning in sorted(asked):
        now = set(sums_of(changes, str(morning)))
        assert now >= known, "what was published stays"
        known = now
    targets = list(parts_of(changes, known, published(changes, str(last))[0]))
    assert not any(follow(targets, known))


def test_without_suppression_a_small_kind_would_follow() -> None:
    """Otherwise the test above would pass whatever was published."""
    changes = paid(("2027-01-10", 1, range(9)), ("2027-01-10", 2, range(30)))
    known = set(sums_of(changes, "2027-02-01"))
    small = frozenset(each for each in changes if each.shop == 1)
    assert follow([small], known) == [False]
    large = frozenset(each for each in changes if each.shop == 2)
    assert follow([small], known | {large}) == [True]


# ----------------------------------------------------------------------- from a ledger


def money_of(town: Town) -> PublishedMoney:
    with town.workspace.context.read_views() as db:
        return read_published_money(db, published_until(town.now()))[SCHEME]


def morning(town: Town, days: int = 1) -> None:
    town.clock.time = midnight(day_of(town.now() + days * DAY)) + 6 * 3600


def test_the_months_add_up_to_the_published_totals(large_town: Town) -> None:
    made = spend(large_town, BICYCLES, 20)
    morning(large_town, 20)
    for payment in made[:10]:
        large_town.api.refund(till_of(BICYCLES), payment, 30, large_town.now())
    spend(large_town, BOOKS, 12, first=20, amount=200)
    spend(large_town, BOOKS, 3, first=40)
    morning(large_town)
    publish_totals(large_town.workspace.context)
    money, scheme = money_of(large_town), large_town.api.get(f"/schemes/{SCHEME}")
    assert money.months == (
        PublishedMonth("2027-01", ISSUED, 2_000, 0),
        PublishedMonth("2027-02", 0, 12 * 200 + 3 * 100, 300),
    )
    for name in ("funded", "spent", "refunded"):
        assert getattr(money, name) == scheme[name]
    assert money.granted == scheme["issued"]
    assert money.net == 4_400
    assert money.unused == ISSUED - 4_400


def test_a_shop_that_changes_its_kind_leaves_what_was_published(large_town: Town) -> None:
    spend(large_town, BICYCLES, 10)
    spend(large_town, BOOKS, 10, first=10, amount=150)
    morning(large_town, 40)
    before = money_of(large_town)
    assert [dict(each.kinds) for each in before.periods] == [{BOEKEN: 1_500, FIETSEN: 1_000}]
    toys = bits_of(["toys"])
    large_town.decide("setShop", BOOKS, toys, address_of(owner_of(BOOKS)), True)
    spend(large_town, BOOKS, 10, first=30)
    assert money_of(large_town).periods == before.periods
    morning(large_town, 40)
    assert dict(money_of(large_town).periods[1].kinds) == {toys: 1_000}


def test_what_is_not_told_by_kind_is_told_of_all_kinds_together(large_town: Town) -> None:
    spend(large_town, BICYCLES, 6)
    spend(large_town, BOOKS, 6, first=6, amount=150)
    morning(large_town, 40)
    small = money_of(large_town)
    assert (small.periods, small.undivided, small.spent) == ((), 1_500, 1_500)
    spend(large_town, BICYCLES, 10, first=12)
    spend(large_town, BOOKS, 10, first=22)
    morning(large_town, 40)
    divided = money_of(large_town)
    assert divided.undivided == 0
    spend(large_town, BICYCLES, 10, first=32)
    morning(large_town)
    more = money_of(large_town)
    assert more.periods == divided.periods
    assert more.undivided == 1_000
