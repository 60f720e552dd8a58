"""Refunds: how much, and to which coupon."""

from kindpakket.actors import Till
from kindpakket.domain.ids import Hash
from tests.support import calls
from tests.support.small_town import (
    BICYCLES,
    BOOKS,
    NEW_A,
    NEWER_A,
    OTHER_OWNER,
    OTHER_TILL,
    OWNER,
    SCHEME,
    SHA256,
    TILL,
    A,
    B,
    SmallTown,
)


def paid(town: SmallTown, amount: int = 800) -> Hash:
    return town.pay(town.code([A], amount), TILL, amount)


def a_refund_is_recorded_as_it_was_made(town: SmallTown) -> None:
    payment = paid(town)
    town.refund(payment, TILL, 300)
    assert town.left(A) == [500]
    assert town.scheme("issued", "spent", "refunded") == (3_000, 800, 300)
    assert town.shop("owed", "settled") == (500, 0)
    assert town.view("payments", bytes.fromhex(payment[2:]))["refunded"] == 300


def a_refund_of_nothing_is_refused(town: SmallTown) -> None:
    payment = paid(town)
    with town.refusing("AmountZero"):
        town.refund(payment, TILL, 0)


def only_the_shop_that_was_paid_gives_back(town: SmallTown) -> None:
    payment = paid(town)
    town.admit(OTHER_TILL, OTHER_OWNER, BOOKS)
    town.pay(town.code([B], 800), OTHER_TILL, 800)
    with town.refusing("PaymentUnknown"):
        town.refund(payment, OTHER_TILL, 300)


def only_a_till_of_the_shop_gives_back(town: SmallTown) -> None:
    payment = paid(town)
    town.admit(OTHER_TILL, OTHER_OWNER, BOOKS)
    with town.refusing("TillUnknown"):
        town.refund(payment, Till(TILL.shop, OTHER_TILL.key), 300)


def a_blocked_till_gives_nothing_back(town: SmallTown) -> None:
    payment = paid(town)
    town.change_till(TILL, OWNER, active=False)
    with town.refusing("TillNotActive"):
        town.refund(payment, TILL, 300)


def a_refund_sent_again_gives_nothing_more(town: SmallTown) -> None:
    payment = paid(town)
    message = town.refund(payment, TILL, 300)
    with town.refusing("AlreadyRefunded"):
        town.send(calls.refund(message, message.sign(town.domain, TILL.key)))
    assert town.left(A) == [500]


def a_refund_is_made_until_its_last_second(town: SmallTown) -> None:
    payment = paid(town)
    town.refund(payment, TILL, 300, valid_until=town.now)
    with town.refusing("CodeExpired"):
        town.refund(payment, TILL, 300, valid_until=town.now - 1)


def refunds_never_exceed_the_payment(town: SmallTown) -> None:
    payment = paid(town)
    with town.refusing("RefundTooHigh"):
        town.refund(payment, TILL, 801)
    town.refund(payment, TILL, 300)
    with town.refusing("RefundTooHigh"):
        town.refund(payment, TILL, 501)
    town.refund(payment, TILL, 500)
    with town.refusing("RefundTooHigh"):
        town.refund(payment, TILL, 1)
    assert town.left(A) == [1_000]


def a_refund_goes_to_the_first_coupon(town: SmallTown) -> None:
    payment = town.pay(town.code([B, A], 1_500), TILL, 1_500)
    town.refund(payment, TILL, 200)
    assert town.left(A, B) == [500, 200]


def a_refund_follows_its_coupon_wherever_it_was_moved(town: SmallTown) -> None:
    payment = paid(town)
    town.move([A], [NEW_A])
    town.refund(payment, TILL, 300)
    assert town.left(A, NEW_A) == [0, 500]
    town.move([NEW_A], [NEWER_A])
    town.refund(payment, TILL, 100)
    assert town.left(A, NEW_A, NEWER_A) == [0, 0, 600]


def a_refund_of_what_a_moved_coupon_paid_follows_it_too(town: SmallTown) -> None:
    town.move([A], [NEW_A])
    payment = town.pay(town.code([NEW_A], 800), TILL, 800)
    town.refund(payment, TILL, 100)
    assert town.left(A, NEW_A) == [0, 300]
    town.move([NEW_A], [NEWER_A])
    town.refund(payment, TILL, 200)
    assert town.left(A, NEW_A, NEWER_A) == [0, 0, 500]


def a_refund_to_a_coupon_that_moved_and_was_given_back_lowers_what_is_issued(
    town: SmallTown,
) -> None:
    payment = paid(town)
    town.move([A], [NEW_A])
    town.move([NEW_A], [])
    town.refund(payment, TILL, 300)
    assert town.left(A, NEW_A) == [0, 0]
    assert town.scheme("issued", "spent", "refunded") == (2_500, 800, 300)


def a_refund_to_a_coupon_that_was_given_back_lowers_what_is_issued(town: SmallTown) -> None:
    payment = paid(town)
    town.move([A], [])
    assert town.scheme("issued") == (2_800,)
    town.refund(payment, TILL, 300)
    assert town.scheme("issued", "spent", "refunded") == (2_500, 800, 300)
    assert town.view("coupons", "0x" + "00" * 20)["remaining"] == 0


def a_refund_after_a_payout_leaves_the_shop_in_debt(town: SmallTown) -> None:
    payment = paid(town)
    town.decide("settle", 1, [TILL.shop], [800], SHA256)
    town.refund(payment, TILL, 300)
    assert town.shop("owed", "settled") == (-300, 800)


def a_pause_does_not_stop_refunds(town: SmallTown) -> None:
    payment = paid(town)
    town.decide("setPaused", SCHEME, True)
    town.decide("setShop", TILL.shop, BICYCLES, "0x" + "11" * 20, False)
    town.decide("setSuspended", TILL.shop, True)
    town.refund(payment, TILL, 300)
    assert town.left(A) == [500]
