"""A served town whose line can be cut, and the browsers that open it."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kindpakket.actors import Api
from kindpakket.api.web import DIRECTORY
from kindpakket.demo.client import open_client
from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from tests.apps.enrolled import PUT, new_till
from tests.apps.phone import SHIFT_CLOCK, RunningClock, Street
from tests.browsers import firefox, webkit
from tests.browsers.device import Browser, Device
from tests.desk.clerk import WORK
from tests.support.proxy import Proxy, proxied
from tests.support.town import BICYCLES, HERE, copied, opened

_SCRIPT = re.compile(r"(/|/winkel/|/gemeente/static/)((?:assets/)?(?:index|signer|desk)[\w-]*\.js)")
_FOLDERS = {"/": "parent", "/winkel/": "shop", "/gemeente/static/": "desk"}
_NOTE_ERRORS = """
    const note = (text) => { sessionStorage.wrong = (sessionStorage.wrong ?? '') + text + '\\n'; };
    const {error} = console;
    console.error = (...given) => { note(given.join(' ')); error(...given); };
    addEventListener('error', ({message}) => note(message));
    addEventListener('unhandledrejection', ({reason}) => note(reason));
"""
_DUTCH = "Object.defineProperty(navigator, 'languages', {value: ['nl-NL']});"
"""WebKitGTK takes its language from the locales that are installed."""


class Begun:
    """Serves the pages' scripts with others before them, since WebDriver cannot run one before a
    page's own; and with a thousandth of the work for a passphrase.
    """

    def __init__(self, app: ASGIApp, first: list[str]) -> None:
        self._app, self._first = app, first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = scope["type"] == "http" and _SCRIPT.fullmatch(scope["path"])
        if not found:
            await self._app(scope, receive, send)
            return
        text = (DIRECTORY / _FOLDERS[found[1]] / found[2]).read_text()
        text = text.replace(WORK, "memory:32,passes:1,lanes:4")
        if "signer" not in found[2]:
            text = "".join(f"{{{each}}}\n" for each in self._first) + text
        await PlainTextResponse(text, media_type="text/javascript")(scope, receive, send)


@dataclass
class Place:
    """A served town, as one browser reaches it.

    Attributes:
        street: its address is that of the line.
        scripts: what runs first on every page.
    """

    street: Street
    line: Proxy
    scripts: list[str]
    browser: Browser

    @property
    def address(self) -> str:
        return self.street.base_url

    @contextmanager
    def device(self, size: tuple[int, int], expected: str = "^$") -> Iterator[Device]:
        """Open a window; fails at the end if an unexpected error was noted on a page."""
        with self.browser.device(size) as device:
            yield device
            wrong = device.call("() => sessionStorage.wrong ?? ''")
            assert re.search(expected, wrong), wrong

    def phone(self) -> AbstractContextManager[Device]:
        return self.device((390, 844))

    @contextmanager
    def till(self, expected: str = "^$") -> Iterator[Device]:
        """Open a till of a shop, which can sell."""
        with self.device((1280, 800), expected) as device:
            device.open(f"{self.address}/livez")
            device.call(PUT, new_till(self.street, BICYCLES))
            device.open(f"{self.address}/winkel/")
            device.sees("Scan code")
            yield device


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    running = {"firefox": firefox.running, "webkit": webkit.running}[request.param]
    with running() as started:
        yield started


@pytest.fixture
def place(browser: Browser, founded: Path, tmp_path: Path) -> Iterator[Place]:
    clock = RunningClock()
    scripts = [SHIFT_CLOCK % (clock.shift * 1000), _NOTE_ERRORS, _DUTCH]
    with opened(copied(founded, tmp_path / "town"), clock) as town:
        app = build_app(town.workspace, Settings(data=town.directory, app_address=HERE))
        app.add_middleware(Begun, first=scripts)
        with (
            serving(app, None) as served,
            proxied(urlsplit(served).port or 0) as line,
            open_client(served) as http,
        ):
            street = Street(town, f"http://127.0.0.1:{line.port}", Api(http))
            yield Place(street, line, scripts, browser)
