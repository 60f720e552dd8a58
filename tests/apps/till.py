"""A shop's till: the till app in a real browser, with a hardware scanner and a camera."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import qrcode
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from kindpakket.actors import show_code
from kindpakket.domain.ids import ShopId
from kindpakket.protocol.enrolment import RecoverySheet
from kindpakket.protocol.keys import coupon_key
from tests.apps.enrolled import put_till
from tests.apps.phone import Phone, Street, opened_phone
from tests.apps.stored import wait_until_stored
from tests.support.browser import find_chromium
from tests.support.town import BICYCLES, LETTERS, SCHEME, VALUES, owner_of

TABLET = (1280, 800)
CUT = "net::ERR_FAILED|net::ERR_INTERNET_DISCONNECTED"
NOES = "status of 40[349]"
"""Browsers log every refusal; and a device gets 403 until it is a till."""
FRAME = (1280, 720)
CAMERA = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


def code(street: Street, amount: int, *coupons: int, shop: int = 0) -> str:
    """The text of a code on a phone, made now."""
    keys = [coupon_key(LETTERS[0], 0, index) for index in coupons or (0,)]
    now = street.town.now()
    return show_code(street.api.domain, SCHEME, keys, amount, now, shop=shop).text


def spent(street: Street) -> int:
    """What the ledger debited from the first letter, in cents."""
    return sum(VALUES) - sum(street.town.remaining())


def before_sending(route: Route) -> None:
    route.abort()


def before_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


class Till(Phone):
    """A device of a shop."""

    def enter(self, shop: ShopId = BICYCLES) -> None:
        """Become the owner's device of a shop."""
        put_till(self, shop)
        self.ready()

    def sheet(self, shop: ShopId = BICYCLES) -> str:
        """The link on the recovery sheet."""
        return RecoverySheet(shop, owner_of(shop)).link(self.street.base_url)

    def next_customer(self) -> None:
        """End the sale, and wait until that is stored."""
        self.tap("Volgende klant")
        wait_until_stored(self.page, "(each) => each.closed", "kindpakket-winkel")

    def ready(self) -> None:
        expect(self.page.get_by_role("button", name="Scan code")).to_be_visible()

    def looked(self) -> None:
        """Wait until the till has checked its state at the server; it does so every minute."""
        with self.page.expect_response("**/bank-account"):
            self.come_back()

    def come_back(self) -> None:
        """Show the app again, which makes a till check its state at once."""
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def keys(self, typed: str) -> None:
        """Type on a keyboard."""
        self.page.keyboard.type(typed, delay=100)

    def press(self, typed: str) -> None:
        """Tap an amount on the keypad."""
        self.type_amount(typed)

    def ask(self, typed: str) -> None:
        """Enter an amount, up to the camera's screen."""
        self.press(typed)
        self.tap("Scan code")
        expect(self.page.get_by_text("Richt de camera op de code")).to_be_visible()

    def scanner(self, text: str) -> None:
        """Type as a hardware scanner: very fast, with a final Enter."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def charge(self, typed: str, code: str) -> None:
        self.press(typed)
        self.scanner(code)

    def picture(self, text: str) -> None:
        """Choose a photo of this code."""
        file = BytesIO()
        qrcode.make(text).save(file)
        given = {"name": "code.png", "mimeType": "image/png", "buffer": file.getvalue()}
        self.page.locator("input[type=file]").set_input_files(given)  # type: ignore[arg-type]

    def says(self, word: str) -> None:
        self.heading(word)

    def refused(self, sentence: str) -> None:
        self.says("Niet betaald")
        self.sees(sentence)

    def asked(self, path: str) -> list[str]:
        """The requests for this path so far."""
        return [request.url for request in self.requests if path in request.url]


@contextmanager
def opened_till(
    chromium: Browser,
    street: Street,
    size: tuple[int, int] = TABLET,
    *,
    shop: ShopId | None = BICYCLES,
    expected: str = "^$",
    **options: Any,
) -> Iterator[Till]:
    """Open a till that can sell; without a shop, a device that belongs to none."""
    with opened_phone(chromium, street, size, expected=f"{NOES}|{expected}", **options) as device:
        till = Till(device.street, device.context, device.page, device.requests, device.wrong)
        if shop is not None:
            till.enter(shop)
        yield till


class Film:
    """The camera's input: a file of pictures in sequence."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.show(Image.new("RGB", FRAME, "white"))

    def show(self, picture: Image.Image) -> None:
        """Put a picture before the camera; it is seen from the camera's next start."""
        frame = Image.new("RGB", FRAME, "#888")
        picture = picture.convert("RGB")
        scale = min(FRAME[0] / picture.width, FRAME[1] / picture.height)
        picture = picture.resize((round(picture.width * scale), round(picture.height * scale)))
        frame.paste(picture, ((FRAME[0] - picture.width) // 2, (FRAME[1] - picture.height) // 2))
        packed = BytesIO()
        frame.save(packed, "JPEG", quality=90)
        self.path.write_bytes(packed.getvalue() * 5)

    def point_at(self, page: Page) -> None:
        """Point the camera at the screen of a phone."""
        self.show(Image.open(BytesIO(page.screenshot())))


@contextmanager
def filming(chromium: Browser, film: Film) -> Iterator[Browser]:
    """Start another browser, whose camera plays the film."""
    started = chromium.browser_type.launch(
        executable_path=find_chromium(),
        args=[*CAMERA, f"--use-file-for-fake-video-capture={film.path}"],
    )
    try:
        yield started
    finally:
        started.close()
