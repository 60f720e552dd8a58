"""Test vectors of the wallet's rule: the best bundle of all, found by trying each."""

from collections.abc import Iterator, Set
from itertools import chain, combinations, product
from random import Random

from vector_parts import Vector

MOST = 6
NONCE = 1_790_000_000
LETTER = (10_000, 5_000, 5_000, 2_000, 2_000, 2_000, 1_000, 1_000, 500, 500, 500, 500)

Coupons = tuple[tuple[int, int], ...]
"""What remains in cents, and the last nonce."""


def wallet() -> list[Vector]:
    """Return coupons with an amount, and the indexes of those that pay, in the order of the code;
    None when a code cannot hold it."""
    return [
        {"about": about, "coupons": coupons, "amount": amount, "chosen": choose(coupons, amount)}
        for about, coupons, amount in chain(cases(), at_random())
    ]


def choose(coupons: Coupons, amount: int) -> list[int] | None:
    """Return the best bundle's indexes."""
    filled = [place for place, (remaining, _) in enumerate(coupons) if remaining]
    filled.sort(key=lambda place: coupons[place][0])
    used = [place for place in filled if coupons[place][1]]
    unused = [place for place in filled if not coupons[place][1]]
    ranked = []
    for count_used, count in product(range(MOST + 1), range(MOST + 1)):
        pairs = product(combinations(used, count_used), combinations(unused, count))
        for bundle in (first + others for first, others in pairs):
            held = sum(coupons[place][0] for place in bundle)
            if len(bundle) <= MOST and held >= amount:
                ranked.append(((held > amount, count_used, len(bundle), held), bundle))
    if not ranked:
        return None
    _, best = min(ranked, key=lambda one: one[0])
    return sorted(best, key=lambda place: coupons[place][0])


def cases() -> Iterator[tuple[str, Coupons, int]]:
    """Yield what a case is about, coupons and an amount in cents."""
    fresh = letter(LETTER)
    yield "nothing is left on one coupon", fresh, 2_000
    yield "nothing is left on several", fresh, 8_500
    yield "one cent more: the fewest, with the least", fresh, 8_501
    yield "one cent", fresh, 1
    yield "the most that a code holds", fresh, 26_000
    yield "more than a code holds", fresh, 26_001
    yield "coupons of the same value: the first", fresh, 5_000
    yield "used ones are left alone", letter((3_000, 5_000), used={0}), 2_500
    yield "used ones pay when nothing is left on them", letter((2_250, 5_000), used={0}), 2_250
    yield "with unused ones too", letter((250, 2_000, 5_000), used={0}), 2_250
    yield "the fewest used ones", letter((3_000, 900, 1_000), used={0, 1}), 3_500
    yield "fewer used ones, with more coupons", letter((4_000, 2_000, 2_000), used={0}), 3_999
    yield "empty coupons do not count", letter((0, 3_000, 0, 3_000), used={0, 2}), 6_000
    yield "an empty letter", letter((0, 0)), 1
    yield "no coupons", (), 1
    yield "a card", letter((2_000,) * 15), 12_000
    yield "more than a code holds of a card", letter((2_000,) * 15), 12_001


def at_random() -> Iterator[tuple[str, Coupons, int]]:
    """Yield letters of which a part was spent."""
    draw = Random(14)  # noqa: S311
    for number in range(40):
        coupons = tuple(
            draw.choice([(value, 0), (value, 0), (draw.randrange(0, value, 50), NONCE)])
            for value in LETTER
        )
        most = sum(sorted(remaining for remaining, _ in coupons)[-MOST:])
        yield f"at random, {number}", coupons, draw.randrange(50, most, draw.choice([1, 5, 50]))


def letter(values: tuple[int, ...], used: Set[int] = frozenset()) -> Coupons:
    """Return coupons, of which some were used before."""
    return tuple((value, NONCE if place in used else 0) for place, value in enumerate(values))
