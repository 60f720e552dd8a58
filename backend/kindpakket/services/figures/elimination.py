"""Gaussian elimination modulo a prime, on sparse rows.

The system is a set of linear equations with whole coefficients, each known to hold. A row is one of
them: coefficients by column, and its right-hand side under ``RIGHT``. What is proved: a row follows
from the system if and only if eliminating every pivot leaves it without coefficients; the rows of
the system are independent, so that there is one combination of them that gives it.

Modulo a prime of 61 bits instead of with fractions, which take longer: they differ only where the
prime divides a pivot.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Generic, TypeVar

_PRIME = 2**61 - 1
_MULTIPLIER = 0x9E3779B97F4A7C1
RIGHT = -1
"""The column of right-hand sides."""

Row = Mapping[int, int]
Name = TypeVar("Name", bound=Hashable)


def pseudorandom_weights(count: int) -> list[int]:
    """Return the same numbers each time, so that a report stays the same."""
    weights = [1]
    while len(weights) < count:
        weights.append(weights[-1] * _MULTIPLIER % _PRIME)
    return weights[:count]


def is_zero_mod_p(weight: int) -> bool:
    """Whether a sum of weights is zero modulo the prime."""
    return not weight % _PRIME


@dataclass(frozen=True)
class _Pivot(Generic[Name]):
    """A row in echelon form, scaled to have 1 in the column of its pivot."""

    name: Name
    column: int
    row: Row
    scale: int
    factors: Row
    """How often each earlier pivot was subtracted from it, by place."""

    def eliminate(self, row: dict[int, int]) -> int:
        """Eliminate this pivot from a row; return how often it was subtracted."""
        factor = row.get(self.column, 0)
        if factor:
            for column, value in self.row.items():
                rest = (row.get(column, 0) - factor * value) % _PRIME
                if rest or column == RIGHT:
                    row[column] = rest
                else:
                    del row[column]
        return factor


class System(Generic[Name]):
    """Independent equations in echelon form, each with a name."""

    def __init__(self) -> None:
        self._pivots: list[_Pivot[Name]] = []
        self._places: dict[int, int] = {}

    def copy(self) -> "System[Name]":
        """Return a system with the same equations."""
        other = System[Name]()
        other._pivots, other._places = [*self._pivots], {**self._places}
        return other

    def add(self, name: Name, row: Row) -> None:
        """Add an equation unless it follows from the others; its pivot is its first column."""
        rest, factors = self._reduce(row)
        column = next((column for column in rest if column != RIGHT), None)
        if column is not None:
            scale = pow(rest[column], -1, _PRIME)
            scaled = {each: value * scale % _PRIME for each, value in rest.items()}
            self._places[column] = len(self._pivots)
            self._pivots.append(_Pivot(name, column, scaled, scale, factors))

    def reduce(self, row: Row) -> Row:
        """Eliminate every pivot from a row; return what is left."""
        return self._reduce(row)[0]

    def implies(self, row: Row) -> bool:
        """Whether a row follows from the system."""
        return not self.reduce(row).keys() - {RIGHT}

    def combination(self, row: Row) -> set[Name]:
        """Return the names of the equations that give a row which follows from the system."""
        _, factors = self._reduce(row)
        used = set()
        for place in reversed(range(len(self._pivots))):
            pivot, factor = self._pivots[place], factors.get(place, 0) % _PRIME
            if factor:
                used.add(pivot.name)
                for earlier, times in pivot.factors.items():
                    factors[earlier] = factors.get(earlier, 0) - factor * pivot.scale * times
        return used

    def solve(self) -> Row:
        """Return a solution by column; unknowns that are free are 0 and left out."""
        found: dict[int, int] = {}
        for pivot in reversed(self._pivots):
            rest = sum(value * found.get(column, 0) for column, value in pivot.row.items())
            found[pivot.column] = (pivot.row.get(RIGHT, 0) - rest) % _PRIME
        return found

    def _reduce(self, row: Row) -> tuple[dict[int, int], dict[int, int]]:
        """Eliminate every pivot; return what is left, and how often each was subtracted."""
        rest = {column: each for column, value in row.items() if (each := value % _PRIME)}
        places = self._places
        seen = {places[column] for column in rest if column in places}
        waiting, factors = sorted(seen), dict[int, int]()
        while waiting:
            place = heappop(waiting)
            pivot = self._pivots[place]
            factor = pivot.eliminate(rest)
            if factor:
                factors[place] = factor
                for column in pivot.row:
                    # A row has no pivot of an earlier one.
                    later = places.get(column, place)
                    if later not in seen:
                        seen.add(later)
                        heappush(waiting, later)
        return rest, factors
