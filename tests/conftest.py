"""One town is founded per worker; each test gets a copy of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.town import Clock, Town, copied, found, opened


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("founded") / "town"
    found(directory)
    return directory


@pytest.fixture
def town(founded: Path, tmp_path: Path) -> Iterator[Town]:
    clock = Clock()
    clock.time += 3600
    with opened(copied(founded, tmp_path / "town"), clock) as town:
        yield town
