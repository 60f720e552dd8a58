"""A town whose server asks a slow node."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kindpakket.ledger.client import Web3Ledger
from tests.support.node_town import Node, a_minute_later, found_on_anvil
from tests.support.nodes import anvil
from tests.support.slow_node import SlowNode, slow_node
from tests.support.town import START, Town, opened


@pytest.fixture
def node() -> Iterator[Node]:
    with anvil("--timestamp", str(START)) as url:
        yield Node(url)


@pytest.fixture
def slow(node: Node) -> Iterator[SlowNode]:
    with slow_node(node.url) as slow:
        yield slow


@pytest.fixture
def town(node: Node, slow: SlowNode, tmp_path: Path) -> Iterator[Town]:
    """A town whose server asks the slow node."""
    found_on_anvil(tmp_path / "town", node.url)
    with opened(tmp_path / "town", a_minute_later(), node_url=slow.url) as town:
        yield town


@pytest.fixture
def ledger(town: Town) -> Web3Ledger:
    ledger = town.workspace.context.ledger
    assert isinstance(ledger, Web3Ledger)
    return ledger
