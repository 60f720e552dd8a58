"""Complementary cell suppression: which sums stay hidden, so that no family's purchases show.

The system: unknowns are cells, the smallest parts of the money that a figure tells apart; a row is
a sum of cells that is shown or public. What is proved: no sensitive sum is a linear combination of
rows, unless of public rows alone. Sensitive is a sum that fewer than ten letters paid, but not
none: of a group, of what two groups share or one has besides another, of one cell, and of what is
hidden of a division. (L. H. Cox, "Suppression methodology and statistical disclosure control",
Journal of the American Statistical Association 75, 1980, pp. 377-385, has the method for one
table.)

Groups of fewer than ten letters are not shown; of the others the larger are shown first. Cells
without payments count as known to be empty, so that knowing which shop or scheme was open when
helps nobody. To find which sums follow from the rows, each cell gets a weight: weights add up to
zero in every row and are pseudorandom otherwise. So they add up to zero in a sum that follows, and,
but for a chance of one in 10¹⁸, in no other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, compress, count
from typing import Generic, TypeVar

from kindpakket.domain.tables import Hidden
from kindpakket.services.figures.elimination import System, is_zero_mod_p, pseudorandom_weights

MINIMUM = 10
"""Minimum number of letters behind a shown amount."""

Group = TypeVar("Group", bound=Hashable)
Cell = TypeVar("Cell", bound=Hashable)
LettersIn = Callable[[Iterable[str]], int]
Mask = int
"""A set of cells, one bit each."""

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
) -> dict[Group, Hidden]:
    """Return the groups whose amounts are not to be shown, and why.

    Args:
        groups: the cells of each.
        coupons: those from which the payments in a cell come.
        letters_in: a lower bound of the letters that coupons are of.
        divisions: groups without a cell in common, each time.
        known: groups of which everyone knows the amount, whatever is done here.
        running: totals so far, in order: what each is called, and the group that it adds.
    """
    town = _Town(groups, coupons, letters_in, running or {})
    divisions = [*divisions]
    forbidden: set[Mask] = set()
    while True:
        shown, weights = _show(town, forbidden, known)
        rests = [
            _union(town.masks[part] for part in parts if part not in shown) for parts in divisions
        ]
        found = _computable(town, weights, rests) - forbidden
        if not found:
            return {
                group: Hidden.TOO_FEW if town.sizes[group] < MINIMUM else Hidden.PROTECTS
                for group in town.masks
                if group not in shown
            }
        forbidden |= found


class _Town(Generic[Group, Cell]):
    """Groups as masks of cells, with the bound on letters of each."""

    def __init__(
        self,
        groups: Mapping[Group, frozenset[Cell]],
        coupons: Mapping[Cell, frozenset[str]],
        letters_in: LettersIn,
        running: Mapping[Group, Group],
    ) -> None:
        number = {cell: position for position, cell in enumerate(coupons)}
        self.coupons = list(coupons.values())
        self.letters_in = letters_in
        self.groups = list(groups)
        self.running = running
        self.masks = {
            group: _mask(number[cell] for cell in cells) for group, cells in groups.items()
        }
        so_far = 0
        for total, step in running.items():
            so_far |= self.masks[step]
            self.masks[total] = so_far
        self.sizes = {group: self._letters(cells) for group, cells in self.masks.items()}
        self._small: dict[Mask, bool] = {}

    def _letters(self, cells: Mask) -> int:
        return self.letters_in(set[str]().union(*map(self.coupons.__getitem__, _cells(cells))))

    def is_small(self, cells: Mask) -> bool:
        """Whether a positive number of letters below ten is behind these cells."""
        if cells not in self._small:
            self._small[cells] = self._has_few(cells)
        return self._small[cells]

    def _has_few(self, cells: Mask) -> bool:
        """Count only as far as needed, since most sets are large."""
        seen: set[str] = set()
        enough = _FIRST_COUNT
        for cell in _cells(cells):
            seen |= self.coupons[cell]
            if len(seen) >= enough:
                if self.letters_in(seen) >= MINIMUM:
                    return False
                enough *= 2
        return 0 < self.letters_in(seen) < MINIMUM

    def largest_first(self, known: Collection[Group]) -> list[Group]:
        """Return all groups, known ones first, then by size."""

        def place(group: Group) -> tuple[bool, int, int, str]:
            cells = self.masks[group].bit_count()
            return group not in known, -self.sizes[group], -cells, str(group)

        return sorted(self.masks, key=place)

    def vector(self, cells: Mask) -> list[int]:
        """Return the number of these cells in each group, as coordinates of a sum of cells."""
        return [(cells & self.masks[group]).bit_count() for group in self.groups]


# ------------------------------------------------------------------------- what can be shown


def _show(
    town: _Town[Group, Cell], forbidden: Iterable[Mask], known: Collection[Group]
) -> tuple[set[Group], list[int]]:
    """Select the shown groups, largest first, so that no forbidden sum follows; return them, and
    weights of the cells that add up to zero in exactly the sums that follow."""
    weights = pseudorandom_weights(len(town.coupons))
    sums, shown = System(len(town.groups)), set[Group]()
    guarded = [town.vector(cells) for cells in forbidden]
    for group in town.largest_first(known):
        if group not in known and town.sizes[group] < MINIMUM:
            continue
        cells = town.masks[group]
        new = sums.reduce([*town.vector(cells), sum(map(weights.__getitem__, _cells(cells)))])
        if new is not None:
            left = [new.eliminate(row) for row in guarded]
            if group not in known and not all(map(any, left)):
                continue
            guarded = [row for row in left if any(row)]
            sums.add(new)
        shown.add(group)
    for group, factor in zip(town.groups, sums.solve(), strict=True):
        for cell in _cells(town.masks[group]) if factor else ():
            weights[cell] -= factor
    return shown, weights


# ------------------------------------------------------------------------- what can be computed


def _computable(
    town: _Town[Group, Cell], weights: Sequence[int], rests: Sequence[Mask]
) -> set[Mask]:
    """The small sets of cells whose sums follow from the shown groups."""
    masks = [*(town.masks[group] for group in town.groups), *rests]
    alone, shared = _weigh(masks, weights)
    masks += (town.masks[total] for total in town.running)
    _run(alone, shared, [town.groups.index(step) for step in town.running.values()])
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
    return {cells for cells in found if town.is_small(cells)}


_Pairs = defaultdict[tuple[int, int], int]
"""By the positions of two sets, the lower one first."""


def _weigh(masks: Sequence[Mask], weights: Sequence[int]) -> tuple[list[int], _Pairs]:
    """Return the weight of each set, and of the intersection of each pair."""
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
    """Append the running totals: their weights, and their intersections with every set."""
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
