"""What a shop gives back goes to the payer's own coupon, and never exceeds what was paid."""

import pytest

from kindpakket.actors import ALL_RIGHTS, Till
from kindpakket.domain.categories import bits_of
from kindpakket.protocol.signatures import Key, address_of
from tests.support.messages import DAY, refund
from tests.support.town import (
    BICYCLES,
    BOOKS,
    SCHEME,
    START,
    Town,
    owner_of,
    till_of,
)

SECOND_TILL = Till(BICYCLES, Key(b"\x77" * 32))
FILE = b"\x11" * 32


@pytest.fixture
def paid(town: Town) -> str:
    """The id of a payment of 42.50 from the first coupon to the bicycle shop."""
    payment: str = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)["id"]
    return payment


def refunded(town: Town, payment: str) -> int:
    amount: int = town.api.get(f"/payments/{payment}")["refunded"]
    return amount


# how much


def test_a_refund_goes_back_on_the_coupon(town: Town, paid: str) -> None:
    answer = town.api.refund(till_of(BICYCLES), paid, 4_250, town.now())
    assert (answer["payment"], answer["amount"], answer["refunded"]) == (paid, 4_250, 4_250)
    assert town.remaining()[0] == 10_000
    assert town.view("shops", BICYCLES)["owed"] == 0
    scheme = town.view("schemes", SCHEME)
    assert (scheme["spent"], scheme["refunded"], scheme["issued"]) == (4_250, 4_250, 90_000)


def test_a_refund_may_come_in_parts(town: Town, paid: str) -> None:
    totals = [
        town.api.refund(till_of(BICYCLES), paid, part, town.now())["refunded"]
        for part in (1_000, 250, 3_000)
    ]
    assert totals == [1_000, 1_250, 4_250]
    assert town.remaining()[0] == 10_000


def test_a_refund_of_more_than_was_paid_is_refused(town: Town, paid: str) -> None:
    with town.refusing("refund_too_high"):
        town.api.refund(till_of(BICYCLES), paid, 4_251, town.now())


def test_refunds_together_of_more_than_was_paid_are_refused(town: Town, paid: str) -> None:
    town.api.refund(till_of(BICYCLES), paid, 4_000, town.now())
    with town.refusing("refund_too_high"):
        town.api.refund(till_of(BICYCLES), paid, 251, town.now())
    town.api.refund(till_of(BICYCLES), paid, 250, town.now())
    with town.refusing("refund_too_high"):
        town.api.refund(till_of(BICYCLES), paid, 1, town.now())
    assert refunded(town, paid) == 4_250


def test_what_came_back_can_be_spent_again(town: Town, paid: str) -> None:
    town.api.refund(till_of(BICYCLES), paid, 4_250, town.now())
    assert town.api.pay(till_of(BOOKS), town.code(10_000), 10_000)["amount"] == 10_000


def test_a_refund_does_not_revive_the_code(town: Town) -> None:
    code = town.code(4_250)
    payment = town.api.pay(till_of(BICYCLES), code, 4_250)
    town.api.refund(till_of(BICYCLES), payment["id"], 4_250, town.now())
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BICYCLES), code, 4_250)


def test_a_refund_of_a_bundle_goes_to_its_first_coupon(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_000, coupons=(5, 0)), 4_000)
    assert town.remaining() == [7_000, 10_000, 5_000, 2_000, 2_000, 0]
    town.api.refund(till_of(BICYCLES), payment["id"], 3_500, town.now())
    assert town.remaining() == [7_000, 10_000, 5_000, 2_000, 2_000, 3_500]


def test_a_refund_of_nothing_is_refused(town: Town, paid: str) -> None:
    with town.refusing("request_invalid"):
        town.api.post("/refunds", refund(town, till_of(BICYCLES), paid, 0))


# again


def test_the_same_refund_again_is_one_refund(town: Town, paid: str) -> None:
    body = refund(town, till_of(BICYCLES), paid, 1_000)
    first, again = town.post("/refunds", body), town.post("/refunds", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert refunded(town, paid) == 1_000
    assert town.remaining()[0] == 6_750


def test_a_refund_of_all_that_is_sent_again_is_one_refund(town: Town, paid: str) -> None:
    body = refund(town, till_of(BICYCLES), paid, 4_250)
    town.post("/refunds", body)
    town.clock.time += 301
    assert town.post("/refunds", body).status_code == 200
    assert refunded(town, paid) == 4_250


def test_two_refunds_of_one_amount_are_two(town: Town, paid: str) -> None:
    for reference in (1, 2):
        body = refund(town, till_of(BICYCLES), paid, 1_000, reference=reference)
        assert town.post("/refunds", body).status_code == 201
    assert refunded(town, paid) == 2_000


# by whom


def test_another_till_of_the_shop_may_refund(town: Town, paid: str) -> None:
    owner = owner_of(BICYCLES)
    town.api.change_till(
        owner, BICYCLES, SECOND_TILL.key, town.now(), active=True, rights=ALL_RIGHTS
    )
    assert town.api.refund(SECOND_TILL, paid, 1_000, town.now())["refunded"] == 1_000


def test_another_shop_cannot_refund(town: Town, paid: str) -> None:
    with town.refusing("payment_unknown"):
        town.api.refund(till_of(BOOKS), paid, 1_000, town.now())


def test_another_shops_till_cannot_refund_for_this_shop(town: Town, paid: str) -> None:
    with town.refusing("till_not_active"):
        town.api.refund(Till(BICYCLES, till_of(BOOKS).key), paid, 1_000, town.now())


def test_a_blocked_till_cannot_refund(town: Town, paid: str) -> None:
    till = address_of(till_of(BICYCLES).key)
    town.api.change_till(owner_of(BICYCLES), BICYCLES, till, town.now(), active=False)
    with town.refusing("till_not_active"):
        town.api.refund(till_of(BICYCLES), paid, 1_000, town.now())


def test_a_refund_of_no_payment_is_refused(town: Town) -> None:
    with town.refusing("payment_unknown"):
        town.api.refund(till_of(BICYCLES), "0x" + "11" * 32, 1_000, town.now())


@pytest.mark.parametrize(
    ("field", "value"), [("amount", 1_001), ("validUntil", START + DAY), ("reference", 2)]
)
def test_a_refund_that_was_changed_after_signing_is_refused(
    town: Town, paid: str, field: str, value: int
) -> None:
    body = refund(town, till_of(BICYCLES), paid, 1_000)
    with town.refusing("till_not_active"):
        town.api.post("/refunds", body | {field: value})


# when


def test_a_refund_is_valid_in_its_last_second(town: Town, paid: str) -> None:
    body = refund(town, till_of(BICYCLES), paid, 1_000, valid_until=town.now())
    assert town.post("/refunds", body).status_code == 201


def test_a_refund_is_expired_in_the_second_after(town: Town, paid: str) -> None:
    body = refund(town, till_of(BICYCLES), paid, 1_000, valid_until=town.now() - 1)
    with town.refusing("code_expired"):
        town.api.post("/refunds", body)


def test_refunds_go_on_while_the_scheme_is_paused(town: Town, paid: str) -> None:
    town.decide("setPaused", SCHEME, True)
    assert town.api.refund(till_of(BICYCLES), paid, 1_000, town.now())["refunded"] == 1_000


def test_refunds_go_on_while_the_shop_is_suspended(town: Town, paid: str) -> None:
    town.decide("setSuspended", BICYCLES, True)
    assert town.api.refund(till_of(BICYCLES), paid, 1_000, town.now())["refunded"] == 1_000


def test_refunds_go_on_when_the_shop_is_not_admitted_any_more(town: Town, paid: str) -> None:
    owner = address_of(owner_of(BICYCLES))
    town.decide("setShop", BICYCLES, bits_of(["bicycles"]), owner, False)
    assert town.api.refund(till_of(BICYCLES), paid, 1_000, town.now())["refunded"] == 1_000


def test_refunds_go_on_after_the_end(town: Town, paid: str) -> None:
    town.clock.time = START + 400 * DAY
    town.decide("closeScheme", SCHEME)
    assert town.api.refund(till_of(BICYCLES), paid, 1_000, town.now())["refunded"] == 1_000


def test_after_a_payout_a_refund_makes_the_shop_owe(town: Town, paid: str) -> None:
    town.decide("settle", 1, [BICYCLES], [4_250], FILE)
    assert town.view("shops", BICYCLES)["owed"] == 0
    town.api.refund(till_of(BICYCLES), paid, 1_000, town.now())
    shop = town.view("shops", BICYCLES)
    assert (shop["owed"], shop["settled"]) == (-1_000, 4_250)
    assert town.remaining()[0] == 6_750
