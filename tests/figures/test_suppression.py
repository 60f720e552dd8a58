"""Hidden figures of a report cannot be computed from the shown ones."""

from collections.abc import Iterable, Mapping
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from kindpakket.services.figures.suppress import MINIMUM, hide
from tests.support.adversary import Cells, computable

Divisions = list[list[str]]


def coupons_of(sizes: Mapping[str, int]) -> dict[str, frozenset[str]]:
    """Give each cell this many coupons, each of a different letter."""
    return {
        cell: frozenset(f"{cell}-{number}" for number in range(size))
        for cell, size in sizes.items()
    }


def one_each(coupons: Iterable[str]) -> int:
    """Letters with one coupon each."""
    return len(set(coupons))


def divided(**sizes: int) -> set[str]:
    """The hidden parts when a total is divided once, into parts of so many letters."""
    groups = {"total": frozenset(sizes)} | {cell: frozenset([cell]) for cell in sizes}
    return hide(groups, coupons_of(sizes), one_each, [list(sizes)])


def test_large_groups_are_shown() -> None:
    assert divided(a=10, b=10, c=200) == set()


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    assert divided(a=9, b=10, c=200) == {"a", "b"}


def test_two_small_groups_that_are_large_together_protect_each_other() -> None:
    assert divided(a=9, b=1, c=10) == {"a", "b"}


def test_two_small_groups_that_are_small_together_take_a_third_with_them() -> None:
    hidden = divided(a=4, b=5, c=12, d=11)
    assert hidden == {"a", "b", "d"}


def test_a_group_without_payments_protects_nothing() -> None:
    hidden = divided(a=9, b=0, c=12, d=13)
    assert hidden == {"a", "b", "c"}


def test_when_all_is_small_the_total_is_hidden_too() -> None:
    assert divided(a=5, b=4) == {"total", "a", "b"}


def test_the_same_coupon_in_two_groups_counts_once() -> None:
    groups = {"total": frozenset("ab"), "a": frozenset("a"), "b": frozenset("b")}
    ten = frozenset(map(str, range(10)))
    hidden = hide(groups, {"a": ten, "b": frozenset("12")}, one_each, [["a", "b"]])
    assert hidden == {"b", "a"}


def test_letters_count_and_not_their_coupons() -> None:
    groups = {"total": frozenset("ab"), "a": frozenset("a"), "b": frozenset("b")}
    hidden = hide(
        groups,
        coupons_of({"a": 19, "b": 40}),
        lambda coupons: -(-one_each(coupons) // 2),
        [["a", "b"]],
    )
    assert hidden == set()
    hidden = hide(
        groups,
        coupons_of({"a": 18, "b": 40}),
        lambda coupons: -(-one_each(coupons) // 2),
        [["a", "b"]],
    )
    assert hidden == {"a", "b"}


def test_what_is_known_outside_is_reckoned_with() -> None:
    """The total is public: the small part follows from it and the large part."""
    groups = {"total": frozenset("ab"), "a": frozenset("a"), "b": frozenset("b")}
    coupons = coupons_of({"a": 3, "b": 50})
    assert hide(groups, coupons, one_each, known=["total"]) == {"a", "b"}


def test_a_shop_of_two_schemes_does_not_show_a_few_letters_of_one_of_them() -> None:
    """Shop b less scheme 2 is what nine letters of scheme 1 spent at b."""
    coupons = coupons_of({"1a": 50, "1b": 9, "2b": 30})
    groups = {
        "scheme 1": frozenset(["1a", "1b"]),
        "scheme 2": frozenset(["2b"]),
        "shop a": frozenset(["1a"]),
        "shop b": frozenset(["1b", "2b"]),
    }
    hidden = hide(groups, coupons, one_each, known=["scheme 1", "scheme 2"])
    assert hidden == {"shop a", "shop b"}


def test_what_a_scheme_has_besides_a_shop_is_not_shown_if_it_is_small() -> None:
    """Scheme 1 less all of shop a is what nine letters spent at other shops, in two weeks."""
    coupons = coupons_of({"1a": 50, "1b": 5, "1c": 4, "2b": 30, "2c": 30})
    groups = {
        "scheme 1": frozenset(["1a", "1b", "1c"]),
        "shop a": frozenset(["1a"]),
        "shops b and c": frozenset(["1b", "2b", "1c", "2c"]),
    }
    assert hide(groups, coupons, one_each) == {"shop a"}


def test_totals_so_far_do_not_show_a_small_week() -> None:
    coupons = coupons_of({"1": 50, "2": 3, "3": 60, "4": 70})
    groups = {cell: frozenset([cell]) for cell in coupons}
    until = {f"until {week}": week for week in groups}
    hidden = hide(groups, coupons, one_each, [list(groups)], running=until)
    assert hidden == {"2", "1", "until 1"}


def test_a_scheme_of_one_month_cannot_be_computed_from_that_month() -> None:
    """Scheme 2 is small and has February with scheme 4; scheme 3 protects it, but not from this."""
    coupons = coupons_of({"1 jan": 90, "2 feb": 5, "3 jan": 50, "4 feb": 60})
    groups = {
        "total": frozenset(coupons),
        **{f"scheme {cell[0]}": frozenset([cell]) for cell in coupons},
        "january": frozenset(["1 jan", "3 jan"]),
        "february": frozenset(["2 feb", "4 feb"]),
    }
    schemes = [f"scheme {number}" for number in (1, 2, 3, 4)]
    hidden = hide(groups, coupons, one_each, [schemes, ["january", "february"]])
    assert "scheme 2" in hidden
    assert not computable(groups["scheme 2"], shown(groups, hidden))


def test_half_of_a_sum_counts_as_computing_too() -> None:
    """Linear combinations with fractions count: a = ½ (ab + ac − bc)."""
    coupons = coupons_of({"a": 9, "b": 30, "c": 30})
    groups = {name: frozenset(name) for name in ("a", "ab", "ac", "bc")}
    assert len(hide(groups, coupons, one_each)) == 2


# every town


@st.composite
def towns(
    draw: st.DrawFn,
) -> tuple[dict[str, Cells], dict[str, frozenset[str]], Divisions]:
    """Generates schemes, shops in categories, months, and payments."""
    axes = {"scheme": 3, "shop": 5, "month": 3}
    count = {axis: draw(st.integers(1, most)) for axis, most in axes.items()}
    kinds = [draw(st.integers(0, 2)) for _ in range(count["shop"])]
    places = [
        (scheme, shop, month)
        for scheme in range(count["scheme"])
        for shop in range(count["shop"])
        for month in range(count["month"])
    ]
    used = draw(st.lists(st.sampled_from(places), unique=True, max_size=14))
    coupons = {
        str(place): frozenset(map(str, draw(st.sets(st.integers(0, 60), min_size=1, max_size=20))))
        for place in used
    }
    groups: dict[str, Cells] = {"total": frozenset(coupons)}
    for position, axis in enumerate(axes):
        for number in range(count[axis]):
            own = frozenset(str(place) for place in used if place[position] == number)
            groups[f"{axis} {number}"] = own
    for kind in set(kinds):
        own = frozenset(str(place) for place in used if kinds[place[1]] == kind)
        groups[f"category {kind}"] = own
    divisions = [
        [group for group in groups if group.startswith(axis)]
        for axis in ("scheme", "month", "category")
    ]
    divisions += [
        [f"shop {shop}" for shop, its in enumerate(kinds) if its == kind] for kind in set(kinds)
    ]
    return groups, coupons, divisions


@given(towns())
@settings(max_examples=200, deadline=None)
def test_no_small_set_can_be_computed_from_what_is_shown(
    town: tuple[dict[str, Cells], dict[str, frozenset[str]], Divisions],
) -> None:
    groups, coupons, divisions = town
    hidden = hide(groups, coupons, one_each, divisions)
    known = shown(groups, hidden)
    rests = [
        frozenset[str]().union(*(groups[part] for part in parts if part in hidden))
        for parts in divisions
    ]
    sets = [*groups.values(), *rests]
    within = {both for one, other in combinations(sets, 2) for both in (one & other, one - other)}
    cells = {frozenset([cell]) for cell in coupons}
    for small in {*sets, *within, *cells}:
        if 0 < one_each(behind(small, coupons)) < MINIMUM:
            assert not computable(small, known), small


@given(towns())
@settings(max_examples=200, deadline=None)
def test_every_small_group_is_hidden_and_a_town_of_large_cells_shows_all(
    town: tuple[dict[str, Cells], dict[str, frozenset[str]], Divisions],
) -> None:
    groups, coupons, divisions = town
    hidden = hide(groups, coupons, one_each, divisions)
    small = {group for group, cells in groups.items() if one_each(behind(cells, coupons)) < MINIMUM}
    assert hidden >= small
    if not small and all(len(those) >= MINIMUM for those in coupons.values()):
        assert hidden == set()


def test_the_attacker_of_these_tests_can_subtract() -> None:
    assert computable(frozenset("a"), [frozenset("abc"), frozenset("bc")])
    assert computable(frozenset("a"), [frozenset("ab"), frozenset("ac"), frozenset("bc")])
    assert not computable(frozenset("a"), [frozenset("abc"), frozenset("c")])


def shown(groups: Mapping[str, Cells], hidden: Iterable[str]) -> list[Cells]:
    return [cells for group, cells in groups.items() if group not in set(hidden)]


def behind(cells: Cells, coupons: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*(coupons[cell] for cell in cells))
