"""Benchmark of a cheap phone: first visit with a letter, later visits offline, making a code."""

import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page
from rich.table import Table

from kindpakket.actors import API, Api
from kindpakket.demo import town_file
from kindpakket.demo.client import open_client
from kindpakket.protocol.change_files import read_coupons
from kindpakket.settings import Settings
from scripts.bench.processes import served
from tests.support.browser import browser

CPU_SLOWDOWN = 4
PHONE = {"width": 360, "height": 740}
LETTERS = 1_000
COUPONS = 12
"""Of a letter."""
VALUE = 2_500
AT_ONCE = 500
"""The coupons that one decision issues."""

TEXT_MS = 2_000
USABLE_MS = 4_000
FIRST_KB = 150
LATER_MS = 1_000
CODE_MS = 300

# A slow 3G line answers after 400 ms and carries 400 kbit/s (WebPageTest's "3G Slow"). The preset
# of that name in Chromium's developer tools (front_end/core/sdk/NetworkManager.ts) has the same
# bandwidth and five times the latency, to include connection setup. With three sequential requests
# that alone is 6 s, so it is reported without a bound.
_BYTES_PER_SECOND = 500 * 1000 / 8 * 0.8
LINES = {"line": (400, 9), "preset": (400 * 5, 2)}
"""Latency in milliseconds, and number of visits."""

_USABLE = """
    globalThis.usable = new Promise((done) => {
        let read = null;
        const look = () => {
            const buttons = [...document.querySelectorAll("button")];
            const button = (text) => buttons.find((each) => each.textContent.trim() === text);
            const named = document.querySelector("input#name") && button("Geen naam");
            if (named) read ??= performance.now();
            named?.click();
            const home = document.querySelector(".home [data-testid=left]") && button("Toon code");
            const now = performance.now();
            requestAnimationFrame(home ? () => done([read ?? now, now]) : look);
        };
        look();
    });
    globalThis.lookedUp = new Promise((done) => {
        const look = () => {
            const left = document.querySelector(".home [data-testid=left]")?.textContent ?? "";
            const now = performance.now();
            requestAnimationFrame(/[0-9]/.test(left) ? () => done(now) : look);
        };
        look();
    });
"""
"""Milliseconds from the start of a visit to three frames.

In the first the child's name can be typed. That is skipped; the second has the button for a code.
In the last, what is left was looked up.
"""
_TEXT = """() => new Promise((done) => new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries())
        if (name === "first-contentful-paint") done(startTime);
}).observe({ type: "paint", buffered: true }))"""
"""Milliseconds to the frame with the first text."""
_CODE = """() => new Promise((done) => {
    let pressed = null;
    document.querySelector(".page > .actions button").click();
    const look = () => {
        const yes = document.querySelector("dialog button.big, [role=dialog] button.big");
        if (pressed === null && yes) {
            pressed = performance.now();
            yes.click();
        }
        const shown = document.querySelector("svg.qr");
        requestAnimationFrame(shown ? () => done(performance.now() - pressed) : look);
    };
    look();
})"""
"""From confirming the whole balance, which takes the most signatures, to the frame with the QR."""

DEMO = ("-c", "from kindpakket.cli import app; app()", "demo", "--once")


def run() -> dict[str, Any]:
    """Open a letter of the demo town, repeatedly, on a simulated cheap phone."""
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        command = [sys.executable, *DEMO, "--data", str(data)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        town = town_file.read(data)
        letter = town.letters[0]
        with served(Settings(data=data)) as server, browser() as chromium:
            _issue_others(server.base_url, town)
            visits = {
                line: [_visit(chromium, server.base_url, letter, ms) for _ in range(runs)]
                for line, (ms, runs) in LINES.items()
            }
    figures: dict[str, Any] = {
        f"{figure}_{line}_ms": _summary([getattr(each, f"{figure}_ms") for each in of_line])
        for line, of_line in visits.items()
        for figure in ("text", "usable", "button", "looked_up")
    }
    every = [each for of_line in visits.values() for each in of_line]
    figures |= {
        "first_kb": _summary([each.first_kb for each in every]),
        "later_ms": _summary([each.later_ms for each in every]),
        "code_ms": _summary([each.code_ms for each in every]),
    }
    return figures | {"broken": broken(figures)}


_ROWS = (
    ("first visit, 400 ms and 400 kbit/s: text, ms", "text_line_ms", TEXT_MS),
    ("same: usable, ms", "usable_line_ms", USABLE_MS),
    ("same: button for a code, ms", "button_line_ms", None),
    ("same: what is left, ms", "looked_up_line_ms", None),
    ("first visit, 2,000 ms and 400 kbit/s: text, ms", "text_preset_ms", None),
    ("same: usable, ms", "usable_preset_ms", None),
    ("first visit, kB before the code", "first_kb", FIRST_KB),
    ("later visit off line, ms", "later_ms", LATER_MS),
    ("from amount to QR, ms", "code_ms", CODE_MS),
)


def broken(figures: dict[str, Any]) -> list[str]:
    """Return the bounds that the medians exceed."""
    return [
        f"{name}: at most {most:,}"
        for name, key, most in _ROWS
        if most is not None and figures[key]["median"] > most
    ]


def table(figures: dict[str, Any]) -> Table:
    """Return the rows of the table: figures and their bounds."""
    table = Table("phone", "median", "worst", "at most", title="A cheap phone")
    for name, key, most in _ROWS:
        found = figures[key]
        bound = "" if most is None else f"{most:,}"
        table.add_row(name, f"{found['median']:,.0f}", f"{found['worst']:,.0f}", bound)
    return table


@dataclass(frozen=True)
class _Visit:
    text_ms: float
    usable_ms: float
    button_ms: float
    first_kb: float
    looked_up_ms: float
    later_ms: float
    code_ms: float


@dataclass
class _Received:
    """Counts the bytes received for a page, as transferred, including headers."""

    of_request: dict[str, int] = field(default_factory=dict)

    def listen(self, session: CDPSession) -> None:
        session.send("Network.enable")
        session.on("Network.dataReceived", self._some)
        session.on("Network.loadingFinished", self._all)

    @property
    def kb(self) -> float:
        return sum(self.of_request.values()) / 1000

    def _some(self, event: dict[str, Any]) -> None:
        name = event["requestId"]
        self.of_request[name] = self.of_request.get(name, 0) + event["encodedDataLength"]

    def _all(self, event: dict[str, Any]) -> None:
        self.of_request[event["requestId"]] = event["encodedDataLength"]


def _visit(chromium: Browser, base_url: str, letter: str, latency_ms: float) -> _Visit:
    context = chromium.new_context(viewport=PHONE, locale="nl-NL")  # type: ignore[arg-type]
    context.add_init_script(_USABLE)
    received = _Received()
    with _slow_page(context) as (page, session):
        received.listen(session)
        line = {"latency": latency_ms, "downloadThroughput": _BYTES_PER_SECOND}
        line["uploadThroughput"] = _BYTES_PER_SECOND
        session.send("Network.emulateNetworkConditions", {"offline": False, **line})
        page.goto(f"{base_url}/#KL1.{letter}", wait_until="commit")
        (usable_ms, button_ms), first_kb = page.evaluate("usable"), received.kb
        text_ms = page.evaluate(_TEXT)
        looked_up_ms = page.evaluate("lookedUp")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    with _slow_page(context) as (page, _):
        page.goto(base_url, wait_until="commit")
        _, later_ms = page.evaluate("usable")
        page.get_by_role("button", name="Toon code").click()
        code_ms = page.evaluate(_CODE)
    context.close()
    return _Visit(text_ms, usable_ms, button_ms, first_kb, looked_up_ms, later_ms, code_ms)


def _issue_others(base_url: str, town: town_file.TownFile) -> None:
    """Issue coupons of nobody, up to those of a thousand letters."""
    with open_client(base_url) as http:
        api, now = Api(http), int(time.time())
        file = http.get(f"{API}/schemes/{town.scheme}/coupons").content
        wanted = LETTERS * COUPONS - len(read_coupons(file, town.scheme).coupons)
        budget, issue = town.holders("BUDGET")[:2], town.holders("ISSUE")[:2]
        api.decide(budget, now, "fund", town.scheme, VALUE * wanted)
        for start in range(0, wanted, AT_ONCE):
            count = min(AT_ONCE, wanted - start)
            addresses = [f"0x{secrets.token_hex(20)}" for _ in range(count)]
            api.decide(issue, now + start, "issue", town.scheme, VALUE, addresses)


@contextmanager
def _slow_page(context: BrowserContext) -> Iterator[tuple[Page, CDPSession]]:
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    yield page, session
    page.close()


def _summary(found: list[float]) -> dict[str, float]:
    return {"median": round(median(found), 1), "worst": round(max(found), 1)}
