"""The demo town is built once, by the real command; each test gets a copy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kindpakket.demo import town_file
from kindpakket.demo.pages import make_pages
from kindpakket.main import build_app
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.support.demo_town import Built, Inside, Served, run, served


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these tests in one worker, so that the town is built once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("demo"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    data = tmp_path_factory.mktemp("demo") / "town"
    command = run("demo", "--data", data, "--once")
    assert command.exit_code == 0, command.output
    return Built(data, command)


@pytest.fixture
def data(built: Built, tmp_path: Path) -> Path:
    """A copy of the town."""
    return Path(shutil.copytree(built.data, tmp_path / "town"))


@pytest.fixture(scope="session")
def open_town(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the town that is served."""
    copy = shutil.copytree(built.data, tmp_path_factory.mktemp("open") / "town")
    with served(Path(copy)) as town:
        yield town


@pytest.fixture(scope="module")
def inside(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    copy = Path(shutil.copytree(built.data, tmp_path_factory.mktemp("inside") / "town"))
    settings, town = Settings(data=copy), town_file.read(copy)
    with Workspace.open(settings, sync=False) as workspace:
        app = build_app(workspace, settings, make_pages(town))
        with TestClient(
            app,
            base_url="http://127.0.0.1",
            client=("127.0.0.1", 50_000),
            raise_server_exceptions=False,
        ) as http:
            yield Inside(workspace, town, http)
