"""A served town, and a browser for its phones and tills."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.apps.phone import Phone, RunningClock, Street, opened_phone, opened_street
from tests.apps.till import Film, Till, filming, opened_till
from tests.support.town import copied, opened


@pytest.fixture(scope="module")
def film_camera(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Film, Browser]]:
    film = Film(tmp_path_factory.mktemp("film") / "seen.mjpeg")
    with filming(chromium, film) as started:
        yield film, started


@pytest.fixture
def film(film_camera: tuple[Film, Browser]) -> Film:
    """What the camera sees."""
    return film_camera[0]


@pytest.fixture
def camera(film_camera: tuple[Film, Browser]) -> Browser:
    """A browser with a camera, which plays the film."""
    return film_camera[1]


@pytest.fixture
def street(founded: Path, tmp_path: Path) -> Iterator[Street]:
    clock = RunningClock()
    with opened(copied(founded, tmp_path / "town"), clock) as town, opened_street(town) as street:
        built = street.api.http.get("/").status_code == 200
        assert built, "these tests look at the apps as they are built: make install"
        yield street


@pytest.fixture
def phone(chromium: Browser, street: Street) -> Iterator[Phone]:
    with opened_phone(chromium, street) as phone:
        yield phone


@pytest.fixture
def till(chromium: Browser, street: Street) -> Iterator[Till]:
    with opened_till(chromium, street) as till:
        yield till
