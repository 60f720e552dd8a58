"""The rights of tills: refunds of payments other than its own of today, and the books."""

import httpx2
import pytest

from kindpakket.actors import API, Till
from kindpakket.domain.ids import Hash
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.signatures import Key, address_of
from tests.support.enrolment import Device
from tests.support.problems import problem
from tests.support.proofs import proof_of
from tests.support.sessions import read, sign_in
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, Town, owner_of, till_of

DAY = 24 * 3600
OWNER, FIRST = owner_of(BICYCLES), till_of(BICYCLES)
PLAIN = Till(BICYCLES, Key(b"\x77" * 32))
PLAIN_ADDRESS = address_of(PLAIN.key)
NONE = {"refunds": False, "books": False}
TODAY = "payments?from=2027-01-15&until=2027-01-15"


@pytest.fixture
def town(town: Town) -> Town:
    """A town in which the bicycle shop has a second till, just added."""
    town.clock.time += 1
    town.api.change_till(OWNER, BICYCLES, PLAIN.key, town.now(), active=True)
    return town


def sell(town: Town, till: Till, amount: int, coupon: int = 0) -> str:
    payment: str = town.api.pay(till, town.code(amount, coupons=(coupon,)), amount)["id"]
    return payment


def let(town: Town, key: Key = OWNER, till: str = PLAIN_ADDRESS, **rights: bool) -> httpx2.Response:
    """Set the rights of a till; return the answer."""
    body = {"name": "Toonbank", "rights": NONE | rights}
    headers = {"Authorization": f"Bearer {sign_in(town, key)}"}
    return town.http.post(f"{API}/shops/{BICYCLES}/tills/{till}", json=body, headers=headers)


def seen(town: Town, what: str, till: Till = PLAIN) -> list[str]:
    answer = read(town, f"/shops/{till.shop}/{what}", sign_in(town, till.key))
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()]


# refunds


def test_a_new_till_gives_back_what_it_took_itself_today(town: Town) -> None:
    payment = sell(town, PLAIN, 500)
    assert town.api.refund(PLAIN, payment, 500, town.now())["refunded"] == 500


def test_a_new_till_gives_back_nothing_of_another_till(town: Town) -> None:
    payment = sell(town, FIRST, 500)
    with pytest.raises(Refusal) as refused:
        town.api.refund(PLAIN, payment, 500, town.now())
    assert refused.value.code == Code.REFUND_NOT_ALLOWED
    assert town.view("payments", bytes.fromhex(payment[2:]))["refunded"] == 0


def test_a_new_till_gives_back_nothing_of_yesterday(town: Town) -> None:
    payment = sell(town, PLAIN, 500)
    town.clock.time += DAY
    with pytest.raises(Refusal) as refused:
        town.api.refund(PLAIN, payment, 500, town.now())
    assert refused.value.code == Code.REFUND_NOT_ALLOWED


def test_a_till_that_may_refund_gives_back_any_payment_of_the_shop(town: Town) -> None:
    payment = sell(town, FIRST, 500)
    town.clock.time += DAY
    assert let(town, refunds=True).status_code == 200
    assert town.api.refund(PLAIN, payment, 500, town.now())["refunded"] == 500


def test_a_refund_that_was_made_is_told_again_also_when_the_right_was_taken(town: Town) -> None:
    let(town, refunds=True)
    payment = sell(town, FIRST, 500)
    made = town.api.refund_body(PLAIN, payment, 500, town.now())
    assert town.post("/refunds", made).status_code == 201
    let(town, refunds=False)
    assert town.post("/refunds", made).status_code == 200


# books


def test_a_new_till_sees_what_it_took_itself_today_and_nothing_else(town: Town) -> None:
    mine, other = sell(town, PLAIN, 500), sell(town, FIRST, 700, 1)
    assert seen(town, TODAY) == [mine]
    token = sign_in(town, PLAIN.key)
    for what in ("payments", "payments?from=2027-01-14&until=2027-01-15", "payouts"):
        problem(read(town, f"/shops/1/{what}", token), 403, "books_not_allowed")
    stands = read(town, "/shops/1", token).json()
    assert (stands["owed"], stands["settled"], stands["rights"]) == (None, None, NONE)
    let(town, books=True)
    assert set(seen(town, "payments")) == {mine, other}
    assert read(town, "/shops/1", token).json()["owed"] == 1_200


def test_a_payment_is_found_by_its_proof_code_by_who_may_refund_it(town: Town) -> None:
    mine, other = sell(town, PLAIN, 500), sell(town, FIRST, 700, 1)
    foreign = sell(town, till_of(BOOKS), 300, 2)
    codes = {each: proof_of(Hash(each)) for each in (mine, other, foreign)}
    assert seen(town, f"payments?proof={codes[mine]}") == [mine]
    assert seen(town, f"payments?proof={codes[other]}") == []
    let(town, refunds=True)
    town.clock.time += DAY
    assert seen(town, f"payments?proof={codes[other].lower()}") == [other]
    assert seen(town, f"payments?proof={codes[foreign]}") == []
    token = sign_in(town, EVERYTHING[0])
    answer = read(town, f"/shops/1/payments?proof={codes[mine]}", token)
    problem(answer, 403, "reason_missing")


# who may set rights


def test_only_the_owner_says_what_a_till_may(town: Town) -> None:
    for key in (PLAIN.key, FIRST.key, owner_of(BOOKS), EVERYTHING[0]):
        problem(let(town, key, refunds=True, books=True), 403, "not_authorised")
    problem(let(town, till=address_of(till_of(BOOKS).key)), 404, "not_found")
    problem(let(town, till="0x" + "99" * 20), 404, "not_found")
    answer = let(town, books=True)
    assert answer.json() == {
        "till": PLAIN_ADDRESS,
        "name": "Toonbank",
        "active": True,
        "rights": {"refunds": False, "books": True},
    }


def test_a_till_change_that_is_refused_gives_no_rights(town: Town) -> None:
    mine = Device(town, BICYCLES, OWNER, PLAIN.key)
    town.clock.time += 1
    body = mine.till_body() | {"rights": {"refunds": True, "books": True}}
    forged = body | {"signature": "0x" + "11" * 64}
    assert town.post("/tills", forged).status_code == 409
    assert not seen(town, TODAY)
    problem(read(town, "/shops/1/payouts", sign_in(town, PLAIN.key)), 403, "books_not_allowed")
    assert town.post("/tills", body).status_code == 201
    assert read(town, "/shops/1/payouts", sign_in(town, PLAIN.key)).status_code == 200
