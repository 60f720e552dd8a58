"""One town is founded per worker; each test gets a copy."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kindpakket import logs
from tests.support import fresh_views
from tests.support.browser import browser
from tests.support.payouts import HOLDERS, IBANS, give_account, sell
from tests.support.screens import Screens
from tests.support.town import BICYCLES, BOOKS, Clock, Town, copied, found, opened

logs.configure("warning", "console")
gc.set_threshold(100_000, 20, 20)  # the default takes a quarter of Python's time

_BROWSER = pytest.StashKey[Browser]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screens", type=Path, help="Draw contact sheets of all screens, here.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("screens"):
        items[:] = [each for each in items if "screens" in getattr(each, "fixturenames", ())]


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: they are not searched for garbage again."""
    gc.freeze()


@pytest.fixture(scope="session")
def screens(request: pytest.FixtureRequest) -> Iterator[Screens]:
    """Checks the layout of every screen that a test looks at, and draws it when asked."""
    made = Screens(request.config.getoption("screens"))
    yield made
    made.draw()


@pytest.fixture(scope="module")
def chromium(request: pytest.FixtureRequest) -> Browser:
    """A browser, started once for the tests of a folder. It is closed after them, since other tests
    have an event loop of their own."""
    folder = request.node.getparent(pytest.Directory)
    if _BROWSER not in folder.stash:
        stack = ExitStack()
        folder.stash[_BROWSER] = stack.enter_context(browser())
        stack.callback(folder.stash.__delitem__, _BROWSER)
        folder.addfinalizer(stack.close)
    return folder.stash[_BROWSER]


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


@pytest.fixture
def paid(town: Town) -> Town:
    """A town that owes the bicycle shop 30.00 and the bookshop 12.50, both with an account."""
    for shop, iban in IBANS.items():
        give_account(town, shop, iban, HOLDERS[shop])
    sell(town, BICYCLES, 30_00)
    sell(town, BOOKS, 12_50)
    return town


@pytest.fixture(autouse=True)
def _views_are_fresh() -> Iterator[None]:
    """Views that are read without being brought up to date fail the test, also in a thread whose
    errors nobody sees."""
    fresh_views.forgotten.clear()
    yield
    assert fresh_views.forgotten == []
