"""Complementary cell suppression: which sums stay hidden, so that no family's purchases show.

The system: unknowns are cells, the smallest parts of the money that a figure tells apart; a row is
a sum of cells that is shown, or that is known whatever is shown. What is proved: no sensitive sum
is a linear combination of rows, unless of known rows alone. Sensitive is a sum that fewer than ten
letters paid, but not none: of a group, of what two groups share or one has besides another, of one
cell, and of what is hidden of a division. The difference of two running totals is a group here.
(L. H. Cox, "Suppression methodology and statistical disclosure control", Journal of the American
Statistical Association 75, 1980, pp. 377-385, has the method for one table.)

Groups of fewer than ten letters are not shown. While a sensitive sum is a combination of rows, the
smallest group in the combination is hidden too. Cells without payments count as known to be empty,
so that knowing which shop or scheme was open when helps nobody. To find which sums follow from the
rows, each cell gets a weight: weights add up to zero in every row and are pseudorandom otherwise.
So they add up to zero in a sum that follows, and, but for a chance of one in 10¹⁸, in no other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate, combinations, compress, count
from operator import or_
from typing import Generic, TypeVar

from kindpakket.services.figures.elimination import (
    PRIME,
    is_zero_mod_p,
    project,
    pseudorandom_weights,
)

MINIMUM = 10
"""Minimum number of letters behind a shown amount."""

Group = TypeVar("Group", bound=Hashable)
Cell = TypeVar("Cell", bound=Hashable)
LettersIn = Callable[[Iterable[str]], int]
Mask = int
"""A set of cells, one bit each, or the sum of them."""

_FIRST_COUNT = 64
_BITS = bytes.maketrans(b"01", b"\0\1")


def hide(
    groups: Mapping[Group, frozenset[Cell]],
    coupons: Mapping[Cell, frozenset[str]],
    letters_in: LettersIn,
    divisions: Iterable[Sequence[Group]] = (),
    *,
    known: Collection[Group] = (),
    running: Mapping[Group, Group] | None = None,
) -> set[Group]:
    """Return the groups whose amounts are not to be shown, without the known ones.

    Args:
        groups: the cells of each.
        coupons: those from which the payments in a cell come.
        letters_in: returns a lower bound on the number of letters that coupons come from.
        divisions: lists of groups without a common cell.
        known: groups whose amounts everyone knows, shown or not.
        running: running totals in order: the name of each, and the group that it adds.
    """
    numbered = _Groups(groups, coupons, letters_in, running or {})
    sizes = {group: numbered.letters(group) for group in numbered.masks if group not in known}
    large = [group for group in numbered.largest_first(sizes) if sizes[group] >= MINIMUM]
    rows = _Rows([numbered.masks[group] for group in (*known, *large)], len(coupons))
    fixed = range(len(known))
    shown: Sequence[int] = range(len(known), len(known) + len(large))
    sensitive, divisions = set[Mask](), [*divisions]
    seen = {0} | {numbered.masks[group] for group in known if group in groups}
    while True:
        visible = {*known, *(large[place - len(known)] for place in shown)}
        sets = {numbered.masks[group] for group in groups}
        sets |= {
            numbered.union(part for part in parts if part not in visible) for parts in divisions
        }
        # From fewer rows nothing else follows, so only new sets add to what was found. Between two
        # groups that are known there is nothing to decide.
        weights = rows.weigh([*fixed, *shown])
        sensitive |= numbered.computable(sets - seen, sets & seen, weights)
        seen |= sets
        protecting = _choose(rows.combine([*fixed, *shown], sorted(sensitive)), fixed)
        if not protecting:
            break
        shown = [place for place in shown if place not in protecting]
    # What follows from what is shown tells nothing more.
    visible |= {group for group in large if is_zero_mod_p(_weight(numbered.masks[group], weights))}
    return {group for group in sizes if group not in visible}


def _choose(combinations: Iterable[set[int]], fixed: Collection[int]) -> set[int]:
    """Return the places of rows to hide, one of each combination: the last, which is the smallest
    group, unless one of it is chosen already. Fixed rows cannot be hidden."""
    chosen = set[int]()
    for used in combinations:
        free = used.difference(fixed)
        if free and not free & chosen:
            chosen.add(max(free))
    return chosen


class _Groups(Generic[Group, Cell]):
    """Groups as sets of numbers of cells, with the bound on letters of each."""

    def __init__(
        self,
        groups: Mapping[Group, frozenset[Cell]],
        coupons: Mapping[Cell, frozenset[str]],
        letters_in: LettersIn,
        running: Mapping[Group, Group],
    ) -> None:
        self._number = {cell: number for number, cell in enumerate(coupons)}
        self._cells: dict[Mask, list[int]] = {}
        self._coupons = list(coupons.values())
        self._letters_in = letters_in
        self.masks = {
            group: _mask(map(self._number.__getitem__, cells)) for group, cells in groups.items()
        }
        self._steps = [self.masks[step] for step in running.values()]
        self._totals = [*accumulate(self._steps, or_)]
        self.masks |= zip(running, self._totals, strict=True)
        self._small: dict[Mask, bool] = {}

    def union(self, groups: Iterable[Group]) -> Mask:
        """Return the cells of groups together."""
        return reduce(or_, map(self.masks.__getitem__, groups), 0)

    def letters(self, group: Group) -> int:
        """Return the bound on the number of letters behind a group."""
        cells = _cells(self.masks[group])
        return self._letters_in(set[str]().union(*map(self._coupons.__getitem__, cells)))

    def largest_first(self, sizes: Mapping[Group, int]) -> list[Group]:
        """Return groups by size."""

        def place(group: Group) -> tuple[int, int, str]:
            return -sizes[group], -self.masks[group].bit_count(), str(group)

        return sorted(sizes, key=place)

    def computable(
        self, new: Collection[Mask], old: Collection[Mask], weights: Sequence[int]
    ) -> set[Mask]:
        """Return the sensitive sums of weight zero: of what new sets share with each other and with
        old ones, or have besides them, or these besides them; also single cells, and between two of
        the running totals."""
        steps = {*self._steps}
        sets = [*sorted(new, key=steps.__contains__), *sorted(old, key=steps.__contains__)]
        inside = _places(map(self._list, sets), len(weights))
        alone = [sum(weights[cell] for cell in self._list(cells)) for cells in sets]
        places = {cells: place for place, cells in enumerate(sets)}
        running = [places[step] for step in self._steps]
        masks = [0, *self._totals]
        totals = [*accumulate((alone[step] for step in running), initial=0)]
        found = {1 << cell for cell, weight in enumerate(weights) if is_zero_mod_p(weight)}
        found |= {cells for cells, weight in zip(sets, alone, strict=True) if is_zero_mod_p(weight)}
        for first, last in combinations(range(len(totals)), 2):
            if is_zero_mod_p(totals[last] - totals[first]):
                found.add(masks[last] & ~masks[first])
        for whole, cells in zip(alone, sets[: len(new)], strict=False):
            shared = defaultdict[int, int](int)
            for cell in self._list(cells):
                weight = weights[cell]
                for place in inside[cell]:
                    shared[place] += weight
                inside[cell].pop()  # this set, so that each pair counts once
            pairs = [(sets[place], alone[place], weight) for place, weight in shared.items()]
            so_far = [*accumulate((shared.get(step, 0) for step in running), initial=0)]
            pairs += (
                (
                    masks[last] & ~masks[first],
                    totals[last] - totals[first],
                    so_far[last] - so_far[first],
                )
                for first, last in _intervals(whole, totals, so_far)
            )
            for other, its, weight in pairs:
                found.update(_parts(cells, other, whole, its, weight))
        return {cells for cells in found if self._is_small(cells)}

    def _list(self, cells: Mask) -> list[int]:
        if cells not in self._cells:
            self._cells[cells] = [*_cells(cells)]
        return self._cells[cells]

    def _is_small(self, cells: Mask) -> bool:
        """Whether a positive number of letters below ten is behind these cells."""
        if cells not in self._small:
            self._small[cells] = self._has_few(cells)
        return self._small[cells]

    def _has_few(self, cells: Mask) -> bool:
        """Count only as far as needed, since most sets are large."""
        seen: set[str] = set()
        enough = _FIRST_COUNT
        for cell in _cells(cells):
            seen |= self._coupons[cell]
            if len(seen) >= enough:
                if self._letters_in(seen) >= MINIMUM:
                    return False
                enough *= 2
        return 0 < self._letters_in(seen) < MINIMUM


class _Rows:
    """Known sums of cells."""

    def __init__(self, sums: Sequence[Mask], cells: int) -> None:
        self._sums = sums
        self._weights = pseudorandom_weights(cells)
        self._inside = _places(map(_cells, sums), cells)
        self._weighed = [_weight(each, self._weights) for each in sums]
        self._products = {each: self._multiply(each) for each in sums}

    def weigh(self, places: Sequence[int]) -> list[int]:
        """Return weights of cells that add up to zero modulo p in exactly the sums that follow.

        They are positive, so that only the weight of the empty set is zero itself.
        """
        (found,) = self._project(places, [self._weighed])
        factors = [found.get(place, 0) for place in range(len(self._sums))]
        weights = []
        for weight, inside in zip(self._weights, self._inside, strict=True):
            weights.append((weight - sum(map(factors.__getitem__, inside))) % PRIME or PRIME)
        return weights

    def combine(self, places: Sequence[int], sums: Collection[Mask]) -> list[set[int]]:
        """Return the places of the rows in the linear combination that gives each sum; none if it
        does not follow."""
        for each in sums:
            if each not in self._products:
                self._products[each] = self._multiply(each)
        projections = self._project(places, [self._products[each] for each in sums])
        found = []
        for each, factors in zip(sums, projections, strict=True):
            rest = _weight(each, self._weights)
            rest -= sum(self._weighed[place] * factor for place, factor in factors.items())
            found.append({*factors} if is_zero_mod_p(rest) else set[int]())
        return found

    def _multiply(self, of: Mask) -> list[int]:
        """The scalar products of a sum with each row."""
        return [(of & its).bit_count() for its in self._sums]

    def _project(
        self, places: Sequence[int], others: Sequence[Sequence[int]]
    ) -> list[dict[int, int]]:
        """Project on the span of some rows, all by their scalar products with every row."""

        def pick(row: Sequence[int]) -> list[int]:
            return [row[place] for place in places]

        rows = [pick(self._products[self._sums[place]]) for place in places]
        found = project(rows, [*map(pick, others)])
        return [{places[at]: value for at, value in each.items()} for each in found]


def _parts(one: Mask, other: Mask, its: int, others: int, shared: int) -> Iterator[Mask]:
    """Of two sets: what they share and what each has besides the other, if its weight is zero mod p
    and it is neither the whole set nor empty."""
    # As weights of cells are positive, equal weights are those of the same cells.
    if shared not in (0, its, others) and is_zero_mod_p(shared):
        yield one & other
    if shared not in (0, its) and is_zero_mod_p(its - shared):
        yield one & ~other
    if shared not in (0, others) and is_zero_mod_p(others - shared):
        yield other & ~one


def _intervals(
    whole: int, totals: Sequence[int], shared: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield the places of the running totals between which :func:`_parts` finds something.

    Args:
        whole: the weight of a set.
        totals: the weights of the running totals, from zero on.
        shared: the weights of what each of them shares with the set.
    """
    besides = [total - its for total, its in zip(totals, shared, strict=True)]
    for weights, difference in ((shared, 0), (shared, whole), (besides, 0)):
        # Equal weights are those of the same cells, so one place of each is enough.
        places = {weight: place for place, weight in enumerate(weights)}
        ends = defaultdict[int, list[int]](list)
        for weight, place in places.items():
            ends[weight % PRIME].append(place)
        for weight, first in places.items():
            for last in ends.get((weight + difference) % PRIME, ()):
                if first < last:
                    yield first, last


def _places(sets: Iterable[Iterable[int]], cells: int) -> list[list[int]]:
    """Return the positions of the sets in which each cell is, the last first."""
    places: list[list[int]] = [[] for _ in range(cells)]
    for place, those in enumerate(sets):
        for cell in those:
            places[cell].append(place)
    for those in places:
        those.reverse()
    return places


def _weight(cells: Mask, weights: Sequence[int]) -> int:
    return sum(map(weights.__getitem__, _cells(cells)))


def _mask(cells: Iterable[int]) -> Mask:
    bits = bytearray()
    for cell in cells:
        byte, bit = divmod(cell, 8)
        bits.extend(bytes(max(0, byte + 1 - len(bits))))
        bits[byte] |= 1 << bit
    return int.from_bytes(bits, "little")


def _cells(mask: Mask) -> Iterator[int]:
    return compress(count(), f"{mask:b}"[::-1].encode().translate(_BITS))
