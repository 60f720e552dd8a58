"""The wallet's choice of coupons."""

import pytest

from kindpakket.domain.wallet import BudgetTooLow, Coupon, choose_coupons, most_in_one_code

EUROS_300 = (10_000, 10_000, 5_000, 2_000, 2_000, 1_000)


def letter(*remaining: int, used: tuple[int, ...] = ()) -> list[Coupon]:
    return [
        Coupon(index, 0, left, 1_800_000_000 if index in used else 0)
        for index, left in enumerate(remaining)
    ]


@pytest.mark.parametrize(
    ("amount", "chosen"),
    [
        (1, [5]),  # one is enough: the one with the lowest value
        (1_000, [5]),
        (1_001, [3]),
        (4_250, [2]),
        (9_999, [0]),
        (10_001, [0, 5]),
        (15_000, [0, 2]),
        (20_001, [0, 1, 5]),
        (27_001, [0, 1, 2, 3, 5]),
        (30_000, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_the_fewest_coupons_that_cover_it_are_chosen(amount: int, chosen: list[int]) -> None:
    assert [coupon.index for coupon in choose_coupons(letter(*EUROS_300), amount)] == chosen


def test_among_equally_few_those_used_before_are_chosen() -> None:
    coupons = letter(10_000, 8_000, 5_000, 2_000, used=(1,))
    assert [coupon.index for coupon in choose_coupons(coupons, 1_500)] == [1]
    assert [coupon.index for coupon in choose_coupons(coupons, 9_000)] == [0]
    assert [coupon.index for coupon in choose_coupons(coupons, 12_000)] == [1, 2]


def test_empty_coupons_are_left_out() -> None:
    coupons = letter(0, 3_000, 0, 3_000, used=(0, 2))
    assert [coupon.index for coupon in choose_coupons(coupons, 6_000)] == [1, 3]


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
