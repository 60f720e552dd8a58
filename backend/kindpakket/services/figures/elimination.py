"""What follows from sums by adding and subtracting.

Everything is modulo a large prime: exact fractions would say the same, more slowly. To tell which
sets have a sum that follows from known ones, each element gets a weight. The weights add up to
nothing in each known set and are arbitrary otherwise; so they add up to nothing in a set that
follows, and, but for a chance of one in 10¹⁸, in no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_PRIME = 2**61 - 1
_SPREAD = 0x9E3779B97F4A7C1


def arbitrary(count: int) -> list[int]:
    """Return weights without a pattern: the same each time, so that a report stays the same."""
    weights = [1]
    while len(weights) < count:
        weights.append(weights[-1] * _SPREAD % _PRIME)
    return weights[:count]


def nothing(weight: int) -> bool:
    """Whether weights added up to nothing."""
    return not weight % _PRIME


@dataclass(frozen=True)
class Sum:
    """A sum, with 1 at its pivot, where the sums that come after it have 0."""

    row: list[int]
    pivot: int

    def taken_off(self, row: list[int]) -> list[int]:
        """Return another, as often less this one as it counts there."""
        factor = row[self.pivot]
        if not factor:
            return row
        return [(one - factor * other) % _PRIME for one, other in zip(row, self.row, strict=False)]


class Sums:
    """Known sums over some unknowns; each is written with its outcome after its factors."""

    def __init__(self, unknowns: int) -> None:
        self._unknowns = unknowns
        self._sums: list[Sum] = []

    def less(self, row: list[int]) -> Sum | None:
        """Return what a sum tells besides the known ones; None if that is nothing."""
        for known in self._sums:
            row = known.taken_off(row)
        pivot = next((at for at in range(self._unknowns) if row[at] % _PRIME), None)
        if pivot is None:
            return None
        scale = pow(row[pivot], -1, _PRIME)
        return Sum([value * scale % _PRIME for value in row], pivot)

    def add(self, new: Sum) -> None:
        """Know what :meth:`less` returned."""
        self._sums.append(new)

    def solve(self) -> Sequence[int]:
        """Return unknowns that make every sum come out; those that are free are 0."""
        found = [0] * self._unknowns
        for known in reversed(self._sums):
            rest = sum(one * other for one, other in zip(known.row, found, strict=False))
            found[known.pivot] = (known.row[-1] - rest) % _PRIME
        return found
