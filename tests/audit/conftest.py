"""One town with a history per worker, and the true content of its ledger."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kindpakket.ledger.port import Ledger
from tests.audit.planted import Blocks, Fault, Tell, Telling, Views
from tests.support.lived import live
from tests.support.town import Clock, copied, opened


@pytest.fixture(scope="session")
def lived(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    clock = Clock()
    clock.time += 3600
    directory = copied(founded, tmp_path_factory.mktemp("lived") / "town")
    with opened(directory, clock) as town:
        live(town)
        yield town.workspace.context.ledger


@pytest.fixture(scope="session")
def blocks(lived: Ledger) -> Blocks:
    return tuple(lived.blocks(0))


@pytest.fixture(scope="session")
def known() -> dict[Any, Any]:
    """Answers of the town's contract to earlier tests."""
    return {}


@pytest.fixture
def telling(lived: Ledger, blocks: Blocks, known: dict[Any, Any]) -> Tell:
    """Make a ledger with a planted fault in its blocks or in the answer of a view."""

    def tell(fault: Fault = lambda blocks: blocks, views: Views | None = None) -> Telling:
        return Telling(lived, fault(blocks), views or {}, known)

    return tell
