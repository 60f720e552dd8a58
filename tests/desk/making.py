"""An official who makes a run in a real browser."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from pypdfium2 import PdfDocument

from kindpakket.api.web import DIRECTORY
from kindpakket.desk.parts import COOKIE
from kindpakket.domain.letters import Letter, read_letter
from kindpakket.main import build_app, serving
from kindpakket.protocol.codes import read_card
from kindpakket.settings import Settings
from tests.desk.office import ANNA, BRAM, CARLA, Desk, at_the_desk
from tests.desk.runs import name_officers
from tests.support.browser import run_axe
from tests.support.municipality import OWN
from tests.support.paper import letter_text, open_pdf, scanned, words
from tests.support.screens import check_layout
from tests.support.town import HERE, SCHEME, Town

STORED = """async () => {
    const kept = [localStorage, sessionStorage].map((each) => JSON.stringify({...each}));
    kept.push(document.cookie);
    for (const { name } of await indexedDB.databases()) {
        const db = await new Promise((resolve) => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => resolve(asked.result);
        });
        for (const store of db.objectStoreNames) {
            kept.push(await new Promise((resolve) => {
                const asked = db.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => resolve(JSON.stringify(asked.result));
            }));
        }
        db.close();
    }
    for (const name of await caches.keys()) kept.push(name);
    return kept.join();
}"""
"""All that a page of this site keeps in the browser."""
WAITS = "window.print = () => undefined"
"""The browser without windows has no dialog; the test prints what the page shows."""
OFFLINE_PAGE = DIRECTORY / "desk/brieven.html"
"""The page that makes a run as one file."""


class Maker:
    """An official who makes a run, and all that the browser sent meanwhile."""

    def __init__(self, page: Page, context: BrowserContext, base_url: str) -> None:
        self.page, self.context, self.base_url = page, context, base_url
        self.sent: list[str] = []
        context.on("request", self._record)

    def _record(self, request: Request) -> None:
        body = request.post_data_buffer or b""
        self.sent.append(f"{request.method} {request.url} {request.all_headers()}")
        self.sent.append(body.decode(errors="replace"))

    def go(self, number: int) -> None:
        self.page.goto(f"{self.base_url}/gemeente/brieven/nieuw/{number}")

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def make(self) -> None:
        self.page.get_by_label("Ik heb beide rijen woorden gehoord").check()
        self.tap("Maak de serie")
        expect(self.page.get_by_text("De serie is gemaakt.")).to_be_visible(timeout=120_000)

    def print(self, parts: int = 1) -> PdfDocument:
        """Print as a PDF, in the size that the page asks for; the parts are put together."""
        self.tap("Druk af")
        whole = PdfDocument.new()
        for _ in range(parts):
            self.page.locator("html.kp-printing").wait_for(state="attached", timeout=120_000)
            pdf = self.page.pdf(prefer_css_page_size=True, print_background=True)
            whole.import_pages(open_pdf(pdf))
        many = f"Zijn alle {len(whole)} vellen goed afgedrukt?"
        asked = many if len(whole) > 1 else "Is het vel goed afgedrukt?"
        expect(self.page.get_by_role("heading", name=asked)).to_be_visible()
        return whole

    def whole(self, number: int) -> tuple[list[Letter], Page]:
        """Make a run, print it and hand it in; return its letters, as printed, and the page after
        that."""
        self.go(number)
        self.make()
        printed = letters_in(self.print())
        self.tap("Ja, alles is goed afgedrukt")
        with self.context.expect_page() as other:
            self.tap("Lever de serie aan")
        other.value.wait_for_url(re.compile("/besluiten/|gedaan="))
        return printed, other.value

    def save(self) -> bytes:
        """Say that all sheets are printed, and save the file of the run."""
        self.tap("Ja, alles is goed afgedrukt")
        with self.page.expect_download() as saved:
            self.tap("Bewaar het bestand van de serie")
        assert saved.value.suggested_filename == "serie-1.json"
        return Path(saved.value.path()).read_bytes()

    def fits(self, state: str) -> None:
        """Check that the page, in the state with that name, fits everybody."""
        found = run_axe(self.page)
        assert found.violations_count == 0, f"{state}: {found.generate_report()}"
        check_layout(self.page, state)


@contextmanager
def making(chromium: Browser, town: Town) -> Iterator[tuple[Maker, Desk, Desk]]:
    """A page of a run, at a municipality with two privacy officers and enough budget."""
    town.decide("fund", SCHEME, 3_000_000)
    settings = Settings(data=town.directory, **OWN | {"app_address": HERE})
    with (
        serving(build_app(town.workspace, settings), None) as base_url,
        at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla),
    ):
        name_officers(anna, bram, carla)
        context = chromium.new_context(reduced_motion="reduce", locale="nl-NL")
        context.add_init_script(WAITS)
        for value in anna.http.cookies.values():
            cookie = {"name": COOKIE, "value": value, "url": f"{base_url}/gemeente"}
            context.add_cookies([cookie])  # type: ignore[list-item]
        yield Maker(context.new_page(), context, base_url), anna, bram
        context.close()


@contextmanager
def making_offline(chromium: Browser, order: dict[str, Any], folder: Path) -> Iterator[Maker]:
    """The page as one file, on a computer without a network, with an order chosen."""
    file = folder / "opdracht-serie-1.json"
    file.write_text(json.dumps(order))
    context = chromium.new_context(locale="nl-NL", reduced_motion="reduce")
    context.set_offline(True)
    context.add_init_script(WAITS)
    maker = Maker(context.new_page(), context, "")
    maker.page.goto(OFFLINE_PAGE.as_uri())
    maker.page.get_by_label("Het bestand van de opdracht").set_input_files(file)
    maker.tap("Open de opdracht")
    yield maker
    context.close()


def letters_in(pdf: PdfDocument) -> list[Letter]:
    """The letters on printed sheets, without the cards."""
    return [read_letter(letter_text(page)) for page in pdf if "Brief" in words(page)]


def card_codes_in(pdf: PdfDocument) -> list[str]:
    """The codes on printed cards."""
    return [code for page in pdf if "Kaart" in words(page) for code in scanned(page)]


def secrets_in(pdf: PdfDocument) -> list[str]:
    """All on printed sheets that spends a budget, in every form in which it could travel."""
    letters, codes = letters_in(pdf), card_codes_in(pdf)
    found = [text for each in letters for text in (each.text, each.grouped, each.secret.hex())]
    return found + codes + [read_card(code).key.hex() for code in codes]
