"""A town whose server asks a slow node, on the chain of :mod:`tests.support.chains`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kindpakket.ledger.client import Web3Ledger
from tests.support.chains import NODE, ChainUnderTest, own_or, shared_chain
from tests.support.node_town import Node
from tests.support.slow_node import SlowNode, slow_node
from tests.support.town import Town


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another chain than anvil, keep the tests that use it, and that need no command of anvil to
    force a fault."""
    if NODE == "anvil":
        return
    here = Path(__file__).parent
    out = [item for item in items if here in item.path.parents and not _is_of_any_chain(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in out]


def _is_of_any_chain(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    engine = item.callspec.params.get("engine") if hasattr(item, "callspec") else None
    used = item.fixturenames
    return "shared" in used and "node" not in used and engine != "embedded"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChainUnderTest | None]:
    with shared_chain(tmp_path_factory.mktemp("chain")) as chain:
        yield chain


@pytest.fixture
def chain(shared: ChainUnderTest | None) -> Iterator[ChainUnderTest]:
    with own_or(shared) as chain:
        yield chain


@pytest.fixture
def node(chain: ChainUnderTest) -> Node:
    """Anvil, to force faults by its commands."""
    return Node(chain.urls[0])


@pytest.fixture
def slow(chain: ChainUnderTest) -> Iterator[SlowNode]:
    with slow_node(chain.urls[0]) as slow:
        yield slow


@pytest.fixture
def town(chain: ChainUnderTest, slow: SlowNode, tmp_path: Path) -> Iterator[Town]:
    """A town whose server asks the slow node."""
    with chain.town(tmp_path / "town", slow.url) as town:
        yield town


@pytest.fixture
def ledger(town: Town) -> Web3Ledger:
    ledger = town.workspace.context.ledger
    assert isinstance(ledger, Web3Ledger)
    return ledger
