"""Who can be paid, from what, and how much."""

import pytest

from kindpakket.actors import Till, claim
from kindpakket.domain.categories import bits_of
from kindpakket.protocol.signatures import Key, address_of
from tests.support.town import (
    BICYCLES,
    BICYCLES_AND_SPIRITS,
    BOOKS,
    ENDED,
    EVERYTHING,
    OFF_LICENCE,
    SCHEME,
    START,
    Town,
    owner_of,
    till_of,
)

YEAR = 365 * 24 * 3600
FULL = [10_000, 10_000, 5_000, 2_000, 2_000, 1_000]


def test_bicycle_shop_is_paid(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    assert payment["status"] == "settled"
    assert payment["amount"] == 4_250
    assert town.remaining() == [5_750, 10_000, 5_000, 2_000, 2_000, 1_000]


def test_what_a_shop_is_paid_is_owed_to_it_and_spent_by_the_scheme(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    town.api.pay(till_of(BICYCLES), town.code(750), 750)
    town.api.pay(till_of(BOOKS), town.code(1_000), 1_000)
    assert town.view("shops", BICYCLES)["owed"] == 5_000
    assert town.view("shops", BOOKS)["owed"] == 1_000
    assert town.view("schemes", SCHEME)["spent"] == 6_000


# categories


def test_off_licence_is_refused(town: Town) -> None:
    with town.refusing("category_not_permitted"):
        town.api.pay(till_of(OFF_LICENCE), town.code(4_250), 4_250)
    assert town.remaining() == FULL


def test_a_bicycle_shop_that_sells_spirits_is_refused(town: Town) -> None:
    with town.refusing("category_not_permitted"):
        town.api.pay(till_of(BICYCLES_AND_SPIRITS), town.code(4_250), 4_250)
    assert town.remaining() == FULL


def test_a_shop_without_a_category_is_refused(town: Town) -> None:
    town.decide("setShop", BICYCLES, 0, address_of(owner_of(BICYCLES)), True)
    with town.refusing("category_not_permitted"):
        town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)


def test_a_shop_of_no_permitted_category_is_refused_though_nothing_excludes_it(town: Town) -> None:
    rules = (START, START + YEAR, bits_of(["books"]), 0)
    town.decide("setRules", SCHEME, *rules)
    with town.refusing("category_not_permitted"):
        town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    assert town.api.pay(till_of(BOOKS), town.code(4_250), 4_250)["amount"] == 4_250


def test_the_rules_of_the_moment_count_not_those_when_the_code_was_shown(town: Town) -> None:
    code = town.code(4_250)
    rules = (START, START + YEAR, bits_of(["off_licences"]), bits_of(["bicycles"]))
    town.decide("setRules", SCHEME, *rules)
    with town.refusing("category_not_permitted"):
        town.api.pay(till_of(BICYCLES), code, 4_250)
    assert town.api.pay(till_of(OFF_LICENCE), code, 4_250)["amount"] == 4_250


def test_a_shop_that_takes_up_spirits_is_refused_from_then_on(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    both = bits_of(["bicycles", "off_licences"])
    town.decide("setShop", BICYCLES, both, address_of(owner_of(BICYCLES)), True)
    with town.refusing("category_not_permitted"):
        town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)


# shops and tills


def test_a_shop_that_is_not_admitted_is_refused(town: Town) -> None:
    with town.refusing("shop_not_admitted"):
        town.api.pay(till_of(ENDED), town.code(4_250), 4_250)
    assert town.remaining() == FULL


def test_a_suspended_shop_is_refused_until_that_is_lifted(town: Town) -> None:
    town.decide("setSuspended", BICYCLES, True, by=EVERYTHING[:1])
    with town.refusing("shop_not_admitted"):
        town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    town.decide("setSuspended", BICYCLES, False)
    assert town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)["amount"] == 4_250


def test_a_shop_that_is_admitted_again_is_paid(town: Town) -> None:
    town.decide("setShop", ENDED, bits_of(["bicycles"]), address_of(owner_of(ENDED)), True)
    assert town.api.pay(till_of(ENDED), town.code(4_250), 4_250)["amount"] == 4_250


def test_a_shop_that_nobody_registered_is_refused(town: Town) -> None:
    with town.refusing("shop_not_admitted"):
        town.api.pay(Till(99, till_of(BICYCLES).key), town.code(4_250), 4_250)


def test_a_blocked_till_is_refused(town: Town) -> None:
    till = till_of(BICYCLES)
    town.api.change_till(owner_of(BICYCLES), BICYCLES, till.key, town.now(), active=False)
    with town.refusing("till_not_active"):
        town.api.pay(till, town.code(4_250), 4_250)
    assert town.remaining() == FULL


def test_a_till_that_is_unblocked_is_paid(town: Town) -> None:
    till, owner, now = till_of(BICYCLES), owner_of(BICYCLES), town.now()
    town.api.change_till(owner, BICYCLES, till.key, now, active=False)
    town.api.change_till(owner, BICYCLES, till.key, now + 1, active=True)
    assert town.api.pay(till, town.code(4_250), 4_250)["amount"] == 4_250


def test_another_shops_till_is_refused(town: Town) -> None:
    with town.refusing("till_not_active"):
        town.api.pay(Till(BICYCLES, till_of(BOOKS).key), town.code(4_250), 4_250)


def test_a_key_that_is_no_till_is_refused(town: Town) -> None:
    with town.refusing("till_not_active"):
        town.api.pay(Till(BICYCLES, Key(b"\x99" * 32)), town.code(4_250), 4_250)


def test_the_owners_key_is_no_till(town: Town) -> None:
    with town.refusing("till_not_active"):
        town.api.pay(Till(BICYCLES, owner_of(BICYCLES)), town.code(4_250), 4_250)


def test_a_claim_in_another_tills_name_is_refused(town: Town) -> None:
    body = claim(town.api.domain, till_of(BICYCLES), town.code(4_250), 4_250)
    with town.refusing("signature_invalid"):
        town.api.post("/payments", body | {"till": address_of(till_of(BOOKS).key)})


@pytest.mark.parametrize(
    ("field", "value"),
    [("shop", BOOKS), ("amount", 4_249), ("rest", True), ("reference", 12)],
)
def test_a_claim_that_was_changed_after_signing_is_refused(
    town: Town, field: str, value: object
) -> None:
    body = claim(town.api.domain, till_of(BICYCLES), town.code(4_250), 4_250)
    with town.refusing("signature_invalid"):
        town.api.post("/payments", body | {field: value})


def test_a_claim_on_one_code_does_not_claim_another(town: Town) -> None:
    body = claim(town.api.domain, till_of(BICYCLES), town.code(4_250), 4_250)
    with town.refusing("signature_invalid"):
        town.api.post("/payments", body | {"code": town.code(4_250, coupons=(1,))})


# how much


def test_a_coupon_is_spent_in_parts(town: Town) -> None:
    for amount in (4_250, 1, 3_000):
        town.api.pay(till_of(BICYCLES), town.code(amount), amount)
    assert town.remaining() == [2_749, 10_000, 5_000, 2_000, 2_000, 1_000]


def test_a_coupon_is_spent_until_it_is_empty_and_no_further(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(9_999), 9_999)
    town.api.pay(till_of(BOOKS), town.code(1), 1)
    assert town.remaining() == [0, 10_000, 5_000, 2_000, 2_000, 1_000]
    with town.refusing("budget_too_low"):
        town.api.pay(till_of(BICYCLES), town.code(1), 1)


def test_all_of_a_coupon_can_be_spent_at_once(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(10_000), 10_000)
    assert town.remaining() == [0, 10_000, 5_000, 2_000, 2_000, 1_000]


def test_one_cent_more_than_there_is_is_refused(town: Town) -> None:
    with town.refusing("budget_too_low"):
        town.api.pay(till_of(BICYCLES), town.code(20_000), 10_001)
    assert town.remaining() == FULL


def test_one_cent_above_the_maximum_is_refused(town: Town) -> None:
    with town.refusing("amount_above_maximum"):
        town.api.pay(till_of(BICYCLES), town.code(4_250), 4_251)
    assert town.remaining() == FULL


def test_less_than_the_maximum_is_paid(town: Town) -> None:
    assert town.api.pay(till_of(BICYCLES), town.code(4_250), 4_000)["amount"] == 4_000
    assert town.remaining() == [6_000, 10_000, 5_000, 2_000, 2_000, 1_000]


# what is left


def test_what_is_left_is_the_amount_when_there_is_enough(town: Town) -> None:
    assert town.api.pay(till_of(BICYCLES), town.code(5_000), 4_250, rest=True)["amount"] == 4_250


def test_what_is_left_is_at_most_the_maximum(town: Town) -> None:
    assert town.api.pay(till_of(BICYCLES), town.code(4_250), 9_000, rest=True)["amount"] == 4_250
    assert town.remaining() == [5_750, 10_000, 5_000, 2_000, 2_000, 1_000]


def test_what_is_left_is_at_most_what_is_there(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(20_000), 12_000, rest=True)
    assert payment["amount"] == 10_000
    assert town.remaining() == [0, 10_000, 5_000, 2_000, 2_000, 1_000]
    assert town.view("shops", BICYCLES)["owed"] == 10_000


def test_what_is_left_is_refused_when_nothing_is(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(10_000), 10_000)
    with town.refusing("budget_too_low"):
        town.api.pay(till_of(BICYCLES), town.code(5_000), 5_000, rest=True)


def test_what_is_left_is_refused_when_the_maximum_is_nothing(town: Town) -> None:
    with town.refusing("budget_too_low"):
        town.api.pay(till_of(BICYCLES), town.code(0), 5_000, rest=True)
