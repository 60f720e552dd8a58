"""The report of payments on a real ledger."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from kindpakket.actors import show_code
from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import SchemeId
from kindpakket.domain.tables import Hidden
from kindpakket.domain.times import month_of
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.names import name_scheme
from kindpakket.services.figures.facts import Facts, read_facts
from kindpakket.services.figures.groups import Axis
from kindpakket.services.figures.lines import ReportLine
from kindpakket.services.figures.report import report
from kindpakket.services.figures.schemes import measure_schemes
from kindpakket.services.schemes.details import SchemeDetails, change_details
from kindpakket.store import tables as t
from tests.support.many_letters import VALUE, issue, letter, spend
from tests.support.town import (
    BICYCLES,
    BOOKS,
    ENDED,
    LETTERS,
    SCHEME,
    START,
    VALUES,
    Town,
    owner_of,
    till_of,
)

LETTERS_HERE = 40
ISSUED = 3 * sum(VALUES) + LETTERS_HERE * VALUE


@pytest.fixture(autouse=True)
def letters(town: Town) -> None:
    issue(town, LETTERS_HERE)


def lines(town: Town, by: Axis, *, everything: bool = False) -> dict[str, ReportLine]:
    return {
        line.key: line
        for line in report(town.workspace.context, everything=everything)
        if line.by is by
    }


def facts(town: Town) -> Facts:
    with town.workspace.context.read_views() as db:
        return read_facts(db)


def amounts(line: ReportLine) -> tuple[int | None, ...]:
    return line.payments, line.spent, line.refunded, line.left


def test_a_new_town_shows_what_everyone_knows(town: Town) -> None:
    (total,) = lines(town, Axis.TOTAL).values()
    assert amounts(total) == (None, 0, 0, ISSUED)
    assert (total.funded, total.issued, total.hidden) == (1_000_000, ISSUED, Hidden.TOO_FEW)
    assert amounts(lines(town, Axis.SHOP)["1"]) == (None, None, None, None)


def test_an_official_sees_that_there_were_no_payments(town: Town) -> None:
    (total,) = lines(town, Axis.TOTAL, everything=True).values()
    assert amounts(total) == (0, 0, 0, ISSUED)
    assert lines(town, Axis.MONTH, everything=True) == {}


def test_a_report_has_what_was_spent_and_what_is_left(town: Town) -> None:
    spend(town, BICYCLES, 10)
    (total,) = lines(town, Axis.TOTAL).values()
    assert amounts(total) == (10, 1_000, 0, ISSUED - 1_000)
    assert amounts(lines(town, Axis.SCHEME)["1"]) == (10, 1_000, 0, ISSUED - 1_000)
    assert amounts(lines(town, Axis.SHOP)["1"]) == (10, 1_000, 0, None)
    assert amounts(lines(town, Axis.MONTH)["2027-01"]) == (10, 1_000, 0, None)


def test_refunds_to_nine_letters_are_in_the_total_and_nowhere_else(town: Town) -> None:
    """Many paid there, and few got a refund; the scheme's total of refunds is public."""
    paid = spend(town, BICYCLES, 20)
    for payment in paid[:9]:
        town.api.refund(till_of(BICYCLES), payment, 40, town.now())
    assert amounts(lines(town, Axis.SCHEME)["1"]) == (20, 2_000, 360, ISSUED - 1_640)
    assert amounts(lines(town, Axis.SHOP)["1"]) == (20, 2_000, None, None)
    town.api.refund(till_of(BICYCLES), paid[9], 40, town.now())
    assert amounts(lines(town, Axis.SHOP)["1"]) == (20, 2_000, 400, None)


def test_nine_letters_are_too_few(town: Town) -> None:
    spend(town, BICYCLES, 9)
    spend(town, BICYCLES, 1)
    assert lines(town, Axis.SHOP)["1"].hidden is Hidden.TOO_FEW
    spend(town, BICYCLES, 1, first=9)
    assert lines(town, Axis.SHOP)["1"].payments == 11


def test_many_coupons_of_few_letters_are_too_few(town: Town) -> None:
    """Three letters of six coupons: two of € 100 in each, and one or two of the other values."""
    for each in LETTERS:
        for coupon in range(len(VALUES)):
            town.api.pay(till_of(BICYCLES), town.code(100, letter=each, coupons=(coupon,)), 100)
    assert lines(town, Axis.SHOP)["1"].hidden is Hidden.TOO_FEW


def test_what_a_letter_holds_is_what_its_scheme_says(town: Town) -> None:
    """With two coupons of € 10 in each letter, nineteen coupons come from ten letters or more."""
    split = SchemeDetails(letter_values=(VALUE, VALUE), card_values=(VALUE,))
    change_details(town.workspace.context.store, SCHEME, split)
    spend(town, BICYCLES, 18)
    assert lines(town, Axis.SHOP)["1"].hidden is Hidden.TOO_FEW
    spend(town, BICYCLES, 1, first=18)
    assert lines(town, Axis.SHOP)["1"].payments == 19


def test_a_letter_holds_what_its_run_began_with(town: Town) -> None:
    """A run that began with two coupons of € 10 in each letter keeps them when the scheme gets
    another split."""
    split = SchemeDetails(letter_values=(VALUE,), card_values=(VALUE,))
    change_details(town.workspace.context.store, SCHEME, split)
    row = {"run": 1, "scheme": SCHEME, "letters": 50, "cards": 0, "first_recipient": "age1a"}
    row |= {"second_recipient": "age1b", "begun_at": 1, "begun_by": "0x1", "blank": False}
    with town.workspace.context.store.write() as db:
        values = {"letter_values": f"{VALUE},{VALUE}", "card_values": ""}
        db.execute(insert(t.begun_runs).values(row | values))
    spend(town, BICYCLES, 18)
    assert lines(town, Axis.SHOP)["1"].hidden is Hidden.TOO_FEW
    spend(town, BICYCLES, 1, first=18)
    assert lines(town, Axis.SHOP)["1"].payments == 19


def test_schemes_of_other_ages_have_bounds_of_their_own_that_do_not_add_up(town: Town) -> None:
    """Two coupons in each letter for the youngest, four for the others. Nine letters of each are
    nine, not eighteen; ten of the others are shown, without the nine."""
    older, store = SchemeId(2), town.workspace.context.store
    town.decide("openScheme", older, START, START + 365 * 24 * 3600, bits_of(["bicycles"]), 0)
    town.decide("fund", older, 100_000)
    issue(town, 40, older)
    change_details(store, SCHEME, SchemeDetails(letter_values=(VALUE,) * 2, card_values=(VALUE,)))
    change_details(store, older, SchemeDetails(letter_values=(VALUE,) * 4, card_values=(VALUE,)))
    spend(town, BICYCLES, 18)
    spend(town, BICYCLES, 36, scheme=older)
    assert lines(town, Axis.SHOP)["1"].hidden is Hidden.TOO_FEW
    spend(town, BICYCLES, 1, first=36, scheme=older)
    assert lines(town, Axis.SHOP)["1"].payments == 37


def test_a_small_shop_takes_the_next_smallest_with_it(town: Town) -> None:
    spend(town, BICYCLES, 12)
    spend(town, BOOKS, 6, first=12)
    shops = lines(town, Axis.SHOP)
    assert shops[str(BOOKS)].hidden is Hidden.TOO_FEW
    assert amounts(shops[str(BICYCLES)]) == (None, None, None, None)
    assert shops[str(BICYCLES)].hidden is Hidden.PROTECTS
    (total,) = lines(town, Axis.TOTAL).values()
    assert total.spent == 1_800
    seen = lines(town, Axis.SHOP, everything=True)
    assert (seen[str(BICYCLES)].spent, seen[str(BOOKS)].spent) == (1_200, 600)


def test_a_scheme_of_few_letters_is_in_its_totals_and_nowhere_else(town: Town) -> None:
    """Its totals are public; subtracting the shops would show few letters of the other scheme."""
    other = SchemeId(2)
    closes = START + 365 * 24 * 3600
    town.decide("openScheme", other, START, closes, bits_of(["bicycles", "books"]), 0)
    town.decide("fund", other, 100_000)
    issue(town, 20, other)
    spend(town, BICYCLES, 12)
    spend(town, BOOKS, 9, scheme=other)
    shops = lines(town, Axis.SHOP)
    assert amounts(lines(town, Axis.SCHEME)["2"]) == (None, 900, 0, 19_100)
    assert shops[str(BICYCLES)].spent == 1_200
    assert shops[str(BOOKS)].hidden is Hidden.TOO_FEW
    (total,) = lines(town, Axis.TOTAL).values()
    assert (total.payments, total.spent) == (None, 2_100)
    spend(town, BOOKS, 1, first=9, scheme=other)
    assert amounts(lines(town, Axis.SCHEME)["2"]) == (10, 1_000, 0, 19_000)
    assert lines(town, Axis.SHOP)[str(BOOKS)].spent == 1_000


def test_a_code_of_three_coupons_counts_those_that_it_takes_money_from(town: Town) -> None:
    spend(town, BICYCLES, 9)
    keys = [coupon_key(letter(number), 0, 5) for number in (9, 10, 11)]
    for amount, shown in ((100, 10), (VALUE, 11)):
        town.clock.time += 1
        code = show_code(town.api.domain, SCHEME, keys, amount, town.now()).text
        town.api.pay(till_of(BICYCLES), code, amount)
        assert lines(town, Axis.SHOP)["1"].payments == shown
    (scheme,) = measure_schemes(facts(town))
    assert scheme.letters_used == 11


def test_a_letter_and_where_it_moved_to_are_one(town: Town) -> None:
    paid, *_ = spend(town, BICYCLES, 9)
    town.api.refund(till_of(BICYCLES), paid, 100, town.now())  # so that all of it moves
    town.clock.time += 1
    old, new = (coupon_key(letter(0), generation, 5) for generation in (0, 1))
    town.api.move(SCHEME, [old], [new], town.now())
    town.clock.time += 1
    code = show_code(town.api.domain, SCHEME, [new], 100, town.now()).text
    town.api.pay(till_of(BICYCLES), code, 100)
    assert lines(town, Axis.SHOP)["1"].hidden is Hidden.TOO_FEW


def test_each_breakdown_adds_up_to_the_total(town: Town) -> None:
    town.decide("setShop", BOOKS, bits_of(["books", "toys"]), address_of(owner_of(BOOKS)), True)
    spend(town, BICYCLES, 3)
    town.clock.time += 40 * 24 * 3600
    town.api.refund(till_of(BOOKS), spend(town, BOOKS, 4)[0], 30, town.now())
    every = report(town.workspace.context, everything=True)
    (total,) = (line for line in every if line.by is Axis.TOTAL)
    for by in (Axis.SCHEME, Axis.SHOP, Axis.CATEGORY, Axis.MONTH):
        parts = [line for line in every if line.by is by]
        assert sum(line.payments or 0 for line in parts) == total.payments == 7
        assert sum(line.spent or 0 for line in parts) == total.spent == 700
        assert sum(line.refunded or 0 for line in parts) == total.refunded == 30


def test_shops_of_the_same_categories_are_one_kind_and_several_categories_one_line(
    town: Town,
) -> None:
    town.decide("setShop", ENDED, bits_of(["bicycles"]), address_of(owner_of(ENDED)), True)
    town.decide("setShop", BOOKS, bits_of(["toys", "books"]), address_of(owner_of(BOOKS)), True)
    spend(town, BICYCLES, 2)
    spend(town, ENDED, 3)
    spend(town, BOOKS, 4)
    kinds = {line.name: line.spent for line in lines(town, Axis.CATEGORY, everything=True).values()}
    assert kinds == {
        "fietsen en bromfietsen": 500,
        "boeken; speelgoed": 400,
        "dranken": 0,
        "fietsen en bromfietsen; dranken": 0,
    }


def test_a_refund_counts_in_the_month_of_its_payment(town: Town) -> None:
    (paid,) = spend(town, BICYCLES, 1)
    town.clock.time += 40 * 24 * 3600
    town.api.refund(till_of(BICYCLES), paid, 25, town.now())
    months = lines(town, Axis.MONTH, everything=True)
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
    assert list(lines(town, Axis.MONTH, everything=True)) == ["2027-02"]


def test_names_are_those_that_were_given(town: Town) -> None:
    name_scheme(town.workspace.context.store, SCHEME, "Kindpakket 2027")
    assert lines(town, Axis.SCHEME)["1"].name == "Kindpakket 2027 (regeling 1)"
    assert lines(town, Axis.SHOP)["1"].name == "winkel 1"
    assert lines(town, Axis.TOTAL)[""].name == "Totaal"
