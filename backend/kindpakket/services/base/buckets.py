"""Buckets of coupons by address prefix, so that a look-up does not reveal one coupon."""

from typing import Any

from sqlalchemy import Connection, Select, select, update

from kindpakket.domain.ids import SchemeId
from kindpakket.store import tables as t

MINIMUM = 256
"""Minimum number of coupons in a bucket."""

LONGEST_PREFIX = 3


def in_bucket(query: Select[Any], scheme: int, prefix: str) -> Select[Any]:
    """Restrict a query to a scheme's coupons with this address prefix (hex), by address."""
    return (
        query.where(t.coupons.c.scheme == scheme)
        .where(t.coupons.c.coupon.between(f"0x{prefix:0<40}", f"0x{prefix:f<40}"))
        .order_by(t.coupons.c.coupon)
    )


def lengthen_prefix(db: Connection, scheme: SchemeId) -> None:
    """Extend a scheme's prefix to the longest for which every bucket is large enough."""
    row = t.schemes.c.scheme == scheme
    length = db.execute(select(t.schemes.c.prefix_length).where(row)).scalar_one()
    while length < LONGEST_PREFIX and _fits(db, scheme, length + 1):
        length += 1
    db.execute(update(t.schemes).where(row).values(prefix_length=length))


def _fits(db: Connection, scheme: SchemeId, length: int) -> bool:
    prefixes = (f"{number:0{length}x}" for number in range(16**length))
    return all(_hides(db, scheme, prefix) for prefix in prefixes)


def _hides(db: Connection, scheme: SchemeId, prefix: str) -> bool:
    """Whether a bucket is large enough; reads no more index entries than that takes."""
    last_needed = in_bucket(select(t.coupons.c.coupon), scheme, prefix).offset(MINIMUM - 1)
    return db.execute(last_needed.limit(1)).first() is not None
