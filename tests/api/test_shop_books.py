"""A shop's books: its payments and payouts, without balances of payers."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event

from kindpakket.actors import ALL_RIGHTS, Till
from kindpakket.api import shop_routes
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.payouts.returns import return_sha256
from kindpakket.services.shops import books
from tests.support.enrolment import Device
from tests.support.messages import coupons
from tests.support.problems import mistakes, problem
from tests.support.sessions import read, sign_in
from tests.support.town import BICYCLES, BOOKS, SCHEME, Town, owner_of, till_of

FILE = b"\x11" * 32
SECOND_TILL = Till(BICYCLES, Key(b"\x77" * 32))


NONE = {"refunds": False, "books": False}

FIRST = address_of(till_of(BICYCLES).key)
SECOND = address_of(SECOND_TILL.key)


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
            "till": address_of(till_of(BICYCLES).key),
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
            "till": address_of(till_of(BICYCLES).key),
        },
    ]


def test_payments_at_every_till_of_the_shop_are_listed(town: Town) -> None:
    owner = owner_of(BICYCLES)
    town.api.change_till(owner, BICYCLES, SECOND_TILL.key, town.now(), active=True)
    made = [
        town.api.pay(till, town.code(100), 100)["id"] for till in (till_of(BICYCLES), SECOND_TILL)
    ]
    assert [(payment["id"], payment["till"]) for payment in own(town, "payments")] == [
        (made[1], address_of(SECOND_TILL.key)),
        (made[0], address_of(till_of(BICYCLES).key)),
    ]


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
    came_back = return_sha256(1, BICYCLES, 1_000)
    town.decide("settle", 2, [BICYCLES], [-1_000], bytes.fromhex(came_back[2:]))
    assert own(town, "payouts") == [
        {
            "batch": 2,
            "amount": -1_000,
            "time": "2027-01-15T09:00:04Z",
            "sha256": came_back,
            "returnedFrom": 1,
        },
        {
            "batch": 1,
            "amount": 1_000,
            "time": "2027-01-15T09:00:03Z",
            "sha256": "0x" + "11" * 32,
            "returnedFrom": None,
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


# days


def sell_at(town: Town, *moments: str) -> list[int]:
    """Make a payment at each moment, of 100 cents, 200 cents and so on; return the amounts."""
    amounts = [100 * (number + 1) for number in range(len(moments))]
    for amount, moment in zip(amounts, moments, strict=True):
        town.clock.time = int(datetime.fromisoformat(moment).timestamp()) - 1  # a code takes one
        town.api.pay(till_of(BICYCLES), town.code(amount), amount)
    return amounts


def amounts_of(town: Town, query: str) -> list[object]:
    return [payment["amount"] for payment in own(town, f"payments?{query}")]


def test_a_day_lasts_from_midnight_to_midnight_in_the_netherlands(town: Town) -> None:
    sell_at(
        town,
        "2027-01-31T22:59:59Z",  # 23:59:59 in Amsterdam
        "2027-01-31T23:00:00Z",
        "2027-02-01T22:59:59Z",
        "2027-02-01T23:00:00Z",
    )
    assert amounts_of(town, "from=2027-02-01&until=2027-02-01") == [300, 200]
    assert amounts_of(town, "from=2027-02-01") == [400, 300, 200]
    assert amounts_of(town, "until=2027-02-01") == [300, 200, 100]
    assert amounts_of(town, "from=2027-01-31&until=2027-02-02") == [400, 300, 200, 100]
    assert amounts_of(town, "from=2027-02-02&until=2027-02-01") == []
    assert amounts_of(town, "") == [400, 300, 200, 100]


def test_the_day_on_which_summer_time_begins_has_23_hours(town: Town) -> None:
    sell_at(
        town,
        "2027-03-27T22:59:59Z",  # 23:59:59, still winter time
        "2027-03-27T23:00:00Z",
        "2027-03-28T21:59:59Z",  # 23:59:59, in summer time
        "2027-03-28T22:00:00Z",
    )
    assert amounts_of(town, "from=2027-03-28&until=2027-03-28") == [300, 200]


def test_the_day_on_which_summer_time_ends_has_25_hours(town: Town) -> None:
    sell_at(
        town,
        "2027-10-30T21:59:59Z",
        "2027-10-30T22:00:00Z",
        "2027-10-31T00:30:00Z",  # half past two
        "2027-10-31T01:30:00Z",  # half past two again, in winter time
        "2027-10-31T22:59:59Z",
        "2027-10-31T23:00:00Z",
    )
    assert amounts_of(town, "from=2027-10-31&until=2027-10-31") == [500, 400, 300, 200]


@pytest.mark.parametrize(
    "day", ["", "2027-02-30", "2027-2-1", "20270201", "0", "1800000000", "2027-01-15T00:00:00", "x"]
)
@pytest.mark.parametrize("name", ["from", "until"])
def test_what_is_no_day_is_malformed(town: Town, name: str, day: str) -> None:
    answer = read(town, f"/shops/1/payments?{name}={day}", sign_in(town, till_of(BICYCLES).key))
    assert set(mistakes(answer)) == {name}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_there_are_can_be_asked(town: Town, day: str) -> None:
    for name in ("from", "until"):
        own(town, f"payments?{name}={day}")


def test_a_days_payments_are_found_by_an_index(town: Town) -> None:
    asked: list[tuple[str, Any]] = []
    store = town.workspace.context.store

    def note(*args: Any) -> None:
        asked.append((args[2], args[3]))

    event.listen(store._engine, "before_cursor_execute", note)
    own(town, "payments?from=2027-02-01&until=2027-02-01")
    event.remove(store._engine, "before_cursor_execute", note)
    ((query, values),) = [each for each in asked if "ORDER BY payments.time" in each[0]]
    with store.read() as db:
        plan = str(db.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all())
    assert "payments_by_shop (shop=? AND time>? AND time<?)" in plan


# pages


def test_tills_are_listed_by_name_and_those_without_one_last(town: Town) -> None:
    keys = sorted((Key(bytes([number]) * 32) for number in range(0x78, 0x7B)), key=address_of)
    for key, name in zip(keys, ("Zolder", "Midden", "Achter"), strict=True):
        town.clock.time += 1
        town.api.change_till(owner_of(BICYCLES), BICYCLES, key, town.now(), active=True, name=name)
    assert [each["name"] for each in own(town, "tills")] == ["Achter", "Midden", "Zolder", None]


def test_long_lists_are_read_in_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (shop_routes, books):
        monkeypatch.setattr(module, "PAGE", 2)
    owner, tills = owner_of(BICYCLES), [SECOND_TILL.key, Key(b"\x78" * 32), Key(b"\x79" * 32)]
    for number, key in enumerate(tills):
        town.clock.time += 1
        name = None if number else "Zolder"
        town.api.change_till(owner, BICYCLES, key, town.now(), active=True, name=name)
    for number in range(5):
        town.api.pay(till_of(BICYCLES), town.code(100 + number), 100 + number)
    for batch in (9, 1, 4):
        town.decide("settle", batch, [BICYCLES], [50], FILE)
    for what, key, cursor, length in (
        ("payments", "id", "before", 5),
        ("payouts", "batch", "before", 3),
        ("tills", "till", "after", 4),
    ):
        found = own(town, what)
        while len(page := own(town, f"{what}?{cursor}={found[-1][key]}")) == 2:
            found += page
        found += page
        assert len({each[key] for each in found}) == len(found) == length
        unknown = {"payments": "0x" + "11" * 32, "payouts": 77, "tills": "0x" + "11" * 20}[what]
        token = sign_in(town, till_of(BICYCLES).key)
        assert read(town, f"/shops/1/{what}?{cursor}={unknown}", token).status_code == 400
    assert [each["amount"] for each in own(town, "payments")] == [104, 103]
    assert [each["batch"] for each in own(town, "payouts")] == [4, 1]
    assert own(town, "tills")[0]["name"] == "Zolder"


def test_a_page_after_another_shops_payment_is_refused(town: Town) -> None:
    theirs = town.api.pay(till_of(BOOKS), town.code(500), 500)["id"]
    token = sign_in(town, till_of(BICYCLES).key)
    assert read(town, f"/shops/1/payments?before={theirs}", token).status_code == 400


# tills


def test_tills_are_listed_with_their_names_blocked_ones_too(town: Town) -> None:
    mine = Device(town, BICYCLES, owner_of(BICYCLES), SECOND_TILL.key)
    town.clock.time += 1
    assert mine.open_till(name="Achter").status_code == 201
    expected = [
        {"till": SECOND, "name": "Achter", "active": True, "rights": NONE},
        {"till": FIRST, "name": None, "active": True, "rights": ALL_RIGHTS},
    ]
    assert own(town, "tills") == expected
    town.clock.time += 1
    assert mine.block(SECOND).status_code == 201
    assert own(town, "tills") == [expected[0] | {"active": False}, expected[1]]
    town.clock.time += 1
    assert mine.open_till().status_code == 201
    assert own(town, "tills") == expected


def test_a_till_gets_another_name_with_a_later_change(town: Town) -> None:
    mine = Device(town, BICYCLES, owner_of(BICYCLES), SECOND_TILL.key)
    for name in ("Achter", "Kassa 2 – “voor” 🚲"):
        town.clock.time += 1
        assert mine.open_till(name=name).status_code == 201
    named = {(till["till"], till["name"]) for till in own(town, "tills")}
    assert (SECOND, "Kassa 2 – “voor” 🚲") in named


def test_a_change_that_is_refused_names_nothing(town: Town) -> None:
    mine = Device(town, BICYCLES, owner_of(BICYCLES), SECOND_TILL.key)
    town.clock.time += 1
    mine.open_till(name="Achter")
    again = mine.open_till(name="Van een ander")  # the same message, replayed by anyone
    problem(again, 409, "nonce_too_old")
    assert (SECOND, "Achter") in {(till["till"], till["name"]) for till in own(town, "tills")}


def test_tills_of_another_shop_are_not_listed(town: Town) -> None:
    assert [till["till"] for till in own(town, "tills")] == [FIRST]
