"""Where the money went, from payments on a real ledger."""

from datetime import UTC, datetime

import pytest

from kindpakket.actors import show_code
from kindpakket.domain.categories import bits_of
from kindpakket.protocol.signatures import address_of
from kindpakket.services.names import name_scheme
from kindpakket.services.report import By, Line, month_of, report
from kindpakket.services.suppress import Hidden
from tests.support.messages import coupons
from tests.support.town import (
    BICYCLES,
    BOOKS,
    LETTERS,
    SCHEME,
    START,
    SUSPENDED,
    VALUES,
    Town,
    owner_of,
    till_of,
)

ISSUED = 3 * sum(VALUES)


def spend(town: Town, shop: int, count: int, *, first: int = 0, amount: int = 100) -> list[str]:
    """Pay at a shop from so many coupons, one payment each; return the payments."""
    made = []
    for number in range(first, first + count):
        letter, coupon = LETTERS[number // len(VALUES)], number % len(VALUES)
        code = town.code(amount, letter=letter, coupons=(coupon,))
        made.append(town.api.pay(till_of(shop), code, amount)["id"])
    return made


def lines(town: Town, by: By, *, everything: bool = False) -> dict[str, Line]:
    return {
        line.key: line
        for line in report(town.workspace.context, everything=everything)
        if line.by is by
    }


def amounts(line: Line) -> tuple[int | None, ...]:
    return line.payments, line.spent, line.refunded, line.left


def test_a_new_town_shows_no_amounts(town: Town) -> None:
    (total,) = lines(town, By.TOTAL).values()
    assert amounts(total) == (None, None, None, None)
    assert total.hidden is Hidden.TOO_FEW


def test_an_official_sees_what_is_left_of_a_new_town(town: Town) -> None:
    (total,) = lines(town, By.TOTAL, everything=True).values()
    assert amounts(total) == (0, 0, 0, ISSUED)
    assert lines(town, By.MONTH, everything=True) == {}


def test_spent_refunded_and_left(town: Town) -> None:
    first, *_ = spend(town, BICYCLES, 10)
    town.api.refund(till_of(BICYCLES), first, 40, town.now())
    (total,) = lines(town, By.TOTAL).values()
    assert amounts(total) == (10, 1_000, 40, ISSUED - 960)
    assert amounts(lines(town, By.SCHEME)["1"]) == (10, 1_000, 40, ISSUED - 960)
    assert amounts(lines(town, By.SHOP)["1"]) == (10, 1_000, 40, None)
    assert amounts(lines(town, By.MONTH)["2027-01"]) == (10, 1_000, 40, None)


def test_nine_coupons_are_too_few(town: Town) -> None:
    spend(town, BICYCLES, 9)
    spend(town, BICYCLES, 1)
    assert lines(town, By.SHOP)["1"].hidden is Hidden.TOO_FEW
    spend(town, BICYCLES, 1, first=9)
    assert lines(town, By.SHOP)["1"].payments == 11


def test_a_small_shop_takes_the_next_smallest_with_it(town: Town) -> None:
    spend(town, BICYCLES, 12)
    spend(town, BOOKS, 6, first=12)
    shops = lines(town, By.SHOP)
    assert shops[str(BOOKS)].hidden is Hidden.TOO_FEW
    assert amounts(shops[str(BICYCLES)]) == (None, None, None, None)
    assert shops[str(BICYCLES)].hidden is Hidden.PROTECTS
    (total,) = lines(town, By.TOTAL).values()
    assert total.spent == 1_800
    seen = lines(town, By.SHOP, everything=True)
    assert (seen[str(BICYCLES)].spent, seen[str(BOOKS)].spent) == (1_200, 600)


def test_a_code_of_three_coupons_counts_those_that_it_takes_money_from(town: Town) -> None:
    spend(town, BICYCLES, 8)
    for amount in (100, VALUES[0]):
        assert lines(town, By.SHOP)["1"].hidden is Hidden.TOO_FEW
        code = town.code(amount, letter=LETTERS[2], coupons=(0, 1, 2))
        town.api.pay(till_of(BICYCLES), code, amount)
    assert lines(town, By.SHOP)["1"].payments == 10


def test_a_coupon_and_where_it_moved_to_are_one(town: Town) -> None:
    spend(town, BICYCLES, 9)
    town.clock.time += 1
    fresh = coupons(0, generation=1)
    town.api.move(SCHEME, coupons(0), fresh, town.now())
    town.clock.time += 1
    code = show_code(town.api.domain, SCHEME, fresh, 100, town.now()).text
    town.api.pay(till_of(BICYCLES), code, 100)
    assert lines(town, By.SHOP)["1"].hidden is Hidden.TOO_FEW


def test_each_breakdown_adds_up_to_the_total(town: Town) -> None:
    town.decide("setShop", BOOKS, bits_of(["books", "toys"]), address_of(owner_of(BOOKS)), True)
    spend(town, BICYCLES, 3)
    town.clock.time += 40 * 24 * 3600
    town.api.refund(till_of(BOOKS), spend(town, BOOKS, 4)[0], 30, town.now())
    every = report(town.workspace.context, everything=True)
    (total,) = (line for line in every if line.by is By.TOTAL)
    for by in (By.SCHEME, By.SHOP, By.CATEGORY, By.MONTH):
        parts = [line for line in every if line.by is by]
        assert sum(line.payments or 0 for line in parts) == total.payments == 7
        assert sum(line.spent or 0 for line in parts) == total.spent == 700
        assert sum(line.refunded or 0 for line in parts) == total.refunded == 30


def test_shops_of_the_same_categories_are_one_kind_and_several_categories_one_line(
    town: Town,
) -> None:
    town.decide("setShop", SUSPENDED, bits_of(["bicycles"]), address_of(owner_of(SUSPENDED)), True)
    town.decide("setShop", BOOKS, bits_of(["toys", "books"]), address_of(owner_of(BOOKS)), True)
    spend(town, BICYCLES, 2)
    spend(town, SUSPENDED, 3)
    spend(town, BOOKS, 4)
    kinds = {line.name: line.spent for line in lines(town, By.CATEGORY, everything=True).values()}
    assert kinds == {
        "bicycles": 500,
        "books, toys": 400,
        "off_licences": 0,
        "bicycles, off_licences": 0,
    }


def test_a_refund_counts_in_the_month_of_its_payment(town: Town) -> None:
    (paid,) = spend(town, BICYCLES, 1)
    town.clock.time += 40 * 24 * 3600
    town.api.refund(till_of(BICYCLES), paid, 25, town.now())
    months = lines(town, By.MONTH, everything=True)
    assert {key: line.refunded for key, line in months.items()} == {"2027-01": 25}


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC), "2027-01"),
        (datetime(2027, 1, 31, 23, 0, 0, tzinfo=UTC), "2027-02"),
        (datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC), "2027-06"),
        (datetime(2027, 6, 30, 22, 0, 0, tzinfo=UTC), "2027-07"),
    ],
)
def test_a_month_begins_at_midnight_in_amsterdam(moment: datetime, month: str) -> None:
    assert month_of(int(moment.timestamp())) == month


def test_a_payment_just_after_midnight_counts_in_the_new_month(town: Town) -> None:
    town.clock.time = datetime(2027, 1, 31, 23, 30, tzinfo=UTC).timestamp()
    assert town.clock.time > START
    spend(town, BICYCLES, 1)
    assert list(lines(town, By.MONTH, everything=True)) == ["2027-02"]


def test_names_are_those_that_were_given(town: Town) -> None:
    name_scheme(town.workspace.context.store, SCHEME, "Kindpakket 2027")
    assert lines(town, By.SCHEME)["1"].name == "Kindpakket 2027 (regeling 1)"
    assert lines(town, By.SHOP)["1"].name == "winkel 1"
    assert lines(town, By.TOTAL)[""].name == "Totaal"
