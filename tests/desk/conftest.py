"""Two officials at their desks, and a browser to look at their pages."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kindpakket.api import web
from kindpakket.main import serving
from tests.desk import lost
from tests.desk.clerk import Clerk, lighten, opened_clerk
from tests.desk.looking import Fits, look_for_everybody
from tests.desk.office import ANNA, BRAM, CARLA, Desk, at_the_desk, served
from tests.desk.runs import name_officers
from tests.support.screens import Screens
from tests.support.town import HERE, Clock, Town, copied, opened


@pytest.fixture(scope="session")
def lightened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages, in which a passphrase takes less time than it takes officials."""
    built = tmp_path_factory.mktemp("built") / "web"
    shutil.copytree(web.DIRECTORY, built)
    lighten(built)
    return built


@pytest.fixture(scope="module", autouse=True)
def pages(lightened: Path) -> Iterator[None]:
    """The pages that the desk serves: those with less work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "DIRECTORY", lightened)
        yield


@pytest.fixture
def desks(town: Town) -> Iterator[tuple[Desk, Desk]]:
    with at_the_desk(town, ANNA, BRAM) as (anna, bram):
        yield anna, bram


@pytest.fixture
def office(town: Town) -> Iterator[tuple[Desk, Desk]]:
    """Two officials, in a municipality with two privacy officers."""
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        name_officers(anna, bram, carla)
        yield anna, bram


@pytest.fixture(scope="session")
def founded_runs(
    founded: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int, lost.Runs]:
    """A town with a run and blank letters, and its time."""
    directory, clock = tmp_path_factory.mktemp("runs") / "town", Clock()
    clock.time += 3600
    with opened(copied(founded, directory), clock) as town:
        runs = lost.make_runs(town)
    return directory, clock.time, runs


@pytest.fixture
def with_runs(founded_runs: tuple[Path, int, lost.Runs], tmp_path: Path) -> Iterator[lost.Office]:
    """The office of a copy of that town."""
    directory, time, runs = founded_runs
    clock = Clock()
    clock.time = time + 1
    with (
        opened(copied(directory, tmp_path / "runs"), clock) as town,
        lost.office(town, runs) as made,
    ):
        yield made


@pytest.fixture
def anna(desks: tuple[Desk, Desk]) -> Desk:
    return desks[0]


@pytest.fixture
def bram(desks: tuple[Desk, Desk]) -> Desk:
    return desks[1]


@pytest.fixture
def fits(screens: Screens) -> Fits:
    """Check that a page, in the state with that name, fits everybody."""
    return lambda page, state: look_for_everybody(page, state, screens)


@pytest.fixture
def clerk(chromium: Browser, town: Town) -> Iterator[Clerk]:
    """A browser at the desk, without a key."""
    app = served(town, app_address=HERE)
    with serving(app, None) as address, opened_clerk(chromium, address) as clerk:
        yield clerk
