"""Coin selection: which coupons pay for an amount. Runs on the device that holds their keys."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

MAX_BUNDLE = 6
"""The maximum number of coupons in one code."""


@dataclass(frozen=True)
class Coupon:
    """A coupon of a letter as its holder sees it; amounts in cents."""

    index: int
    """Its number in the letter, from 0."""
    generation: int
    remaining: int
    last_nonce: int
    """0 when it was never used."""

    @property
    def used(self) -> bool:
        """Whether it was part of a code on the ledger before."""
        return self.last_nonce > 0


class BudgetTooLow(Exception):
    """One code cannot hold the amount."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most
        """The most that one code of this letter can hold, in cents."""


def most_in_one_code(coupons: Sequence[Coupon]) -> int:
    """Return the maximum amount of one code, in cents."""
    return _sum(sorted(coupons, key=_remaining)[-MAX_BUNDLE:])


def choose_coupons(coupons: Sequence[Coupon], amount: int) -> list[Coupon]:
    """Choose the coupons that pay for an amount in cents, in the order of the code.

    A coupon that pays twice publicly ties the two payments. So a bundle is best if nothing is left
    on it; then the fewer of its coupons were used before; then the fewer it has; then the lower its
    sum. The coupon with the most stands last: it alone keeps change.

    Raises:
        BudgetTooLow: six coupons do not hold it.
    """
    most = most_in_one_code(coupons)
    if most < amount:
        raise BudgetTooLow(most)
    filled = sorted((coupon for coupon in coupons if coupon.remaining), key=_remaining)
    used = [coupon for coupon in filled if coupon.used]
    unused = [coupon for coupon in filled if not coupon.used]
    best: list[Coupon] = []
    for count_used in range(MAX_BUNDLE + 1):
        for count in range(max(1, count_used), MAX_BUNDLE + 1):
            pools = [used] * count_used + [unused] * (count - count_used)
            # After the first bundle, only one that leaves nothing is better.
            found = _Search(pools, amount).run(below=amount + 1 if best else None)
            if found and _sum(found) == amount:
                return sorted(found, key=_remaining)
            best = best or found
    return sorted(best, key=_remaining)


class _Search:
    """Branch and bound: the bundle of one coupon from each pool with the least sum that covers an
    amount. 32 coupons have a million bundles."""

    def __init__(self, pools: Sequence[Sequence[Coupon]], amount: int) -> None:
        """Args:
        pools: each sorted by what remains. For two coupons of one pool it is there twice, adjacent.
        """
        self._pools = pools
        self._amount = amount
        tops = [pool[-1].remaining if pool else 0 for pool in pools]
        self._most = [*accumulate(reversed(tops), initial=0)][::-1]
        """By position of a pool: upper bound on what one coupon of it and of each later one hold
        together."""
        self._best: list[Coupon] = []
        self._bar = 0

    def run(self, below: int | None) -> list[Coupon]:
        """Return the bundle, or an empty list when none has a sum below this limit."""
        self._bar = below if below is not None else self._most[0] + 1
        self._from(0, [], 0)
        return self._best

    def _from(self, start: int, taken: list[Coupon], held: int) -> None:
        place = len(taken)
        pool, missing = self._pools[place], self._amount - held
        last = place + 1 == len(self._pools)
        # What the coupon has to hold, because those after it hold no more than their upper bound.
        start = bisect_left(pool, missing - self._most[place + 1], lo=start, key=_remaining)
        for number in range(start, len(pool)):
            coupon = pool[number]
            total = held + coupon.remaining
            if total >= self._bar or self._bar == self._amount:
                return
            if last:
                self._best, self._bar = [*taken, coupon], total
                return
            after = number + 1 if self._pools[place + 1] is pool else 0
            self._from(after, [*taken, coupon], total)


def _remaining(coupon: Coupon) -> int:
    return coupon.remaining


def _sum(bundle: Iterable[Coupon]) -> int:
    return sum(map(_remaining, bundle))
