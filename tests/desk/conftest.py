"""Two officials at their desks."""

from collections.abc import Iterator

import pytest

from tests.desk.office import ANNA, BRAM, Desk, at_the_desk
from tests.support.town import Town


@pytest.fixture
def desks(town: Town) -> Iterator[tuple[Desk, Desk]]:
    with at_the_desk(town, ANNA, BRAM) as (anna, bram):
        yield anna, bram


@pytest.fixture
def anna(desks: tuple[Desk, Desk]) -> Desk:
    return desks[0]


@pytest.fixture
def bram(desks: tuple[Desk, Desk]) -> Desk:
    return desks[1]
