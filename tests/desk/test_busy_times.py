"""When payments are made, at the desk."""

from datetime import date

import pytest
from playwright.sync_api import Browser

from kindpakket.domain.times import midnight
from tests.desk.looking import Fits, opened
from tests.desk.office import ANNA, Desk, at_the_desk
from tests.support.many_letters import issue, spend
from tests.support.town import BICYCLES, Town

NOTHING = "Er is nog te weinig betaald om dit te laten zien."


def go(town: Town, day: date, hour: int) -> None:
    town.clock.time = midnight(day) + hour * 3600


@pytest.fixture
def paid(town: Town) -> None:
    """On a Tuesday 12 payments at ten and 24 at three, on a Saturday 20 at ten; it is March now."""
    issue(town, 56)
    go(town, date(2027, 2, 9), 10)
    spend(town, BICYCLES, 12)
    go(town, date(2027, 2, 9), 15)
    spend(town, BICYCLES, 24, first=12)
    go(town, date(2027, 2, 13), 10)
    spend(town, BICYCLES, 20, first=36)
    go(town, date(2027, 3, 15), 12)


@pytest.mark.usefixtures("paid")
def test_numbers_are_shown_by_day_and_hour(town: Town) -> None:
    with at_the_desk(town, ANNA) as (desk,):
        page = desk.page("/cijfers/drukte")
        html = desk.get("/cijfers/drukte").text
        told = desk.get("/cijfers/drukte?als=csv").text
    assert "Aantal betalingen van februari 2027 tot en met februari 2027." in page
    assert "Daardoor kan ook een getal te laag zijn." in page
    assert "10 tot 11 uur 12 20 15 tot 16 uur 24 –" in page
    assert '<td class="desk-heat__3">12</td>' in html  # a half of the most
    assert '<td class="desk-heat__5">24</td>' in html
    assert '<td class="desk-heat__0">–</td>' in html
    assert "10 tot 11 uur;12;20" in told


def test_with_few_payments_the_page_says_why_there_is_nothing(anna: Desk) -> None:
    assert NOTHING in anna.page("/cijfers/drukte")


@pytest.mark.usefixtures("paid")
def test_busy_times_fit_everybody(chromium: Browser, town: Town, fits: Fits) -> None:
    with opened(chromium, town) as (page, desk):
        page.goto(f"{desk}/cijfers/drukte")
        fits(page, "busy times")
