"""Adding and blocking tills, and moving coupons."""

from kindpakket.actors import Till
from kindpakket.protocol.messages import Move, TillChange
from kindpakket.protocol.signatures import address_of
from tests.support import calls
from tests.support.hands import NOBODY
from tests.support.small_town import (
    BOOKS,
    NEW_A,
    NEW_B,
    NEWER_A,
    OTHER_OWNER,
    OTHER_SCHEME,
    OTHER_TILL,
    OWNER,
    SECOND_TILL,
    STRANGER,
    TILL,
    A,
    B,
    SmallTown,
)

DAY = 24 * 3600


def only_the_owner_changes_tills(town: SmallTown) -> None:
    with town.refusing("SignatureInvalid"):
        town.change_till(SECOND_TILL, STRANGER)


def a_new_owner_takes_the_place_of_the_old_one(town: SmallTown) -> None:
    town.decide("setShop", TILL.shop, BOOKS, address_of(OTHER_OWNER), True)
    with town.refusing("SignatureInvalid"):
        town.change_till(SECOND_TILL, OWNER)
    town.change_till(SECOND_TILL, OTHER_OWNER)


def a_till_agrees_to_become_one(town: SmallTown) -> None:
    with town.refusing("SignatureInvalid"):
        town.change_till(SECOND_TILL, OWNER, by=STRANGER)


def a_till_belongs_to_one_shop_for_ever(town: SmallTown) -> None:
    town.admit(OTHER_TILL, OTHER_OWNER, BOOKS)
    town.change_till(TILL, OWNER, active=False)
    with town.refusing("TillOfOtherShop"):
        town.change_till(Till(OTHER_TILL.shop, TILL.key), OTHER_OWNER)


def a_key_that_is_no_till_cannot_be_blocked(town: SmallTown) -> None:
    with town.refusing("TillUnknown"):
        town.change_till(SECOND_TILL, OWNER, active=False)


def a_till_change_is_made_once(town: SmallTown) -> None:
    made = town.change_till(SECOND_TILL, OWNER)
    town.change_till(SECOND_TILL, OWNER, active=False)
    by_owner, by_till = town.signatures(made, [OWNER, SECOND_TILL.key])
    with town.refusing("NonceTooOld"):
        town.send(calls.change_till(made, by_owner, by_till))
    assert not town.view("tills", address_of(SECOND_TILL.key))["active"]


def a_till_change_repeated_at_once_is_refused(town: SmallTown) -> None:
    made = town.change_till(SECOND_TILL, OWNER)
    by_owner, by_till = town.signatures(made, [OWNER, SECOND_TILL.key])
    with town.refusing("NonceTooOld"):
        town.send(calls.change_till(made, by_owner, by_till))


def a_till_change_is_not_more_than_a_day_ahead(town: SmallTown) -> None:
    message = TillChange(TILL.shop, address_of(TILL.key), False, town.now + DAY + 1)
    with town.refusing("NonceTooFarAhead"):
        town.send(calls.change_till(message, message.sign(town.domain, OWNER)))


def a_move_carries_over_what_is_left(town: SmallTown) -> None:
    town.pay(town.code([A], 300), TILL, 300)
    town.move([A, B], [NEW_A, NEW_B])
    assert town.left(A, B, NEW_A, NEW_B) == [0, 0, 700, 1_000]
    assert town.scheme("issued") == (3_000,)
    assert town.view("movedTo", address_of(A)) == address_of(NEW_A)


def the_ledger_keeps_from_where_to_where_the_money_of_an_issued_coupon_went(
    town: SmallTown,
) -> None:
    town.move([A], [NEW_A])
    town.move([NEW_A], [NEWER_A])
    assert town.view("movedTo", address_of(A)) == address_of(NEWER_A)
    assert town.view("movedTo", address_of(NEW_A)) == NOBODY
    assert [town.view("origins", address_of(each)) for each in (A, NEW_A, NEWER_A)] == [
        NOBODY,
        address_of(A),
        address_of(A),
    ]
    town.move([NEWER_A], [])
    assert town.view("movedTo", address_of(A)) == NOBODY


def what_a_move_makes_is_not_moved_by_it(town: SmallTown) -> None:
    with town.refusing("CouponUnknown"):
        town.move([A, NEW_A], [NEW_A, NEWER_A])
    with town.refusing("CouponUnknown"):
        town.move([NEW_A, A], [NEWER_A, NEW_A])
    assert town.left(A, NEW_A, NEWER_A) == [1_000, 0, 0]


def a_move_takes_thirty_two_coupons_at_most(town: SmallTown) -> None:
    message = Move(1, town.now, (address_of(A),) * 33, (NOBODY,) * 33)
    with town.refusing("BundleInvalid"):
        town.send(calls.move(message, [b""] * 33))


def a_moved_coupon_remembers_the_nonce_of_its_move(town: SmallTown) -> None:
    message, _ = town.move([A], [NEW_A])
    assert town.coupon(A) == {
        "scheme": 1,
        "remaining": 0,
        "lastNonce": message.nonce,
        "moved": True,
    }


def what_is_given_back_is_no_longer_issued(town: SmallTown) -> None:
    town.pay(town.code([A], 300), TILL, 300)
    town.move([A], [])
    assert town.left(A) == [0]
    assert town.scheme("funded", "issued", "spent") == (5_000, 2_300, 300)


def a_move_takes_coupons_of_its_own_scheme_only(town: SmallTown) -> None:
    town.open_other_scheme(NEW_B)
    with town.refusing("CouponUnknown"):
        town.move([A], [NEW_A], scheme=OTHER_SCHEME)


def a_coupon_moves_once(town: SmallTown) -> None:
    town.move([A], [NEW_A])
    with town.refusing("CouponMoved"):
        town.move([A], [NEWER_A])
    assert town.view("movedTo", address_of(A)) == address_of(NEW_A)


def a_move_uses_up_a_nonce_like_a_code(town: SmallTown) -> None:
    code = town.code([A], 300)
    town.pay(code, TILL, 300)
    with town.refusing("CodeAlreadyUsed"):
        town.move([A], [NEW_A], nonce=code.spend.nonce)


def a_move_goes_to_new_addresses_only(town: SmallTown) -> None:
    with town.refusing("CouponExists"):
        town.move([A], [B])
    assert town.left(A, B) == [1_000, 1_000]


def a_move_is_not_more_than_a_day_ahead(town: SmallTown) -> None:
    with town.refusing("NonceTooFarAhead"):
        town.move([A], [NEW_A], nonce=town.now + 1 + DAY + 1)


def every_coupon_signs_its_move(town: SmallTown) -> None:
    message = Move(1, town.now, (address_of(A),), (address_of(NEW_A),))
    for signers in ([STRANGER, NEW_A], [A, STRANGER]):
        with town.refusing("SignatureInvalid"):
            town.send(calls.move(message, town.signatures(message, signers)))


def a_move_has_one_signature_for_each_address(town: SmallTown) -> None:
    message = Move(1, town.now, (address_of(A),), (address_of(NEW_A),))
    for signers in ([A], [A, NEW_A, STRANGER]):
        with town.refusing("BundleInvalid"):
            town.send(calls.move(message, town.signatures(message, signers)))
