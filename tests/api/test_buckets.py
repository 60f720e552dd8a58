"""Reads of a wallet: a bucket of coupons, each with a state that only its holder can decrypt."""

import json
from typing import Any

import ecies
import pytest

from kindpakket.domain.ids import Hash
from kindpakket.domain.proofs import format_proof, proof_of
from kindpakket.protocol.signatures import Key, address_of
from tests.support.messages import addresses, coupons
from tests.support.problems import mistakes, problem
from tests.support.town import BICYCLES, BOOKS, LETTERS, SCHEME, START, Town, till_of

NINE = START + 3_600
"""The time at the start of each test: 15 January 2027, 09:00."""
FIRST, SECOND = coupons(0, 1)


def bucket(town: Town, **query: int) -> dict[str, Any]:
    found: dict[str, Any] = town.api.get("/schemes/1/coupons/-", **query)
    return found


def entry(town: Town, key: Key) -> dict[str, Any]:
    (found,) = [each for each in bucket(town)["coupons"] if each["address"] == address_of(key)]
    return found


def state(town: Town, key: Key) -> Any:
    """The decrypted state of a coupon."""
    sealed = entry(town, key)["state"]
    assert sealed == sealed.lower()
    return json.loads(ecies.decrypt(key, bytes.fromhex(sealed.removeprefix("0x"))))


def proof(payment: dict[str, Any]) -> str:
    """The proof code of a payment, as shown by the till."""
    return format_proof(proof_of(Hash(payment["id"])))


# buckets


def test_a_bucket_holds_every_coupon_with_its_value(town: Town) -> None:
    found = bucket(town)["coupons"]
    assert len(found) == 18
    assert [each["address"] for each in found] == sorted(each["address"] for each in found)
    assert {each["address"]: each["value"] for each in found} == {
        address_of(coupons(index, letter=letter)[0]): value
        for letter in LETTERS
        for index, value in enumerate([10_000, 10_000, 5_000, 2_000, 2_000, 1_000])
    }
    assert all(set(each) == {"address", "value", "state"} for each in found)


def test_a_small_scheme_has_one_bucket(town: Town) -> None:
    assert town.api.get("/schemes/1")["couponPrefixLength"] == 0


@pytest.mark.parametrize("prefix", ["0", "a", "00", "fff"])
def test_a_smaller_bucket_is_refused(still_town: Town, prefix: str) -> None:
    answer = still_town.http.get(f"/api/v1/schemes/1/coupons/{prefix}")
    problem(answer, 400, "request_invalid")


def test_an_address_is_no_bucket(still_town: Town) -> None:
    answer = still_town.http.get(f"/api/v1/schemes/1/coupons/{address_of(FIRST)}")
    assert mistakes(answer) == {"prefix": "string_pattern_mismatch"}


def test_a_bucket_holds_one_schemes_coupons(town: Town) -> None:
    town.decide("openScheme", 2, START, START + 1, 1, 0)
    town.decide("fund", 2, 1_000)
    new = address_of(coupons(9)[0])
    town.decide("issue", 2, 500, [new])
    found = town.api.get("/schemes/2/coupons/-")["coupons"]
    assert found == [{"address": new, "value": 500, "state": None}]
    assert len(bucket(town)["coupons"]) == 18


# states


def test_a_coupon_has_no_state_until_it_is_used(town: Town) -> None:
    assert {each["state"] for each in bucket(town)["coupons"]} == {None}
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    used = [each["address"] for each in bucket(town)["coupons"] if each["state"]]
    assert used == [address_of(FIRST)]


def test_after_a_payment_the_holder_reads_what_is_left_and_where_it_went(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    assert state(town, FIRST) == {
        "remaining": 5_750,
        "lastNonce": NINE + 1,
        "history": [
            {
                "shop": 1,
                "amount": 4_250,
                "refunded": 0,
                "time": "2027-01-15T09:00:01Z",
                "proof": proof(payment),
            },
        ],
    }


def test_payments_are_in_the_order_in_which_they_were_made(town: Town) -> None:
    first = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    town.clock.time += 60
    second = town.api.pay(till_of(BOOKS), town.code(1_000), 1_000)
    assert state(town, FIRST) == {
        "remaining": 4_750,
        "lastNonce": NINE + 62,
        "history": [
            {
                "shop": 1,
                "amount": 4_250,
                "refunded": 0,
                "time": "2027-01-15T09:00:01Z",
                "proof": proof(first),
            },
            {
                "shop": 4,
                "amount": 1_000,
                "refunded": 0,
                "time": "2027-01-15T09:01:02Z",
                "proof": proof(second),
            },
        ],
    }


def test_each_coupon_of_a_bundle_tells_its_own_part(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(12_000, coupons=(0, 1)), 12_000)
    time = "2027-01-15T09:00:01Z"
    assert state(town, FIRST) == {
        "remaining": 0,
        "lastNonce": NINE + 1,
        "history": [
            {"shop": 1, "amount": 10_000, "refunded": 0, "time": time, "proof": proof(payment)}
        ],
    }
    assert state(town, SECOND) == {
        "remaining": 8_000,
        "lastNonce": NINE + 1,
        "history": [
            {"shop": 1, "amount": 2_000, "refunded": 0, "time": time, "proof": proof(payment)}
        ],
    }


def test_after_a_refund_the_holder_reads_what_came_back(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    for part in (250, 1_000):
        town.clock.time += 60
        town.api.refund(till_of(BICYCLES), payment["id"], part, town.now())
    assert state(town, FIRST) == {
        "remaining": 7_000,
        "lastNonce": NINE + 1,
        "history": [
            {
                "shop": 1,
                "amount": 4_250,
                "refunded": 1_250,
                "time": "2027-01-15T09:00:01Z",
                "proof": proof(payment),
            },
        ],
    }


def test_after_a_move_the_old_coupon_is_empty_and_the_new_one_holds_it_all(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    (fresh,) = coupons(0, generation=1)
    town.api.move(SCHEME, [FIRST], [fresh], NINE + 10)
    paid = {
        "shop": 1,
        "amount": 4_250,
        "refunded": 0,
        "time": "2027-01-15T09:00:01Z",
        "proof": proof(payment),
    }
    assert state(town, FIRST) == {"remaining": 0, "lastNonce": NINE + 10, "history": [paid]}
    assert state(town, fresh) == {"remaining": 5_750, "lastNonce": 0, "history": []}
    assert entry(town, fresh)["value"] == 5_750


def test_a_refund_after_a_move_is_told_by_the_coupon_that_got_it(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    (fresh,) = coupons(0, generation=1)
    town.api.move(SCHEME, [FIRST], [fresh], NINE + 10)
    town.api.refund(till_of(BICYCLES), payment["id"], 1_000, town.now())
    assert state(town, fresh) == {
        "remaining": 6_750,
        "lastNonce": 0,
        "history": [
            {
                "shop": 1,
                "amount": 0,
                "refunded": 1_000,
                "time": "2027-01-15T09:00:01Z",
                "proof": proof(payment),
            }
        ],
    }
    assert state(town, FIRST)["history"][0]["refunded"] == 0


def test_a_coupon_that_was_given_back_is_empty(town: Town) -> None:
    town.api.move(SCHEME, [FIRST], [], NINE + 10)
    assert state(town, FIRST) == {"remaining": 0, "lastNonce": NINE + 10, "history": []}
    assert len(bucket(town)["coupons"]) == 18


def test_nobody_else_reads_a_state(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    sealed = bytes.fromhex(entry(town, FIRST)["state"][2:])
    for key in (SECOND, till_of(BICYCLES).key):
        with pytest.raises(ValueError, match="MAC check failed"):
            ecies.decrypt(key, sealed)


def test_a_state_is_sealed_once_for_each_change(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    before = entry(town, FIRST)["state"]
    town.api.pay(till_of(BICYCLES), town.code(1_000, coupons=(1,)), 1_000)
    assert entry(town, FIRST)["state"] == before
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    assert entry(town, FIRST)["state"] != before


# since


def changed(town: Town, since: int) -> set[str]:
    return {each["address"] for each in bucket(town, since=since)["coupons"]}


def test_since_leaves_out_what_has_not_changed(town: Town) -> None:
    since = bucket(town)["block"]
    assert changed(town, since) == set()
    town.api.pay(till_of(BICYCLES), town.code(1_000, coupons=(0, 1)), 500)
    assert changed(town, since) == set(addresses([FIRST, SECOND]))
    later = bucket(town)["block"]
    assert later == since + 1
    town.api.pay(till_of(BICYCLES), town.code(1_000, coupons=(1,)), 500)
    assert changed(town, later) == set(addresses([SECOND]))
    assert changed(town, since) == set(addresses([FIRST, SECOND]))


def test_since_tells_of_refunds_and_moves_too(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    since = bucket(town)["block"]
    town.api.refund(till_of(BICYCLES), payment["id"], 400, town.now())
    assert changed(town, since) == {address_of(FIRST)}
    fresh = coupons(1, generation=1)
    town.api.move(SCHEME, [SECOND], fresh, town.now())
    assert changed(town, since) == set(addresses([FIRST, SECOND, *fresh]))


def test_since_the_beginning_is_everything_and_since_the_future_nothing(town: Town) -> None:
    assert len(changed(town, 0)) == 18
    assert changed(town, 1_000_000) == set()
