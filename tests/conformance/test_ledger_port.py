"""One test suite for every engine behind the ledger port, and the faults common to all."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web3 import HTTPProvider
from web3.providers import BaseProvider

from kindpakket.ledger import client, relay
from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.client import Web3Ledger, deploy
from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.ledger.embedded_rpc import EmbeddedProvider
from kindpakket.ledger.port import LedgerUnavailable, Pending, Refused, Settled, Unknown
from kindpakket.protocol.messages import Decision
from kindpakket.protocol.signatures import Key, address_of
from tests.support.chains import ChainUnderTest, own_or
from tests.support.nodes import ANVIL_KEY, anvil

OFFICIALS = [Key(bytes([n]) * 32) for n in (1, 2, 3)]
RELAY = Key(b"\x09" * 32)
EVERY_CAPACITY = 127


class Line(BaseProvider):
    """A connection to an engine that can be cut at a method."""

    def __init__(self, engine: BaseProvider) -> None:
        super().__init__()
        self.engine = engine
        self.cut: set[str] = set()
        self.lost: set[str] = set()
        """Methods, or methods with their last parameter, whose answers do not come."""

    def make_request(self, method: Any, params: Any) -> Any:
        if method in self.cut:
            raise ConnectionError("the line is cut")
        answer = self.engine.make_request(method, params)
        lost = self.lost & {method, " ".join([method, *map(str, params[-1:])])}
        return {"result": None} if lost else answer


@pytest.fixture(params=["embedded", "node"])
def engine(
    request: pytest.FixtureRequest, shared: ChainUnderTest | None, tmp_path: Path
) -> Iterator[tuple[BaseProvider, Key]]:
    """An engine, and the key of an account that may send."""
    if request.param == "embedded":
        with EmbeddedChain.create(tmp_path, relay=address_of(RELAY), sync=False) as chain:
            yield chain.provider, RELAY
    else:
        with own_or(shared) as chain:
            yield HTTPProvider(chain.urls[0]), chain.relay


@pytest.fixture
def line(engine: tuple[BaseProvider, Key]) -> Line:
    return Line(engine[0])


@pytest.fixture
def ledger(line: Line, engine: tuple[BaseProvider, Key]) -> Web3Ledger:
    officials = {address_of(key): EVERY_CAPACITY for key in OFFICIALS}
    contract = deploy(line, engine[1], officials)
    return Web3Ledger(line, contract, engine[1], refuses=isinstance(engine[0], EmbeddedProvider))


@pytest.fixture
def any_node(ledger: Web3Ledger, line: Line, engine: tuple[BaseProvider, Key]) -> Web3Ledger:
    """The same, as a generic node, which may mine later, and mine transactions that revert."""
    return Web3Ledger(line, ledger.domain.contract, engine[1], refuses=False)


def decided(ledger: Web3Ledger, *call: object, by: int = 2) -> bytes:
    now = next(ledger.blocks(ledger.head())).time
    message = Decision(encode_call(*call), now + 3600, now)  # type: ignore[arg-type]
    signers = sorted(OFFICIALS, key=address_of)[:by]
    return encode_call(
        "execute", message.values, [message.sign(ledger.domain, key) for key in signers]
    )


OPEN = ("openScheme", 1, 10, 20, 1, 2)


def test_an_allowed_act_is_settled_with_its_events(ledger: Web3Ledger) -> None:
    outcome = ledger.submit(decided(ledger, *OPEN))
    assert isinstance(outcome, Settled)
    assert [event.name for event in outcome.events] == ["DecisionExecuted", "SchemeOpened"]
    assert outcome.events[1].args == {
        "scheme": 1,
        "opens": 10,
        "closes": 20,
        "permitted": 1,
        "excluded": 2,
    }
    assert ledger.view("schemes", 1)["closes"] == 20


def test_a_refusal_has_its_code_and_its_numbers(ledger: Web3Ledger) -> None:
    outcome = ledger.submit(decided(ledger, *OPEN, by=1))
    assert isinstance(outcome, Refused)
    assert outcome.code == "approvals_missing"
    assert outcome.revert.args == {"approvals": 1, "needed": 2}
    assert ledger.view("schemes", 1)["closes"] == 0


def test_a_revert_without_an_error_of_ours_is_still_a_refusal(ledger: Web3Ledger) -> None:
    paused_without_argument = encode_call("setPaused", 1, True)[:-32]
    message = Decision(paused_without_argument, 2**40 - 1, 1)
    call = encode_call("execute", message.values, [])
    garbled = call[:4] + bytes(len(call) - 4)
    assert isinstance(ledger.submit(garbled), Refused)


@pytest.mark.parametrize("gas", [22_000, 40_000], ids=["to begin", "to end"])
def test_an_act_that_takes_more_gas_than_the_relay_gives_is_refused(
    ledger: Web3Ledger, any_node: Web3Ledger, monkeypatch: pytest.MonkeyPatch, gas: int
) -> None:
    call = decided(ledger, *OPEN)
    for module in (relay, client):
        monkeypatch.setattr(module, "gas_limit", lambda _call: gas)
    for each in (ledger, any_node):
        outcome = each.submit(call)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.revert.error) == ("call_invalid", "OutOfGas")
    monkeypatch.undo()
    assert isinstance(ledger.submit(call), Settled)


def test_a_relay_without_money_is_the_ledger_out_of_reach() -> None:
    """After the relay is funded, the same act succeeds."""
    with anvil() as address:
        rich = HTTPProvider(address)
        officials = {address_of(key): EVERY_CAPACITY for key in OFFICIALS}
        contract = deploy(rich, ANVIL_KEY, officials)
        poor = Web3Ledger(rich, contract, RELAY, refuses=False)
        call = decided(poor, *OPEN)
        with pytest.raises(LedgerUnavailable, match=r"[Ii]nsufficient funds"):
            poor.submit(call)


def test_an_act_that_was_mined_and_reverted_is_refused(ledger: Web3Ledger, line: Line) -> None:
    """As when another act came between the simulation and the block."""
    call = decided(ledger, *OPEN, by=1)
    line.lost = {"eth_call pending"}
    outcome = ledger.submit(call)
    assert isinstance(outcome, Refused)
    assert outcome.code == "approvals_missing"


def test_an_act_whose_receipt_does_not_come_is_pending(
    any_node: Web3Ledger, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "RECEIPT_SECONDS", 0)
    call = decided(any_node, *OPEN)
    line.lost = {"eth_getTransactionByHash"}
    assert isinstance(any_node.submit(call), Pending)


def test_a_line_cut_while_sending_says_nothing_of_the_act(any_node: Web3Ledger, line: Line) -> None:
    call = decided(any_node, *OPEN)
    line.cut = {"eth_sendRawTransaction"}
    assert isinstance(any_node.submit(call), Unknown)


def test_a_line_cut_before_sending_is_the_ledger_out_of_reach(
    ledger: Web3Ledger, line: Line
) -> None:
    call = decided(ledger, *OPEN)
    line.cut = {"eth_getTransactionCount"}
    with pytest.raises(LedgerUnavailable):
        ledger.submit(call)


def test_a_view_without_a_line_is_the_ledger_out_of_reach(ledger: Web3Ledger, line: Line) -> None:
    line.cut = {"eth_call"}
    with pytest.raises(LedgerUnavailable):
        ledger.view("schemes", 1)


def test_a_view_tells_how_it_was_after_an_earlier_block(ledger: Web3Ledger) -> None:
    """Used for the validity of a signature on a bank account at the time it was accepted."""
    before = ledger.head()
    assert isinstance(ledger.submit(decided(ledger, *OPEN)), Settled)
    assert ledger.view("schemes", 1, block=before)["closes"] == 0
    assert ledger.view("schemes", 1, block=ledger.head())["closes"] == 20
    assert ledger.view("officials", address_of(OFFICIALS[0]), block=before) == EVERY_CAPACITY


@pytest.mark.parametrize("block", [0, 10**6, -1])
def test_a_view_of_a_block_without_the_contract_is_no_answer(
    ledger: Web3Ledger, block: int
) -> None:
    with pytest.raises(LedgerUnavailable):
        ledger.view("officials", address_of(OFFICIALS[0]), block=block)
