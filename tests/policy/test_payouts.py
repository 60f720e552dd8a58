"""What shops are paid in euros, recorded once and never above what they are owed."""

import pytest
from sqlalchemy import select

from kindpakket.actors import decision_body
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.messages import Decision
from kindpakket.store import tables as t
from tests.support.messages import DAY
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, Town, till_of

FILE, OTHER_FILE = b"\x11" * 32, b"\x22" * 32


@pytest.fixture
def paid(town: Town) -> Town:
    """A town that owes the bicycle shop 30.00 and the bookshop 5.00."""
    town.api.pay(till_of(BICYCLES), town.code(3_000), 3_000)
    town.api.pay(till_of(BOOKS), town.code(500), 500)
    return town


def books(town: Town, shop: int) -> tuple[int, int]:
    found = town.view("shops", shop)
    return found["owed"], found["settled"]


def test_a_payout_settles_what_was_owed(paid: Town) -> None:
    paid.decide("settle", 1, [BICYCLES, BOOKS], [3_000, 400], FILE)
    assert books(paid, BICYCLES) == (0, 3_000)
    assert books(paid, BOOKS) == (100, 400)
    assert paid.view("batches", 1) == FILE


def test_a_batch_is_recorded_once(paid: Town) -> None:
    paid.decide("settle", 1, [BICYCLES], [1_000], FILE)
    with paid.refusing("batch_exists"):
        paid.decide("settle", 1, [BICYCLES], [1_000], OTHER_FILE)
    paid.decide("settle", 2, [BICYCLES], [1_000], OTHER_FILE)
    assert books(paid, BICYCLES) == (1_000, 2_000)


def test_no_more_is_settled_than_is_owed(paid: Town) -> None:
    paid.decide("settle", 1, [BICYCLES], [3_001], FILE)
    assert books(paid, BICYCLES) == (0, 3_000)
    paid.decide("settle", 2, [BICYCLES], [3_000], OTHER_FILE)
    assert books(paid, BICYCLES) == (0, 3_000)


def test_a_shop_that_is_named_twice_is_not_paid_twice(paid: Town) -> None:
    paid.decide("settle", 1, [BICYCLES, BICYCLES], [2_000, 1_001], FILE)
    assert books(paid, BICYCLES) == (0, 3_000)


def test_a_payout_does_not_fail_for_one_line(paid: Town) -> None:
    payment = paid.api.pay(till_of(BICYCLES), paid.code(1_000), 1_000)
    paid.clock.time += 1
    call = encode_call("settle", 1, [BICYCLES, BOOKS], [4_000, 500], FILE)
    message = Decision(call, paid.now() + DAY, paid.now())
    paid.api.refund(till_of(BICYCLES), payment["id"], 1, paid.now())
    body = decision_body(paid.api.domain, message, EVERYTHING[:2])
    assert paid.post("/decisions", body).status_code == 201
    assert books(paid, BICYCLES) == (0, 3_999)
    assert books(paid, BOOKS) == (0, 500)


def test_the_ledger_and_the_views_tell_what_was_settled_of_each_line(paid: Town) -> None:
    paid.decide("settle", 1, [BOOKS, BICYCLES, BOOKS], [600, 1_000, 1], FILE)
    context = paid.workspace.context
    with context.read_views() as db:
        rows = db.execute(select(t.settlements).order_by(t.settlements.c.position)).all()
    assert [(row.shop, row.amount) for row in rows] == [(BOOKS, 500), (BICYCLES, 1_000), (BOOKS, 0)]
    assert books(paid, BOOKS) == (0, 500)


def test_what_the_bank_returned_is_owed_again(paid: Town) -> None:
    paid.decide("settle", 1, [BICYCLES], [3_000], FILE)
    paid.decide("settle", 2, [BICYCLES], [-3_000], OTHER_FILE)
    assert books(paid, BICYCLES) == (3_000, 0)


def test_more_than_was_settled_is_not_returned(paid: Town) -> None:
    paid.decide("settle", 1, [BICYCLES], [2_000], FILE)
    with paid.refusing("settlement_too_high"):
        paid.decide("settle", 2, [BICYCLES], [-2_001], OTHER_FILE)
    with paid.refusing("settlement_too_high"):
        paid.decide("settle", 2, [BOOKS], [-1], OTHER_FILE)


def test_a_shop_that_owes_is_not_paid_until_it_is_owed_again(paid: Town) -> None:
    payment = paid.api.pay(till_of(BICYCLES), paid.code(1_000), 1_000)
    paid.decide("settle", 1, [BICYCLES], [4_000], FILE)
    paid.api.refund(till_of(BICYCLES), payment["id"], 1_000, paid.now())
    paid.decide("settle", 2, [BICYCLES], [1], OTHER_FILE)
    assert books(paid, BICYCLES) == (-1_000, 4_000)
    paid.api.pay(till_of(BICYCLES), paid.code(1_200), 1_200)
    paid.decide("settle", 3, [BICYCLES], [201], OTHER_FILE)
    assert books(paid, BICYCLES) == (0, 4_200)


def test_a_suspended_shop_is_still_paid_what_it_is_owed(paid: Town) -> None:
    paid.decide("setSuspended", BICYCLES, True)
    paid.decide("settle", 1, [BICYCLES], [3_000], FILE)
    assert books(paid, BICYCLES) == (0, 3_000)


@pytest.mark.parametrize(
    ("batch", "shops", "amounts", "file"),
    [
        (0, [BICYCLES], [1], FILE),
        (1, [BICYCLES], [1], bytes(32)),
        (1, [], [], FILE),
        (1, [BICYCLES, BOOKS], [1], FILE),
        (1, [BICYCLES], [1, 1], FILE),
        (1, [BICYCLES] * 501, [1] * 501, FILE),
    ],
    ids=["no number", "no hash", "no lines", "an amount missing", "a shop missing", "501 lines"],
)
def test_a_batch_has_a_number_a_hash_and_up_to_500_lines_with_a_shop_and_an_amount(
    paid: Town, batch: int, shops: list[int], amounts: list[int], file: bytes
) -> None:
    with paid.refusing("call_invalid"):
        paid.decide("settle", batch, shops, amounts, file)


def test_a_payout_of_nothing_is_refused(paid: Town) -> None:
    with paid.refusing("request_invalid"):
        paid.decide("settle", 1, [BICYCLES], [0], FILE)


def test_a_payout_to_a_shop_that_nobody_registered_is_refused(paid: Town) -> None:
    with paid.refusing("shop_not_admitted"):
        paid.decide("settle", 1, [99], [1], FILE)
