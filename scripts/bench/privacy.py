"""Benchmark of privacy: a year of a town's purchases through the wallet's rule, and which of a
family's purchases each observer can tie to each other.

The model: prices are log-normal with a mean of € 40 and a median of € 27. Of the families, 85 %
spend all of a letter, the last purchase with other money besides; the others stop at a random
point. Twenty shops have customers in proportion to 1, 1/2, 1/3, … There are no refunds and no
Moves.

Two purchases are tied for an observer who sees a coupon pay in both, or in a chain of purchases
between them. The two codes of one purchase are paid at one till within a minute and count as one.

It also measures how far the figures' lower bound on letters lies below the truth: for each shop and
month with purchases of ten letters or more, a family's purchases being spread evenly over a year.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import comb, log, sqrt
from random import Random
from statistics import mean
from typing import Any

from rich.table import Table

from kindpakket.domain.letters import LETTER_VALUES
from kindpakket.domain.money import format_euros
from kindpakket.domain.wallet import Coupon, choose_coupons, most_in_one_code
from kindpakket.services.figures.letter_bound import fewest_letters
from kindpakket.services.figures.suppress import MINIMUM

MEAN, MEDIAN = 40_00, 27_00
STEP = 50
"""Prices are multiples of so many cents by default."""
SPEND_ALL = 0.85
SHOPS = 20

TIED_MOST = 0.4
TWO_CODES_MOST = 0.03
"""Bounds for prices in the default steps: what a reader of the chain ties, and the share of
purchases with two codes."""

Figures = dict[str, Any]


@dataclass(frozen=True)
class Purchase:
    """A purchase of a family."""

    shop: int
    """From 0, the one with the most customers."""
    codes: int
    coupons: frozenset[int]
    """Indexes of the coupons in its codes."""


@dataclass(frozen=True)
class Year:
    """A family's purchases, and what is left of its letter in cents."""

    purchases: list[Purchase]
    left: int


def run(letters: Sequence[int], seeds: int, step: int = STEP) -> Figures:
    """Play a year of towns with these numbers of letters, each with so many seeds."""
    towns = [measure(count, range(seeds), step) for count in letters]
    figures: Figures = {"step": step, "seeds": seeds, "towns": towns}
    return figures | {"broken": broken(figures)}


def broken(figures: Figures) -> list[str]:
    """Return the bounds that these figures exceed. They are for prices in the default steps."""
    told = [
        (f"{name} at most {most:.0%} with {town['letters']} letters", town[key] <= most)
        for town in figures["towns"]
        for name, key, most in (
            ("pairs tied on the chain", "chain", TIED_MOST),
            ("purchases with two codes", "two_codes", TWO_CODES_MOST),
        )
    ]
    return [name for name, holds in told if not holds and figures["step"] == STEP]


def measure(letters: int, seeds: Iterable[int], step: int = STEP) -> Figures:
    """Play towns and return the shares that the observers tie, over all of them."""
    towns = [[*play(letters, seed, step)] for seed in seeds]
    years = [year for town in towns for year in town]
    pairs = sum(comb(len(year.purchases), 2) for year in years)
    purchases = [purchase for year in years for purchase in year.purchases]

    def share(shops: int) -> float:
        return sum(tied(year.purchases, shops) for year in years) / pairs

    return {
        "letters": letters,
        "per_letter": len(purchases) / len(years),
        "shop": share(1),
        "two_shops": share(2),
        "chain": share(SHOPS),
        "two_codes": sum(purchase.codes > 1 for purchase in purchases) / len(purchases),
        "left": sum(year.left for year in years) / len(years),
        "counted": mean(share for town in towns for share in counted(town)),
    }


def counted(town: Sequence[Year]) -> Iterator[float]:
    """Yield which share of the letters the bound counts, of each shop and month with enough."""
    most = Counter((0, value) for value in LETTER_VALUES)
    letters = defaultdict[tuple[int, int], set[int]](set)
    coupons = defaultdict[tuple[int, int], set[tuple[int, int]]](set)
    for letter, year in enumerate(town):
        for place, purchase in enumerate(year.purchases):
            cell = purchase.shop, 12 * place // len(year.purchases)
            letters[cell].add(letter)
            coupons[cell].update((letter, index) for index in purchase.coupons)
    for cell, those in letters.items():
        if len(those) >= MINIMUM:
            counts = Counter((0, LETTER_VALUES[index]) for _, index in coupons[cell])
            yield fewest_letters(counts, most) / len(those)


def tied(purchases: Sequence[Purchase], shops: int) -> int:
    """Count the pairs of a family's purchases that the largest so many shops tie together."""
    groups: list[tuple[set[int], int]] = []
    for purchase in purchases:
        if purchase.shop >= shops:
            continue
        same = [group for group in groups if group[0] & purchase.coupons]
        merged = set(purchase.coupons).union(*(coupons for coupons, _ in same))
        count = 1 + sum(count for _, count in same)
        groups = [group for group in groups if group not in same] + [(merged, count)]
    return sum(comb(count, 2) for _, count in groups)


def play(letters: int, seed: int, step: int) -> Iterator[Year]:
    """Play the families of a town."""
    chance = Random(f"{letters} {seed}")  # noqa: S311
    for _ in range(letters):
        yield _family(chance, step)


def _family(chance: Random, step: int) -> Year:
    coupons = [Coupon(index, 0, value, 0) for index, value in enumerate(LETTER_VALUES)]
    stop = 0 if chance.random() < SPEND_ALL else chance.uniform(0, sum(LETTER_VALUES))
    purchases: list[Purchase] = []
    while (left := sum(coupon.remaining for coupon in coupons)) > stop:
        price = chance.lognormvariate(log(MEDIAN), sqrt(2 * log(MEAN / MEDIAN)))
        amount = min(left, max(1, round(price / step)) * step)
        shop = chance.choices(range(SHOPS), cum_weights=_CUSTOMERS)[0]
        purchases.append(_pay(coupons, amount, shop, nonce=len(purchases) + 1))
    return Year(purchases, left)


def _pay(coupons: list[Coupon], amount: int, shop: int, nonce: int) -> Purchase:
    """Pay with as many codes as it takes; debit the coupons as the contract does."""
    codes, used = 0, set[int]()
    while amount > 0:
        part = min(amount, most_in_one_code(coupons))
        amount -= part
        codes += 1
        for coupon in choose_coupons(coupons, part):
            debit = min(part, coupon.remaining)
            part -= debit
            used.add(coupon.index)
            coupons[coupon.index] = replace(
                coupon, remaining=coupon.remaining - debit, last_nonce=nonce
            )
    return Purchase(shop, codes, frozenset(used))


_CUSTOMERS = [*accumulate(1 / (place + 1) for place in range(SHOPS))]


def table(figures: Figures) -> Table:
    """Return the figures as a table."""
    towns = figures["towns"]
    title = f"A year, prices in steps of {figures['step']} cents, {figures['seeds']} seeds"
    shown = Table(
        "pairs of a family's purchases that are tied for certain",
        *(f"{town['letters']:,} letters" for town in towns),
        "at most",
        title=title,
    )
    rows = (
        ("by one shop, the largest", "shop", ""),
        ("by two shops together, the largest", "two_shops", ""),
        ("by who reads the chain", "chain", f"{TIED_MOST:.0%}"),
        ("by who keeps the server's requests", "chain", ""),
        ("purchases with two codes", "two_codes", f"{TWO_CODES_MOST:.0%}"),
    )
    for name, key, most in rows:
        shown.add_row(name, *(f"{town[key]:.1%}" for town in towns), most)
    shown.add_row(
        "letters counted of those that paid", *(f"{town['counted']:.0%}" for town in towns)
    )
    shown.add_row("purchases for each letter", *(f"{town['per_letter']:.1f}" for town in towns))
    shown.add_row("left on each letter", *(format_euros(round(town["left"])) for town in towns))
    return shown
