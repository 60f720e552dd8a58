"""A run is made, sealed and printed in a real browser; no secret leaves it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from pypdfium2 import PdfDocument

from kindpakket.desk.parts import COOKIE
from kindpakket.domain.letters import Letter, read_letter
from kindpakket.main import build_app, serving
from kindpakket.protocol.codes import read_card
from kindpakket.protocol.keys import coupon_address
from kindpakket.protocol.signatures import address_of
from kindpakket.settings import Settings
from tests.desk.office import ANNA, BRAM, CARLA, Desk, at_the_desk, decided_by_two
from tests.desk.runs import begin, name_officers, opened
from tests.support.browser import browser
from tests.support.municipality import OWN
from tests.support.paper import letter_text, open_pdf, scanned
from tests.support.town import HERE, SCHEME, VALUES, Town

LETTERS, CARDS = 50, 1
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


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

    def open(self, number: int) -> None:
        self.page.goto(f"{self.base_url}/gemeente/brieven/nieuw/{number}")

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def make(self) -> None:
        self.page.get_by_label("Ik heb beide rijen woorden gehoord").check()
        self.tap("Maak de serie")
        expect(self.page.get_by_text("De serie is gemaakt.")).to_be_visible(timeout=120_000)

    def print(self) -> bytes:
        """Print as a PDF, in the size that the page asks for."""
        self.tap("Druk af")
        self.page.locator("html.kp-printing").wait_for(state="attached", timeout=120_000)
        pdf = self.page.pdf(prefer_css_page_size=True, print_background=True)
        self.page.evaluate("dispatchEvent(new Event('afterprint'))")
        expect(self.page.get_by_text("Zijn alle vellen goed afgedrukt?")).to_be_visible()
        return pdf


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


def letters_in(pdf: PdfDocument) -> list[Letter]:
    return [read_letter(letter_text(page)) for page in list(pdf)[:LETTERS]]


def secrets_of(pdf: PdfDocument) -> list[str]:
    """Everything on the printed sheets that spends a budget, in every form it could travel in."""
    found: list[str] = []
    for letter in letters_in(pdf):
        found += [letter.text, letter.grouped, letter.secret.hex()]
    for page in list(pdf)[LETTERS:]:
        for text in scanned(page):
            found += [text, read_card(text).key.hex()]
    return found


def test_a_run_is_made_printed_and_issued_and_no_secret_leaves_the_page(
    chromium: Browser, town: Town
) -> None:
    with making(chromium, town) as (maker, anna, bram):
        number = begin(anna, LETTERS, CARDS)
        maker.open(number)
        maker.make()
        pdf = open_pdf(maker.print())
        maker.tap("Ja, alles is goed afgedrukt")
        shown = maker.page.locator("[data-hash]").inner_text()
        with maker.context.expect_page() as other:
            maker.tap("Lever de serie aan")
        expect(other.value.get_by_text(f"Controlegetal: {shown}")).to_be_visible()
        kept = other.value.evaluate(STORED)
        secrets = secrets_of(pdf)
        assert len(secrets) == LETTERS * 3 + 15 * 2
        assert any("sealedTo" in each for each in maker.sent)
        for secret in secrets:
            assert not [each[:80] for each in maker.sent if secret.lower() in each.lower()]
            assert secret.lower() not in kept.lower()
        decision_set = other.value.url.partition("/besluiten/")[2][:66]
        decided_by_two(anna, bram, decision_set)
        for letter in letters_in(pdf):
            for index, value in enumerate(VALUES):
                coupon = town.view("coupons", coupon_address(letter, 0, index))
                assert coupon["remaining"] == value
        for text in scanned(pdf[LETTERS]):
            assert town.view("coupons", address_of(read_card(text).key))["remaining"] == 20_00
        assert opened(town, number)[:LETTERS] == [each.text for each in letters_in(pdf)]
