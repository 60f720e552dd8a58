"""The passphrase of an official's keys, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from tests.desk.clerk import PASSPHRASE, Clerk, opened_clerk
from tests.desk.office import ANNA
from tests.support.town import HERE, Town

NEW = "Kies een wachtzin"
AGAIN = "Nog een keer dezelfde wachtzin"
ACCENTS = "\u00e9\u00e9n losse \u00e9clair"
APART = "e\u0301e\u0301n losse e\u0301clair"


@pytest.fixture(scope="module", autouse=True)
def pages() -> None:
    """Those that officials get, with all of the work."""


@pytest.fixture
def clerk(chromium: Browser, town: Town) -> Iterator[Clerk]:
    app = build_app(town.workspace, Settings(data=town.directory, app_address=HERE))
    with (
        serving(app, None) as address,
        opened_clerk(chromium, address) as clerk,
    ):
        clerk.go("/aanmelden")
        yield clerk


def paper(clerk: Clerk) -> Locator:
    form = clerk.page.locator("form", has=clerk.page.get_by_label("De tekens op het papier"))
    form.get_by_label("De tekens op het papier").fill(ANNA.hex())
    return form


def choose(form: Locator, passphrase: str, again: str | None = None) -> None:
    form.get_by_label(NEW).fill(passphrase)
    form.get_by_label(AGAIN).fill(passphrase if again is None else again)
    form.get_by_role("button", name="Voeg de sleutel toe").click()


def ask_to_sign_in(clerk: Clerk) -> Locator:
    card = clerk.page.locator("[data-key]")
    card.get_by_role("button", name="Meld aan").first.click()
    return card


def test_a_weak_passphrase_is_refused_and_stays_to_be_changed(clerk: Clerk) -> None:
    form = paper(clerk)
    municipality = clerk.page.locator("header [data-name]").first.inner_text()
    choose(form, "elf tekens!")
    clerk.sees("Dit is te kort. Kies minstens 12 tekens.")
    expect(form.get_by_label(NEW)).to_have_value("elf tekens!")
    for weak in ("zzzzzzzzzzzzzz", f"{municipality} {municipality} 2026"):
        choose(form, weak)
        clerk.sees("Dit is te makkelijk te raden.")
        expect(form.get_by_label(NEW)).to_have_value(weak)
    choose(form, PASSPHRASE, f"{PASSPHRASE} ")
    clerk.sees("De wachtzinnen zijn niet gelijk.")
    assert clerk.page.locator("[data-key]").count() == 0


def test_a_passphrase_can_be_shown_and_kept_by_a_password_manager(clerk: Clerk) -> None:
    form = paper(clerk)
    first = form.get_by_label(NEW)
    assert first.get_attribute("autocomplete") == "new-password"
    assert first.get_attribute("maxlength") is None
    first.fill(PASSPHRASE)
    form.get_by_label("Toon wat ik typ").first.check()
    expect(first).to_have_attribute("type", "text")
    form.get_by_label("Toon wat ik typ").first.uncheck()
    expect(first).to_have_attribute("type", "password")
    choose(form, PASSPHRASE)
    asked = ask_to_sign_in(clerk).get_by_label("Uw wachtzin")
    assert asked.get_attribute("autocomplete") == "current-password"


def test_a_wrong_passphrase_is_one_clear_error_and_the_right_one_opens(clerk: Clerk) -> None:
    choose(paper(clerk), ACCENTS)
    card = ask_to_sign_in(clerk)
    card.get_by_label("Uw wachtzin").fill(f"{ACCENTS} ")
    card.get_by_label("Uw wachtzin").press("Enter")
    clerk.sees("De wachtzin klopt niet.")
    assert card.get_by_role("alert").get_by_role("paragraph").count() == 1
    card.get_by_label("Uw wachtzin").fill(APART)
    card.get_by_label("Uw wachtzin").press("Enter")
    clerk.heading("Wat op u wacht")


FOLD_BESIDE_A_KEY = """() => {
    globalThis.fold = null;
    new MutationObserver(() => {
        if (globalThis.fold === null && document.querySelector('[data-key]'))
            globalThis.fold = document.querySelector('details.fold:has(form)');
    }).observe(document.body, { subtree: true, childList: true });
}"""
"""Notes the form for another key at the moment when a key is shown."""


def test_a_form_for_another_key_that_is_opened_at_once_stays_open(clerk: Clerk) -> None:
    page = clerk.page
    page.evaluate(FOLD_BESIDE_A_KEY)
    choose(paper(clerk), PASSPHRASE)
    clerk.sees("Kluissleutel staat nu op dit apparaat.")
    assert page.evaluate("fold !== null && fold.isConnected")
