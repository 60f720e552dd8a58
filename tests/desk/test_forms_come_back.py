"""When a session ends while a form is filled in, its input is restored, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kindpakket.main import build_app, serving
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.sessions import sign_out_everywhere
from kindpakket.settings import Settings
from tests.desk.clerk import PASSPHRASE, Clerk, opened_clerk
from tests.desk.office import ANNA, BRAM
from tests.support.town import HERE, SAFE, Town

BACK = "Wat u invulde, staat er weer."
NOTHING_KEPT = '() => !JSON.stringify({...sessionStorage}).includes("Fietsen")'


@pytest.fixture
def clerk(chromium: Browser, town: Town) -> Iterator[Clerk]:
    app = build_app(town.workspace, Settings(data=town.directory, app_address=HERE))
    with serving(app, None) as address, opened_clerk(chromium, address) as clerk:
        clerk.go("/aanmelden")
        for key in (ANNA, BRAM):
            add_key(clerk.page, key)
            expect(card_of(clerk, key)).to_be_visible()
        sign_in(clerk, ANNA)
        clerk.heading("Wat op u wacht")
        yield clerk
        # The browser logs the answer to a form without a session.
        clerk.wrong[:] = [each for each in clerk.wrong if "401" not in each]


def add_key(page: Page, key: Key) -> None:
    fold = page.locator("details", has=page.get_by_label("De tekens op het papier"))
    if fold.get_attribute("open") is None:
        fold.locator("summary").first.click()
    form = page.locator("form", has=page.get_by_label("De tekens op het papier"))
    form.get_by_label("De tekens op het papier").fill(key.hex())
    for label in ("Kies een wachtzin", "Nog een keer dezelfde wachtzin", "Uw wachtzin"):
        if form.get_by_label(label).count():
            form.get_by_label(label).fill(PASSPHRASE)
    form.get_by_role("button", name="Voeg de sleutel toe").click()


def card_of(clerk: Clerk, key: Key) -> Locator:
    return clerk.page.locator(f'[data-key="{address_of(key)}" i]')


def sign_in(clerk: Clerk, key: Key) -> None:
    card = card_of(clerk, key)
    card.get_by_role("button", name="Meld aan").first.click()
    card.get_by_label("Uw wachtzin").fill(PASSPHRASE)
    card.get_by_label("Uw wachtzin").press("Enter")


def sign_in_again(clerk: Clerk, key: Key) -> None:
    """Follow the link of the page about the ended session, once its script has said where to go
    afterwards."""
    link = clerk.page.get_by_role("link", name="Meld u aan")
    expect(link).to_have_attribute("href", re.compile("verder="))
    link.click()
    sign_in(clerk, key)


def end_session(town: Town) -> None:
    sign_out_everywhere(town.workspace.context, address_of(ANNA))


def register(clerk: Clerk) -> None:
    clerk.go("/winkels/nieuw")
    clerk.fill("Naam van de winkel", "Fietsen & Zn")
    clerk.fill("Adres", "Dorpsstraat 4")
    clerk.fill("KvK-nummer", "12345678")
    clerk.page.locator('input[name="category"]').nth(2).check()


def send_without_session(clerk: Clerk, town: Town, button: str) -> None:
    end_session(town)
    clerk.tap(button)
    clerk.heading(re.compile("niet meer aangemeld"))


def nothing_is_kept(clerk: Clerk) -> None:
    """Wait until the tab has nothing of the form: the next page's script removes it."""
    clerk.page.wait_for_function(NOTHING_KEPT)


def test_a_form_is_there_again_filled_in_and_can_be_sent(clerk: Clerk, town: Town) -> None:
    register(clerk)
    send_without_session(clerk, town, "Schrijf in en maak de uitnodiging")
    clerk.sees("Wat u invulde, staat er dan weer.")
    sign_in_again(clerk, ANNA)
    clerk.heading("Een winkel inschrijven")
    clerk.sees(BACK)
    expect(clerk.page.get_by_label("Naam van de winkel")).to_have_value("Fietsen & Zn")
    expect(clerk.page.locator('input[name="category"]:checked')).to_have_count(1)
    nothing_is_kept(clerk)
    clerk.tap("Schrijf in en maak de uitnodiging")
    clerk.heading("Uitnodiging voor Fietsen & Zn")
    nothing_is_kept(clerk)


def test_another_official_on_this_tab_gets_nothing_of_it(clerk: Clerk, town: Town) -> None:
    register(clerk)
    send_without_session(clerk, town, "Schrijf in en maak de uitnodiging")
    sign_in_again(clerk, BRAM)
    clerk.heading("Een winkel inschrijven")
    expect(clerk.page.get_by_label("Naam van de winkel")).to_have_value("")
    assert clerk.page.get_by_text(BACK).count() == 0
    nothing_is_kept(clerk)


def test_of_several_forms_the_one_comes_back_that_was_filled_in(clerk: Clerk, town: Town) -> None:
    clerk.go("/ambtenaren")
    card = clerk.page.locator(".desk-card", has_text=official_code(address_of(SAFE)))
    card.locator("details.desk-details > summary").first.click()
    card.get_by_label("Regels").check()
    end_session(town)
    card.get_by_role("button", name="Bereid dit besluit voor").click()
    sign_in_again(clerk, ANNA)
    clerk.sees(BACK)
    expect(card.get_by_label("Regels")).to_be_checked()
    expect(card.get_by_label("Regels")).to_be_visible()


def test_a_file_must_be_chosen_again(clerk: Clerk, town: Town) -> None:
    clerk.go("/brieven")
    file = {"name": "tegoeden.json", "mimeType": "application/json", "buffer": b"{}"}
    clerk.page.get_by_label("Bestand").set_input_files(file)  # type: ignore[arg-type]
    clerk.fill("Aantal brieven", "60")
    send_without_session(clerk, town, "Bekijk deze lijst")
    sign_in_again(clerk, ANNA)
    clerk.sees("Het bestand moet u opnieuw kiezen.")
    expect(clerk.page.get_by_label("Aantal brieven")).to_have_value("60")


def test_signing_out_leaves_nothing(clerk: Clerk, town: Town) -> None:
    register(clerk)
    send_without_session(clerk, town, "Schrijf in en maak de uitnodiging")
    sign_in_again(clerk, ANNA)
    clerk.sees(BACK)
    clerk.tap("Afmelden")
    clerk.heading("U bent afgemeld")
    clerk.sees("Opnieuw aanmelden")
    nothing_is_kept(clerk)
