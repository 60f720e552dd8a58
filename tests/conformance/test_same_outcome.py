"""The same calldata has the same outcome on the embedded chain and on a real node."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from web3 import HTTPProvider

from kindpakket.domain.ids import Address
from kindpakket.ledger.client import Web3Ledger
from kindpakket.ledger.port import Outcome, Refused, Settled
from kindpakket.protocol.messages import Domain
from kindpakket.protocol.signatures import Key, address_of
from tests.contracts.scenarios import Scenario
from tests.contracts.test_mutants import RULES
from tests.support import small_town
from tests.support.node_town import Node
from tests.support.nodes import anvil
from tests.support.small_town import RELAY, SmallTown
from tests.support.town import START, Clock, copied

SECOND = Key(b"\x0a" * 32)
"""The relay of a second server."""


@dataclass
class Twins:
    """Two ledgers that get the same calls; an answer is returned only when both give it.

    The node gets them from the relays of two servers in turn.
    """

    embedded: Web3Ledger
    others: Iterator[Web3Ledger]
    node: Node
    clock: Clock

    @property
    def domain(self) -> Domain:
        assert self.embedded.domain == next(self.others).domain
        return self.embedded.domain

    @property
    def relay(self) -> Address:
        return self.embedded.relay

    def submit(self, call: bytes) -> Outcome:
        self.node.rpc("evm_setNextBlockTimestamp", int(self.clock.time))
        outcome = self.embedded.submit(call)
        assert _told(outcome) == _told(next(self.others).submit(call))
        return outcome

    def view(self, function: str, *args: Any) -> Any:
        answer = self.embedded.view(function, *args)
        assert answer == next(self.others).view(function, *args)
        return answer


def _told(outcome: Outcome) -> object:
    """The outcome without the data of its block."""
    if isinstance(outcome, Settled):
        return outcome.events
    assert isinstance(outcome, Refused)
    return outcome.code, outcome.revert


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("embedded") / "town"
    small_town.found(directory)
    return directory


@pytest.fixture(scope="module")
def node(embedded: Path) -> Iterator[Node]:
    """A node with the same chain id and the same town on it."""
    with small_town.opened(embedded) as town:
        chain_id = town.domain.chain_id
    with anvil("--chain-id", str(chain_id), "--timestamp", str(START)) as url:
        node = Node(url)
        for relay in (RELAY, SECOND):
            node.rpc("anvil_setBalance", address_of(relay), hex(10**27))
        small_town.found_on(HTTPProvider(url))
        yield node


@contextmanager
def twins(directory: Path, node: Node) -> Iterator[SmallTown]:
    before = node.rpc("evm_snapshot")
    with small_town.opened(directory) as town:
        contract = town.ledger.domain.contract
        others = [
            Web3Ledger(HTTPProvider(node.url), contract, relay, refuses=False)
            for relay in (RELAY, SECOND)
        ]
        both: Any = Twins(town.ledger, cycle(others), node, town.clock)
        yield SmallTown(both, town.clock, town.provider)
    node.rpc("evm_revert", before)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_the_same_outcome(
    rule: Scenario, embedded: Path, node: Node, tmp_path: Path
) -> None:
    with twins(copied(embedded, tmp_path / "town"), node) as town:
        rule(town)
