"""A work account in a real browser, with a real provider: it is linked, and used with the key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.desk.clerk import PASSPHRASE, Clerk, opened_clerk
from tests.desk.office import ANNA
from tests.support.provider import CLIENT, SECRET, RunningProvider, running_provider
from tests.support.town import HERE, copied


@pytest.fixture
def provider() -> Iterator[RunningProvider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def clerk(
    chromium: Browser, founded: Path, tmp_path: Path, provider: RunningProvider
) -> Iterator[Clerk]:
    settings = Settings(
        data=copied(founded, tmp_path / "town"),
        app_address=HERE,
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_required=True,
    )
    with (
        Workspace.open(settings, sync=False) as workspace,
        serving(build_app(workspace, settings), None) as address,
        opened_clerk(chromium, address) as clerk,
    ):
        provider.serve(address, f"{address}/gemeente/werkaccount/afgemeld")
        clerk.context.route("**://fonts.googleapis.com/**", _no_fonts)
        yield clerk


def _no_fonts(route: Route) -> None:
    """The provider's own pages ask for a font."""
    route.fulfill(body="", content_type="text/css")


def test_an_official_links_an_account_and_signs_in_with_both(clerk: Clerk) -> None:
    page = clerk.page
    clerk.go("/aanmelden")
    add_key(clerk)
    expect(page.get_by_role("button", name="Meld aan")).to_have_count(0)
    log_in_there(page)
    clerk.heading("Uw werkaccount koppelen")
    clerk.sees("anna@town.test")
    page.get_by_label("Uw wachtzin").fill(PASSPHRASE)
    clerk.tap("Koppel mijn werkaccount")
    clerk.heading("Wat op u wacht")

    clerk.tap("Afmelden")
    page.get_by_role("link", name="Uitloggen bij uw organisatie").click()
    clerk.tap("Yes, sign me out")
    clerk.heading("Aanmelden")

    clerk.go("/ambtenaren")  # which leads to signing in, and on to there
    log_in_there(page)
    clerk.sees("Uw werkaccount klopt. Meld u nu aan met uw sleutel.")
    add_key(clerk)  # signing out removed it, as one that was typed
    card = page.locator("[data-key]")
    card.get_by_role("button", name="Meld aan").click()
    card.get_by_label("Uw wachtzin").fill(PASSPHRASE)
    card.get_by_label("Uw wachtzin").press("Enter")
    clerk.heading("Ambtenaren")
    clerk.sees("Werkaccount gekoppeld op")


def add_key(clerk: Clerk) -> None:
    form = clerk.page.locator("form", has=clerk.page.get_by_label("De tekens op het papier"))
    form.get_by_label("De tekens op het papier").fill(ANNA.hex())
    form.get_by_label("Kies een wachtzin").fill(PASSPHRASE)
    form.get_by_label("Nog een keer dezelfde wachtzin").fill(PASSPHRASE)
    form.get_by_role("button", name="Voeg de sleutel toe").click()
    expect(clerk.page.locator("[data-key]")).to_have_count(1)


def log_in_there(page: Page) -> None:
    page.get_by_role("link", name="Inloggen met uw werkaccount").click()
    page.get_by_placeholder("Enter any login").fill("anna@town.test")
    page.get_by_placeholder("and password").fill("x")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
