"""The page /over shows the published money, by month and kind, and no small number."""

import re
from itertools import product

from playwright.sync_api import Browser

from kindpakket.domain.times import day_of, midnight
from kindpakket.main import build_app, serving
from kindpakket.services.publication import REFRESHED_AFTER
from kindpakket.settings import Settings
from tests.support.browser import end_transitions, run_axe
from tests.support.many_letters import issue, spend
from tests.support.screens import Screens
from tests.support.town import BICYCLES, BICYCLES_AND_SPIRITS, BOOKS, Town, till_of

DAY = 24 * 3600


def shown(town: Town, query: str = "") -> str:
    """What the page says of the money."""
    town.clock.time += REFRESHED_AFTER
    text = re.sub(r"<[^>]+>", " ", town.http.get(f"/over{query}").text)
    text = re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))
    heads = ("Where the money went", "What changed") if query else ("Waar het geld", "Wat er ver")
    return text.partition(heads[0])[2].partition(heads[1])[0]


def morning(town: Town, days: int = 1) -> None:
    town.clock.time = midnight(day_of(town.now() + days * DAY)) + 6 * 3600


def a_month(town: Town) -> None:
    """Thirty letters paid at the bicycle shop, thirteen at the book shop, and few elsewhere."""
    made = spend(town, BICYCLES, 30)
    for payment in made[:12]:
        town.api.refund(till_of(BICYCLES), payment, 30, town.now())
    spend(town, BOOKS, 13, first=30, amount=200)
    spend(town, BOOKS, 1, first=50, amount=777)
    morning(town, 30)


def test_the_money_is_shown_by_month_and_kind(large_town: Town) -> None:
    a_month(large_town)
    text = shown(large_town)
    assert "Budget € 10.000,00 Op brieven gezet € 1.500,00 Besteed € 60,17" in text
    assert "Nog niet besteed € 1.439,83" in text
    assert "Per soort winkel januari 2027 Boeken € 33,77 Fietsen en bromfietsen € 30,00" in text
    assert (
        "Per maand januari 2027 Op brieven gezet € 1.500,00 Betaald in winkels € 63,77 "
        "Terugbetaald door winkels € 3,60" in text
    )
    assert "Dit is de stand tot 14 februari 2027." in text
    text = shown(large_town, "?lang=en")
    assert "By kind of shop January 2027 Books €33.77 Bicycles and mopeds €30.00" in text


def test_a_small_number_is_not_shown_and_does_not_follow(large_town: Town) -> None:
    large_town.decide("setRules", 1, 1, 2**33, 2**20 - 1, 0)
    spend(large_town, BICYCLES_AND_SPIRITS, 3, amount=111)
    a_month(large_town)
    text = shown(large_town)
    assert "Andere soorten samen: Boeken; Fietsen en bromfietsen, Dranken € 37,10" in text
    assert "3,33" not in text


def test_a_small_town_tells_all_kinds_together(large_town: Town) -> None:
    """Six letters at each of two kinds: neither may be told, and both together may."""
    spend(large_town, BICYCLES, 6)
    spend(large_town, BOOKS, 6, first=6, amount=150)
    morning(large_town, 30)
    text = shown(large_town)
    assert "Dit kan nog niet per soort winkel." in text
    assert "Sinds het begin is er bij alle soorten samen € 15,00 betaald." in text
    kinds = large_town.http.get("/over/soorten.csv").text.splitlines()
    assert kinds[1:] == ["1;Regeling 1;2027-01;2027-01;Alle soorten samen;15,00"]
    (scheme,) = large_town.http.get("/over/gegevens.json").json()["schemes"]
    assert (scheme["kinds"], scheme["undivided"]) == ([], 1_500)


def test_what_fewer_than_ten_letters_paid_is_not_told_as_nothing(large_town: Town) -> None:
    spend(large_town, BICYCLES, 9)
    morning(large_town)
    assert "Op brieven gezet € 1.500,00 Besteed nog te weinig om te tonen Per soort" in (
        shown(large_town)
    )
    (scheme,) = large_town.http.get("/over/gegevens.json").json()["schemes"]
    assert (scheme["granted"], scheme["spent"], scheme["refunded"]) == (150_000, None, None)
    table = large_town.http.get("/over/regelingen.csv").text.splitlines()
    assert table[1].endswith(";10000,00;1500,00;;")


def test_nothing_of_today_is_shown_before_the_morning(large_town: Town) -> None:
    a_month(large_town)
    before = shown(large_town)
    spend(large_town, BOOKS, 20, first=40)
    assert shown(large_town) == before
    assert "Besteed € 60,17" in before
    morning(large_town)
    assert "Besteed € 80,17" in shown(large_town)


def test_the_figures_can_be_used_by_everybody(
    large_town: Town, chromium: Browser, screens: Screens
) -> None:
    large_town.decide("setRules", 1, 1, 2**33, 2**20 - 1, 0)
    issue(large_town, 3, first=90)
    spend(large_town, BICYCLES_AND_SPIRITS, 3, amount=111)
    a_month(large_town)
    app = build_app(large_town.workspace, Settings(data=large_town.directory))
    with serving(app, None) as address:
        for theme, (width, height) in product(("light", "dark"), ((390, 844), (1366, 768))):
            page = chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,  # type: ignore[arg-type]
            ).new_page()
            page.goto(f"{address}/over")
            assert page.get_by_text("Andere soorten samen").is_visible()
            end_transitions(page)
            assert run_axe(page).violations_count == 0
            if (theme, width) == ("light", 390):
                screens.look(page, "public pages", "about kindpakket, with figures")
