"""What the page about the network reads from the register of parties on the chain."""

import json
from typing import Any

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from web3 import EthereumTesterProvider, Web3

from kindpakket.ledger.network_reader import REGISTER, read_register
from kindpakket.ledger.rpc import Rpc
from scripts.compile import ROOT

NAMES = ("Zeist", "Bunnik", "Houten", "Provincie")


class AtItsPlace(EthereumTesterProvider):
    """A chain on which the register seems to be at the address that it has on a network."""

    deployed = reader = ""

    def make_request(self, method: Any, params: Any) -> Any:
        if method == "eth_call":
            assert params[0]["to"] == REGISTER
            params = [{**params[0], "to": self.deployed, "from": self.reader}, *params[1:]]
        return super().make_request(method, params)


@pytest.fixture
def chain() -> Any:
    """The provider, the contract, and the accounts of the parties."""
    provider = AtItsPlace(EthereumTester(PyEVMBackend()))
    web3 = Web3(provider)
    provider.reader, *accounts = web3.eth.accounts
    artifact = json.loads((ROOT / "backend/kindpakket/ledger/Parties.json").read_text())
    contract = web3.eth.contract(abi=artifact["abi"], bytecode=artifact["bytecode"])
    parties = [(name, accounts[n], bytes([n + 1]) * 32, []) for n, name in enumerate(NAMES)]
    sent = contract.constructor(parties, "1").transact({"from": provider.reader, "gas": 25_000_000})
    provider.deployed = web3.eth.wait_for_transaction_receipt(sent)["contractAddress"]
    return provider, contract, accounts


def send(chain: Any, call: str) -> None:
    provider, _, accounts = chain
    sent = {"from": accounts[0], "to": provider.deployed, "data": call, "gas": 5_000_000}
    Web3(provider).eth.send_transaction(sent)


def test_parties_and_the_changes_that_wait_are_read(chain: Any) -> None:
    _, contract, accounts = chain
    send(chain, contract.encode_abi("replaceRelays", [accounts[1], [accounts[8]]]))
    read = read_register(Rpc(chain[0]))
    assert tuple(party.name for party in read["parties"]) == NAMES
    (change,) = read["waiting"]
    assert change.function == "replaceRelays"
    assert change.args["account"] == accounts[1].lower()
    assert change.approvals == (accounts[0].lower(),)


def test_a_change_that_cannot_be_decoded_hides_nothing_else(chain: Any) -> None:
    """One party alone proposes a name that is no UTF-8."""
    _, contract, accounts = chain
    party = ("Soest", accounts[5], bytes([9]) * 32, [])
    call = contract.encode_abi("addParty", [party])
    assert call.count(b"Soest".hex()) == 1
    send(chain, call.replace(b"Soest".hex(), "ff" * 5))
    send(chain, contract.encode_abi("replaceRelays", [accounts[1], [accounts[8]]]))
    read = read_register(Rpc(chain[0]))
    assert tuple(party.name for party in read["parties"]) == NAMES
    assert [change.function for change in read["waiting"]] == ["", "replaceRelays"]
