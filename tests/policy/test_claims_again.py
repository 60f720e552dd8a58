"""Claims are idempotent, regardless of what happened since."""

from collections.abc import Callable

import pytest

from kindpakket.actors import claim
from kindpakket.domain.categories import bits_of
from kindpakket.protocol.signatures import address_of
from tests.support.messages import DAY, coupons
from tests.support.town import BICYCLES, SCHEME, START, Town, owner_of, till_of


def test_the_same_claim_again_is_the_same_payment_and_one_debit(town: Town) -> None:
    body = claim(town.api.domain, till_of(BICYCLES), town.code(4_250), 4_250)
    first, again = town.post("/payments", body), town.post("/payments", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert town.remaining()[0] == 5_750
    assert town.view("shops", BICYCLES)["owed"] == 4_250


def test_what_was_left_is_not_paid_again(town: Town) -> None:
    body = claim(town.api.domain, till_of(BICYCLES), town.code(4_250), 9_000, rest=True)
    assert town.post("/payments", body).json()["amount"] == 4_250
    again = town.post("/payments", body)
    assert (again.status_code, again.json()["amount"]) == (200, 4_250)
    assert town.remaining()[0] == 5_750


def test_another_claim_on_the_same_code_is_refused(town: Town) -> None:
    code = town.code(4_250)
    town.api.pay(till_of(BICYCLES), code, 4_250)
    with town.refusing("code_already_used"):
        town.api.pay(till_of(BICYCLES), code, 4_250)
    assert town.remaining()[0] == 5_750


def test_a_payment_can_be_looked_up_by_its_id_in_any_case(town: Town) -> None:
    paid = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    assert town.api.get(f"/payments/{paid['id']}") == paid
    assert town.api.get(f"/payments/0X{paid['id'][2:].upper()}") == paid


def test_a_claim_that_was_refused_can_still_be_paid(town: Town) -> None:
    body = claim(town.api.domain, till_of(BICYCLES), town.code(4_250), 4_250)
    town.decide("setPaused", SCHEME, True)
    with town.refusing("scheme_paused"):
        town.api.post("/payments", body)
    town.decide("setPaused", SCHEME, False)
    assert town.post("/payments", body).status_code == 201


def test_the_payment_tells_what_was_refunded_since(town: Town) -> None:
    body = claim(town.api.domain, till_of(BICYCLES), town.code(4_250), 4_250)
    paid = town.api.post("/payments", body)
    assert paid["refunded"] == 0
    town.api.refund(till_of(BICYCLES), paid["id"], 250, town.now())
    assert town.api.post("/payments", body) == paid | {"refunded": 250}
    assert town.remaining()[0] == 6_000


def expire(town: Town) -> None:
    town.clock.time += 301


def block_the_till(town: Town) -> None:
    till = address_of(till_of(BICYCLES).key)
    town.api.change_till(owner_of(BICYCLES), BICYCLES, till, town.now(), active=False)


def pause(town: Town) -> None:
    town.decide("setPaused", SCHEME, True)


def close(town: Town) -> None:
    town.decide("closeScheme", SCHEME)


def suspend(town: Town) -> None:
    town.decide("setSuspended", BICYCLES, True)


def end_the_shops_part(town: Town) -> None:
    owner = address_of(owner_of(BICYCLES))
    town.decide("setShop", BICYCLES, bits_of(["bicycles"]), owner, False)


def exclude_bicycles(town: Town) -> None:
    rules = (START, START + DAY, bits_of(["books"]), bits_of(["bicycles"]))
    town.decide("setRules", SCHEME, *rules)


def empty_the_coupon(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(5_750), 5_750)


def move_the_coupon(town: Town) -> None:
    town.clock.time += 1
    town.api.move(SCHEME, coupons(0), coupons(0, generation=1), town.now())


@pytest.mark.parametrize(
    "happens",
    [
        expire,
        block_the_till,
        pause,
        close,
        suspend,
        end_the_shops_part,
        exclude_bicycles,
        empty_the_coupon,
        move_the_coupon,
    ],
)
def test_a_paid_claim_stays_paid_when(town: Town, happens: Callable[[Town], None]) -> None:
    body = claim(town.api.domain, till_of(BICYCLES), town.code(4_250), 4_250)
    paid = town.api.post("/payments", body)
    happens(town)
    before = town.remaining()
    again = town.post("/payments", body)
    assert (again.status_code, again.json()) == (200, paid)
    assert town.remaining() == before
