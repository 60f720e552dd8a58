"""An adversary who computes linear combinations of all shown figures, in exact fractions."""

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

Cells = frozenset[str]
Cell = TypeVar("Cell", bound=Hashable)
Vector = frozenset[Cell] | Mapping[Cell, int]
"""A sum over cells, or how often each counts in it."""


def computable(target: Vector[Cell], known: Iterable[Vector[Cell]]) -> bool:
    """Whether a sum over cells is a linear combination of other sums: whether it leaves their rank
    unchanged."""
    return follow([target], known)[0]


def follow(targets: list[Vector[Cell]], known: Iterable[Vector[Cell]]) -> list[bool]:
    """Whether each of these sums over cells is a linear combination of other sums."""
    basis: list[tuple[Cell, dict[Cell, Fraction]]] = []
    for cells in known:
        rest = _less(cells, basis)
        if rest:
            pivot, value = next(iter(rest.items()))
            basis.append((pivot, {cell: each / value for cell, each in rest.items()}))
    return [not _less(target, basis) for target in targets]


def _less(
    cells: Vector[Cell], basis: list[tuple[Cell, dict[Cell, Fraction]]]
) -> dict[Cell, Fraction]:
    often = cells if isinstance(cells, Mapping) else dict.fromkeys(cells, 1)
    rest = {cell: Fraction(value) for cell, value in often.items()}
    for pivot, known in basis:
        if factor := rest.get(pivot):
            for cell, value in known.items():
                rest[cell] = rest.get(cell, Fraction(0)) - factor * value
            rest = {cell: value for cell, value in rest.items() if value}
    return rest
