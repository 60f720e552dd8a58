"""Buckets shrink as a scheme grows, but hold at least 256 coupons."""

import pytest
from sqlalchemy import insert

from kindpakket.actors import API
from kindpakket.domain.ids import SchemeId
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base import buckets
from kindpakket.store import tables as t
from tests.support.problems import problem
from tests.support.town import LETTERS, SCHEME, START, Town

DIGITS = "0123456789abcdef"
BIG = 2
"""A scheme whose coupons are inserted into the views directly."""


@pytest.fixture
def big(town: Town) -> Town:
    town.decide("openScheme", BIG, START, START + 1, 1, 0)
    town.api.get("/schemes")
    return town


def add(town: Town, prefix: str, count: int, first: int = 0) -> None:
    rows = [
        {
            "coupon": f"0x{prefix}{number:0{40 - len(prefix)}x}",
            "scheme": BIG,
            "value": 1_000,
            "remaining": 1_000,
            "changed_block": 1,
        }
        for number in range(first, first + count)
    ]
    with town.workspace.context.store.write(views=True) as db:
        db.execute(insert(t.coupons), rows)
        buckets.lengthen_prefix(db, SchemeId(BIG))


def prefix_length(town: Town) -> int:
    length: int = town.api.get(f"/schemes/{BIG}")["couponPrefixLength"]
    return length


def bucket(town: Town, prefix: str) -> list[str]:
    found = town.api.get(f"/schemes/{BIG}/coupons/{prefix}")["coupons"]
    return [each["address"] for each in found]


def test_a_prefix_hides_a_coupon_among_256_at_least(big: Town) -> None:
    for digit in DIGITS[:-1]:
        add(big, digit, 256)
    add(big, "f", 255)
    assert prefix_length(big) == 0
    assert len(bucket(big, "-")) == 15 * 256 + 255
    add(big, "f", 1, first=255)
    assert prefix_length(big) == 1


def test_a_prefix_without_any_coupon_keeps_the_bucket_whole(big: Town) -> None:
    for digit in DIGITS[1:]:
        add(big, digit, 300)
    assert prefix_length(big) == 0


def test_a_prefix_grows_as_coupons_are_issued_and_moved(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "MINIMUM", 1)
    moved_to = coupon_key(LETTERS[0], 1, 0)
    last_digit = address_of(moved_to)[2]
    issued = [f"0x{digit}{1:039x}" for digit in DIGITS if digit != last_digit]
    taken = {address_of(coupon_key(letter, 0, i))[2] for letter in LETTERS for i in range(6)}
    assert last_digit not in taken, "the move must bring the digit that is missing"
    town.decide("issue", SCHEME, 100, issued)
    assert town.api.get("/schemes/1")["couponPrefixLength"] == 0
    town.api.move(SCHEME, [coupon_key(LETTERS[0], 0, 0)], [moved_to], town.now())
    assert town.api.get("/schemes/1")["couponPrefixLength"] == 1


def test_a_bucket_is_asked_for_by_exactly_its_prefix(big: Town) -> None:
    for digit in DIGITS:
        add(big, digit, 256)
    found = bucket(big, "a")
    assert len(found) == 256
    assert all(address.startswith("0xa") for address in found)
    assert sum(len(bucket(big, digit)) for digit in DIGITS) == 16 * 256
    for prefix in ("-", "aa", "aaa"):
        answer = big.http.get(f"{API}/schemes/{BIG}/coupons/{prefix}")
        problem(answer, 400, "request_invalid")


def test_one_schemes_coupons_do_not_hide_anothers(big: Town) -> None:
    for digit in DIGITS:
        add(big, digit, 256)
    assert big.api.get("/schemes/1")["couponPrefixLength"] == 0
    assert prefix_length(big) == 1


def test_a_prefix_of_two_digits_comes_with_256_for_each(big: Town) -> None:
    for first in DIGITS:
        for second in DIGITS:
            add(big, first + second, 256 if first + second != "7f" else 255)
    assert prefix_length(big) == 1
    add(big, "7f", 1, first=255)
    assert prefix_length(big) == 2
    assert len(bucket(big, "7f")) == 256
    problem(big.http.get(f"{API}/schemes/{BIG}/coupons/7"), 400, "request_invalid")
