"""Budgets of schemes, and coupons that are issued from them."""

import pytest

from kindpakket.domain.ids import Address
from kindpakket.protocol.signatures import address_of
from tests.support.messages import addresses, coupons
from tests.support.town import BICYCLES, SCHEME, START, Town, till_of

ZERO = "0x" + "00" * 20
FIRST = address_of(coupons(0)[0])


def new(count: int) -> list[Address]:
    """Addresses that are not coupons."""
    return [Address(f"0x{number:040x}") for number in range(1, count + 1)]


def totals(town: Town) -> tuple[int, int]:
    scheme = town.view("schemes", SCHEME)
    return scheme["funded"], scheme["issued"]


# funded


def test_a_scheme_is_funded_and_what_was_not_issued_taken_back(town: Town) -> None:
    assert totals(town) == (1_000_000, 90_000)
    town.decide("fund", SCHEME, 5_000)
    assert totals(town) == (1_005_000, 90_000)
    town.decide("fund", SCHEME, -915_000)
    assert totals(town) == (90_000, 90_000)


def test_what_was_issued_cannot_be_taken_back(town: Town) -> None:
    with town.refusing("funds_too_low"):
        town.decide("fund", SCHEME, -910_001)


def test_what_was_spent_cannot_be_taken_back_either(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    with town.refusing("funds_too_low"):
        town.decide("fund", SCHEME, -910_001)


def test_what_was_given_back_can_be_taken_back(town: Town) -> None:
    town.api.move(SCHEME, coupons(0), [], town.now())
    town.decide("fund", SCHEME, -920_000)
    assert totals(town) == (80_000, 80_000)


def test_after_the_end_what_was_not_issued_goes_back_and_shops_are_paid_still(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)["id"]
    town.decide("closeScheme", SCHEME)
    town.decide("fund", SCHEME, -910_000)
    assert totals(town) == (90_000, 90_000)
    with town.refusing("funds_too_low"):
        town.decide("fund", SCHEME, -1)
    town.api.refund(till_of(BICYCLES), payment, 250, town.now())
    town.decide("settle", 1, [BICYCLES], [4_000], b"\x11" * 32)
    shop = town.view("shops", BICYCLES)
    assert (shop["owed"], shop["settled"]) == (0, 4_000)


def test_after_the_end_what_comes_back_to_nobody_can_be_taken_back_too(town: Town) -> None:
    """A refund to a letter that was given back: the amount is not issued any more."""
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)["id"]
    town.decide("closeScheme", SCHEME)
    town.decide("fund", SCHEME, -910_000)
    town.api.move(SCHEME, coupons(0), [], town.now())
    town.decide("fund", SCHEME, -5_750)
    town.api.refund(till_of(BICYCLES), payment, 250, town.now())
    town.decide("fund", SCHEME, -250)
    assert totals(town) == (84_000, 84_000)


def test_more_money_than_the_ledger_can_write_is_refused(town: Town) -> None:
    most = 2**63 - 1
    town.decide("fund", SCHEME, most)
    with town.refusing("call_invalid"):
        town.decide("fund", SCHEME, most)


# issued


def test_issued_coupons_hold_their_value(town: Town) -> None:
    town.decide("issue", SCHEME, 2_500, new(2))
    assert totals(town) == (1_000_000, 95_000)
    for coupon in new(2):
        assert town.view("coupons", coupon) == {
            "scheme": SCHEME,
            "remaining": 2_500,
            "lastNonce": 0,
            "moved": False,
        }


def test_all_that_was_funded_can_be_issued_and_not_a_cent_more(town: Town) -> None:
    with town.refusing("funds_too_low"):
        town.decide("issue", SCHEME, 910_001, new(1))
    with town.refusing("funds_too_low"):
        town.decide("issue", SCHEME, 455_001, new(2))
    town.decide("issue", SCHEME, 455_000, new(2))
    assert totals(town) == (1_000_000, 1_000_000)


def test_five_hundred_coupons_are_issued_at_once(town: Town) -> None:
    town.decide("issue", SCHEME, 1_000, new(500))
    assert totals(town) == (1_000_000, 590_000)
    assert town.view("coupons", new(500)[499])["remaining"] == 1_000


def test_five_hundred_and_one_coupons_are_refused(town: Town) -> None:
    with town.refusing("call_invalid"):
        town.decide("issue", SCHEME, 1_000, new(501))


def test_a_coupon_is_issued_once(town: Town) -> None:
    with town.refusing("coupon_exists"):
        town.decide("issue", SCHEME, 1_000, [FIRST])
    with town.refusing("coupon_exists"):
        town.decide("issue", SCHEME, 1_000, [*new(1), FIRST])
    with town.refusing("coupon_exists"):
        town.decide("issue", SCHEME, 1_000, new(1) * 2)
    assert totals(town) == (1_000_000, 90_000)
    assert town.remaining()[0] == 10_000


def test_a_coupon_of_one_scheme_is_not_issued_in_another(town: Town) -> None:
    town.decide("openScheme", 2, START, START + 1, 1, 0)
    town.decide("fund", 2, 1_000)
    with town.refusing("coupon_exists"):
        town.decide("issue", 2, 1_000, [FIRST])


def test_a_coupon_that_moved_or_was_given_back_is_not_issued_again(town: Town) -> None:
    fresh = coupons(1, generation=1)
    town.api.move(SCHEME, coupons(0), [], town.now())
    town.api.move(SCHEME, coupons(1), fresh, town.now())
    for coupon in addresses(coupons(0, 1) + fresh):
        with town.refusing("coupon_exists"):
            town.decide("issue", SCHEME, 1_000, [coupon])


@pytest.mark.parametrize(("value", "list_"), [(0, new(1)), (1_000, []), (1_000, [ZERO])])
def test_coupons_have_a_value_and_a_holder(town: Town, value: int, list_: list[str]) -> None:
    with town.refusing("call_invalid"):
        town.decide("issue", SCHEME, value, list_)


def test_an_issue_for_one_scheme_does_not_draw_on_anothers_money(town: Town) -> None:
    town.decide("openScheme", 2, START, START + 1, 1, 0)
    with town.refusing("funds_too_low"):
        town.decide("issue", 2, 1, new(1))
