"""An adversary who computes linear combinations of all shown figures, in exact fractions."""

from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import TypeVar

Cells = frozenset[str]
Cell = TypeVar("Cell", bound=Hashable)


def computable(target: frozenset[Cell], known: Iterable[frozenset[Cell]]) -> bool:
    """Whether a sum over cells is a linear combination of other sums: whether it leaves their rank
    unchanged."""
    return follow([target], known)[0]


def follow(targets: list[frozenset[Cell]], known: Iterable[frozenset[Cell]]) -> list[bool]:
    """Whether each of these sums over cells is a linear combination of other sums."""
    basis: list[tuple[Cell, dict[Cell, Fraction]]] = []
    for cells in known:
        rest = _less(cells, basis)
        if rest:
            pivot, value = next(iter(rest.items()))
            basis.append((pivot, {cell: each / value for cell, each in rest.items()}))
    return [not _less(target, basis) for target in targets]


def _less(
    cells: frozenset[Cell], basis: list[tuple[Cell, dict[Cell, Fraction]]]
) -> dict[Cell, Fraction]:
    rest = {cell: Fraction(1) for cell in cells}
    for pivot, known in basis:
        if factor := rest.get(pivot):
            for cell, value in known.items():
                rest[cell] = rest.get(cell, Fraction(0)) - factor * value
            rest = {cell: value for cell, value in rest.items() if value}
    return rest
