"""Gaussian elimination modulo a prime, by FLINT (https://flintlib.org).

The system: rows are known sums of unknowns, given by their scalar products. What is proved: a sum
follows from the rows if and only if it is a linear combination of them; its projection on the
rows' span then is the sum itself. Modulo a prime of 61 bits instead of with fractions, which take
longer: they differ only where the prime divides a determinant.
"""

from collections.abc import Sequence

from flint import nmod_mat

PRIME = 2**61 - 1
_MULTIPLIER = 0x9E3779B97F4A7C1


def pseudorandom_weights(count: int) -> list[int]:
    """Return the same numbers each time, so that a report stays the same."""
    weights = [1]
    while len(weights) < count:
        weights.append(weights[-1] * _MULTIPLIER % PRIME)
    return weights[:count]


def is_zero_mod_p(weight: int) -> bool:
    """Whether a sum of weights is zero modulo the prime."""
    return not weight % PRIME


def project(
    products: Sequence[Sequence[int]], others: Sequence[Sequence[int]]
) -> list[dict[int, int]]:
    """Return the orthogonal projections of other vectors on the span of rows.

    Args:
        products: scalar products of each row with every row (their Gram matrix).
        others: scalar products of each other vector with every row.

    Returns:
        Of each vector, the coefficients that are not zero by the row's position. A row that follows
        from earlier ones has none, so that there is one solution.
    """
    height = len(products)
    entries = [
        entry
        for position, row in enumerate(products)
        for entry in (*row, *(other[position] for other in others))
    ]
    echelon, rank = nmod_mat(height, height + len(others), entries, PRIME).rref()
    table = [[int(entry) for entry in row] for row in echelon.table()[:rank]]
    pivots = [next(position for position, entry in enumerate(row) if entry) for row in table]
    return [
        {pivot: row[column] for pivot, row in zip(pivots, table, strict=True) if row[column]}
        for column in range(height, height + len(others))
    ]
