"""The pages of shops and payouts fit everybody, in every state."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.desk.looking import Fits, opened
from tests.desk.office import Desk, decided_by_two
from tests.desk.test_payouts import form
from tests.desk.test_shops import NEW, enrolled, prepare
from tests.support.town import BICYCLES, BOOKS, ENDED, Town, owner_of, till_of


@pytest.fixture(autouse=True)
def payer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_PAYER_IBAN", "NL91ABNA0417164300")


@pytest.fixture
def page(chromium: Browser, town: Town) -> Iterator[Page]:
    """Anna's browser, with its own server."""
    with opened(chromium, town) as (page, _desk):
        yield page


def sold(town: Town) -> None:
    """Ten payments at the bicycle shop, one at the bookshop; the first has an account."""
    iban, holder = "NL20 INGB 0001 2345 67", "Çağlar & Zn."
    town.api.set_account(owner_of(BICYCLES), BICYCLES, iban, holder, town.now())
    for shop, times in ((BICYCLES, 10), (BOOKS, 1)):
        for _time in range(times):
            town.api.pay(till_of(shop), town.code(2_00), 2_00)


def test_pages_about_shops_and_payouts_fit_everybody(
    town: Town, anna: Desk, bram: Desk, page: Page, fits: Fits
) -> None:
    page.goto("/gemeente/uitbetalingen")
    fits(page, "no payouts")
    page.goto("/gemeente/uitbetalingen/nieuw")
    fits(page, "nothing to pay")
    enrolled(town, anna)
    sold(town)
    decided_by_two(anna, bram, prepare(anna, ENDED, "soorten", {"category": "books"}))
    for path in ("", "?stand=waits", "?zoek=zeilboot", f"/{NEW}", f"/{BICYCLES}", f"/{ENDED}"):
        page.goto(f"/gemeente/winkels{path}")
        fits(page, f"shops {path}")
    for section in ("gegevens", "soorten", "schorsen", "beeindigen", "betalingen"):
        page.goto(f"/gemeente/winkels/{BICYCLES}/{section}")
        fits(page, section)
    _with_mistakes(page, fits)
    _account(page, fits)
    _invited(page, fits)
    page.goto("/gemeente/uitbetalingen/nieuw?minimum=0,01&dagen=0")
    fits(page, "preview")
    page.goto("/gemeente/uitbetalingen/nieuw?minimum=veel&dagen=x")
    fits(page, "preview with mistakes")
    prepared = anna.prepare("/uitbetalingen/nieuw", form(anna))
    for path in ("uitbetalingen/1", "uitbetalingen/nieuw", f"besluiten/{prepared}"):
        page.goto(f"/gemeente/{path}")
        fits(page, path)
    decided_by_two(anna, bram, prepared)
    anna.post("/uitbetalingen/1/bestand")
    for path in ("uitbetalingen", "uitbetalingen/1", "uitbetalingen/1/teruggekomen", "winkels/1"):
        page.goto(f"/gemeente/{path}")
        fits(page, f"{path}, paid")


def _with_mistakes(page: Page, fits: Fits) -> None:
    page.goto("/gemeente/winkels/nieuw")
    fits(page, "register")
    page.get_by_label("Zoek een soort winkel").fill("boek")
    page.get_by_role("button", name="Zoek").click()
    assert page.get_by_role("checkbox").count() == 1
    for label in ("Naam van de winkel", "Adres", "KvK-nummer"):
        page.get_by_label(label, exact=True).fill("1")
    page.get_by_role("button", name="Schrijf in en maak de uitnodiging").click()
    assert page.get_by_text("Dit is geen KvK-nummer").is_visible()
    fits(page, "register with mistakes")


def _account(page: Page, fits: Fits) -> None:
    page.goto(f"/gemeente/winkels/{BICYCLES}/rekening")
    fits(page, "propose an account")
    page.get_by_label("Op naam van").fill("De Ketting")
    page.get_by_label("Rekeningnummer (IBAN)").fill("NL20INGB0001234568")
    page.get_by_role("button", name="Stel deze rekening voor").click()
    assert page.get_by_text("Dit is geen rekeningnummer").is_visible()
    fits(page, "propose with a mistake")
    page.get_by_label("Rekeningnummer (IBAN)").fill("NL20INGB0001234567")
    page.get_by_role("button", name="Stel deze rekening voor").click()
    assert page.get_by_text("Dit is voorgesteld.").is_visible()
    fits(page, "proposed")
    page.goto("/gemeente/")
    fits(page, "something to sign")
    page.goto(f"/gemeente/winkels/{BICYCLES}")
    fits(page, "a shop with a proposal")


def _invited(page: Page, fits: Fits) -> None:
    page.goto(f"/gemeente/winkels/{BICYCLES}")
    page.get_by_text(re.compile("Nodig de eigenaar opnieuw uit")).click()
    page.get_by_role("button", name="Maak een nieuwe uitnodiging").click()
    assert page.get_by_role("img", name="QR-code").evaluate("image => image.naturalWidth") > 0
    fits(page, "invited")
