"""An official at the desk, with a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
)

from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.keyring import save_key

PASSPHRASE = "vier losse woorden"
SIZE = (1280, 900)
PATIENT = 20_000
WORK = "memory:65536,passes:3,lanes:4"
"""What stretching a passphrase costs, in the built script: seconds of a processor each time."""


@dataclass
class Clerk:
    """A browser whose vault contains this official's key."""

    base_url: str
    context: BrowserContext
    page: Page
    wrong: list[str] = field(default_factory=list)

    def log(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.wrong.append(f"{message.text} ({message.location['url']})")

    def go(self, path: str) -> None:
        self.page.goto(f"{self.base_url}/gemeente{path}")

    def tap(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).click()

    def link(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def tick(self, group: str, *names: str | re.Pattern[str]) -> None:
        for name in names:
            self.page.get_by_role("group", name=group).get_by_label(name).check()

    def heading(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text, timeout=PATIENT)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENT)

    def open_keystore(self, file: Path, password: str, name: str) -> None:
        """Add a keystore under a passphrase, and sign in with it."""
        self.go("/aanmelden")
        form = self.page.locator("form", has=self.page.get_by_label("Sleutelbestand"))
        form.get_by_label("Sleutelbestand").set_input_files(file)
        form.get_by_label("Wachtwoord van het bestand").fill(password)
        form.get_by_label("Naam voor deze sleutel").fill(name)
        form.get_by_label("Kies een wachtzin").fill(PASSPHRASE)
        form.get_by_label("Nog een keer dezelfde wachtzin").fill(PASSPHRASE)
        form.get_by_role("button", name="Voeg de sleutel toe").click()
        self.sign_in()

    def open_key(self, key: Key, folder: Path) -> None:
        """Make a keystore of a key, add it, and sign in with it."""
        file = folder / f"{address_of(key)}.json"
        save_key(file, key, "geheim", work=2)
        self.open_keystore(file, "geheim", "Sleutel")

    def make_key(self, link: str) -> str:
        """Open an invitation link; return the official code."""
        self.page.goto(self.base_url + "/gemeente" + link.partition("/gemeente")[2])
        self.page.get_by_label("Kies een wachtzin").fill(PASSPHRASE)
        self.page.get_by_label("Nog een keer dezelfde wachtzin").fill(PASSPHRASE)
        self.tap("Maak mijn sleutel")
        self.heading(re.compile("Uw sleutel is gemaakt"))
        return self.page.locator("[data-official-code]").inner_text()

    def sign_in(self) -> None:
        if not self.page.url.endswith("/aanmelden"):
            self.go("/aanmelden")
        card = self.page.locator("[data-key]")
        card.get_by_role("button", name="Meld aan").first.click()
        passphrase = card.get_by_label("Uw wachtzin")
        passphrase.fill(PASSPHRASE)
        passphrase.press("Enter")
        self.heading("Wat op u wacht")

    def sign(self) -> None:
        """Sign what is on the page, as the first of two."""
        self._sign("Uw handtekening staat erop.")

    def sign_as_second(self) -> None:
        """Sign a decision that waits for a second signature, which carries it out."""
        self.go("/besluiten")
        self.page.locator(".desk-card__link").first.click()
        self._sign("Het besluit is uitgevoerd.")

    def sign_message_as_second(self) -> None:
        """Sign a message that waits for a second signature, which makes it valid."""
        self.go("/")
        self.page.locator(".desk-card__link").first.click()
        self._sign("Twee ambtenaren hebben getekend.")

    def row(self, text: str) -> Locator:
        return self.page.get_by_role("row", name=text)

    def _sign(self, told: str) -> None:
        form = self.page.locator("form[data-sign-messages]").first
        form.get_by_label("Uw wachtzin").fill(PASSPHRASE)
        form.get_by_role("button", name=re.compile("^Teken dit")).click()
        self.sees(told)


def lighten(built: Path) -> None:
    """Have a copy of the built pages stretch passphrases with a thousandth of the work."""
    (script,) = built.glob("desk/assets/signer-*.js")
    text = script.read_text()
    assert WORK in text
    script.write_text(text.replace(WORK, "memory:32,passes:1,lanes:4"))
    script.with_name(f"{script.name}.br").unlink()


@contextmanager
def opened_clerk(chromium: Browser, base_url: str, size: tuple[int, int] = SIZE) -> Iterator[Clerk]:
    """Open a browser; fails at the end if an error was logged."""
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce", locale="nl-NL"
    )
    clerk = Clerk(base_url, context, context.new_page())
    context.set_default_timeout(PATIENT)
    context.on("weberror", lambda error: clerk.wrong.append(str(error.error)))
    context.on("console", clerk.log)
    yield clerk
    context.close()
    assert clerk.wrong == [], clerk.wrong


def decide(first: Clerk, second: Clerk) -> None:
    """Two officials sign what the first has just prepared."""
    first.sign()
    second.sign_as_second()
