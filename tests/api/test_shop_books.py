"""What a shop reads of itself: its payments and its payouts, and no balance."""

from kindpakket.actors import Till
from kindpakket.protocol.signatures import Key
from tests.support.messages import coupons
from tests.support.sessions import read, sign_in
from tests.support.town import BICYCLES, BOOKS, SCHEME, Town, owner_of, till_of

FILE, OTHER_FILE = b"\x11" * 32, b"\x22" * 32
SECOND_TILL = Till(BICYCLES, Key(b"\x77" * 32))


def own(town: Town, what: str) -> list[dict[str, object]]:
    answer = read(town, f"/shops/1/{what}", sign_in(town, till_of(BICYCLES).key))
    found: list[dict[str, object]] = answer.json()
    return found


def test_payments_are_listed_newest_first_with_what_came_back(town: Town) -> None:
    first = town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    town.api.pay(till_of(BOOKS), town.code(500), 500)
    second = town.api.pay(till_of(BICYCLES), town.code(250, coupons=(1,)), 250)
    town.api.refund(till_of(BICYCLES), first["id"], 400, town.now())
    assert own(town, "payments") == [
        {
            "id": second["id"],
            "status": "settled",
            "shop": 1,
            "amount": 250,
            "refunded": 0,
            "time": "2027-01-15T09:00:03Z",
            "transaction": second["transaction"],
            "block": second["block"],
        },
        {
            "id": first["id"],
            "status": "settled",
            "shop": 1,
            "amount": 1_000,
            "refunded": 400,
            "time": "2027-01-15T09:00:01Z",
            "transaction": first["transaction"],
            "block": first["block"],
        },
    ]


def test_payments_at_every_till_of_the_shop_are_listed(town: Town) -> None:
    owner = owner_of(BICYCLES)
    town.api.change_till(owner, BICYCLES, SECOND_TILL.key, town.now(), active=True)
    made = [
        town.api.pay(till, town.code(100), 100)["id"] for till in (till_of(BICYCLES), SECOND_TILL)
    ]
    assert [payment["id"] for payment in own(town, "payments")] == made[::-1]


def test_a_payment_from_a_coupon_that_moved_is_listed_as_before(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    before = own(town, "payments")
    town.api.move(SCHEME, coupons(0), coupons(0, generation=1), town.now() + 1)
    assert own(town, "payments") == before
    town.api.refund(till_of(BICYCLES), payment["id"], 1_000, town.now())
    assert own(town, "payments") == [before[0] | {"refunded": 1_000}]


def test_payouts_are_listed_newest_first_below_zero_when_returned(town: Town) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
    town.api.pay(till_of(BOOKS), town.code(500), 500)
    town.decide("settle", 1, [BOOKS, BICYCLES], [500, 1_000], FILE)
    town.decide("settle", 2, [BICYCLES], [-1_000], OTHER_FILE)
    assert own(town, "payouts") == [
        {
            "batch": 2,
            "amount": -1_000,
            "time": "2027-01-15T09:00:04Z",
            "sha256": "0x" + "22" * 32,
        },
        {
            "batch": 1,
            "amount": 1_000,
            "time": "2027-01-15T09:00:03Z",
            "sha256": "0x" + "11" * 32,
        },
    ]


def test_what_a_payment_and_a_refund_answer_holds_no_balance(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(1_000), 5_000, rest=True)
    assert set(payment) == {
        "id",
        "status",
        "shop",
        "amount",
        "refunded",
        "time",
        "transaction",
        "block",
    }
    refund = town.api.refund(till_of(BICYCLES), payment["id"], 400, town.now())
    assert set(refund) == {
        "id",
        "status",
        "payment",
        "amount",
        "refunded",
        "time",
        "transaction",
        "block",
    }
