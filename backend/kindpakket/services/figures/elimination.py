"""Gaussian elimination modulo a prime.

The system is a set of linear equations over some unknowns; a row holds the coefficients of one, and
its right-hand side last. What is proved: a row follows from the system if and only if eliminating
every pivot from it leaves no coefficient. Modulo a prime of 61 bits instead of with fractions,
which take longer: they differ only where the prime divides a pivot.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_PRIME = 2**61 - 1
_MULTIPLIER = 0x9E3779B97F4A7C1


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
class Pivot:
    """A row in echelon form, scaled to have 1 at its pivot."""

    row: list[int]
    column: int

    def eliminate(self, row: list[int]) -> list[int]:
        """Eliminate this pivot from a row; return the new row."""
        factor = row[self.column]
        if not factor:
            return row
        return [(one - factor * other) % _PRIME for one, other in zip(row, self.row, strict=False)]


class System:
    """Independent equations in echelon form."""

    def __init__(self, unknowns: int) -> None:
        self._unknowns = unknowns
        self._pivots: list[Pivot] = []

    def reduce(self, row: list[int]) -> Pivot | None:
        """Eliminate every pivot from a row; None if it follows from the system."""
        for pivot in self._pivots:
            row = pivot.eliminate(row)
        column = next((at for at in range(self._unknowns) if row[at] % _PRIME), None)
        if column is None:
            return None
        scale = pow(row[column], -1, _PRIME)
        return Pivot([value * scale % _PRIME for value in row], column)

    def add(self, new: Pivot) -> None:
        """Add an equation that :meth:`reduce` returned."""
        self._pivots.append(new)

    def solve(self) -> Sequence[int]:
        """Return a solution by column; unknowns that are free are 0."""
        found = [0] * self._unknowns
        for pivot in reversed(self._pivots):
            rest = sum(one * other for one, other in zip(pivot.row, found, strict=False))
            found[pivot.column] = (pivot.row[-1] - rest) % _PRIME
        return found
