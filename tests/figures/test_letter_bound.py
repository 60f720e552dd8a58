"""From how many letters coupons come at least, on a real ledger."""

import pytest
from sqlalchemy import insert, select

from kindpakket.actors import show_code
from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import SchemeId
from kindpakket.protocol.keys import coupon_key
from kindpakket.services.figures.letter_bound import read_letter_bound, read_origins
from kindpakket.services.figures.shop_months import read_figures
from kindpakket.services.schemes.details import SchemeDetails, change_details
from kindpakket.store import tables as t
from tests.support.many_letters import VALUE, issue, letter, spend
from tests.support.town import BICYCLES, LETTERS, SCHEME, START, VALUES, Town, till_of


@pytest.fixture(autouse=True)
def letters(town: Town) -> None:
    issue(town, 40)


def used(town: Town) -> int:
    """As figures count it, and as suppression does, which must be the same."""
    context = town.workspace.context
    with context.read_views() as db:
        origins, letters_in = read_origins(db), read_letter_bound(db)
        coupons = db.scalars(select(t.debits.c.coupon).where(t.debits.c.amount > 0))
        found = letters_in({origins.get(each, each) for each in coupons})
    assert found == max(each.letters_used for each in read_figures(context).schemes)
    return found


def test_many_coupons_of_few_letters_are_few(town: Town) -> None:
    """Three letters of six coupons: two of € 100 in each, and one or two of the other values."""
    for each in LETTERS:
        for coupon in range(len(VALUES)):
            town.api.pay(till_of(BICYCLES), town.code(100, letter=each, coupons=(coupon,)), 100)
    assert used(town) <= 3


def test_what_a_letter_holds_is_what_its_scheme_says(town: Town) -> None:
    """With two coupons of € 10 in each letter, nineteen coupons come from ten letters or more."""
    split = SchemeDetails(letter_values=(VALUE, VALUE), card_values=(VALUE,))
    change_details(town.workspace.context.store, SCHEME, split)
    spend(town, BICYCLES, 18)
    assert used(town) == 9
    spend(town, BICYCLES, 1, first=18)
    assert used(town) == 10


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
    assert used(town) == 9


def test_schemes_of_other_ages_have_bounds_of_their_own_that_do_not_add_up(town: Town) -> None:
    """Two coupons in each letter for the youngest, four for the others. Nine letters of each are
    nine, not eighteen; with ten of the others they are ten."""
    older, store = SchemeId(2), town.workspace.context.store
    town.decide("openScheme", older, START, START + 365 * 24 * 3600, bits_of(["bicycles"]), 0)
    town.decide("fund", older, 100_000)
    issue(town, 40, older)
    change_details(store, SCHEME, SchemeDetails(letter_values=(VALUE,) * 2, card_values=(VALUE,)))
    change_details(store, older, SchemeDetails(letter_values=(VALUE,) * 4, card_values=(VALUE,)))
    spend(town, BICYCLES, 18)
    spend(town, BICYCLES, 36, scheme=older)
    assert used(town) == 9
    spend(town, BICYCLES, 1, first=36, scheme=older)
    assert used(town) == 10


def test_a_code_of_three_coupons_counts_those_that_it_takes_money_from(town: Town) -> None:
    spend(town, BICYCLES, 9)
    keys = [coupon_key(letter(number), 0, 5) for number in (9, 10, 11)]
    for amount, counted in ((100, 10), (VALUE, 11)):
        town.clock.time += 1
        code = show_code(town.api.domain, SCHEME, keys, amount, town.now()).text
        town.api.pay(till_of(BICYCLES), code, amount)
        assert used(town) == counted


def test_a_letter_and_where_it_moved_to_are_one(town: Town) -> None:
    paid, *_ = spend(town, BICYCLES, 9)
    town.api.refund(till_of(BICYCLES), paid, 100, town.now())  # so that all of it moves
    town.clock.time += 1
    old, new = (coupon_key(letter(0), generation, 5) for generation in (0, 1))
    town.api.move(SCHEME, [old], [new], town.now())
    town.clock.time += 1
    code = show_code(town.api.domain, SCHEME, [new], 100, town.now()).text
    town.api.pay(till_of(BICYCLES), code, 100)
    assert used(town) == 9
