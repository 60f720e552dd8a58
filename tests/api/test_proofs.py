"""Anyone can check by a proof code whether a payment was made, and learns nothing of the payer."""

import pytest
from sqlalchemy import insert

from kindpakket.domain.proofs import format_proof
from kindpakket.store import tables as t
from tests.support.problems import mistakes
from tests.support.proofs import proof_of
from tests.support.town import BICYCLES, Town, till_of

ID = "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
LIKE_IT = "0x00010203040506" + "ff" * 25
NEXT = "0x00010203040540" + "00" * 25
PROOF = "000G4-0R40M"


def pay(town: Town, amount: int = 1_250) -> str:
    payment: str = town.api.pay(till_of(BICYCLES), town.code(amount), amount)["id"]
    return payment


def put_in_view(town: Town, payment: str, amount: int, refunded: int = 0) -> None:
    """Insert a payment into the view; two claims with the same proof code cannot be found by
    trying."""
    with town.workspace.context.write_with_views() as db:
        db.execute(
            insert(t.payments).values(
                payment=payment,
                scheme=1,
                shop=BICYCLES,
                till="0x" + "11" * 20,
                amount=amount,
                refunded=refunded,
                nonce=1,
                time=town.now() + amount,
                block=1,
                transaction="0x" + "22" * 32,
            )
        )


def test_a_payment_is_found_by_its_proof_code(town: Town) -> None:
    payment = pay(town)
    assert town.api.get(f"/proofs/{format_proof(proof_of(payment))}") == [
        {"status": "paid", "amount": 1_250, "refunded": 0, "time": "2027-01-15T09:00:01Z"}
    ]


def test_a_payment_of_which_part_was_refunded_is_paid(town: Town) -> None:
    payment = pay(town)
    town.api.refund(till_of(BICYCLES), payment, 1_249, town.now())
    (found,) = town.api.get(f"/proofs/{proof_of(payment)}")
    assert (found["status"], found["amount"], found["refunded"]) == ("paid", 1_250, 1_249)


def test_a_payment_of_which_all_was_refunded_is_refunded(town: Town) -> None:
    payment = pay(town)
    town.api.refund(till_of(BICYCLES), payment, 1_250, town.now())
    (found,) = town.api.get(f"/proofs/{proof_of(payment)}")
    assert (found["status"], found["refunded"]) == ("refunded", 1_250)


def test_a_proof_code_of_no_payment_is_unknown(town: Town) -> None:
    pay(town)
    for proof in ("00000-00000", "ZZZZZ-ZZZZZ", "7K3QM-9XW2T"):
        assert town.api.get(f"/proofs/{proof}") == []


def test_two_payments_with_one_proof_code_are_both_told_newest_first(town: Town) -> None:
    put_in_view(town, ID, 100)
    put_in_view(town, LIKE_IT, 200, refunded=200)
    put_in_view(town, NEXT, 300)
    found = town.api.get(f"/proofs/{PROOF}")
    assert [(each["status"], each["amount"]) for each in found] == [
        ("refunded", 200),
        ("paid", 100),
    ]
    assert {field for each in found for field in each} == {"status", "amount", "refunded", "time"}


@pytest.mark.parametrize(
    "spelling", ["000G40R40M", "000g4-0r40m", "OOOG4-OR4OM", "oo%20og4%200r4-0m", "-000G4--0R40M-"]
)
def test_case_spaces_and_dashes_do_not_matter(town: Town, spelling: str) -> None:
    put_in_view(town, ID, 100)
    assert len(town.api.get(f"/proofs/{spelling}")) == 1


def test_i_and_l_are_read_as_one(town: Town) -> None:
    put_in_view(town, "0x" + "08421084210842" + "00" * 25, 100)
    assert len(town.api.get("/proofs/1I1l1-11111")) == 1


@pytest.mark.parametrize(
    "text",
    ["-", "000G40R40", "000G40R40M0", "000G40R40U", "000G4.0R40M", "000G4_0R40M", "é" * 10, ID],
)
def test_what_is_no_proof_code_is_malformed(still_town: Town, text: str) -> None:
    answer = still_town.http.get(f"/api/v1/proofs/{text}")
    assert mistakes(answer) == {"proof": "proof_unreadable"}
