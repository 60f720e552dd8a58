"""Who is paid, from what, and how much."""

from dataclasses import replace

from kindpakket.actors import Till
from kindpakket.domain.ids import ShopId
from kindpakket.protocol.codes import PaymentCode
from kindpakket.protocol.signatures import ORDER, address_of
from tests.support import calls
from tests.support.small_town import (
    BICYCLES,
    BOOKS,
    CLOSES,
    FOOD,
    NEW_A,
    NEW_B,
    OTHER_OWNER,
    OTHER_TILL,
    OWNER,
    PERMITTED,
    SCHEME,
    SPIRITS,
    STRANGER,
    TILL,
    A,
    B,
    C,
    SmallTown,
)
from tests.support.town import START

DAY = 24 * 3600


def a_payment_is_recorded_as_it_was_made(town: SmallTown) -> None:
    payment = town.pay(town.code([A, B], 1_500), TILL, 1_500)
    assert town.left(A, B, C) == [0, 500, 1_000]
    assert town.scheme("funded", "issued", "spent", "refunded") == (5_000, 3_000, 1_500, 0)
    assert town.shop("owed", "settled") == (1_500, 0)
    paid = {"coupon": address_of(A), "shop": 1, "amount": 1_500, "refunded": 0}
    assert town.view("payments", bytes.fromhex(payment[2:])) == paid


def the_rest_is_recorded_as_what_was_taken(town: SmallTown) -> None:
    payment = town.pay(town.code([A], 1_500), TILL, 1_500, rest=True)
    assert town.view("payments", bytes.fromhex(payment[2:]))["amount"] == 1_000
    assert town.scheme("spent") == (1_000,)
    assert town.shop("owed") == (1_000,)


def the_event_tells_what_was_taken_from_each_coupon(town: SmallTown) -> None:
    code = town.code([A, B], 2_500)
    claim = town.claim(code, 1, 2_500, rest=True)
    sent = town.send(calls.pay(code, claim, claim.sign(town.domain, TILL.key)))
    (event,) = sent.events
    assert (event.name, event.args["amount"], event.args["debits"]) == (
        "Paid",
        2_000,
        (1_000, 1_000),
    )
    assert event.args["till"] == address_of(TILL.key)


def a_payment_of_nothing_is_refused(town: SmallTown) -> None:
    with town.refusing("AmountZero"):
        town.pay(town.code([A], 500), TILL, 0)


def an_unknown_shop_is_refused(town: SmallTown) -> None:
    with town.refusing("ShopUnknown"):
        town.pay(town.code([A], 500), Till(ShopId(0), STRANGER), 500)


def a_till_claims_for_its_own_shop_only(town: SmallTown) -> None:
    town.admit(OTHER_TILL, OTHER_OWNER, BOOKS)
    with town.refusing("TillUnknown"):
        town.pay(town.code([A], 500), Till(TILL.shop, OTHER_TILL.key), 500)


def a_claim_made_again_is_already_paid(town: SmallTown) -> None:
    code = town.code([A], 500)
    claim = town.claim(code, 1, 500)
    town.pay(code, TILL, 500, claim=claim)
    town.clock.time += DAY
    with town.refusing("AlreadyPaid"):
        town.pay(code, TILL, 500, claim=claim)
    assert town.left(A) == [500]


def an_unknown_scheme_is_refused(town: SmallTown) -> None:
    with town.refusing("SchemeUnknown"):
        town.pay(town.code([A], 500, scheme=9), TILL, 500)


def a_paused_scheme_pays_nothing(town: SmallTown) -> None:
    town.decide("setPaused", SCHEME, True)
    with town.refusing("SchemePaused"):
        town.pay(town.code([A], 500), TILL, 500)


def nothing_is_paid_before_the_scheme_opens(town: SmallTown) -> None:
    opens = town.now + 100
    town.decide("setRules", SCHEME, opens, CLOSES, PERMITTED, SPIRITS)
    code = town.code([A], 500)
    town.clock.time = opens - 1
    with town.refusing("SchemeNotOpen"):
        town.pay(code, TILL, 500)
    town.clock.time = opens
    town.pay(code, TILL, 500)


def nothing_is_paid_from_the_second_at_which_the_scheme_closes(town: SmallTown) -> None:
    closes = town.now + 100
    town.decide("setRules", SCHEME, START, closes, PERMITTED, SPIRITS)
    early, late = town.code([A], 500), town.code([B], 500)
    town.clock.time = closes - 1
    town.pay(early, TILL, 500)
    town.clock.time = closes
    with town.refusing("SchemeNotOpen"):
        town.pay(late, TILL, 500)


def a_shop_that_is_not_admitted_is_not_paid(town: SmallTown) -> None:
    town.decide("setShop", TILL.shop, BICYCLES, address_of(OWNER), False)
    with town.refusing("ShopNotAdmitted"):
        town.pay(town.code([A], 500), TILL, 500)


def a_suspended_shop_is_not_paid(town: SmallTown) -> None:
    town.decide("setSuspended", TILL.shop, True)
    with town.refusing("ShopNotAdmitted"):
        town.pay(town.code([A], 500), TILL, 500)
    town.decide("setSuspended", TILL.shop, False)
    town.pay(town.code([A], 500), TILL, 500)


def a_blocked_till_claims_nothing(town: SmallTown) -> None:
    town.change_till(TILL, OWNER, active=False)
    with town.refusing("TillNotActive"):
        town.pay(town.code([A], 500), TILL, 500)


def a_shop_without_a_permitted_category_is_refused(town: SmallTown) -> None:
    town.admit(OTHER_TILL, OTHER_OWNER, FOOD)
    with town.refusing("CategoryNotPermitted"):
        town.pay(town.code([A], 500), OTHER_TILL, 500)


def a_shop_with_an_excluded_category_is_refused(town: SmallTown) -> None:
    town.admit(OTHER_TILL, OTHER_OWNER, BICYCLES | SPIRITS)
    with town.refusing("CategoryNotPermitted"):
        town.pay(town.code([A], 500), OTHER_TILL, 500)


def a_shop_with_one_permitted_category_among_others_is_paid(town: SmallTown) -> None:
    town.admit(OTHER_TILL, OTHER_OWNER, BOOKS | FOOD)
    town.pay(town.code([A], 500), OTHER_TILL, 500)


def new_categories_of_a_shop_hold_at_once(town: SmallTown) -> None:
    town.decide("setShop", TILL.shop, SPIRITS, address_of(OWNER), True)
    with town.refusing("CategoryNotPermitted"):
        town.pay(town.code([A], 500), TILL, 500)


def a_code_for_one_shop_is_worth_nothing_at_another(town: SmallTown) -> None:
    town.admit(OTHER_TILL, OTHER_OWNER, BOOKS)
    code = town.code([A], 500, shop=OTHER_TILL.shop)
    with town.refusing("CodeForOtherShop"):
        town.pay(code, TILL, 500)
    town.pay(code, OTHER_TILL, 500)


def a_code_works_until_its_last_second_and_no_longer(town: SmallTown) -> None:
    first, second = town.code([A], 500), town.code([B], 500)
    town.clock.time = first.spend.valid_until
    town.pay(first, TILL, 500)
    town.clock.time = second.spend.valid_until + 1
    with town.refusing("CodeExpired"):
        town.pay(second, TILL, 500)


def no_more_than_the_maximum_is_taken(town: SmallTown) -> None:
    code = town.code([A], 500)
    with town.refusing("AmountAboveMaximum"):
        town.pay(code, TILL, 501)
    town.pay(code, TILL, 500)


def what_is_left_is_at_most_the_maximum(town: SmallTown) -> None:
    town.pay(town.code([A], 500), TILL, 800, rest=True)
    assert town.left(A) == [500]


def what_is_left_is_at_most_what_there_is(town: SmallTown) -> None:
    town.pay(town.code([A], 1_500), TILL, 1_500, rest=True)
    assert town.left(A) == [0]


def a_coupon_pays_under_its_own_scheme_only(town: SmallTown) -> None:
    town.open_other_scheme(NEW_A)
    with town.refusing("CouponUnknown"):
        town.pay(town.code([NEW_A], 500), TILL, 500)


def a_nonce_may_not_be_more_than_a_day_ahead(town: SmallTown) -> None:
    with town.refusing("NonceTooFarAhead"):
        town.pay(town.code([A], 500, nonce=town.now + 1 + DAY + 1), TILL, 500)
    town.pay(town.code([A], 500, nonce=town.now + 1 + DAY), TILL, 500)


def a_code_is_paid_once(town: SmallTown) -> None:
    code = town.code([A], 500)
    town.pay(code, TILL, 500)
    with town.refusing("CodeAlreadyUsed"):
        town.pay(code, TILL, 500)
    assert town.left(A) == [500]


def a_coupon_that_was_listed_has_used_the_code(town: SmallTown) -> None:
    alone = town.code([B], 500)
    town.pay(town.code([A, B], 500), TILL, 500)
    assert town.left(A, B) == [500, 1_000]
    with town.refusing("CodeAlreadyUsed"):
        town.pay(alone, TILL, 500)


def a_coupon_is_in_a_bundle_once(town: SmallTown) -> None:
    with town.refusing("CodeAlreadyUsed"):
        town.pay(town.code([A, A], 1_500), TILL, 1_500)


def coupons_are_debited_in_the_order_listed(town: SmallTown) -> None:
    town.pay(town.code([B, A], 1_200), TILL, 1_200)
    assert town.left(A, B) == [800, 0]


def nobody_pays_more_than_there_is(town: SmallTown) -> None:
    with town.refusing("BudgetTooLow"):
        town.pay(town.code([A], 1_001), TILL, 1_001)
    assert town.scheme("spent") == (0,)


def a_moved_coupon_stays_moved_when_a_bundle_lists_it(town: SmallTown) -> None:
    town.move([A], [NEW_A])
    town.pay(town.code([A, B], 500), TILL, 500)
    assert town.coupon(A)["moved"]


def a_bundle_holds_six_coupons_at_most(town: SmallTown) -> None:
    with town.refusing("BundleInvalid"):
        town.pay(town.code([A, B, C, A, B, C, NEW_B], 500), TILL, 500)


def a_claim_names_the_code_that_it_draws_on(town: SmallTown) -> None:
    agreed, other = town.code([A], 500), town.code([B], 500)
    with town.refusing("ClaimForOtherSpend"):
        town.pay(other, TILL, 500, claim=town.claim(agreed, 1, 500))


def every_coupon_of_a_bundle_signs(town: SmallTown) -> None:
    for forged in (0, 1):
        code = town.code([A, B], 1_500)
        signatures = list(code.signatures)
        signatures[forged] = code.spend.sign(town.domain, STRANGER)
        with town.refusing("SignatureInvalid"):
            town.pay(PaymentCode(code.spend, tuple(signatures)), TILL, 1_500)


def each_signature_is_exactly_64_bytes(town: SmallTown) -> None:
    code = town.code([A], 500)
    longer = replace(code, signatures=(code.signatures[0] + b"\0",))
    with town.refusing("SignatureInvalid"):
        town.pay(longer, TILL, 500)


def what_no_key_signed_is_signed_by_nobody(town: SmallTown) -> None:
    code = town.code([A], 500)
    claim = town.claim(code, TILL.shop, 500)
    for r, s in ((0, 1), (1, 0), (ORDER, 1)):
        with town.refusing("SignatureInvalid"):
            town.send(calls.pay(code, claim, r.to_bytes(32) + s.to_bytes(32)))
