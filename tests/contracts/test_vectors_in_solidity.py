"""The contract against the vectors: its types, its domain, and the sequence of acts in them."""

import json
import re
from pathlib import Path

import pytest
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed
from eth_utils import keccak
from web3 import EthereumTesterProvider, Web3

ROOT = Path(__file__).parents[2]
OFF_THE_LEDGER = {
    "BankAccount",
    "LetterReplacement",
    "PaymentFileRefused",
    "PrivacyOfficer",
    "WorkAccount",
}
"""Messages that are not part of the contract."""
MESSAGES = [
    vector
    for vector in json.loads((ROOT / "tests/vectors/messages.json").read_text())
    if vector["message"] not in OFF_THE_LEDGER
]
TYPES = {vector["message"]: vector["type"] for vector in MESSAGES}
DOMAIN = MESSAGES[0]["domain"]
STORY = [vector for vector in MESSAGES if vector["domain"] == DOMAIN]
ALL_CAPACITIES = 127
START = 4_000_000_000


def camel(constant):
    return "".join(word.capitalize() for word in constant.split("_"))


def checksummed(value):
    if isinstance(value, list):
        return [checksummed(item) for item in value]
    if isinstance(value, str) and len(value) == 42:
        return Web3.to_checksum_address(value)
    return value


def fields_of(vector):
    return tuple(checksummed(value) for value in vector["fields"].values())


def act(functions, vector, spend):
    """The call with a signed message; a Spend is sent with its Claim."""
    fields, signatures = fields_of(vector), vector["signatures"]
    match vector["message"]:
        case "Decision":
            return functions.execute(fields, signatures)
        case "TillChange":
            return functions.changeTill(fields, *[*signatures, "0x"][:2])
        case "Claim":
            return functions.pay(fields_of(spend), spend["signatures"], fields, *signatures)
        case "Refund":
            return functions.refund(fields, *signatures)
        case "Move":
            return functions.move(fields, signatures)


@pytest.fixture(scope="module")
def web3():
    genesis = PyEVMBackend.generate_genesis_params({"timestamp": START})
    return Web3(EthereumTesterProvider(EthereumTester(PyEVMBackend(genesis))))


@pytest.fixture(scope="module")
def ledger(web3):
    artifact = json.loads((ROOT / "backend/kindpakket/ledger/VoucherLedger.json").read_text())
    anna, bram = (web3.eth.account.from_key(key).address for key in STORY[0]["keys"])
    carla = web3.eth.accounts[2]
    contract = web3.eth.contract(abi=artifact["abi"], bytecode=artifact["bytecode"])
    deployed = contract.constructor([anna, bram, carla], [ALL_CAPACITIES] * 3).transact(
        {"from": web3.eth.accounts[0]}
    )
    address = web3.eth.get_transaction_receipt(deployed)["contractAddress"]
    return web3.eth.contract(address, abi=artifact["abi"])


def test_the_source_has_the_types_of_the_vectors():
    source = "".join(path.read_text() for path in (ROOT / "contracts").rglob("*.sol"))
    found = re.findall(r'(\w+)_TYPEHASH\s*=\s*keccak256\(\s*"([^"]+)"\s*\)', source)
    assert {camel(constant): text for constant, text in found} == TYPES
    assert len(found) == 6


def test_the_code_on_the_chain_has_the_hash_of_each_type(web3, ledger):
    code = web3.eth.get_code(ledger.address)
    for text in TYPES.values():
        assert keccak(text=text) in code


def test_the_ledger_has_the_domain_of_the_vectors(ledger):
    _, name, version, chain_id, contract, _, extensions = ledger.functions.eip712Domain().call()
    assert {
        "name": name,
        "version": version,
        "chainId": chain_id,
        "verifyingContract": contract.lower(),
    } == DOMAIN
    assert extensions == []


def malformed_signatures():
    vectors = json.loads((ROOT / "tests/vectors/malformed.json").read_text())
    return [vector for vector in vectors if vector["kind"] == "signature"]


@pytest.mark.parametrize("vector", malformed_signatures(), ids=lambda vector: vector["why"])
def test_the_ledger_refuses_a_malformed_signature(ledger, vector):
    nobody = keccak(text="SignatureInvalid(address)")[:4] + bytes(32)
    with pytest.raises(TransactionFailed, match=re.escape(str(nobody))):
        ledger.functions.cancel(fields_of(STORY[0]), vector["input"]).call()


def test_the_ledger_carries_out_the_story_of_the_vectors(web3, ledger):
    relay = {"from": web3.eth.accounts[0]}
    spend = next(vector for vector in STORY if vector["message"] == "Spend")
    claim = next(vector for vector in STORY if vector["message"] == "Claim")
    move = next(vector for vector in STORY if vector["message"] == "Move")
    for vector in STORY:
        if vector is not spend:
            act(ledger.functions, vector, spend).transact(relay)

    def state(name, *key):
        return ledger.functions[name](*key).call()

    # 200 funded; 150 issued of which 50 came back; 75 paid and 30 of that refunded; 45 paid out
    opens, closes, paused, closed, *totals = state("schemes", 1)
    assert (opens, closes, paused, closed) == (START - 3600, START + 31_536_000, True, False)
    assert totals == [7_500, 3_000, 0b0011, 0b0100, 20_000, 10_000]
    known, admitted, suspended, _, owed, settled, *_ = state("shops", 7)
    assert (known, admitted, suspended, owed, settled) == (True, True, True, 0, 4_500)
    first, second, third = fields_of(move)[2]
    assert state("payments", claim["structHash"]) == [first, 7, 7_500, 3_000]
    assert [state("coupons", coupon)[1] for coupon in (first, second, third)] == [0, 0, 0]
    assert [state("coupons", coupon)[1] for coupon in fields_of(move)[3][:2]] == [3_000, 2_500]
    assert state("movedTo", first) == fields_of(move)[3][0]
    assert state("origins", fields_of(move)[3][0]) == first
    assert state("tills", fields_of(STORY[4])[1]) == [7, False]
