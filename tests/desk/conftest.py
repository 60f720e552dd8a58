"""Two officials at their desks, and a browser to look at their pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from kindpakket.main import serving
from tests.desk.clerk import Clerk, opened_clerk
from tests.desk.looking import Fits, look_for_everybody
from tests.desk.office import ANNA, BRAM, CARLA, Desk, at_the_desk, served
from tests.desk.runs import name_officers
from tests.support.screens import Screens
from tests.support.town import HERE, Town


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
