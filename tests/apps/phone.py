"""A parent's phone: the app in a real browser, with requests and console messages recorded."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from kindpakket.actors import Api, Till
from kindpakket.demo.client import open_client
from kindpakket.domain.letters import Letter
from kindpakket.main import build_app, serving
from kindpakket.protocol.codes import PaymentCode, read_code
from kindpakket.settings import Settings
from tests.support.browser import end_transitions, run_axe
from tests.support.town import BICYCLES, HERE, START, Clock, Town, till_of

SIZE = (360, 740)
_BLOCKED = "Service Worker registration blocked by Playwright"
NOWHERE = "https://nowhere.example/"
SHIFT_CLOCK = """
    const Real = Date, shift = %d;
    globalThis.Date = class extends Real {
        constructor(...given) { super(...(given.length ? given : [Real.now() + shift])); }
        static now() { return Real.now() + shift; }
    };
"""
LET_PASS = "(seconds) => { Date.now = ((now) => () => now() + seconds * 1000)(Date.now); }"


class RunningClock(Clock):
    """The town's clock: one hour after the founding, and running."""

    def __init__(self) -> None:
        self.shift = START + 3600 - time.time()

    @property
    def time(self) -> float:  # type: ignore[override]
        return time.time() + self.shift

    @time.setter
    def time(self, value: float) -> None:
        self.shift = value - time.time()


@dataclass
class Street:
    """A town that is served, with a till that scans what is on a phone."""

    town: Town
    base_url: str
    api: Api

    def link(self, letter: Letter) -> str:
        return letter.link(self.base_url)

    def pay(self, code: PaymentCode, amount: int, till: Till | None = None) -> dict[str, Any]:
        return self.api.pay(till or till_of(BICYCLES), code.text, amount)

    def refund(self, payment: dict[str, Any], amount: int) -> None:
        self.api.refund(till_of(BICYCLES), payment["id"], amount, self.town.now())


@contextmanager
def opened_street(town: Town) -> Iterator[Street]:
    app = build_app(town.workspace, Settings(data=town.directory, app_address=HERE))
    with serving(app, None) as base_url, open_client(base_url) as http:
        yield Street(town, base_url, Api(http))


@dataclass
class Phone:
    """A browser with its own storage."""

    street: Street
    context: BrowserContext
    page: Page
    requests: list[Request] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def said(self, dutch: str | re.Pattern[str]) -> str | re.Pattern[str]:
        """The text that the app shows for this one."""
        return dutch

    def tap(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=self.said(name)).click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(self.said(label)).fill(text)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(self.said(text)).first).to_be_visible()

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.said(text))

    def budget(self, name: str = "") -> Locator:
        """The card of a child on the home screen; without a name, of the only one."""
        title = self.page.get_by_role("heading", name=name, exact=True)
        cards = self.page.locator(".budget")
        return cards.filter(has=title) if name else cards

    def left(self, text: str, name: str = "") -> None:
        left = self.budget(name).get_by_test_id("left")
        expect(left).to_contain_text(text.replace(" ", "\u00a0"))

    def open_letter(self, letter: Letter, name: str = "Sami") -> None:
        """Open a letter's link, up to the home screen."""
        self.page.goto(self.street.link(letter))
        self.heading("Van welk kind is deze brief?")
        self.page.get_by_label("Naam van uw kind").fill(name)
        self.tap("Bewaar")
        expect(self.budget(name)).to_be_visible()

    def open_letter_again(self, letter: Letter) -> None:
        """Open the link of a letter that is on the phone."""
        self.page.goto(self.street.link(letter))
        expect(self.page).to_have_url(re.compile("^[^#]*$"))

    def sent(self) -> list[dict[str, Any]]:
        """The moves that the phone sent."""
        bodies = [each.post_data for each in self.requests if each.url.endswith("/moves")]
        return [json.loads(body) for body in bodies if body]

    def later(self, seconds: int) -> None:
        """From the next page load on, shift the phone's clock together with the town's."""
        self.context.add_init_script(SHIFT_CLOCK % (seconds * 1000))

    def let_pass(self, seconds: int) -> None:
        """Let seconds pass by the clocks of the phone and the town, until the next page load."""
        self.street.town.clock.time += seconds
        self.page.evaluate(LET_PASS, seconds)

    def choose_pin(self, pin: str, again: str | None = None) -> None:
        """Fill the form for a PIN, in which it is typed twice."""
        self.fill("Nieuwe pincode", pin)
        self.fill("Herhaal de pincode", pin if again is None else again)
        self.tap("Bewaar")

    def type_amount(self, typed: str) -> None:
        for key in typed:
            self.page.get_by_role("button", name=key, exact=True).click()

    def show_code(self, typed: str) -> PaymentCode:
        self.tap("Toon code")
        self.type_amount(typed)
        self.tap("Maak code")
        return self.code()

    def code(self) -> PaymentCode:
        """The text of the code on the screen."""
        qr = self.page.locator("svg.qr")
        expect(qr).to_be_visible()
        picture = Image.open(BytesIO(qr.screenshot()))
        (found,) = zxingcpp.read_barcodes(picture.convert("L"), zxingcpp.BarcodeFormat.QRCode)
        return read_code(found.text)

    def fits_everybody(self, state: str) -> None:
        """Check the current screen for accessibility: axe, no overflow, size of touch targets."""
        end_transitions(self.page)
        found = run_axe(self.page)
        assert found.violations_count == 0, f"{state}: {found.generate_report()}"
        width = self.page.viewport_size
        assert width is not None
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width["width"], state
        assert self.page.evaluate(_SMALL_TARGETS) == [], state


_SMALL_TARGETS = """() => [...document.querySelectorAll("button, input, select, textarea, summary")]
    .filter((each) => each.checkVisibility())
    .map((each) => [each, (each.closest("label") ?? each).getBoundingClientRect()])
    .filter(([, box]) => box.height < 48 || box.width < 48)
    .map(([each]) => each.outerHTML)"""


@contextmanager
def opened_phone(
    chromium: Browser,
    street: Street,
    size: tuple[int, int] = SIZE,
    *,
    clock_off: int = 0,
    script: str = "",
    expected: str = "^$",
    service_worker: bool = False,
    **options: Any,
) -> Iterator[Phone]:
    """Open a phone; fails at the end if an unexpected error was logged.

    Args:
        service_worker: whether the app's starts. Without it a test takes a quarter less time.
    """
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
        locale=options.pop("locale", "nl-NL"),
        service_workers="allow" if service_worker else "block",
        **options,
    )
    shift = street.town.clock.shift + clock_off  # type: ignore[attr-defined]
    context.add_init_script(SHIFT_CLOCK % (shift * 1000) + script)
    phone = Phone(street, context, context.new_page())
    if service_worker:
        # Requests are intercepted from the first on: Chromium can miss those of a route that is
        # set while a service worker takes control of the page.
        phone.page.route(NOWHERE, lambda route: route.fallback())
    context.on("request", lambda request: phone.requests.append(request))
    context.on("console", lambda message: phone.wrong.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda error: phone.wrong.append(str(error.error)))
    yield phone
    expected = f"{_BLOCKED}|{expected}"
    unexpected = [each for each in phone.wrong if not re.search(expected, each)]
    context.close()
    assert unexpected == [], unexpected
