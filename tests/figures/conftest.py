"""A town with enough letters to show figures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.many_letters import issue
from tests.support.town import Clock, Town, copied, opened


@pytest.fixture(scope="session")
def founded_large(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town with sixty letters more."""
    directory = copied(founded, tmp_path_factory.mktemp("large") / "town")
    with opened(directory, _an_hour_later()) as town:
        issue(town, 60)
    return directory


@pytest.fixture
def large_town(founded_large: Path, tmp_path: Path) -> Iterator[Town]:
    clock = _an_hour_later()
    clock.time += 1  # of the decision
    with opened(copied(founded_large, tmp_path / "large"), clock) as town:
        yield town


def _an_hour_later() -> Clock:
    clock = Clock()
    clock.time += 3600
    return clock
