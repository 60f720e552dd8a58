"""Small numbers: which groups of a report stay hidden, so that no family's purchases show.

A group is a set of cells, the smallest parts that a report tells apart. Its amounts are hidden when

1. they come from fewer than ten different coupons;
2. it is part of a group that is hidden;
3. of a whole that is shown, the hidden parts together come from fewer than ten coupons, so that the
   whole less the shown parts would show them: the smallest shown part is hidden too;
4. a hidden group follows from shown ones by adding and subtracting, in whatever breakdown these
   stand: the smallest that takes part in the sum is hidden too.

The third and the fourth are repeated until neither finds anything. Cells without payments count as
known to be empty, so that knowing which shop or scheme was open when helps nobody.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Generic, TypeVar

MINIMUM = 10
"""Different coupons behind an amount that is shown."""

Group = TypeVar("Group", bound=Hashable)
Cell = TypeVar("Cell", bound=Hashable)
Divisions = Sequence[Sequence[Group]]

_PRIME = 2**61 - 1
"""Sums are taken modulo this: exact fractions would say the same, more slowly."""


class Hidden(StrEnum):
    """Why a group is not shown."""

    TOO_FEW = "too_few_coupons"
    PROTECTS = "protects_another"


def hide(
    groups: Mapping[Group, frozenset[Cell]],
    coupons: Mapping[Cell, frozenset[str]],
    wholes: Mapping[Group, Divisions[Group]],
) -> dict[Group, Hidden]:
    """Return the groups whose amounts are not to be shown, and why.

    Args:
        groups: the cells of each.
        coupons: those from which the payments in a cell come.
        wholes: a group, and each way in which it is divided into others.
    """
    sizes = {group: _count(cells, coupons) for group, cells in groups.items()}
    hidden = {group: Hidden.TOO_FEW for group, size in sizes.items() if size < MINIMUM}
    while True:
        _hide_beneath(hidden, wholes)
        shown = sorted(groups.keys() - hidden.keys(), key=lambda group: (sizes[group], str(group)))
        give_away = _remainders(groups, coupons, wholes, hidden) or _sums(groups, hidden, shown)
        if not give_away:
            return hidden
        hidden[next(group for group in shown if group in give_away)] = Hidden.PROTECTS


def _count(cells: Iterable[Cell], coupons: Mapping[Cell, frozenset[str]]) -> int:
    return len(frozenset[str]().union(*(coupons[cell] for cell in cells)))


def _hide_beneath(hidden: dict[Group, Hidden], wholes: Mapping[Group, Divisions[Group]]) -> None:
    for whole, divisions in wholes.items():
        if whole in hidden:
            for part in chain(*divisions):
                hidden.setdefault(part, Hidden.PROTECTS)


def _remainders(
    groups: Mapping[Group, frozenset[Cell]],
    coupons: Mapping[Cell, frozenset[str]],
    wholes: Mapping[Group, Divisions[Group]],
    hidden: Mapping[Group, Hidden],
) -> set[Group]:
    """The shown parts of a division whose hidden parts are too small together."""
    for whole, divisions in wholes.items():
        for parts in divisions if whole not in hidden else ():
            rest = chain(*(groups[part] for part in parts if part in hidden))
            if 0 < _count(rest, coupons) < MINIMUM:
                return set(parts).difference(hidden)
    return set()


def _sums(
    groups: Mapping[Group, frozenset[Cell]],
    hidden: Mapping[Group, Hidden],
    shown: Sequence[Group],
) -> set[Group]:
    """The shown groups of which some hidden group is made by adding and subtracting."""
    basis: list[_Known[Group, Cell]] = []
    for group in shown:
        known = _less(groups[group], basis)
        known.made_of[group] += 1
        if known.cells:
            basis.append(known.scaled())
    for group in hidden:
        rest = _less(groups[group], basis)
        if groups[group] and not rest.cells:
            return set(rest.made_of)
    return set()


@dataclass
class _Known(Generic[Group, Cell]):
    """A sum of cells that can be computed, and how often each shown group counts in it."""

    cells: Counter[Cell]
    made_of: Counter[Group]

    @property
    def pivot(self) -> Cell:
        return next(iter(self.cells))

    def scaled(self) -> "_Known[Group, Cell]":
        """The same, with the first cell counted once."""
        factor = pow(self.cells[self.pivot], -1, _PRIME)
        zero = _Known[Group, Cell](Counter(), Counter())
        zero.take(self, -factor)
        return zero

    def take(self, other: "_Known[Group, Cell]", factor: int) -> None:
        """Subtract another, so many times."""
        _take(self.cells, other.cells, factor)
        _take(self.made_of, other.made_of, factor)


def _less(cells: frozenset[Cell], basis: Sequence[_Known[Group, Cell]]) -> _Known[Group, Cell]:
    """What is left of a group when all that is known is taken off."""
    rest = _Known[Group, Cell](Counter(cells), Counter())
    for known in basis:
        if factor := rest.cells.get(known.pivot):
            rest.take(known, factor)
    return rest


def _take(sums: Counter[Cell], other: Counter[Cell], factor: int) -> None:
    for key, value in other.items():
        sums[key] = (sums[key] - factor * value) % _PRIME
        if not sums[key]:
            del sums[key]
