"""The parties of a network decide together: more than two thirds, about exactly the same change."""

import json
from ast import literal_eval
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed
from eth_utils import keccak
from eth_utils.abi import filter_abi_by_type, function_abi_to_4byte_selector
from web3 import EthereumTesterProvider, Web3
from web3.contract import Contract

from scripts.compile import ROOT

NOBODY = "0x" + "00" * 20
NAMES = ("Zeist", "Bunnik", "Houten", "Provincie")


def key(number: int) -> bytes:
    return bytes([number]) * 32


@dataclass
class Register:
    """The contract, and the accounts of its parties. Its deployer has the node's place."""

    web3: Web3
    contract: Contract
    accounts: list[str]

    def send(self, sender: str, function: str, *arguments: Any) -> None:
        self.contract.functions[function](*arguments).transact({"from": sender, "gas": 10_000_000})

    def refused(self, sender: str, function: str, *arguments: Any) -> str:
        """The name of the error with which it is refused."""
        with pytest.raises(TransactionFailed) as refusal:
            self.contract.functions[function](*arguments).call({"from": sender})
        return self.error_of(refusal.value)

    def error_of(self, refusal: TransactionFailed) -> str:
        data = literal_eval(refusal.args[0].removeprefix("execution reverted: "))
        errors = filter_abi_by_type("error", self.contract.abi)
        return {function_abi_to_4byte_selector(each): each["name"] for each in errors}[data[:4]]

    def decide(self, function: str, *arguments: Any) -> None:
        """Three of the four approve."""
        for account in self.accounts[:3]:
            self.send(account, function, *arguments)

    @property
    def network(self) -> Any:
        return self.contract.functions.network().call()

    @property
    def names(self) -> list[str]:
        return [party.name for party in self.network.parties]


@pytest.fixture(scope="module")
def artifact() -> dict[str, Any]:
    return json.loads((ROOT / "backend/kindpakket/ledger/Parties.json").read_text())


@pytest.fixture
def make(artifact: dict[str, Any]) -> Callable[..., Register]:
    web3 = Web3(EthereumTesterProvider(EthereumTester(PyEVMBackend())))
    node, *accounts = web3.eth.accounts

    def found(names: tuple[str, ...] = NAMES) -> Register:
        parties = [(name, accounts[i], key(i + 1), []) for i, name in enumerate(names)]
        contract = web3.eth.contract(
            abi=artifact["abi"], bytecode=artifact["bytecode"], decode_tuples=True
        )
        sent = contract.constructor(parties, "1").transact({"from": node, "gas": 25_000_000})
        address = web3.eth.wait_for_transaction_receipt(sent)["contractAddress"]
        deployed = web3.eth.contract(address, abi=artifact["abi"], decode_tuples=True)
        return Register(web3, deployed, accounts)

    return found


@pytest.fixture
def four(make: Callable[..., Register]) -> Register:
    return make()


def newcomer(register: Register, number: int = 5, **replaced: Any) -> tuple[Any, ...]:
    party = {
        "name": "Soest",
        "account": register.accounts[number - 1],
        "key": key(number),
        "relays": [],
    }
    return tuple((party | replaced).values())


def test_the_founders_are_in_the_register(four):
    network = four.network
    assert [(party.name, party.account, party.key) for party in network.parties] == [
        (name, four.accounts[i], key(i + 1)) for i, name in enumerate(NAMES)
    ]
    assert (network.revision, network.version, network.waiting) == (1, "1", [])


def test_the_revision_is_in_slot_zero_where_the_node_reads_it(four):
    four.decide("replaceRelays", four.accounts[0], [four.accounts[8]])
    assert int.from_bytes(four.web3.eth.get_storage_at(four.contract.address, 0)) == 2


def test_two_of_four_decide_nothing(four):
    change = ("addParty", newcomer(four))
    four.send(four.accounts[0], *change)
    four.send(four.accounts[1], *change)
    assert four.names == list(NAMES)
    (waiting,) = four.network.waiting
    assert waiting.approvals == four.accounts[:2]
    assert waiting.call == four.web3.to_bytes(
        hexstr=four.contract.encode_abi("addParty", [newcomer(four)])
    )


def test_three_of_four_decide(four):
    four.decide("addParty", newcomer(four))
    assert four.names == [*NAMES, "Soest"]
    assert four.network.waiting == []


@pytest.mark.parametrize(("parties", "needed"), [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 5)])
def test_more_than_two_thirds_are_needed(make, parties, needed):
    register = make(tuple(f"Partij {i}" for i in range(parties)))
    for i in range(needed):
        assert register.network.parties[0].relays == []
        register.send(
            register.accounts[i], "replaceRelays", register.accounts[0], [register.accounts[8]]
        )
    assert register.network.parties[0].relays == [register.accounts[8]]


def test_approvals_of_different_changes_do_not_add_up(four):
    for number, account in enumerate(four.accounts[:3]):
        four.send(account, "addParty", newcomer(four, name=f"Soest {number}"))
    assert four.names == list(NAMES)
    assert len(four.network.waiting) == 3


def test_a_party_approves_once(four):
    change = ("addParty", newcomer(four))
    four.send(four.accounts[0], *change)
    assert four.refused(four.accounts[0], *change) == "AlreadyApproved"


def test_who_is_no_party_approves_nothing(four):
    assert four.refused(four.accounts[7], "addParty", newcomer(four)) == "NotParty"
    assert four.refused(four.accounts[7], "withdraw", bytes(32)) == "PartyUnknown"


@pytest.mark.parametrize("joins", [True, False], ids=["one joins", "one leaves"])
def test_approvals_lapse_when_the_parties_change(four, joins):
    rotation = ("rotateKey", four.accounts[3], key(9))
    four.send(four.accounts[0], *rotation)
    four.send(four.accounts[1], *rotation)
    if joins:
        four.decide("addParty", newcomer(four))
    else:
        four.decide("removeParty", four.accounts[2])
    assert four.network.waiting == []
    four.send(four.accounts[3], *rotation)
    assert key(9) not in [party.key for party in four.network.parties]


def test_a_party_that_was_removed_approves_nothing(four):
    four.decide("removeParty", four.accounts[1])
    assert four.names == ["Zeist", "Provincie", "Houten"]
    assert four.refused(four.accounts[1], "cancelUpgrade") == "UpgradeNone"
    assert four.refused(four.accounts[1], "addParty", newcomer(four)) == "NotParty"


def test_the_last_party_stays(make):
    register = make(NAMES[:1])
    assert register.refused(register.accounts[0], "removeParty", register.accounts[0]) == (
        "PartyLast"
    )


def test_a_key_is_rotated(four):
    four.decide("rotateKey", four.accounts[1], key(9))
    assert [party.key for party in four.network.parties] == [key(1), key(9), key(3), key(4)]


@pytest.mark.parametrize(
    ("replaced", "error"),
    [
        ({"name": ""}, "NameInvalid"),
        ({"name": "é" * 33}, "NameInvalid"),
        ({"account": NOBODY}, "AccountInvalid"),
        ({"key": bytes(32)}, "KeyInvalid"),
        ({"key": key(2)}, "KeyInUse"),
        ({"relays": ["0x" + "11" * 20] * 9}, "RelaysInvalid"),
        ({"relays": [NOBODY]}, "RelaysInvalid"),
    ],
)
def test_a_party_that_does_not_fit_is_refused_at_the_first_approval(four, replaced, error):
    assert four.refused(four.accounts[0], "addParty", newcomer(four, **replaced)) == error


def test_an_account_is_of_one_party(four):
    party = newcomer(four, account=four.accounts[0])
    assert four.refused(four.accounts[0], "addParty", party) == "AccountInUse"


def test_a_key_is_of_one_party(four):
    assert four.refused(four.accounts[0], "rotateKey", four.accounts[0], key(2)) == "KeyInUse"
    assert four.refused(four.accounts[0], "rotateKey", four.accounts[0], bytes(32)) == "KeyInvalid"


def test_a_party_opens_two_changes_at_once(four):
    for number in (5, 6):
        four.send(four.accounts[0], "addParty", newcomer(four, number))
    assert four.refused(four.accounts[0], "addParty", newcomer(four, 7)) == "WaitingTooMany"
    four.send(four.accounts[1], "addParty", newcomer(four, 7))


def test_a_change_with_bytes_behind_it_is_not_stored(four):
    """The decoder ignores them, so a party could fill the register."""
    longest = newcomer(four, name="n" * 64, relays=four.accounts[:8])
    call = four.contract.encode_abi("addParty", [longest])
    assert len(call) == 2 + 2 * 548
    padded = call + "00" * (1025 - 548)
    sent = {"to": four.contract.address, "data": padded, "from": four.accounts[0]}
    with pytest.raises(TransactionFailed) as refusal:
        four.web3.eth.call(sent)
    assert four.error_of(refusal.value) == "ChangeTooLong"
    four.send(four.accounts[0], "addParty", longest)
    assert len(four.network.waiting) == 1


def test_who_opened_a_change_takes_it_back_whole(four):
    change = ("addParty", newcomer(four))
    four.send(four.accounts[0], *change)
    four.send(four.accounts[1], *change)
    four.send(four.accounts[0], "withdraw", keccak(four.network.waiting[0].call))
    assert four.network.waiting == []


def test_another_party_takes_back_its_own_approval(four):
    change = ("addParty", newcomer(four))
    four.send(four.accounts[0], *change)
    four.send(four.accounts[1], *change)
    digest = keccak(four.network.waiting[0].call)
    four.send(four.accounts[1], "withdraw", digest)
    assert four.network.waiting[0].approvals == [four.accounts[0]]
    assert four.refused(four.accounts[1], "withdraw", digest) == "ChangeUnknown"


def test_an_upgrade_runs_from_its_block_on(four):
    height = four.web3.eth.block_number + 10
    four.decide("planUpgrade", "2", height)
    assert four.contract.functions.versionAt(height - 1).call() == "1"
    assert four.contract.functions.versionAt(height).call() == "2"
    assert four.refused(four.accounts[0], "planUpgrade", "3", height + 5) == "UpgradePlanned"


def test_a_second_upgrade_follows_the_first(four):
    first = four.web3.eth.block_number + 5
    four.decide("planUpgrade", "2", first)
    while four.web3.eth.block_number < first:
        four.web3.provider.ethereum_tester.mine_block()
    four.decide("planUpgrade", "3", first + 50)
    assert four.network.version == "2"
    assert four.contract.functions.versionAt(first + 50).call() == "3"


def test_a_planned_upgrade_is_cancelled_before_its_block(four):
    assert four.refused(four.accounts[0], "cancelUpgrade") == "UpgradeNone"
    four.decide("planUpgrade", "2", four.web3.eth.block_number + 50)
    four.decide("cancelUpgrade")
    assert four.network.upgrade.height == 0


def test_an_upgrade_is_ahead_and_has_a_name(four):
    now = four.web3.eth.block_number
    assert four.refused(four.accounts[0], "planUpgrade", "2", now) == "HeightPast"
    assert four.refused(four.accounts[0], "planUpgrade", "", now + 50) == "VersionInvalid"
    assert four.refused(four.accounts[0], "planUpgrade", "2" * 33, now + 50) == "VersionInvalid"


def test_only_the_node_records_evidence(four):
    node = four.web3.eth.accounts[0]
    assert four.refused(four.accounts[0], "recordEvidence", NOBODY, 7, 8) == "NotNode"
    four.send(node, "recordEvidence", four.accounts[3], 7, 8)
    (seen,) = four.network.evidence
    assert (seen.validator, seen.height, seen.time) == (four.accounts[3], 7, 8)
    assert four.network.evidenceTotal == 1


def test_a_full_register_is_read_and_changed_within_a_block(make):
    register = make(NAMES)
    party = ("n" * 64, "0x" + "22" * 20, key(200), ["0x" + "33" * 20] * 8)
    gas = [
        register.contract.functions.addParty(party).estimate_gas({"from": account})
        for account in register.accounts[:1]
    ]
    assert gas[0] < 2_000_000
