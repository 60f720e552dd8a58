"""One town is founded per worker; each test gets a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kindpakket import logs
from tests.support import fresh_views
from tests.support.screens import Screens
from tests.support.town import Clock, Town, copied, found, opened

logs.configure("warning", "console")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screens", type=Path, help="Draw contact sheets of all screens, here.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("screens"):
        items[:] = [each for each in items if "screens" in getattr(each, "fixturenames", ())]


@pytest.fixture(scope="session")
def screens(request: pytest.FixtureRequest) -> Iterator[Screens]:
    """Checks the layout of every screen that a test looks at, and draws it when asked."""
    made = Screens(request.config.getoption("screens"))
    yield made
    made.draw()


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


@pytest.fixture(autouse=True)
def _views_are_fresh() -> Iterator[None]:
    """Views that are read without being brought up to date fail the test, also in a thread whose
    errors nobody sees."""
    fresh_views.forgotten.clear()
    yield
    assert fresh_views.forgotten == []
