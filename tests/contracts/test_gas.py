"""What a payment costs in gas, on the real chain."""

import pytest

from kindpakket.ledger.rpc import Rpc
from tests.support.town import BICYCLES, VALUES, Town, till_of

ALL_SIX = tuple(range(len(VALUES)))


def pay(town: Town, coupons: tuple[int, ...], amount: int, *, rest: bool = False) -> int:
    """Pay, and return the gas on the receipt."""
    code = town.code(amount, coupons=coupons)
    payment = town.api.pay(till_of(BICYCLES), code, amount, rest=rest)
    rpc = Rpc(town.workspace.provider)
    receipt = rpc("eth_getTransactionReceipt", payment["transaction"])
    return int(receipt["gasUsed"], 16)


@pytest.mark.parametrize(
    ("coupons", "amount", "most"),
    [
        ((0,), 4_250, 95_000),
        ((0,), 10_000, 95_000),
        ((0, 1, 2), 4_250, 125_000),
        ((0, 1, 2), 25_000, 125_000),
        (ALL_SIX, 30_000, 170_000),
    ],
)
def test_the_first_payment_at_a_shop_costs_at_most(
    town: Town, coupons: tuple[int, ...], amount: int, most: int
) -> None:
    assert pay(town, coupons, amount) <= most


@pytest.mark.parametrize(("coupons", "most"), [((0,), 95_000), ((0, 1, 2), 125_000)])
def test_a_later_payment_costs_no_more(town: Town, coupons: tuple[int, ...], most: int) -> None:
    pay(town, coupons, 100)
    assert pay(town, coupons, 100) <= most


def test_what_is_left_costs_no_more(town: Town) -> None:
    assert pay(town, (0,), 40_000, rest=True) <= 95_000
