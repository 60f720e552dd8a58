"""A town that tests share: all requests of these tests are refused, so its state stays the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.town import Clock, Town, copied, opened


@pytest.fixture(scope="module")
def still_town(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    clock = Clock()
    clock.time += 3600
    with opened(copied(founded, tmp_path_factory.mktemp("still") / "town"), clock) as town:
        before = town.workspace.context.ledger.head()
        yield town
        assert town.workspace.context.ledger.head() == before
