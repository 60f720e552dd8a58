"""Complementary cell suppression: which sums stay hidden, so that no family's purchases show.

The system: unknowns are cells, the smallest parts of the money that a figure tells apart; a row is
a sum of cells that is shown, or an equation that is public whatever is shown here. What is proved:
no sensitive sum is a linear combination of rows, unless it is one of public rows alone. Sensitive
is a sum that fewer than ten letters paid, but not none: of a group, of what two groups share or
one has besides another, of one cell, of what is hidden of a division, and of each of these less
its refunds. (L. H. Cox, "Suppression methodology and statistical disclosure control", Journal of
the American Statistical Association 75, 1980, pp. 377-385, has the method for one table.)

Groups of fewer than ten letters are not shown. As long as shown sums give a sensitive one, the
smallest group among them is hidden too. Cells without payments count as known to be empty, so that
knowing which shop or scheme was open when helps nobody.

To find which of many sums follow from the rows, each cell gets a weight: weights add up to zero in
every row and are pseudorandom otherwise. So they add up to zero in a sum that follows, and, but
for a chance of one in 10¹⁸, in no other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import combinations, compress, count
from typing import Generic, TypeVar

from kindpakket.services.figures.elimination import (
    RIGHT,
    Row,
    System,
    is_zero_mod_p,
    pseudorandom_weights,
)

MINIMUM = 10
"""Letters behind an amount that is shown."""

Group = TypeVar("Group", bound=Hashable)
Cell = TypeVar("Cell", bound=Hashable)
LettersIn = Callable[[Iterable[str]], int]
Equation = tuple[Collection[Cell], Collection[Cell]]
"""Cells that are added, and cells that are subtracted."""
Mask = int
"""A set of cells, one bit each."""
Sum = tuple[Mask, Mask]
"""Cells that are added, and cells that are subtracted."""

_FIRST_COUNT = 64
_BITS = bytes.maketrans(b"01", b"\0\1")


class Hidden(StrEnum):
    """Why a group is not shown."""

    TOO_FEW = "too_few_letters"
    PROTECTS = "protects_another"


def hide(
    groups: Mapping[Group, frozenset[Cell]],
    coupons: Mapping[Cell, frozenset[str]],
    letters_in: LettersIn,
    divisions: Iterable[Sequence[Group]] = (),
    *,
    known: Collection[Group] = (),
    running: Mapping[Group, Group] | None = None,
    equations: Iterable[Equation[Cell]] = (),
    refunds: Mapping[Cell, Collection[Cell]] | None = None,
    hidden: Collection[Group] = (),
) -> dict[Group, Hidden]:
    """Return the groups whose amounts are not to be shown, and why.

    Args:
        groups: the cells of each.
        coupons: those from which the payments in a cell come.
        letters_in: a lower bound on the number of letters that a set of coupons can come from.
        divisions: groups without a cell in common, each time.
        known: groups of which everyone knows the amount, whatever is done here.
        running: totals so far, in order: what each is called, and the group that it adds.
        equations: sums that everyone knows, whatever is done here.
        refunds: the cells with what was refunded of a cell.
        hidden: groups that are not shown in any case.
    """
    town = _Town(groups, coupons, letters_in, running or {}, equations, refunds or {})
    places = {group: place for place, group in enumerate(town.largest_first())}
    public_weights, divisions = town.weigh(town.system(known).solve()), [*divisions]
    large = {group for group in places if town.sizes[group] >= MINIMUM}.difference(hidden)
    shown = large.union(known)
    while True:
        system = town.system(shown)
        rests = [
            _union(town.masks[part] for part in parts if part not in shown) for parts in divisions
        ]
        protecting = set[Group]()
        for each in sorted(_computable(town, town.weigh(system.solve()), public_weights, rests)):
            used = {*filter(None, system.combination(town.row(each)))}.difference(known)
            if not used & protecting:
                protecting.add(max(used, key=places.__getitem__))
        if not protecting:
            # What follows from what is shown tells nothing more.
            shown |= {group for group in large - shown if system.implies(town.rows[group])}
            return {
                group: Hidden.TOO_FEW if town.sizes[group] < MINIMUM else Hidden.PROTECTS
                for group in town.masks
                if group not in shown
            }
        shown -= protecting


class _Town(Generic[Group, Cell]):
    """Groups as masks of cells, how many letters are behind each, and the rows of all.

    A row has a column for each group and each equation: the scalar product with it. On sums of
    groups and equations that is as good as the cells themselves, and there are fewer of them.
    """

    def __init__(
        self,
        groups: Mapping[Group, frozenset[Cell]],
        coupons: Mapping[Cell, frozenset[str]],
        letters_in: LettersIn,
        running: Mapping[Group, Group],
        equations: Iterable[Equation[Cell]],
        refunds: Mapping[Cell, Collection[Cell]],
    ) -> None:
        number = {cell: position for position, cell in enumerate(coupons)}
        self.coupons = list(coupons.values())
        self.letters_in = letters_in
        self.running = running
        self.refunds = {
            number[cell]: [*map(number.__getitem__, those)] for cell, those in refunds.items()
        }
        self.refunded = _mask(each for those in self.refunds.values() for each in those)
        self.masks = {
            group: _mask(map(number.__getitem__, cells)) for group, cells in groups.items()
        }
        self.equations = [
            (_mask(map(number.__getitem__, plus)), _mask(map(number.__getitem__, minus)))
            for plus, minus in equations
        ]
        self._columns = [(mask, 0) for mask in self.masks.values()] + self.equations
        self.weights = pseudorandom_weights(len(self.coupons))
        self._rows = self._multiply()
        self._equations = System[Group | None]()
        for row in self._rows[len(groups) :]:
            self._equations.add(None, row)
        self._add_running()
        self.sizes = {group: self._letters(cells) for group, cells in self.masks.items()}
        self._small: dict[Mask, bool] = {}

    def _multiply(self) -> list[dict[int, int]]:
        """Return the row of each column; its own column comes first in it."""
        self._members: list[list[tuple[int, int]]] = [[] for _ in self.coupons]
        for column, (plus, minus) in enumerate(self._columns):
            for sign, cells in ((1, plus), (-1, minus)):
                for cell in _cells(cells):
                    self._members[cell].append((column, sign))
        rows = [{column: 0} for column in range(len(self._columns))]
        for members, weight in zip(self._members, self.weights, strict=True):
            for column, sign in members:
                row = rows[column]
                row[RIGHT] = row.get(RIGHT, 0) + sign * weight
                for other, its in members:
                    row[other] = row.get(other, 0) + sign * its
        return rows

    def _add_running(self) -> None:
        self.rows: dict[Group, Row] = dict(zip(self.masks, self._rows, strict=False))
        mask, so_far = 0, defaultdict[int, int](int)
        for total, step in self.running.items():
            mask |= self.masks[step]
            for column, value in self.rows[step].items():
                so_far[column] += value
            self.masks[total], self.rows[total] = mask, dict(so_far)
        self.rows = {group: self._equations.reduce(row) for group, row in self.rows.items()}

    def _letters(self, cells: Mask) -> int:
        return self.letters_in(set[str]().union(*map(self.coupons.__getitem__, _cells(cells))))

    def is_small(self, cells: Mask) -> bool:
        """Whether fewer than ten letters are behind these cells, but not none."""
        if cells not in self._small:
            self._small[cells] = self._has_few(cells)
        return self._small[cells]

    def _has_few(self, cells: Mask) -> bool:
        """Count no further than is needed: most sets are large."""
        seen: set[str] = set()
        enough = _FIRST_COUNT
        for cell in _cells(cells):
            seen |= self.coupons[cell]
            if len(seen) >= enough:
                if self.letters_in(seen) >= MINIMUM:
                    return False
                enough *= 2
        return 0 < self.letters_in(seen) < MINIMUM

    def largest_first(self) -> list[Group]:
        """Every group."""

        def place(group: Group) -> tuple[int, int, str]:
            return -self.sizes[group], -self.masks[group].bit_count(), str(group)

        return sorted(self.masks, key=place)

    def system(self, groups: Iterable[Group]) -> System[Group | None]:
        """Return the equations, without a name, and groups; short rows first, to stay sparse."""
        system = self._equations.copy()
        for group in sorted(groups, key=lambda each: (len(self.rows[each]), str(each))):
            system.add(group, self.rows[group])
        return system

    def row(self, of: Sum) -> Row:
        """Return the row of a sum."""
        row = defaultdict[int, int](int)
        for sign, cells in zip((1, -1), of, strict=True):
            for cell in _cells(cells):
                for column, its in self._members[cell]:
                    row[column] += sign * its
        return row

    def weigh(self, solution: Row) -> list[int]:
        """Return weights that add up to zero in every row of the system that was solved."""
        return [
            weight - sum(sign * solution.get(column, 0) for column, sign in members)
            for weight, members in zip(self.weights, self._members, strict=True)
        ]

    def weigh_less_refunds(self, weights: Sequence[int]) -> list[int]:
        """Return weights of cells less those of their refunds."""
        return [
            weight - sum(weights[each] for each in self.refunds.get(cell, ()))
            for cell, weight in enumerate(weights)
        ]

    def less_refunds(self, cells: Mask) -> Sum:
        """Return what is left of cells after their refunds."""
        back = (each for cell in _cells(cells) for each in self.refunds.get(cell, ()))
        return cells, _mask(back)


# ------------------------------------------------------------------------- what can be computed


def _computable(
    town: _Town[Group, Cell],
    weights: Sequence[int],
    public_weights: Sequence[int],
    rests: Sequence[Mask],
) -> set[Sum]:
    """The sensitive sums that follow from what is shown, and not from what is public.

    Args:
        weights: add up to zero in what is shown; the others in what is public.
    """
    names = [group for group in town.masks if group not in town.running]
    steps = [names.index(step) for step in town.running.values()]
    masks = [town.masks[group] for group in names]
    masks += (cells for pair in town.equations for cells in pair if cells)
    masks += rests
    totals = [town.masks[total] for total in town.running]
    plain = _zero_sums(masks, totals, steps, weights)
    found = {(cells, 0) for cells in plain if town.is_small(cells)}
    if town.refunds:
        net = _zero_sums(masks, totals, steps, town.weigh_less_refunds(weights))
        found |= {
            town.less_refunds(cells)
            for cells in net
            if not cells & town.refunded and town.is_small(cells)
        }
    return {each for each in found if not is_zero_mod_p(_weight(each, public_weights))}


def _weight(of: Sum, weights: Sequence[int]) -> int:
    plus, minus = (sum(weights[cell] for cell in _cells(cells)) for cells in of)
    return plus - minus


def _zero_sums(
    masks: Sequence[Mask], totals: Sequence[Mask], steps: Sequence[int], weights: Sequence[int]
) -> set[Mask]:
    """The sets whose weights add up to zero: of each, shared by two, one besides another, cells.

    Args:
        totals: sets that are so many of the masks together: of these places, from the first on.
    """
    alone, shared = _weigh(masks, weights)
    _run(alone, shared, steps)
    masks = [*masks, *totals]
    found = {1 << cell for cell, weight in enumerate(weights) if is_zero_mod_p(weight)}
    found |= {mask for mask, weight in zip(masks, alone, strict=True) if is_zero_mod_p(weight)}
    for (one, other), weight in shared.items():
        both = masks[one] & masks[other]
        if is_zero_mod_p(weight):
            found.add(both)
        if is_zero_mod_p(alone[one] - weight):
            found.add(masks[one] & ~both)
        if is_zero_mod_p(alone[other] - weight):
            found.add(masks[other] & ~both)
    return found


_Pairs = defaultdict[tuple[int, int], int]
"""By the places of two sets, the lower one first."""


def _weigh(masks: Sequence[Mask], weights: Sequence[int]) -> tuple[list[int], _Pairs]:
    """Return what each set weighs, and what each two of them share."""
    places: list[list[int]] = [[] for _ in weights]
    for place, mask in enumerate(masks):
        for cell in _cells(mask):
            places[cell].append(place)
    alone, shared = [0] * len(masks), _Pairs(int)
    for those, weight in zip(places, weights, strict=True):
        for place in those:
            alone[place] += weight
        for pair in combinations(those, 2):
            shared[pair] += weight
    return alone, shared


def _run(alone: list[int], shared: _Pairs, steps: Sequence[int]) -> None:
    """Add the running totals at the end: what they weigh, and what they share with every set."""
    plain = range(len(alone))
    for place in plain:
        weight = 0
        for number, step in enumerate(steps):
            pair = (min(place, step), max(place, step))
            weight += alone[place] if place == step else shared.get(pair, 0)
            shared[place, len(plain) + number] = weight
    weight = 0
    for number, step in enumerate(steps):
        weight += alone[step]
        alone.append(weight)
        for later in range(number + 1, len(steps)):
            shared[len(plain) + number, len(plain) + later] = weight


def _union(masks: Iterable[Mask]) -> Mask:
    every = 0
    for mask in masks:
        every |= mask
    return every


def _mask(cells: Iterable[int]) -> Mask:
    bits = bytearray()
    for cell in cells:
        byte, bit = divmod(cell, 8)
        bits.extend(bytes(max(0, byte + 1 - len(bits))))
        bits[byte] |= 1 << bit
    return int.from_bytes(bits, "little")


def _cells(mask: Mask) -> Iterator[int]:
    return compress(count(), f"{mask:b}"[::-1].encode().translate(_BITS))
