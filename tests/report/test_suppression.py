"""Nobody can compute what a report does not show, from all that it shows."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kindpakket.services.suppress import MINIMUM, Hidden, hide

Cells = frozenset[str]


def coupons_of(sizes: Mapping[str, int]) -> dict[str, frozenset[str]]:
    """Give each cell this many coupons of its own."""
    return {
        cell: frozenset(f"{cell}-{number}" for number in range(size))
        for cell, size in sizes.items()
    }


def divided(**sizes: int) -> dict[str, Hidden]:
    """What stays hidden when a total is divided once, into parts of so many coupons."""
    groups = {"total": frozenset(sizes)} | {cell: frozenset([cell]) for cell in sizes}
    return hide(groups, coupons_of(sizes), {"total": [list(sizes)]})


def test_large_groups_are_shown() -> None:
    assert divided(a=10, b=10, c=200) == {}


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    assert divided(a=9, b=10, c=200) == {"a": Hidden.TOO_FEW, "b": Hidden.PROTECTS}


def test_two_small_groups_that_are_large_together_protect_each_other() -> None:
    assert divided(a=9, b=1, c=10) == {"a": Hidden.TOO_FEW, "b": Hidden.TOO_FEW}


def test_two_small_groups_that_are_small_together_take_a_third_with_them() -> None:
    hidden = divided(a=4, b=5, c=12, d=11)
    assert hidden == {"a": Hidden.TOO_FEW, "b": Hidden.TOO_FEW, "d": Hidden.PROTECTS}


def test_a_group_without_payments_protects_nothing() -> None:
    hidden = divided(a=9, b=0, c=12, d=13)
    assert hidden == {"a": Hidden.TOO_FEW, "b": Hidden.TOO_FEW, "c": Hidden.PROTECTS}


def test_when_all_is_small_the_total_is_hidden_too() -> None:
    assert set(divided(a=5, b=4)) == {"total", "a", "b"}


def test_the_same_coupon_in_two_groups_counts_once() -> None:
    groups = {"total": frozenset("ab"), "a": frozenset("a"), "b": frozenset("b")}
    ten = frozenset(map(str, range(10)))
    hidden = hide(groups, {"a": ten, "b": frozenset("12")}, {"total": [["a", "b"]]})
    assert hidden == {"b": Hidden.TOO_FEW, "a": Hidden.PROTECTS}


def test_nothing_beneath_a_hidden_group_is_shown() -> None:
    groups = {
        "total": frozenset("abcd"),
        "small": frozenset("a"),
        "next": frozenset("bc"),
        "large": frozenset("d"),
        "shop b": frozenset("b"),
        "shop c": frozenset("c"),
    }
    coupons = coupons_of({"a": 3, "b": 20, "c": 30, "d": 90})
    wholes = {"total": [["small", "next", "large"]], "next": [["shop b", "shop c"]]}
    assert set(hide(groups, coupons, wholes)) == {"small", "next", "shop b", "shop c"}


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
    hidden = hide(groups, coupons, {"total": [schemes, ["january", "february"]]})
    assert {"scheme 2", "scheme 3"} < set(hidden)
    assert not computable(groups["scheme 2"], shown(groups, hidden))


def test_half_of_a_sum_counts_as_computing_too() -> None:
    """a = ½ (ab + ac − bc)."""
    coupons = coupons_of({"a": 9, "b": 30, "c": 30})
    groups = {name: frozenset(name) for name in ("a", "ab", "ac", "bc")}
    assert len(hide(groups, coupons, {})) == 2


# every town


@st.composite
def towns(
    draw: st.DrawFn,
) -> tuple[dict[str, Cells], dict[str, frozenset[str]], dict[str, list[list[str]]]]:
    """Schemes, shops in categories, months, and who paid where when."""
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
    wholes = {"total": divisions}
    for kind in set(kinds):
        shops = [f"shop {shop}" for shop, its in enumerate(kinds) if its == kind]
        wholes[f"category {kind}"] = [shops]
    return groups, coupons, wholes


@given(towns())
@settings(max_examples=200, deadline=None)
def test_no_hidden_amount_can_be_computed_from_what_is_shown(
    town: tuple[dict[str, Cells], dict[str, frozenset[str]], dict[str, list[list[str]]]],
) -> None:
    groups, coupons, wholes = town
    hidden = hide(groups, coupons, wholes)
    known = shown(groups, hidden)
    for group in hidden:
        assert not groups[group] or not computable(groups[group], known), group


@given(towns())
@settings(max_examples=200, deadline=None)
def test_no_remainder_of_a_shown_whole_is_small(
    town: tuple[dict[str, Cells], dict[str, frozenset[str]], dict[str, list[list[str]]]],
) -> None:
    groups, coupons, wholes = town
    hidden = hide(groups, coupons, wholes)
    for whole, divisions in wholes.items():
        for parts in divisions if whole not in hidden else ():
            rest = groups[whole].difference(*(groups[part] for part in parts if part not in hidden))
            behind = len(frozenset[str]().union(*(coupons[cell] for cell in rest)))
            assert behind == 0 or behind >= MINIMUM


@given(towns())
@settings(max_examples=200, deadline=None)
def test_every_small_group_is_hidden_and_a_town_of_large_ones_shows_all(
    town: tuple[dict[str, Cells], dict[str, frozenset[str]], dict[str, list[list[str]]]],
) -> None:
    groups, coupons, wholes = town
    hidden = hide(groups, coupons, wholes)
    small = {
        group
        for group, cells in groups.items()
        if len(frozenset[str]().union(*(coupons[cell] for cell in cells))) < MINIMUM
    }
    assert {group for group, why in hidden.items() if why is Hidden.TOO_FEW} == small
    if not small:
        assert hidden == {}


def test_the_attacker_of_these_tests_can_subtract() -> None:
    assert computable(frozenset("a"), [frozenset("abc"), frozenset("bc")])
    assert computable(frozenset("a"), [frozenset("ab"), frozenset("ac"), frozenset("bc")])
    assert not computable(frozenset("a"), [frozenset("abc"), frozenset("c")])


def shown(groups: Mapping[str, Cells], hidden: Iterable[str]) -> list[Cells]:
    return [cells for group, cells in groups.items() if group not in set(hidden)]


def computable(target: Cells, known: Sequence[Cells]) -> bool:
    """Whether a sum over cells follows from other sums: whether it leaves their rank as it is."""
    cells = sorted(target.union(*known))
    rows = [[Fraction(cell in group) for cell in cells] for group in known]
    return rank(rows) == rank([*rows, [Fraction(cell in target) for cell in cells]])


def rank(matrix: list[list[Fraction]]) -> int:
    rows, found = [row[:] for row in matrix], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        found += 1
        for row in rows[found:]:
            factor = row[column] / pivot[column]
            row[:] = [one - factor * other for one, other in zip(row, pivot, strict=True)]
    return found
