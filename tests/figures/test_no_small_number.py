"""What few letters did cannot be computed from everything that the desk shows and exports."""

import json
from collections.abc import Collection
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from kindpakket.desk.exports import as_json, tables_of
from kindpakket.services.figures import Figures
from kindpakket.services.figures.facts import Budget, Cell, Facts, Sum, Totals
from kindpakket.services.figures.groups import Axis, kept_back
from kindpakket.services.figures.letter_bound import LetterBound
from kindpakket.services.figures.lines import ReportLine, measure
from kindpakket.services.figures.months import measure_months
from kindpakket.services.figures.schemes import measure_schemes
from tests.support.adversary import follow

FEWEST = 10
SCHEMES = (1, 2)
WEEKS = {"2027-W04": "2027-01", "2027-W05": "2027-02", "2027-W06": "2027-02"}
CATEGORIES = {1: 1, 2: 1, 3: 2, 4: 6}
"""The categories of each shop, as bits."""
ISSUED = 10**8
Set = frozenset[Cell]


@st.composite
def towns(draw: st.DrawFn) -> Facts:
    """Generates two schemes, four shops, three weeks, three hours; letters of one coupon each."""
    places = st.tuples(*map(st.sampled_from, (SCHEMES, [*CATEGORIES], [*WEEKS], (9, 10, 22))))
    cells: dict[Cell, Sum] = {}
    for scheme, shop, week, hour in draw(st.lists(places, unique=True, max_size=16)):
        letters = draw(st.sets(st.integers(0, 40), min_size=1, max_size=16))
        back = draw(st.sets(st.sampled_from(sorted(letters)))) if draw(st.booleans()) else set()
        cells[Cell(scheme, shop, WEEKS[week], week, hour)] = Sum(
            len(letters),
            draw(st.integers(1, 10**6)),
            len(back),
            {f"{scheme}-{each}" for each in letters},
            {f"{scheme}-{each}" for each in back},
        )
    kinds = {f"{scheme}-{each}": (scheme, 1_000) for scheme in SCHEMES for each in range(41)}
    return Facts(
        9,
        1_801_700_000,
        {scheme: _totals(scheme, cells) for scheme in SCHEMES},
        CATEGORIES,
        cells,
        {("2027-W04", scheme): Budget(10**9, ISSUED) for scheme in SCHEMES},
        {scheme: {each for each in kinds if kinds[each][0] == scheme} for scheme in SCHEMES},
        LetterBound(kinds, {(scheme, 1_000): 1 for scheme in SCHEMES}),
    )


def _totals(scheme: int, cells: dict[Cell, Sum]) -> Totals:
    own = [each for cell, each in cells.items() if cell.scheme == scheme]
    spent, refunded = sum(each.spent for each in own), sum(each.refunded for each in own)
    return Totals(10**9, ISSUED, spent, refunded, over=False)


@given(towns())
@settings(max_examples=150, deadline=None)
def test_what_few_letters_spent_follows_from_nothing(facts: Facts) -> None:
    lines = measure(facts, [by for by in Axis if by is not Axis.UNTIL_WEEK], kept_back(facts))
    known = []
    for line in lines:
        if line.spent is not None:
            known.append(about(facts, line))
            assert sum(facts.cells[cell].spent for cell in known[-1]) == line.spent
    issued = ISSUED * (len(SCHEMES) - len(_few(facts)))
    so_far: Set = frozenset()
    for line in (line for line in lines if line.by is Axis.WEEK):
        so_far |= about(facts, line)
        if line.left is not None:
            known.append(so_far)
            assert issued - sum(facts.cells[cell].spent for cell in so_far) == line.left
    behind = {cell: each.coupons for cell, each in facts.cells.items()}
    assert_nothing_small(facts, known, lines, behind)


@given(towns())
@settings(max_examples=150, deadline=None)
def test_what_few_letters_got_back_follows_from_nothing(facts: Facts) -> None:
    lines = measure(facts, [by for by in Axis if by is not Axis.UNTIL_WEEK], kept_back(facts))
    behind = {cell: each.refunded_coupons for cell, each in facts.cells.items() if each.refunded}
    known = []
    for line in lines:
        if line.refunded is not None:
            known.append(about(facts, line).intersection(behind))
            assert sum(facts.cells[cell].refunded for cell in known[-1]) == line.refunded
    assert_nothing_small(facts, known, lines, behind)


@given(towns())
@settings(max_examples=50, deadline=None)
def test_an_export_holds_no_number_that_is_not_shown(facts: Facts) -> None:
    kept = kept_back(facts)
    parts = [measure(facts, [by], kept) for by in (Axis.WEEK, Axis.CATEGORY, Axis.SHOP, Axis.HOUR)]
    by_month = (measure(facts, [by], kept) for by in (Axis.MONTH, Axis.SHOP_MONTH))
    months = measure_months(*by_month, facts.categories)
    weeks, *others = parts
    figures = Figures(
        facts.block, facts.time, measure_schemes(facts), weeks, months, *others, [], [], []
    )
    told = json.loads(as_json(tables_of(figures), facts.block, facts.time))
    for key, lines in zip(("weeks", "categories", "shops", "hours"), parts, strict=True):
        for row, line in zip(told[key], lines, strict=True):
            shown = (row["payments"], row["spent"], row["refunded"], row.get("left"))
            assert shown == (line.payments, line.spent, line.refunded, line.left)
            assert row.get("soFar") == line.so_far
            assert set(row["hidden"]) == {name for name, value in row.items() if value is None}


# ------------------------------------------------------------------------------- the adversary


def about(facts: Facts, line: ReportLine) -> Set:
    """The cells of a line. Schemes with few letters are in public totals only."""
    label = {
        Axis.TOTAL: lambda _: "",
        Axis.SCHEME: lambda cell: str(cell.scheme),
        Axis.SHOP: lambda cell: str(cell.shop),
        Axis.CATEGORY: lambda cell: str(CATEGORIES[cell.shop]),
        Axis.MONTH: lambda cell: cell.month,
        Axis.WEEK: lambda cell: cell.week,
        Axis.HOUR: lambda cell: str(cell.hour),
        Axis.SHOP_MONTH: lambda cell: f"{cell.shop}/{cell.month}",
    }[line.by]
    out = set() if line.by in (Axis.TOTAL, Axis.SCHEME) else _few(facts)
    return frozenset(
        cell for cell in facts.cells if label(cell) == line.key and cell.scheme not in out
    )


def _few(facts: Facts) -> set[int]:
    letters: dict[int, set[str]] = {}
    for cell, each in facts.cells.items():
        letters.setdefault(cell.scheme, set()).update(each.coupons)
    return {scheme for scheme, those in letters.items() if len(those) < FEWEST}


def assert_nothing_small(
    facts: Facts,
    known: Collection[Set],
    lines: Collection[ReportLine],
    behind: dict[Cell, set[str]],
) -> None:
    """Check that no small figure follows from lines, differences of lines, or cells.

    Excepted is what follows from public figures alone: what a scheme spent.
    """
    sets = {about(facts, line).intersection(behind) for line in lines} | {*known}
    every = sets | {frozenset([cell]) for cell in behind}
    for one, other in combinations(sets, 2):
        every |= {one & other, one - other, other - one}
    small = [each for each in every if 0 < letters(each, behind) < FEWEST]
    public = [frozenset(cell for cell in behind if cell.scheme == scheme) for scheme in SCHEMES]
    known_to_all = follow(small, public)
    computed = follow(small, [*public, *known])
    assert computed == known_to_all


def letters(cells: Set, behind: dict[Cell, set[str]]) -> int:
    """The number of letters; a child may have a letter in each scheme, so those of two schemes are
    not added."""
    every = set[str]().union(*(behind[cell] for cell in cells))
    return max((sum(each[0] == scheme for each in every) for scheme in "12"), default=0)
