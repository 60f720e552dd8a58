"""The figures for officials: sums by shop and month, and what adds up from these, at any size."""

from datetime import UTC, datetime

import pytest

from kindpakket.domain.categories import bits_of
from kindpakket.domain.language import Catalogue, use_catalogue
from kindpakket.domain.times import month_end, month_of, month_start
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.names import name_scheme
from kindpakket.services.figures.shop_months import Figures, ShopMonth, read_figures, read_turnover
from tests.support.many_letters import spend
from tests.support.town import BICYCLES, BOOKS, ENDED, SCHEME, START, Town, owner_of, till_of

DAY = 24 * 3600
ISSUED = 90_000 + 60_000


def figures(town: Town) -> Figures:
    return read_figures(town.workspace.context)


def test_a_scheme_has_its_totals(large_town: Town) -> None:
    paid = spend(large_town, BICYCLES, 20)
    large_town.api.refund(till_of(BICYCLES), paid[0], 40, large_town.now())
    (scheme,) = figures(large_town).schemes
    assert (scheme.scheme, scheme.name) == (1, "regeling 1")
    assert (scheme.funded, scheme.issued, scheme.spent, scheme.refunded, scheme.left) == (
        1_000_000,
        ISSUED,
        2_000,
        40,
        ISSUED - 1_960,
    )
    assert (scheme.coupons, scheme.coupons_used, scheme.letters_used) == (78, 20, 20)


def test_one_letter_is_in_the_sum_of_its_shop_and_month(large_town: Town) -> None:
    """The shop's invoice and the bank statement of a payout tell it too."""
    spend(large_town, BICYCLES, 1)
    assert figures(large_town).shop_months == [ShopMonth(BICYCLES, "2027-01", 1, 100, 0)]


def test_nothing_is_finer_than_a_shop_and_a_month(large_town: Town) -> None:
    """Two letters, on two days, at the same shop in the same month, are one sum."""
    spend(large_town, BICYCLES, 1, amount=333)
    large_town.clock.time += DAY
    spend(large_town, BICYCLES, 1, first=1, amount=777)
    found = figures(large_town)
    assert found.shop_months == [ShopMonth(BICYCLES, "2027-01", 2, 1_110, 0)]
    said = repr(found)
    assert "333" not in said
    assert "777" not in said
    assert "0x" not in said, "no coupon"


def test_all_else_adds_up_from_shops_and_months(town: Town) -> None:
    town.decide("setShop", BOOKS, bits_of(["books", "toys"]), address_of(owner_of(BOOKS)), True)
    town.decide("setShop", ENDED, bits_of(["bicycles"]), address_of(owner_of(ENDED)), True)
    town.api.pay(till_of(BICYCLES), town.code(300), 300)
    town.clock.time += 31 * DAY
    paid = town.api.pay(till_of(BOOKS), town.code(400), 400)
    town.api.pay(till_of(ENDED), town.code(50), 50)
    town.clock.time += 31 * DAY
    town.api.refund(till_of(BOOKS), paid["id"], 30, town.now())
    found = figures(town)
    assert [(line.name, line.payments, line.net) for line in found.months] == [
        ("2027-01", 1, 300),
        ("2027-02", 2, 420),
    ]
    assert {line.name: line.spent for line in found.categories} == {
        "fietsen en bromfietsen": 350,
        "boeken; speelgoed": 400,
        "dranken": 0,
        "fietsen en bromfietsen; dranken": 0,
    }
    assert {line.key: line.spent for line in found.shops if line.spent} == {
        str(BICYCLES): 300,
        str(BOOKS): 400,
        str(ENDED): 50,
    }
    bicycles = str(bits_of(["bicycles"]))
    assert found.spent_by_kind["2027-01", bicycles] == 300
    assert found.spent_by_kind["2027-02", bicycles] == 50
    (scheme,) = found.schemes
    for lines in (found.months, found.categories, found.shops):
        assert sum(line.spent for line in lines) == scheme.spent == 750
        assert sum(line.refunded for line in lines) == scheme.refunded == 30


def test_a_refund_counts_in_the_month_of_its_payment(large_town: Town) -> None:
    (paid,) = spend(large_town, BICYCLES, 1)
    large_town.clock.time += 40 * DAY
    large_town.api.refund(till_of(BICYCLES), paid, 25, large_town.now())
    assert [(each.month, each.refunded) for each in figures(large_town).shop_months] == [
        ("2027-01", 25)
    ]


def test_a_shop_has_its_months_the_newest_first(large_town: Town) -> None:
    spend(large_town, BICYCLES, 3)
    spend(large_town, BOOKS, 5, first=10)
    large_town.clock.time += 59 * DAY
    spend(large_town, BICYCLES, 2, first=3)
    months = read_turnover(large_town.workspace.context, BICYCLES)
    assert [(line.key, line.payments, line.spent) for line in months] == [
        ("2027-03", 2, 200),
        ("2027-01", 3, 300),
    ]
    assert [line.key for line in figures(large_town).months] == ["2027-01", "2027-02", "2027-03"]


def test_a_town_without_payments_has_shops_and_no_months(town: Town) -> None:
    found = figures(town)
    assert found.months == []
    assert [line.spent for line in found.shops] == [0] * 5


def test_figures_are_of_one_block(large_town: Town) -> None:
    spend(large_town, BICYCLES, 1)
    shown = figures(large_town)
    assert shown.block == large_town.workspace.context.ledger.head()
    assert shown.time == large_town.now()


def test_names_are_in_the_language_of_who_asks_and_as_they_are_now(large_town: Town) -> None:
    assert figures(large_town).schemes[0].name == "regeling 1"
    name_scheme(large_town.workspace.context.store, SCHEME, "Kindpakket 2027")
    english = Catalogue("en", lambda text: text.replace("regeling", "scheme"), lambda *_: "")
    with use_catalogue(english):
        (scheme,) = figures(large_town).schemes
    assert scheme.name == "Kindpakket 2027 (scheme 1)"


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
    seconds = int(moment.timestamp())
    assert month_of(seconds) == month
    assert month_start(month) <= seconds < month_end(month)


def test_a_payment_just_after_midnight_counts_in_the_new_month(large_town: Town) -> None:
    large_town.clock.time = datetime(2027, 1, 31, 22, 59, tzinfo=UTC).timestamp()
    assert large_town.clock.time > START
    spend(large_town, BICYCLES, 1)
    large_town.clock.time = datetime(2027, 1, 31, 23, 30, tzinfo=UTC).timestamp()
    spend(large_town, BICYCLES, 1, first=1)
    assert [each.month for each in figures(large_town).shop_months] == ["2027-01", "2027-02"]
