"""Benchmark of the passphrase: how long an official waits, on a PC and on slower ones."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser
from rich.table import Table

from kindpakket.settings import Settings
from scripts.bench.processes import served
from tests.support.browser import browser

SLOWDOWNS = (1, 4, 6)
RUNS = 5
PHRASE = "vier losse woorden"
KEY = "11" * 32

_ADD = """() => new Promise((done) => {
    const form = [...document.querySelectorAll("form")].find((each) => each.dataset.timed);
    const pressed = performance.now();
    form.requestSubmit();
    const look = () => requestAnimationFrame(
        document.querySelector("[data-key]") ? () => done(performance.now() - pressed) : look
    );
    look();
})"""
"""From clicking to add a key to the frame with that key; one key derivation."""


def run() -> dict[str, Any]:
    """Measure choosing a passphrase for the first key of a browser, repeatedly; milliseconds."""
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory) / "town"
        command = [sys.executable, "-c", "from kindpakket.cli import app; app()", "init"]
        given = {"KINDPAKKET_DATA": str(data), "KINDPAKKET_PASSWORD": PHRASE}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | given)
        with served(Settings(data=data)) as server, browser() as chromium:
            taken = {
                str(slowdown): [_once(chromium, server.base_url, slowdown) for _ in range(RUNS)]
                for slowdown in SLOWDOWNS
            }
    return {"taken_ms": taken, "broken": []}


def table(figures: dict[str, Any]) -> Table:
    """Return the rows of the table: medians and maxima."""
    table = Table("processor slowed", "median, ms", "worst, ms", title="A passphrase")
    for slowdown, found in figures["taken_ms"].items():
        table.add_row(slowdown, f"{median(found):,.0f}", f"{max(found):,.0f}")
    return table


def _once(chromium: Browser, base_url: str, slowdown: int) -> float:
    context = chromium.new_context(locale="nl-NL")
    page = context.new_page()
    page.goto(f"{base_url}/gemeente/aanmelden")
    form = page.locator("form", has=page.get_by_label("De tekens op het papier"))
    form.get_by_label("De tekens op het papier").fill(KEY)
    form.get_by_label("Kies een wachtzin").fill(PHRASE)
    form.get_by_label("Nog een keer dezelfde wachtzin").fill(PHRASE)
    form.evaluate("form => { form.dataset.timed = 'yes' }")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    taken = float(page.evaluate(_ADD))
    context.close()
    return taken
