"""Coin selection: which coupons pay for an amount. Runs on the device that holds their keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

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
    return _most(coupons, MAX_BUNDLE)


def choose_coupons(coupons: Sequence[Coupon], amount: int) -> list[Coupon]:
    """Choose the fewest coupons that cover an amount in cents, preferring those used before.

    A code publicly links its coupons. Fewer links reveal less, and linking a coupon that was used
    before reveals less than linking an unused one. Ties are broken by the lowest total budget.

    Raises:
        BudgetTooLow: six coupons do not hold it.
    """
    most = most_in_one_code(coupons)
    if most < amount:
        raise BudgetTooLow(most)
    filled = [coupon for coupon in coupons if coupon.remaining]
    fewest = next(n for n in range(1, MAX_BUNDLE + 1) if _most(filled, n) >= amount)
    covering = (bundle for bundle in combinations(filled, fewest) if _sum(bundle) >= amount)
    return list(min(covering, key=lambda bundle: (_fresh(bundle), _sum(bundle))))


def _most(coupons: Sequence[Coupon], count: int) -> int:
    return sum(sorted((coupon.remaining for coupon in coupons), reverse=True)[:count])


def _sum(bundle: Iterable[Coupon]) -> int:
    return sum(coupon.remaining for coupon in bundle)


def _fresh(bundle: Iterable[Coupon]) -> int:
    return sum(not coupon.used for coupon in bundle)
