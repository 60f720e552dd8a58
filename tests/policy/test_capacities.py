"""The capacity that each decision requires, and how many officials must keep it."""

from pathlib import Path

import pytest

from kindpakket.actors import decision_body
from kindpakket.ledger.client import deploy
from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.ledger.reverts import find_revert
from kindpakket.ledger.rpc import RpcError
from kindpakket.protocol.signatures import Key, address_of
from tests.support.messages import DAY, decision, signed
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, SAFE, SCHEME, START, Town, till_of

RULES, SHOPS, BUDGET, ISSUE, PAYOUT, OFFICIALS, REGISTER = 1, 2, 4, 8, 16, 32, 64
EACH = (RULES, SHOPS, BUDGET, ISSUE, PAYOUT, OFFICIALS, REGISTER)
SOMEBODY = address_of(Key(b"\x99" * 32))
FILE = b"\x11" * 32

NEEDED = [
    ("openScheme", (2, START, START + DAY, 1, 0), RULES),
    ("setRules", (SCHEME, START, START + DAY, 1, 0), RULES),
    ("closeScheme", (SCHEME,), RULES),
    ("setPaused", (SCHEME, False), RULES),
    ("setCategories", (FILE,), RULES),
    ("setShop", (BOOKS, 1, SOMEBODY, True), SHOPS),
    ("setSuspended", (BOOKS, False), SHOPS),
    ("fund", (SCHEME, 1), BUDGET),
    ("issue", (SCHEME, 1, [SOMEBODY]), ISSUE),
    ("settle", (1, [BICYCLES], [1], FILE), PAYOUT),
    ("setOfficial", (SOMEBODY, RULES), OFFICIALS),
]


def pair_with(town: Town, capacities: int) -> list[Key]:
    """Two new officials who hold these capacities."""
    keys = [Key(bytes([number, capacities]) * 16) for number in (8, 9)]
    for key in keys:
        town.decide("setOfficial", address_of(key), capacities)
    return keys


@pytest.mark.parametrize(("function", "args", "needed"), NEEDED)
def test_each_decision_asks_for_one_capacity_and_no_other_will_do(
    town: Town, function: str, args: tuple[object, ...], needed: int
) -> None:
    town.api.pay(till_of(BICYCLES), town.code(1), 1)
    pairs = {capacity: pair_with(town, capacity) for capacity in EACH}
    message = decision(town, function, *args)
    for capacity, pair in pairs.items():
        if capacity != needed:
            with town.refusing("not_authorised"):
                town.api.post("/decisions", decision_body(town.api.domain, message, pair))
            with town.refusing("not_authorised"):
                town.api.post("/cancellations", signed(town, message, pair[0]))
    answer = town.post("/decisions", decision_body(town.api.domain, message, pairs[needed]))
    assert answer.status_code == 201


def test_register_decides_nothing(town: Town) -> None:
    assert REGISTER not in {needed for _, _, needed in NEEDED}
    pair = pair_with(town, REGISTER)
    for function, args, _needed in NEEDED:
        with town.refusing("not_authorised"):
            town.decide(function, *args, by=pair)


@pytest.mark.parametrize(("function", "args", "needed"), NEEDED)
def test_all_capacities_but_the_one_it_asks_for_are_not_enough(
    town: Town, function: str, args: tuple[object, ...], needed: int
) -> None:
    pair = pair_with(town, 127 - needed)
    with town.refusing("not_authorised"):
        town.decide(function, *args, by=pair)


@pytest.mark.parametrize("capacity", [RULES, SHOPS, BUDGET, ISSUE, PAYOUT, REGISTER])
def test_two_holders_of_a_capacity_remain(town: Town, capacity: int) -> None:
    assert town.view("holders", capacity) == 3
    first, second, _third = map(address_of, EVERYTHING)
    town.decide("setOfficial", first, 127 - capacity)
    assert town.view("holders", capacity) == 2
    with town.refusing("holders_too_few"):
        town.decide("setOfficial", second, 127 - capacity)
    assert town.view("officials", second) == 127


def test_three_holders_of_officials_remain(town: Town) -> None:
    assert town.view("holders", OFFICIALS) == 4
    town.decide("setOfficial", address_of(EVERYTHING[2]), 127 - OFFICIALS)
    assert town.view("holders", OFFICIALS) == 3
    for key, rest in ((SAFE, 0), (EVERYTHING[0], 127 - OFFICIALS)):
        with town.refusing("holders_too_few"):
            town.decide("setOfficial", address_of(key), rest)


def test_a_capacity_can_be_given_up_once_a_successor_holds_it(town: Town) -> None:
    town.decide("setOfficial", address_of(EVERYTHING[0]), OFFICIALS)
    with town.refusing("holders_too_few"):
        town.decide("setOfficial", address_of(EVERYTHING[1]), OFFICIALS, by=EVERYTHING[:2])
    town.decide("setOfficial", SOMEBODY, 127)
    town.decide("setOfficial", address_of(EVERYTHING[1]), OFFICIALS)
    assert [town.view("holders", each) for each in EACH] == [2, 2, 2, 2, 2, 5, 2]


@pytest.mark.parametrize(("official", "capacities"), [(SOMEBODY, 128), ("0x" + "00" * 20, RULES)])
def test_a_capacity_that_does_not_exist_or_nobody_to_hold_it_is_refused(
    town: Town, official: str, capacities: int
) -> None:
    with town.refusing("call_invalid"):
        town.decide("setOfficial", official, capacities)


# founding


RELAY = Key(b"\x07" * 32)


def founded_with(directory: Path, *held: int) -> str:
    """Deploy with officials with these capacities; return the contract's address."""
    officials = {address_of(Key(bytes([n]) * 32)): each for n, each in enumerate(held, start=1)}
    with EmbeddedChain.create(directory, relay=address_of(RELAY), sync=False) as chain:
        return deploy(chain.provider, RELAY, officials)


def test_a_ledger_is_founded_with_three_for_officials_and_two_for_the_rest(tmp_path: Path) -> None:
    assert founded_with(tmp_path / "chain", 127, 127, OFFICIALS)


@pytest.mark.parametrize(
    ("held", "capacity", "holders", "needed"),
    [
        ((127, 126, 126), RULES, 1, 2),
        ((127, 125, 125), SHOPS, 1, 2),
        ((127, 123, 123), BUDGET, 1, 2),
        ((127, 119, 119), ISSUE, 1, 2),
        ((127, 111, 111), PAYOUT, 1, 2),
        ((127, 127, 95), OFFICIALS, 2, 3),
        ((127, 127), OFFICIALS, 2, 3),
        ((127, 63, 63), REGISTER, 1, 2),
        ((32, 32, 32), RULES, 0, 2),
        ((), RULES, 0, 2),
    ],
)
def test_a_ledger_is_not_founded_with_too_few(
    tmp_path: Path, held: tuple[int, ...], capacity: int, holders: int, needed: int
) -> None:
    with pytest.raises(RpcError) as refused:
        founded_with(tmp_path / "chain", *held)
    revert = find_revert(refused.value)
    assert revert is not None
    assert revert.error == "HoldersTooFew"
    assert revert.args == {"capacity": capacity, "holders": holders, "needed": needed}
