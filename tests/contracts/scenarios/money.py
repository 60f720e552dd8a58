"""Schemes, budgets, coupons and payouts."""

from kindpakket.protocol.signatures import address_of
from tests.support import calls
from tests.support.small_town import (
    BICYCLES,
    BOOKS,
    CLOSES,
    EXCLUDED,
    NEW_A,
    NEW_B,
    NO_SCHEME,
    OTHER_OWNER,
    OTHER_TILL,
    OWNER,
    PERMITTED,
    SCHEME,
    SHA256,
    TILL,
    VALUE,
    A,
    B,
    SmallTown,
)
from tests.support.town import EVERYTHING, START


def a_scheme_is_opened_once(town: SmallTown) -> None:
    with town.refusing("SchemeExists"):
        town.decide("openScheme", SCHEME, START, CLOSES + 1, PERMITTED, EXCLUDED)


def a_scheme_opens_before_it_closes(town: SmallTown) -> None:
    with town.refusing("CallInvalid"):
        town.decide("openScheme", NO_SCHEME, START, START, PERMITTED, EXCLUDED)


def ids_start_at_one(town: SmallTown) -> None:
    with town.refusing("CallInvalid"):
        town.decide("openScheme", 0, START, CLOSES, PERMITTED, EXCLUDED)
    with town.refusing("CallInvalid"):
        town.decide("setShop", 0, BICYCLES, address_of(OWNER), True)


def a_closed_scheme_stays_closed(town: SmallTown) -> None:
    town.decide("closeScheme", SCHEME)
    with town.refusing("SchemeAlreadyClosed"):
        town.decide("setRules", SCHEME, START, CLOSES, PERMITTED, EXCLUDED)
    with town.refusing("SchemeAlreadyClosed"):
        town.decide("closeScheme", SCHEME)


def a_scheme_that_is_closed_pays_nothing_from_then_on(town: SmallTown) -> None:
    town.decide("closeScheme", SCHEME)
    with town.refusing("SchemeNotOpen"):
        town.pay(town.code([A], 500), TILL, 500)


def closing_does_not_lengthen_a_scheme(town: SmallTown) -> None:
    town.clock.time = CLOSES + 50
    town.decide("closeScheme", SCHEME)
    assert town.scheme("closes", "closed") == (CLOSES, True)


def funds_never_go_below_what_is_issued(town: SmallTown) -> None:
    with town.refusing("FundsTooLow"):
        town.decide("fund", SCHEME, -2_001)
    town.decide("fund", SCHEME, -2_000)
    assert town.scheme("funded", "issued") == (3_000, 3_000)


def no_more_is_issued_than_is_funded(town: SmallTown) -> None:
    with town.refusing("FundsTooLow"):
        town.decide("issue", SCHEME, 1_001, [address_of(NEW_A), address_of(NEW_B)])
    town.decide("issue", SCHEME, 1_000, [address_of(NEW_A), address_of(NEW_B)])
    assert town.scheme("funded", "issued") == (5_000, 5_000)


def an_unknown_scheme_gets_no_money(town: SmallTown) -> None:
    with town.refusing("SchemeUnknown"):
        town.decide("fund", NO_SCHEME, 100)


def a_coupon_is_issued_once(town: SmallTown) -> None:
    with town.refusing("CouponExists"):
        town.decide("issue", SCHEME, 500, [address_of(A)])
    with town.refusing("CouponExists"):
        town.decide("issue", SCHEME, 500, [address_of(NEW_A), address_of(NEW_A)])
    assert town.left(A, NEW_A) == [VALUE, 0]


def an_issue_has_between_one_and_five_hundred_coupons(town: SmallTown) -> None:
    for none_or_too_many in (0, 501):
        coupons = ["0x" + number.to_bytes(20).hex() for number in range(1, none_or_too_many + 1)]
        with town.refusing("CallInvalid"):
            town.decide("issue", SCHEME, 1, coupons)


def nobody_holds_the_coupon_of_no_address(town: SmallTown) -> None:
    with town.refusing("CallInvalid"):
        town.decide("issue", SCHEME, 500, ["0x" + "00" * 20])


def a_payout_settles_of_a_line_what_is_owed_at_most(town: SmallTown) -> None:
    town.pay(town.code([A], 500), TILL, 500)
    town.decide("settle", 1, [TILL.shop], [200], SHA256)
    assert town.shop("owed", "settled") == (300, 200)
    town.decide("settle", 2, [TILL.shop], [301], SHA256)
    assert town.shop("owed", "settled") == (0, 500)
    town.decide("settle", 3, [TILL.shop], [100], SHA256)
    assert town.shop("owed", "settled") == (0, 500)


def a_payout_does_not_fail_for_one_line(town: SmallTown) -> None:
    town.admit(OTHER_TILL, OTHER_OWNER, BOOKS)
    payment = town.pay(town.code([A], 500), TILL, 500)
    town.pay(town.code([B], 700), OTHER_TILL, 700)
    decision = town.decision("settle", 1, [TILL.shop, OTHER_TILL.shop], [500, 700], SHA256)
    town.refund(payment, TILL, 1)
    town.execute(decision, EVERYTHING[:2])
    assert town.shop("owed", "settled") == (0, 499)
    assert town.shop("owed", "settled", shop=OTHER_TILL.shop) == (0, 700)


def a_shop_that_owes_is_paid_nothing(town: SmallTown) -> None:
    payment = town.pay(town.code([A], 500), TILL, 500)
    town.decide("settle", 1, [TILL.shop], [500], SHA256)
    town.refund(payment, TILL, 300)
    town.decide("settle", 2, [TILL.shop], [100], SHA256)
    assert town.shop("owed", "settled") == (-300, 500)


def the_event_tells_what_was_settled_of_each_line(town: SmallTown) -> None:
    town.pay(town.code([A], 500), TILL, 500)
    lines = ([TILL.shop] * 4, [300, 300, 300, -100])
    decision = town.decision("settle", 1, *lines, SHA256)
    signatures = town.signatures(decision, sorted(EVERYTHING[:2], key=address_of))
    _, settled = town.send(calls.execute(decision, signatures)).events
    assert settled.args == {
        "batch": 1,
        "shops": (TILL.shop,) * 4,
        "amounts": (300, 200, 0, -100),
        "sha256OfLines": SHA256,
    }
    assert town.shop("owed", "settled") == (100, 400)


def a_line_of_nothing_is_refused(town: SmallTown) -> None:
    town.pay(town.code([A], 500), TILL, 500)
    with town.refusing("AmountZero"):
        town.decide("settle", 1, [TILL.shop, TILL.shop], [500, 0], SHA256)


def a_payout_has_between_one_and_five_hundred_lines(town: SmallTown) -> None:
    for none_or_too_many in (0, 501):
        with town.refusing("CallInvalid"):
            lines = ([TILL.shop] * none_or_too_many, [1] * none_or_too_many)
            town.decide("settle", 1, *lines, SHA256)


def a_return_is_at_most_what_was_settled(town: SmallTown) -> None:
    town.pay(town.code([A], 500), TILL, 500)
    town.decide("settle", 1, [TILL.shop], [300], SHA256)
    with town.refusing("SettlementTooHigh"):
        town.decide("settle", 2, [TILL.shop], [-301], SHA256)
    town.decide("settle", 2, [TILL.shop], [-300], SHA256)
    assert town.shop("owed", "settled") == (500, 0)


def a_batch_is_recorded_once(town: SmallTown) -> None:
    town.pay(town.code([A], 500), TILL, 500)
    town.decide("settle", 1, [TILL.shop], [200], SHA256)
    with town.refusing("BatchExists"):
        town.decide("settle", 1, [TILL.shop], [300], SHA256)
    assert town.view("batches", 1) == SHA256


def two_parts_of_a_batch_for_one_shop_add_up(town: SmallTown) -> None:
    town.pay(town.code([A, B], 1_500), TILL, 1_500)
    town.decide("settle", 1, [TILL.shop, TILL.shop], [1_000, 501], SHA256)
    assert town.shop("owed", "settled") == (0, 1_500)


def a_payout_goes_to_a_known_shop(town: SmallTown) -> None:
    with town.refusing("ShopUnknown"):
        town.decide("settle", 1, [9], [-1], SHA256)
