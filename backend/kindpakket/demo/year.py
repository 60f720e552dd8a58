"""The past of a larger town: 40 weeks of 600 letters, with seasons and decisions on the way.

Who buys what and when follows from a fixed seed and the dates; only the keys differ each time.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import prod
from random import Random

from holidays import country_holidays

from kindpakket.demo import places
from kindpakket.demo.founding import Founding, Past
from kindpakket.demo.lost_letter import issue_sealed, name_privacy_officers, replace_letter
from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import SchemeId, ShopId
from kindpakket.domain.letters import LETTER_VALUES, Letter
from kindpakket.domain.refusals import Refusal
from kindpakket.domain.times import day_of, midnight
from kindpakket.ledger.abi import encode_call
from kindpakket.services.letters.generate import Run
from kindpakket.services.schemes.changes import rules_call, rules_of

Weeks = Callable[[Iterable[int]], Iterable[int]]
"""Yields what it is given; shows meanwhile how far it is."""

WEEKS, LETTERS = 40, 600
DAYS_OPEN = 52 * 7

LATER = ("musical_instruments", "dance_lessons")
"""Categories that are permitted only after the change of the rules."""
SUSPENDED = ShopId(3)
WHY_RULES = "De raad wil dat ook muziek en dans uit het Kindpakket te betalen zijn."
WHY_SUSPENDED = "De winkel gaf contant geld terug voor kleren die met een code waren betaald."

_WEEKS_TO_A_PAYOUT = 4
_PURCHASES = 0.12
"""In an ordinary week, for each letter."""
_REFUNDS = 0.04
"""Share of the purchases of which half is given back."""
_WEIGHT_REFUSED = 0.5
"""Weight of a shop that may not be paid; that of another is the number of its prices."""
_PRICES_REFUSED = (1_895, 2_495)
_FAMILIES_ASKED = 8
"""Of so many families, one that has enough left makes a purchase."""
_WEEKDAYS = (0, 2, 4, 2, 3, 5, 0)
"""Weights, from Monday on. Schools end at noon on Wednesdays."""
_HOURS = {9: 1, 10: 2, 11: 3, 12: 2, 13: 3, 14: 4, 15: 5, 16: 4}
"""Weights of the hours in which shops are open."""
_HOLIDAYS = country_holidays("NL")


@dataclass(frozen=True)
class Season:
    """Weeks in which more or less is bought: how many times as much."""

    weeks: Collection[int]
    """Their ISO numbers."""
    kinds: Mapping[str, float]
    """By category of the shop."""
    others: float
    """At other shops."""

    def factor(self, shop: places.Shop, week: int) -> float:
        """Return how many times as much is bought at a shop in a week."""
        own = max(self.kinds.get(each, self.others) for each in shop.categories)
        return own if week in self.weeks else 1


SEASONS = {
    "schoolvakanties": Season({1, 8, 18, *range(29, 34), 43, 53}, {}, 0.4),
    "voorjaar": Season(range(11, 20), {"bicycles": 2.5}, 1),
    "begin van het schooljaar": Season(
        range(34, 39),
        {"shoes": 4, "childrens_clothing": 4, "clothing": 4, "books": 2.5, "sports": 2},
        1.2,
    ),
    "cadeaus": Season(range(47, 53), {"toys": 7, "books": 3}, 1.2),
}


def a_year(start: float, track: Weeks, *, weeks: int = WEEKS, letters: int = LETTERS) -> Past:
    """Return this past.

    Args:
        start: when the town is founded, in unix seconds.
        track: of the weeks while they are played.
        letters: half of them are issued at first.
    """
    first = letters // 2
    budget = (first + places.CARDS) * sum(LETTER_VALUES)
    permitted = tuple(each for each in places.PERMITTED if each not in LATER)

    def play(founding: Founding, runs: Mapping[SchemeId, Run]) -> None:
        families = runs[places.SCHEME].letters[places.LISTED + places.OWN :]
        year = _Year(founding, families, letters, weeks)
        for week in track(range(weeks)):
            year.play(week)
        founding.tell(f"{year.bought} aankopen nagespeeld in {weeks} weken")

    return Past(start, DAYS_OPEN, first, budget, permitted, play)


class _Year:
    def __init__(
        self, founding: Founding, families: list[Letter], letters: int, weeks: int
    ) -> None:
        self._founding = founding
        self._families = families
        self._letters = letters
        self._first_day = day_of(founding.now)
        self._draw = Random(1)  # noqa: S311 (not secret)
        self._due = 0.0
        """Purchases to make; the part after the point is for the next day."""
        self._refused = {
            shop.id
            for shop in places.SHOPS
            if not (shop.admitted and places.permitted(shop)) or set(shop.categories) & {*LATER}
        }
        self._acts = (
            (weeks // 5, self._issue_more),
            (weeks * 2 // 5, self._change_rules),
            (weeks // 2, self._suspend),
            (weeks * 2 // 3, self._replace_letter),
        )
        """What officials do besides payouts, and in which week."""
        self._sealed: tuple[int, list[Letter]] = (0, [])
        self.bought = 0

    def play(self, week: int) -> None:
        """Simulate a week from 0 on: what officials decide, payouts, and purchases."""
        days = [self._first_day + timedelta(days=7 * week + number) for number in range(7)]
        self._founding.clock.advance_to(midnight(days[0]) + 9 * 3600)
        for its_week, act in self._acts:
            if its_week == week:
                act()
        if week and week % _WEEKS_TO_A_PAYOUT == 0:
            self._founding.pay_out()
        for day in days:
            self._buy_on(day)

    # ------------------------------------------------------------------------------- decisions

    def _issue_more(self) -> None:
        count = self._letters - self._letters // 2
        self._founding.decide("fund", places.SCHEME, count * sum(LETTER_VALUES))
        name_privacy_officers(self._founding)
        self._sealed = issue_sealed(self._founding, count)
        self._families = self._families + self._sealed[1]
        self._founding.tell(f"nog {count} brieven toegekend")

    def _change_rules(self) -> None:
        rules = rules_of(self._founding.context, places.SCHEME)
        wider = replace(rules, permitted=bits_of(places.PERMITTED))
        self._founding.decide_why(WHY_RULES, rules_call(places.SCHEME, wider))
        self._refused -= {shop.id for shop in places.SHOPS if set(shop.categories) & {*LATER}}
        self._founding.tell("de regels aangepast: muziek en dans mogen ook")

    def _suspend(self) -> None:
        call = encode_call("setSuspended", SUSPENDED, True)
        self._founding.decide_why(WHY_SUSPENDED, call)
        self._refused.add(SUSPENDED)
        self._founding.tell("1 winkel geschorst")

    def _replace_letter(self) -> None:
        run, letters = self._sealed
        replace_letter(self._founding, run, 1, letters[0])
        self._families.remove(letters[0])
        self._founding.tell("1 verloren brief vervangen")

    # ------------------------------------------------------------------------------- purchases

    def _buy_on(self, day: date) -> None:
        if day in _HOLIDAYS:
            return
        week = day.isocalendar().week
        weights = [self._weight(shop, week) for shop in places.SHOPS]
        usual = sum(len(shop.sales) for shop in places.SHOPS)
        share = _WEEKDAYS[day.weekday()] / sum(_WEEKDAYS)
        self._due += self._letters * _PURCHASES * share * sum(weights) / usual
        count, self._due = int(self._due), self._due % 1
        hours = self._draw.choices([*_HOURS], [*_HOURS.values()], k=count)
        seconds = sorted(hour * 3600 + self._draw.randrange(3600) for hour in hours)
        shops = self._draw.choices(places.SHOPS, weights, k=count)
        for second, shop in zip(seconds, shops, strict=True):
            self._founding.clock.advance_to(midnight(day) + second)
            self._buy(shop)

    def _weight(self, shop: places.Shop, week: int) -> float:
        if shop.id in self._refused:
            return _WEIGHT_REFUSED
        return len(shop.sales) * prod(each.factor(shop, week) for each in SEASONS.values())

    def _buy(self, shop: places.Shop) -> None:
        amount = self._draw.choice(_PRICES_REFUSED if shop.id in self._refused else shop.sales)
        asked = self._draw.sample(self._families, min(_FAMILIES_ASKED, len(self._families)))
        able = (each for each in asked if self._founding.may_spend(each, amount))
        if (letter := next(able, None)) is None:
            return
        if shop.id in self._refused:
            with suppress(Refusal):
                self._founding.sell(shop.id, amount, letter)
            return
        payment = self._founding.sell(shop.id, amount, letter)
        self.bought += 1
        if self._draw.random() < _REFUNDS:
            self._founding.refund(shop.id, payment, amount // 2)
