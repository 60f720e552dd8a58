"""The wallet's choice of coupons."""

import json
from pathlib import Path

import pytest

from kindpakket.domain.letters import LETTER_VALUES
from kindpakket.domain.wallet import BudgetTooLow, Coupon, choose_coupons, most_in_one_code

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/wallet.json").read_text())
NONCE = 1_800_000_000


def letter(*remaining: int, used: tuple[int, ...] = ()) -> list[Coupon]:
    return [
        Coupon(index, 0, left, NONCE if index in used else 0)
        for index, left in enumerate(remaining)
    ]


def chosen_from(coupons: list[Coupon], amount: int) -> list[int]:
    return [coupon.index for coupon in choose_coupons(coupons, amount)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["about"])
def test_the_choice_is_that_of_the_vectors(vector: dict) -> None:
    coupons = [
        Coupon(index, 0, remaining, nonce)
        for index, (remaining, nonce) in enumerate(vector["coupons"])
    ]
    if vector["chosen"] is None:
        with pytest.raises(BudgetTooLow):
            choose_coupons(coupons, vector["amount"])
    else:
        assert chosen_from(coupons, vector["amount"]) == vector["chosen"]


@pytest.mark.parametrize(
    ("amount", "chosen"),
    [
        (1, [8]),  # one is enough: the one with the lowest value
        (500, [8]),
        (501, [6]),
        (2_700, [1]),
        (4_250, [1]),
        (8_500, [8, 6, 3, 1]),  # 5 + 10 + 20 + 50: nothing is left
        (9_999, [0]),
        (10_001, [8, 0]),
        (26_000, [3, 4, 5, 1, 2, 0]),
    ],
)
def test_the_fewest_coupons_pay_unless_others_leave_nothing(amount: int, chosen: list[int]) -> None:
    assert chosen_from(letter(*LETTER_VALUES), amount) == chosen


def test_coupons_that_paid_before_pay_again_only_when_the_others_do_not_suffice() -> None:
    coupons = letter(10_000, 8_000, 5_000, 2_000, used=(1,))
    assert chosen_from(coupons, 7_700) == [0]
    assert chosen_from(coupons, 16_500) == [3, 2, 0]
    assert chosen_from(coupons, 17_001) == [1, 0]
    assert chosen_from(coupons, 18_001) == [3, 1, 0]


def test_coupons_that_paid_before_pay_again_when_nothing_is_left_on_them() -> None:
    coupons = letter(10_000, 1_250, 2_000, 500, used=(1, 3))
    assert chosen_from(coupons, 1_250) == [1]
    assert chosen_from(coupons, 3_250) == [1, 2]
    assert chosen_from(coupons, 1_751) == [2]


def test_the_coupon_that_keeps_change_is_the_last_of_the_code() -> None:
    for amount in range(50, most_in_one_code(letter(*LETTER_VALUES)), 1_050):
        bundle = choose_coupons(letter(*LETTER_VALUES, used=(0, 4, 9)), amount)
        before = sum(coupon.remaining for coupon in bundle[:-1])
        assert before < amount <= before + bundle[-1].remaining


def test_empty_coupons_are_left_out() -> None:
    assert chosen_from(letter(0, 3_000, 0, 3_000, used=(0, 2)), 6_000) == [1, 3]


def test_a_code_holds_six_coupons_at_most() -> None:
    sheet = letter(*[2_000] * 15)
    assert most_in_one_code(sheet) == 12_000
    assert len(choose_coupons(sheet, 12_000)) == 6
    with pytest.raises(BudgetTooLow) as error:
        choose_coupons(sheet, 12_001)
    assert error.value.most == 12_000


def test_an_empty_letter_covers_nothing() -> None:
    for coupons in ([], letter(0, 0)):
        with pytest.raises(BudgetTooLow) as error:
            choose_coupons(coupons, 1)
        assert error.value.most == 0


def test_thirty_two_coupons_are_searched_with_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """All bundles of six of 32 are 906,192."""
    looked = 0

    def remaining(coupon: Coupon) -> int:
        nonlocal looked
        looked += 1
        return coupon.remaining

    monkeypatch.setattr("kindpakket.domain.wallet._remaining", remaining)
    coupons = letter(*range(1_000, 1_064, 2), used=tuple(range(0, 32, 2)))
    assert len(choose_coupons(coupons, 6_101)) == 6
    assert looked < 906_192
