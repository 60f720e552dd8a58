"""The privacy officers, with real browsers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, Request
from pyrage.x25519 import Identity

from kindpakket.desk.parts import COOKIE
from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from tests.desk.clerk import PASSPHRASE, Clerk, opened_clerk
from tests.desk.lost import Office
from tests.desk.runs import OFFICERS
from tests.support.municipality import OWN
from tests.support.town import HERE


class Officer:
    """A privacy officer's browser, and all that it sent."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk, self.page = clerk, clerk.page
        self.sent: list[str] = []
        clerk.context.on("request", self._record)

    def _record(self, request: Request) -> None:
        body = (request.post_data_buffer or b"").decode(errors="replace")
        self.sent.append(f"{request.method} {request.url} {request.all_headers()} {body}")

    def requests(self, path: str) -> list[str]:
        return [each for each in self.sent if path in each.split(" ", 2)[1]]

    def add_key(self, identity: Identity) -> None:
        """Put one's key on this device, from paper."""
        self.clerk.go("/privacy")
        fold = self.page.locator("details", has_text="Zet een sleutel van papier")
        fold.locator("summary").click()
        fold.get_by_label("De tekens op het papier").fill(str(identity))
        fold.get_by_label("Kies een wachtzin").fill(PASSPHRASE)
        fold.get_by_label("Nog een keer dezelfde wachtzin").fill(PASSPHRASE)
        fold.get_by_role("button", name="Voeg de sleutel toe").click()
        self.clerk.sees("De sleutel staat op dit apparaat.")

    def open(self, path: str) -> None:
        """Open one's layer of a request."""
        self.clerk.go(path)
        self.page.get_by_label("Uw wachtzin").fill(PASSPHRASE)
        self.clerk.tap("Open mijn laag")
        self.clerk.sees("Uw laag is open.")

    def move(self, path: str) -> None:
        """Move what is left, as the first officer."""
        self.clerk.go(path)
        self.try_to_move()
        self.clerk.sees("Klaar. Op brief")

    def try_to_move(self) -> None:
        self.page.get_by_label("Uw wachtzin").fill(PASSPHRASE)
        self.clerk.tap("Verplaats wat er nog op staat")


@contextmanager
def officers(chromium: Browser, lost: Office) -> Iterator[tuple[Officer, Officer]]:
    """The browsers of the first and the second officer, each with the own key only."""
    settings = Settings(data=lost.town.directory, **OWN | {"app_address": HERE})
    app = build_app(lost.town.workspace, settings)
    with serving(app, None) as base_url, ExitStack() as stack:
        both = []
        for desk, identity in zip((lost.anna, lost.bram), OFFICERS, strict=True):
            clerk = stack.enter_context(opened_clerk(chromium, base_url))
            for value in desk.http.cookies.values():
                cookie = {"name": COOKIE, "value": value, "url": f"{base_url}/gemeente"}
                clerk.context.add_cookies([cookie])  # type: ignore[list-item]
            officer = Officer(clerk)
            officer.add_key(identity)
            both.append(officer)
        yield both[0], both[1]
