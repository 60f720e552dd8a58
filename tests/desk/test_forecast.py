"""The estimate of what will be left of a scheme, at the desk."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser

from kindpakket.domain.times import midnight
from tests.desk.looking import Fits, opened
from tests.desk.office import ANNA, Desk, at_the_desk
from tests.support.many_letters import issue, spend
from tests.support.town import BICYCLES, SCHEME, Town


def go(town: Town, day: date) -> None:
    """Go to noon of a day."""
    town.clock.time = midnight(day) + 12 * 3600


@pytest.fixture
def spent(town: Town) -> None:
    """€ 1,100 until 15 May, of which € 28 was spent in the 28 days of February."""
    rules = town.view("schemes", SCHEME)
    closes = midnight(date(2027, 5, 16))
    town.decide("setRules", SCHEME, rules["opens"], closes, rules["permitted"], rules["excluded"])
    issue(town, 20)
    go(town, date(2027, 2, 10))
    spend(town, BICYCLES, 10, amount=280)
    go(town, date(2027, 3, 15))


@pytest.fixture
def later(town: Town, spent: None) -> Iterator[Desk]:  # noqa: ARG001
    with at_the_desk(town, ANNA) as (desk,):
        yield desk


def test_what_will_be_left_is_told_as_an_estimate(later: Desk) -> None:
    """€ 1 a day for 61 days and a half, less the hour that summer time takes."""
    page = later.page("/cijfers/schatting")
    assert "Dit is een schatting." in page
    assert (
        "Nu is er nog € 1.072,00 te besteden. "
        "Aan het eind blijft daarvan naar schatting € 1.011,00 over." in page
    )
    assert "tot en met 15 mei 2027 € 1.072,00 € 28,00 € 28,00 € 1.011,00 € 1.011,00" in page
    assert "2027-02 € 1.072,00 € 1.072,00" in page
    assert "2027-05 € 1.011,00 € 1.011,00" in page


@pytest.mark.usefixtures("spent")
def test_a_range_is_told_as_a_range(town: Town) -> None:
    """€ 2 a day in March: on 15 April € 1,010 is left for thirty days and a half."""
    spend(town, BICYCLES, 10, first=10, amount=620)
    go(town, date(2027, 4, 15))
    with at_the_desk(town, ANNA) as (desk,):
        page = desk.page("/cijfers/schatting")
    assert "naar schatting € 949,00 tot € 980,00 over" in page


def test_it_can_be_taken_along(later: Desk) -> None:
    told = later.get("/cijfers/schatting?als=csv").text
    assert "tot en met 15 mei 2027;1072,00;28,00;28,00;1011,00;1011,00" in told


def test_without_a_whole_month_the_page_says_so(anna: Desk) -> None:
    assert "Er is nog niets te schatten." in anna.page("/cijfers/schatting")


@pytest.mark.usefixtures("spent")
def test_the_estimate_fits_everybody(chromium: Browser, town: Town, fits: Fits) -> None:
    with opened(chromium, town) as (page, desk):
        page.goto(f"{desk}/cijfers/schatting")
        fits(page, "estimate")
        page.locator("details").evaluate("each => { each.open = true }")
        fits(page, "estimate with its table")
