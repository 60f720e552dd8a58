"""Benchmark of a till: from a code in view of the camera to the result, and the size of the app."""

import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
from playwright.sync_api import Browser, Page
from rich.table import Table

from kindpakket.demo import places, town_file
from kindpakket.domain.ids import ShopId
from kindpakket.protocol.enrolment import RecoverySheet
from kindpakket.settings import Settings
from scripts.bench.phone import DEMO, PHONE
from scripts.bench.processes import served
from tests.apps.counter import choose_pin
from tests.apps.till import TABLET, Film, filming
from tests.support.browser import browser

RUNS = 15
AMOUNT = "1,50"

VERDICT_MS = 1_500
SERVER_MS = 150
APP_KB = 600

_STOPWATCH = """() => {
    globalThis.seen = new Promise((done) => document.addEventListener("loadeddata", () => {
        const began = performance.now();
        const look = () => requestAnimationFrame(() =>
            document.querySelector("h1")?.textContent.trim() === "Betaald"
                ? done(performance.now() - began) : look());
        look();
    }, { capture: true, once: true }));
}"""
"""Milliseconds from the camera's first frame with the code to the frame that says paid."""
_SERVER = """() => performance.getEntriesByType("resource")
    .filter(({ name }) => name.endsWith("/api/v1/payments")).at(-1).duration"""


def run() -> dict[str, Any]:
    """Sell to a phone of the demo town, repeatedly, through the camera."""
    with tempfile.TemporaryDirectory() as directory:
        data, film = Path(directory) / "town", Film(Path(directory) / "film.mjpeg")
        command = [sys.executable, *DEMO, "--data", str(data)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        town = town_file.read(data)
        shop = town.shop(ShopId(places.BICYCLES))
        key = town_file.key_of(shop.owner_key)
        with (
            served(Settings(data=data)) as server,
            browser() as chromium,
            filming(chromium, film) as counter,
        ):
            phone = _open_phone(chromium, f"{server.base_url}/#KL1.{town.letters[0]}")
            till = _open_till(counter, RecoverySheet(shop.id, key).link(server.base_url))
            sold = [_sell(phone, till, film) for _ in range(RUNS)]
            app_kb = _app_kb(f"{server.base_url}/winkel/")
    figures: dict[str, Any] = {
        "verdict_ms": round(median(verdict for verdict, _ in sold), 1),
        "server_ms": round(median(of_server for _, of_server in sold), 1),
        "app_kb": round(app_kb, 1),
    }
    return figures | {"broken": broken(figures)}


_ROWS = (
    ("code in view to verdict, median, ms", "verdict_ms", VERDICT_MS),
    ("of which the server, median, ms", "server_ms", SERVER_MS),
    ("app with its decoder, kB", "app_kb", APP_KB),
)


def broken(figures: dict[str, Any]) -> list[str]:
    """Return the bounds that these figures exceed."""
    return [f"{name}: at most {most:,}" for name, key, most in _ROWS if figures[key] > most]


def table(figures: dict[str, Any]) -> Table:
    """Return the rows of the table: figures and their bounds."""
    table = Table("till", "found", "at most", title="A till")
    for name, key, most in _ROWS:
        table.add_row(name, f"{figures[key]:,.0f}", f"{most:,}")
    return table


def _open_phone(chromium: Browser, link: str) -> Page:
    page = chromium.new_context(viewport=PHONE, locale="nl-NL").new_page()
    page.goto(link)
    page.get_by_role("button", name="Geen naam").click()
    return page


def _open_till(counter: Browser, link: str) -> Page:
    size = {"width": TABLET[0], "height": TABLET[1]}
    page = counter.new_context(viewport=size, locale="nl-NL").new_page()  # type: ignore[arg-type]
    page.goto(link)
    choose_pin(page)
    page.get_by_role("button", name="Begin met afrekenen").click()
    page.get_by_role("button", name="Scan code").wait_for()
    return page


def _app_kb(address: str) -> float:
    """Total size for a browser over TLS, with all languages, fonts and icons."""
    folder = Path(str(files("kindpakket"))) / "web" / "shop"
    names = [
        path.relative_to(folder).as_posix().replace("index.html", "")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".br" and path.name != "licences.txt"
    ]
    with httpx2.Client(headers={"Accept-Encoding": "br"}) as http:
        answers = [http.get(address + name).raise_for_status() for name in names]
    return sum(int(answer.headers["content-length"]) for answer in answers) / 1000


def _sell(phone: Page, till: Page, film: Film) -> tuple[float, float]:
    """Return the milliseconds to the result, and those of the server in them."""
    phone.get_by_role("button", name="Toon code").click()
    _type(phone)
    phone.get_by_role("button", name="Maak code").click()
    phone.locator("svg.qr").wait_for()
    film.point_at(phone)
    till.evaluate(_STOPWATCH)
    _type(till)
    till.get_by_role("button", name="Scan code").click()
    verdict_ms = till.evaluate("seen")
    server_ms = till.evaluate(_SERVER)
    till.get_by_role("button", name="Volgende klant").click()
    phone.get_by_role("button", name="Klaar").click()
    return verdict_ms, server_ms


def _type(page: Page) -> None:
    for key in AMOUNT:
        page.get_by_role("button", name=key, exact=True).click()
