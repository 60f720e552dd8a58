"""All numbers that a small town shows anywhere, added and subtracted: no hidden amount follows."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import typer
from typer.testing import CliRunner

from kindpakket.cli.common import DutchGroup
from kindpakket.cli.report import register
from kindpakket.domain.categories import bits_of
from kindpakket.domain.csv_files import read_csv
from kindpakket.domain.money import parse_euros
from kindpakket.domain.times import hour_of, month_of, week_of
from kindpakket.services.figures.try_rule import try_rules
from kindpakket.services.schemes.changes import Rules
from tests.desk.office import ANNA, Desk, at_the_desk
from tests.support.adversary import Vector, follow
from tests.support.figures import figures_now
from tests.support.many_letters import spend
from tests.support.town import BICYCLES, BOOKS, SCHEME, START, Town, till_of

MONTH = 31 * 24 * 3600
FEWEST = 10
SHOPS = (BICYCLES, BOOKS)
CATEGORY = {BICYCLES: bits_of(["bicycles"]), BOOKS: bits_of(["books"])}
MONTHS = {"januari 2027": "2027-01", "februari 2027": "2027-02", "maart 2027": "2027-03"}

app = typer.Typer(cls=DutchGroup, pretty_exceptions_enable=False)
register(app)


@dataclass(frozen=True)
class Paid:
    """A payment. What it spent and what was refunded of it are two unknowns."""

    letter: int
    shop: int
    time: int
    amount: int
    refunded: int = 0

    def value(self, unknown: str) -> int:
        return self.amount if unknown == "spent" else self.refunded


Which = Callable[[Paid], bool]


class Small:
    """A town with unfortunate numbers, and what was paid in it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.payments: list[Paid] = []
        self.known: list[Vector[tuple[str, Paid]]] = []
        self.public: list[Vector[tuple[str, Paid]]] = []

    def pay(self, shop: int, letters: range, amount: int, refunded: int = 0) -> None:
        for letter in letters:
            (made,) = spend(self.town, shop, 1, first=letter, amount=amount + letter)
            time = self.town.now()
            if refunded:
                self.town.api.refund(till_of(shop), made, refunded, time)
            self.payments.append(Paid(letter, shop, time, amount + letter, refunded))

    def pay_out(self) -> None:
        owed = [self.town.view("shops", shop)["owed"] for shop in SHOPS]
        self.town.decide("settle", 1, list(SHOPS), owed, b"\x22" * 32)

    def vector(self, which: Which, **signs: int) -> Vector[tuple[str, Paid]]:
        """A sum over payments: so often what each spent, so often what was refunded of it."""
        return {
            (unknown, each): sign
            for each in self.payments
            if which(each)
            for unknown, sign in signs.items()
            if each.value(unknown)
        }

    def learn(
        self, number: int | None, which: Which, *, public: bool = False, **signs: int
    ) -> None:
        """Note a number that is shown, which has to be what the test takes it for."""
        if number is not None:
            vector = self.vector(which, **signs)
            assert sum(sign * each.value(what) for (what, each), sign in vector.items()) == number
            (self.public if public else self.known).append(vector)

    def learn_line(
        self, line: dict[str, int | None], which: Which, *, public: bool = False
    ) -> None:
        self.learn(line["spent"], which, spent=1, public=public)
        self.learn(line["refunded"], which, refunded=1, public=public)


@pytest.fixture
def small(large_town: Town) -> Small:
    made = Small(large_town)
    made.pay(BICYCLES, range(18), 100)
    made.pay(BICYCLES, range(18, 21), 130, refunded=7)
    made.pay(BOOKS, range(30, 39), 110)
    made.pay(BOOKS, range(40, 42), 110, refunded=5)
    made.pay_out()
    large_town.clock.time += MONTH
    made.pay(BICYCLES, range(5), 90)
    made.pay(BOOKS, range(20, 50), 120)
    large_town.clock.time += MONTH
    made.pay(BICYCLES, range(10, 24), 80)
    made.pay(BOOKS, range(12), 70)
    return made


@pytest.fixture
def anna(large_town: Town) -> Iterator[Desk]:
    with at_the_desk(large_town, ANNA) as (anna,):
        yield anna


def everything(_: Paid) -> bool:
    return True


def divisions(line: Paid) -> dict[str, str]:
    return {
        "total": "",
        "scheme": str(SCHEME),
        "shop": str(line.shop),
        "category": str(CATEGORY[line.shop]),
        "month": month_of(line.time),
        "week": week_of(line.time),
        "hour": str(hour_of(line.time)),
        "shop and month": f"{line.shop} {month_of(line.time)}",
    }


def in_line(division: str, key: str) -> Which:
    return lambda each: divisions(each)[division] == key


def until_week(week: str) -> Which:
    return lambda each: week_of(each.time) <= week


def learn_figures(small: Small, anna: Desk) -> None:
    """The desk's figures and exports have one table each way."""
    told = json.loads(anna.get("/cijfers/cijfers.json").content)
    small.learn_line(told["schemes"][0], everything, public=True)
    for name, division in {"categories": "category", "shops": "shop", "hours": "hour"}.items():
        for line in told[name]:
            small.learn_line(line, in_line(division, line["key"]))
    issued = 0
    for line in told["weeks"]:
        issued += line["issued"]
        small.learn_line(line, in_line("week", line["week"]))
        if line["left"] is not None:
            until = line["week"]
            small.learn(
                issued - line["left"],
                lambda each, until=until: week_of(each.time) <= until,
                spent=1,
            )


def learn_report(small: Small) -> None:
    directory = str(small.town.directory)
    told = CliRunner().invoke(app, ["report", "--data", directory, "--format", "json"])
    for line in json.loads(told.stdout):
        public = line["by"] in ("total", "scheme")
        small.learn_line(line, in_line(line["by"], line["key"]), public=public)


def learn_shops(small: Small, anna: Desk) -> None:
    """What a shop is owed and was paid out together, and its months, from its page and the
    register."""
    heads, *rows = read_csv(anna.get("/winkels?als=csv").content)
    register = {row[1]: dict(zip(heads, row, strict=True)) for row in rows}
    for shop in SHOPS:
        own = register[str(shop)]
        net = parse_euros(own["Te goed"]) + parse_euros(own["Uitbetaald"])
        small.learn(net, in_line("shop", str(shop)), public=True, spent=1, refunded=-1)
        _, *months = read_csv(anna.get(f"/winkels/{shop}?als=csv").content)
        assert {month for month, *_ in months} == {*MONTHS}
        for month, _, spent, refunded, net in months:
            which = in_line("shop and month", f"{shop} {MONTHS[month]}")
            small.learn(cents(spent), which, spent=1)
            small.learn(cents(refunded), which, refunded=1)
            small.learn(cents(net), which, spent=1, refunded=-1)


def cents(cell: str) -> int | None:
    return int(cell.replace(",", "")) if cell else None


def learn_trial(small: Small) -> None:
    rules = Rules(0, START + 365 * 24 * 3600, CATEGORY[BICYCLES], 0)
    told = try_rules(small.town.workspace.context, SCHEME, rules, 12)
    small.learn(told.all.amount, everything, spent=1)
    small.learn(told.kept.amount, lambda each: each.shop == BICYCLES, spent=1)
    small.learn(told.refused.amount, lambda each: each.shop == BOOKS, spent=1)
    for line in told.shops:
        small.learn(line.refused.amount, lambda each, shop=line.shop: each.shop == shop, spent=1)


def sensitive(small: Small) -> list[Vector[tuple[str, Paid]]]:
    """What fewer than ten letters spent, got back, or spent less refunds: in a line, or in two."""
    lines = {(way, key) for each in small.payments for way, key in divisions(each).items()}
    found = []
    for one in lines:
        for other in lines:
            both = [
                each for each in small.payments if in_line(*one)(each) and in_line(*other)(each)
            ]
            for signs in ({"spent": 1}, {"refunded": 1}, {"spent": 1, "refunded": -1}):
                least = "refunded" if signs == {"refunded": 1} else "spent"
                letters = {each.letter for each in both if each.value(least)}
                if 0 < len(letters) < FEWEST:
                    found.append(small.vector(both.__contains__, **signs))
    return found


def test_no_hidden_amount_follows_from_all_that_is_shown(small: Small, anna: Desk) -> None:
    figures_now(small.town.workspace.context)
    learn_figures(small, anna)
    learn_report(small)
    learn_shops(small, anna)
    learn_trial(small)
    assert len(small.known) > 10, "not all is hidden"
    targets = sensitive(small)
    assert len(targets) > 10
    assert follow(targets, [*small.public, *small.known]) == follow(targets, small.public)


def test_the_months_of_a_shop_would_give_away_a_small_one(small: Small, anna: Desk) -> None:
    """Otherwise the test above would pass whatever was shown."""
    learn_shops(small, anna)
    for shop in SHOPS:
        for month in MONTHS.values():
            which = in_line("shop and month", f"{shop} {month}")
            if len({each.letter for each in small.payments if which(each)}) >= FEWEST:
                small.known.append(small.vector(which, spent=1, refunded=-1))
    targets = sensitive(small)
    assert follow(targets, [*small.public, *small.known]) != follow(targets, small.public)
