"""A new version of the apps is deployed while an older one is open."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from starlette.types import Receive, Scope, Send

from kindpakket.actors import Api
from kindpakket.api import web
from kindpakket.demo.client import open_client
from kindpakket.domain.capacities import Capacity
from kindpakket.main import build_app, serving
from kindpakket.protocol.enrolment import RecoverySheet
from kindpakket.protocol.signatures import address_of
from kindpakket.services.decisions.invitations import invite_official
from kindpakket.settings import Settings
from tests.apps.phone import Phone, RunningClock, Street, opened_phone
from tests.apps.till import Till
from tests.desk.clerk import PASSPHRASE, opened_clerk
from tests.support.town import BICYCLES, EVERYTHING, HERE, LETTERS, copied, opened, owner_of

FIRST = LETTERS[0]
GONE = "status of 404|dynamically imported module"
KEPT = """async prefix => {
    const kept = [];
    for (const name of await caches.keys())
        for (const {url} of name.startsWith(prefix) ? await (await caches.open(name)).keys() : [])
            kept.push(`${name} ${new URL(url).pathname}`);
    return kept;
}"""
SERVED = """() => new Promise((done) => {
    const worker = navigator.serviceWorker;
    worker.addEventListener("controllerchange", () => done());
    if (worker.controller) done();
})"""
UPDATE = """async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update();
    const worker = registration.installing;
    if (worker) await new Promise((done) => worker.addEventListener("statechange", done));
}"""


@dataclass
class Server:
    """A server whose installed version can be replaced while it runs."""

    installed: FastAPI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.installed(scope, receive, send)


@dataclass
class Versions:
    """A street, and the version of the apps that is deployed next."""

    street: Street
    server: Server
    newer: FastAPI

    def install(self) -> None:
        self.server.installed = self.newer


def make_newer(built: Path, newer: Path) -> None:
    """Copy a build with every chunk renamed, as when each of them changed."""
    shutil.copytree(built, newer)
    for packed in newer.rglob("*.br"):
        packed.unlink()
    names = {}
    for piece in newer.glob("*/assets/*"):
        names[piece.name] = re.sub(r"-(.{8}\.\w+)$", r"-newer\1", piece.name)
        piece.rename(piece.parent / names[piece.name])
    for text in (each for each in newer.rglob("*") if each.suffix in (".js", ".css", ".html")):
        said = re.sub('"[0-9a-f]{16}"', '"0123456789abcdef"', text.read_text())
        for before, after in names.items():
            said = said.replace(before, after)
        text.write_text(said)


@pytest.fixture
def versions(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Versions]:
    with opened(copied(founded, tmp_path / "town"), RunningClock()) as town:
        settings = Settings(data=town.directory, app_address=HERE)
        server = Server(build_app(town.workspace, settings))
        make_newer(web.DIRECTORY, tmp_path / "newer")
        monkeypatch.setattr(web, "DIRECTORY", tmp_path / "newer")
        newer = build_app(town.workspace, settings)
        with serving(server, None) as base_url, open_client(base_url) as http:  # type: ignore[arg-type]
            yield Versions(Street(town, base_url, Api(http)), server, newer)


def has_every_piece(page: Page, app: str) -> None:
    """Wait until the service worker serves this page, and has cached all files of its version. A
    page that it does not serve yet is no reason for a newer one to wait."""
    page.evaluate(SERVED)
    page.wait_for_function(f"({KEPT})('{app}').then((kept) => kept.join().includes('.wasm'))")


def mark(page: Page) -> None:
    """Set a mark that is lost when the page is reloaded."""
    page.evaluate("globalThis.mark = true")


def marked(page: Page) -> bool:
    return page.evaluate("globalThis.mark === true")


def photo_of(street: Street, phone: Phone) -> None:
    Till.picture(phone, street.link(FIRST))  # type: ignore[arg-type]


def test_a_letter_is_scanned_by_the_version_that_is_open(
    chromium: Browser, versions: Versions
) -> None:
    street = versions.street
    with opened_phone(chromium, street, expected=GONE, service_worker=True) as phone:
        phone.page.goto(street.base_url)
        has_every_piece(phone.page, "parent")
        mark(phone.page)
        versions.install()
        phone.page.evaluate(UPDATE)
        phone.tap("Scan de brief")
        photo_of(street, phone)
        phone.heading("Van welk kind is deze brief?")
        assert marked(phone.page)
        phone.page.close()

        later = Phone(street, phone.context, phone.context.new_page())
        later.page.goto(street.base_url)
        expect(later.page.locator('script[src*="newer"]')).to_have_count(1)
        later.page.wait_for_function(
            f"({KEPT})('').then((kept) => kept.every((each) => each.includes('0123456789abcdef')))"
        )


def test_without_a_service_worker_the_page_loads_itself_again_where_it_was(
    chromium: Browser, versions: Versions
) -> None:
    street = versions.street
    with opened_phone(chromium, street, expected=GONE) as phone:
        phone.page.goto(street.base_url)
        phone.heading("Welkom")
        mark(phone.page)
        versions.install()
        phone.tap("Scan de brief")
        photo_of(street, phone)
        expect(phone.page.locator('script[src*="newer"]')).to_have_count(1)
        phone.heading("Scan de brief")
        assert not marked(phone.page)
        photo_of(street, phone)
        phone.heading("Van welk kind is deze brief?")


def test_a_language_is_chosen_after_the_pieces_of_this_version_are_gone(
    chromium: Browser, versions: Versions
) -> None:
    street = versions.street
    with opened_phone(chromium, street, expected=GONE) as phone:
        phone.open_letter(FIRST)
        phone.tap("Instellingen")
        versions.install()
        phone.page.get_by_label("Taal").select_option("en")
        phone.heading("Settings")


def test_a_till_scans_with_the_version_that_is_open(chromium: Browser, versions: Versions) -> None:
    street = versions.street
    with opened_phone(chromium, street, expected=GONE, service_worker=True) as device:
        device.page.goto(f"{street.base_url}/winkel/")
        has_every_piece(device.page, "shop")
        mark(device.page)
        versions.install()
        device.page.evaluate(UPDATE)
        device.tap("Scan de uitnodiging")
        sheet = RecoverySheet(BICYCLES, owner_of(BICYCLES)).link(street.base_url)
        Till.picture(device, sheet)  # type: ignore[arg-type]
        device.heading("Kies een pincode")
        assert marked(device.page)


def test_an_official_makes_a_key_with_the_version_that_is_open(
    chromium: Browser, versions: Versions
) -> None:
    street = versions.street
    context = street.town.workspace.context
    made, _ = invite_official(context, "Carla", Capacity.SHOPS, address_of(EVERYTHING[0]))
    with opened_clerk(chromium, street.base_url) as carla:
        with carla.page.expect_response("**/argon2-*"):
            carla.page.goto(made.link(street.base_url))
        carla.page.get_by_label("Kies een wachtzin").fill(PASSPHRASE)
        versions.install()
        carla.page.get_by_label("Nog een keer dezelfde wachtzin").fill(PASSPHRASE)
        carla.tap("Maak mijn sleutel")
        carla.heading(re.compile("Uw sleutel is gemaakt"))
