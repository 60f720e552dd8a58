"""The gas cost of a payment on the real chain."""

import pytest
from eth_utils.crypto import keccak

from kindpakket.domain.ids import Address, SchemeId
from kindpakket.ledger.port import Settled
from kindpakket.ledger.relay import gas_limit
from kindpakket.ledger.rpc import Rpc
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.messages import MAX_MOVE, Move, Refund
from kindpakket.protocol.signatures import Key, address_of
from tests.support import calls
from tests.support.hands import Hands
from tests.support.town import BICYCLES, EVERYTHING, LETTERS, VALUES, Town, till_of

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


def gas_of(town: Town, call: bytes) -> int:
    """Relay a call, and return the gas on its receipt, which leaves room below its limit."""
    outcome = town.workspace.context.ledger.submit(call)
    assert isinstance(outcome, Settled), outcome
    rpc = Rpc(town.workspace.provider)
    used = int(rpc("eth_getTransactionReceipt", outcome.transaction)["gasUsed"], 16)
    assert used <= gas_limit(call) * 4 // 5
    return used


def test_a_refund_costs_as_much_however_often_its_coupon_was_moved(town: Town) -> None:
    hands = Hands(town.workspace.context.ledger, town.clock)
    coupon, till = coupon_key(LETTERS[0], 0, 0), till_of(BICYCLES)
    paid = hands.pay(hands.code([coupon], 4_000), till, 4_000)
    costs = {}
    for generation in range(1, 25):
        target = coupon_key(LETTERS[0], generation, 0)
        hands.move([coupon], [target])
        coupon = target
        message = Refund(paid, till.shop, 100, hands.now + 300, generation)
        call = calls.refund(message, message.sign(hands.domain, till.key))
        if generation in (2, 24):
            costs[generation] = gas_of(town, call)
    # Zero bytes in a signature cost less than others.
    assert abs(costs[24] - costs[2]) < 300
    assert town.remaining(generation=24)[0] == 6_200


def test_the_largest_acts_fit_in_what_the_relay_gives_for_their_size(town: Town) -> None:
    hands = Hands(town.workspace.context.ledger, town.clock)
    fresh = [Key(keccak(b"fresh" + bytes([n]))) for n in range(MAX_MOVE)]
    coupons = [Key(keccak(b"coupon" + bytes([n]))) for n in range(MAX_MOVE)]
    hands.decide("issue", 1, 100, list(map(address_of, coupons)))
    hands.clock.time += 1
    to = tuple(map(address_of, fresh))
    message = Move(SchemeId(1), hands.now, tuple(map(address_of, coupons)), to)
    gas_of(town, calls.move(message, hands.signatures(message, [*coupons, *fresh])))

    lines = ([BICYCLES] * 500, [2**62] * 500, b"\xff" * 32)
    pay(town, (0,), 4_000)
    settlement = hands.decision("settle", 2**32 - 1, *lines)
    approvals = hands.signatures(settlement, sorted(EVERYTHING, key=address_of))
    gas_of(town, calls.execute(settlement, approvals))

    most = [Key(keccak(bytes([1, n % 256, n // 256]))) for n in range(500)]
    issue = hands.decision("issue", 1, 1, [hashed_address(key) for key in most])
    approvals = hands.signatures(issue, sorted(EVERYTHING, key=address_of))
    gas_of(town, calls.execute(issue, approvals))


def hashed_address(key: Key) -> Address:
    """An address without a known key, which is cheaper than deriving one."""
    return Address("0x" + key[:20].hex())


def test_what_is_left_costs_no_more(town: Town) -> None:
    assert pay(town, (0,), 40_000, rest=True) <= 95_000
