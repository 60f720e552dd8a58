"""How many letters coupons are of, at least. Which are of one letter, only its holder knows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from kindpakket.domain.letters import CARD_VALUES, LETTER_VALUES, MAX_COUPONS
from kindpakket.services.schemes.details import read_cents
from kindpakket.store import tables as t

Kind = tuple[int, int]
"""A scheme, and a value in cents."""

_UNKNOWN = (0, 0)


@dataclass(frozen=True)
class LetterBound:
    """Counts letters from below.

    Of coupons of one value, a letter has no more than its scheme says; so many coupons need so
    many letters. The value that needs most counts, and so does the scheme: a child may have a
    letter in each, so these do not add up.
    """

    kinds: Mapping[str, Kind]
    """Of each coupon."""
    most: Mapping[Kind, int]
    """Coupons of this kind on one letter or card; of others there could be as many as it holds."""

    def __call__(self, coupons: Iterable[str]) -> int:
        """Return the fewest letters that these different coupons can be of."""
        counts = Counter(map(self.kinds.get, coupons))
        return max(
            (
                -(-count // self.most.get(kind or _UNKNOWN, MAX_COUPONS))
                for kind, count in counts.items()
            ),
            default=0,
        )


def read_letter_bound(db: Connection, shop: int | None = None) -> LetterBound:
    """Read what coupons are worth, and what the letters of their schemes hold.

    Args:
        shop: only those that were used there, which is faster. Others then count as little as any.
    """
    query = select(t.coupons.c.coupon, t.coupons.c.scheme, t.coupons.c.value)
    if shop is not None:
        used = select(t.debits.c.coupon).join_from(t.debits, t.payments)
        query = query.where(t.coupons.c.coupon.in_(used.where(t.payments.c.shop == shop)))
    rows = db.execute(query)
    kinds = {row.coupon: (row.scheme, row.value) for row in rows}
    details = {row.scheme: row for row in db.execute(select(t.scheme_details))}
    most: dict[Kind, int] = {}
    for scheme in {scheme for scheme, _ in kinds.values()}:
        row = details.get(scheme)
        sheets = (
            (read_cents(row.letter_values), read_cents(row.card_values))
            if row
            else (LETTER_VALUES, CARD_VALUES)
        )
        for values in sheets:
            for value, count in Counter(values).items():
                most[scheme, value] = max(count, most.get((scheme, value), 0))
    return LetterBound(kinds, most)


def read_origins(db: Connection) -> dict[str, str]:
    """Return the issued coupon behind each that a move made: it is still the same budget."""
    made = select(t.coupons.c.coupon, t.coupons.c.origin).where(t.coupons.c.origin.is_not(None))
    return {row.coupon: row.origin for row in db.execute(made)}
