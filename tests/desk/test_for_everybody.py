"""Pages for every official fit everybody, also with another theme."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.signatures import address_of
from kindpakket.services.decisions.prepare import prepare
from kindpakket.services.shops.admission import ending
from kindpakket.services.shops.register import list_shop_files
from tests.desk.clerk import PASSPHRASE, Clerk
from tests.desk.looking import OFFICE, SMALL, Fits, opened
from tests.desk.office import ANNA, Desk, capacities_form, decided_by_two
from tests.desk.test_privacy_officers import KEYS
from tests.support.small_town import key
from tests.support.town import BICYCLES, Town, till_of

THEME = (
    Path(__file__).parents[2]
    / "node_modules/@nl-design-system-community/purmerend-design-tokens/dist/theme.css"
)
CARLA = key(61)


def prepared(town: Town, anna: Desk) -> str:
    town.decide("setOfficial", address_of(CARLA), int(Capacity.RULES | Capacity.SHOPS))
    town.clock.time += 1
    form = capacities_form(anna, address_of(CARLA), "RULES")
    return anna.prepare("/ambtenaren/wijzigen", form)


def test_every_page_fits_everybody(
    chromium: Browser, town: Town, anna: Desk, bram: Desk, fits: Fits
) -> None:
    decision_set = prepared(town, anna)
    anna.post("/ambtenaren/uitnodigen", {"name": "Dirk", "capacity": "SHOPS"})
    anna.post("/controle")
    made = anna.prepare("/regelingen/1/budget", {"direction": "erbij", "amount": "1234567,89"})
    decided_by_two(anna, bram, made)
    anna.post("/privacy/voorstel", {"place": "1", "recipient": KEYS[0]})
    with opened(chromium, town) as (page, desk):
        for path in (
            "/",
            "/besluiten",
            "/besluiten/genomen",
            f"/besluiten/{decision_set}",
            f"/besluiten/{made}",
            "/ambtenaren",
            "/privacy",
            "/cijfers",
            "/controle",
            "/inzage",
            "/zoeken?zoek=e",
            "/zoeken?zoek=zeilboot",
            "/toetsen",
            "/nergens",
            "/?taal=en",
        ):
            page.goto(desk + path)
            for each in page.locator("details").all():
                each.evaluate("each => { each.open = true }")
            fits(page, path.replace(decision_set, "1").replace(made, "2"))


def test_messages_and_inspections_fit_everybody(
    chromium: Browser, town: Town, anna: Desk, fits: Fits
) -> None:
    town.api.pay(till_of(BICYCLES), town.code(10_00), 10_00)
    account = {"iban": "NL20INGB0001234567", "holder": "De Ketting"}
    message = anna.post(f"/winkels/{BICYCLES}/rekening", account).headers["location"]
    with opened(chromium, town) as (page, desk):
        page.goto(message)
        fits(page, "message")
        page.goto(f"{desk}/winkels/{BICYCLES}/betalingen")
        page.get_by_role("button", name="Bekijk").click()
        page.get_by_role("alert").or_(page.locator("[aria-invalid]")).first.wait_for()
        fits(page, "inspection without a reason")
        page.get_by_label("Reden").fill("Vraag van de winkel")
        page.get_by_role("button", name="Bekijk").click()
        page.get_by_text("10,00").first.wait_for()
        fits(page, "inspection")
        page.goto(f"{desk}/inzage")
        fits(page, "inspections")


LINES = """parent => {
    const tops = (node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return [...range.getClientRects()].map(({ top }) => top);
    };
    const keys = [...parent.querySelectorAll("summary")];
    const texts = [...parent.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const folded = (key) => ({ top: tops(key.firstChild)[0], height: key.clientHeight });
    return { keys: keys.map(folded), lines: texts.flatMap(tops) };
}"""
"""Where the folded keys of a sentence begin, and the lines of the text around them, in pixels."""


@pytest.mark.parametrize("size", [SMALL, OFFICE])
def test_a_folded_key_is_on_a_line_of_its_sentence_and_as_large_as_a_finger(
    chromium: Browser, town: Town, size: tuple[int, int]
) -> None:
    context = town.workspace.context
    bicycles = next(each for each in list_shop_files(context) if each.id == BICYCLES)
    decision = prepare(context, ending(bicycles)).id
    with opened(chromium, town, size) as (page, desk):
        page.goto(f"{desk}/besluiten/{decision}")
        shown = page.locator(".desk-words").evaluate(LINES)
        (key,) = shown["keys"]
        assert min(abs(key["top"] - line) for line in shown["lines"]) < 4
        assert key["height"] >= 48


def test_the_way_in_and_out_fits_everybody(clerk: Clerk, fits: Fits) -> None:
    page = clerk.page
    clerk.go("/aanmelden")
    clerk.sees("Op dit apparaat staat nog geen sleutel.")
    fits(page, "no key yet")
    form = page.locator("form", has=page.get_by_label("De tekens op het papier"))
    form.get_by_label("De tekens op het papier").fill(ANNA.hex())
    form.get_by_label("Kies een wachtzin").fill(PASSPHRASE)
    form.get_by_label("Nog een keer dezelfde wachtzin").fill("1111")
    form.get_by_role("button", name="Voeg de sleutel toe").click()
    clerk.sees("De wachtzinnen zijn niet gelijk.")
    fits(page, "two passphrases")
    form.get_by_label("Nog een keer dezelfde wachtzin").fill(PASSPHRASE)
    form.get_by_role("button", name="Voeg de sleutel toe").click()
    clerk.tap("Meld aan")
    fits(page, "a key")
    clerk.sign_in()
    clerk.go("/ambtenaren")
    form = page.locator("form[action$=uitnodigen]")
    form.get_by_label("Naam").fill("Wilhelmina van der Heijden-Oosterhuis")
    form.get_by_label("Winkels").check()
    clerk.tap("Maak een link")
    clerk.heading(re.compile("Uitnodiging voor Wilhelmina"))
    fits(page, "an invitation")
    link = clerk.page.get_by_label("Link").input_value()
    clerk.go("/ambtenaren")
    clerk.tap("Afmelden")
    clerk.heading("U bent afgemeld")
    fits(page, "signed out")
    page.goto(clerk.base_url + "/gemeente" + link.partition("/gemeente")[2])
    page.get_by_label("Kies een wachtzin").wait_for()
    fits(page, "invited")
    clerk.make_key(link)
    fits(page, "a new official")
    page.route("**/winkels/nieuw", lambda route: route.continue_(method="POST"))
    clerk.go("/winkels/nieuw")
    clerk.heading("U bent niet meer aangemeld")
    fits(page, "not signed in")
    clerk.wrong.clear()


def test_a_municipality_brings_its_own_colours_and_name(
    chromium: Browser, town: Town, anna: Desk, fits: Fits
) -> None:
    decision_set = prepared(town, anna)
    button = "getComputedStyle(document.querySelector('.utrecht-button--primary-action'))"
    looks = []
    for own in (None, THEME):
        with opened(chromium, town, OFFICE, own) as (page, desk):
            page.goto(f"{desk}/besluiten/{decision_set}")
            looks.append(page.evaluate(f"{button}.backgroundColor"))
            fits(page, "a theme" if own else "a decision")
    assert looks[0] != looks[1]
