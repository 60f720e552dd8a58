"""Make the picture of the README: screenshots of a parent's phone, a till and the desk.

Usage: ``python -m scripts.faces town`` while ``make demo`` runs. Makes a sale in the demo town.
"""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from kindpakket.demo import places, town_file
from kindpakket.demo.town_file import TownFile, key_of
from kindpakket.domain.ids import ShopId
from kindpakket.protocol.enrolment import RecoverySheet
from tests.apps.counter import choose_pin
from tests.apps.till import Film, filming
from tests.desk.clerk import PASSPHRASE
from tests.support.browser import browser

AMOUNT = "42,50"
PHONE = (390, 760)
DESK = (940, 860)
HEIGHT = 760
GAP = 24


def draw(
    data: Path, out: Annotated[Path, typer.Option(help="Where to draw.")] = Path("docs/faces.webp")
) -> None:
    """Take the screenshots in a running demo town."""
    town = town_file.read(data)
    with (
        TemporaryDirectory() as directory,
        browser() as chromium,
        filming(chromium, film := Film(Path(directory) / "film.mjpeg")) as counter,
    ):
        phone = _phone(chromium, town)
        shots = [phone.screenshot()]
        film.point_at(phone)
        shots += [_till(counter, town).screenshot(), _desk(chromium, town).screenshot()]
    pictures = [_at_height(Image.open(BytesIO(shot)).convert("RGB")) for shot in shots]
    width = sum(each.width for each in pictures) + GAP * (len(pictures) + 1)
    whole, left = Image.new("RGB", (width, HEIGHT + 2 * GAP), "#8a93a0"), GAP
    for each in pictures:
        whole.paste(each, (left, GAP))
        left += each.width + GAP
    whole.save(out, quality=80, method=6)


def _at_height(picture: Image.Image) -> Image.Image:
    return picture.resize((round(picture.width * HEIGHT / picture.height), HEIGHT))


def _page(chromium: Browser, size: tuple[int, int]) -> Page:
    width, height = size
    return chromium.new_context(
        viewport=ViewportSize(width=width, height=height), locale="nl-NL", color_scheme="light"
    ).new_page()


def _phone(chromium: Browser, town: TownFile) -> Page:
    page = _page(chromium, PHONE)
    page.goto(f"{town.base_url}/#KL1.{town.letters[0]}")
    page.get_by_role("button", name="Geen naam").click()
    page.get_by_role("button", name="Toon code").wait_for()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # a first visit has the device's font
    page.get_by_role("button", name="Toon code").click()
    _type(page)
    page.get_by_role("button", name="Maak code").click()
    page.locator("svg.qr").wait_for()
    return page


def _till(counter: Browser, town: TownFile) -> Page:
    shop = town.shop(ShopId(places.BICYCLES))
    page = _page(counter, PHONE)
    page.goto(RecoverySheet(shop.id, key_of(shop.owner_key)).link(town.base_url))
    choose_pin(page)
    page.get_by_role("button", name="Begin met afrekenen").click()
    _type(page)
    page.get_by_role("button", name="Scan code").click()
    page.get_by_role("heading", name="Betaald").wait_for()
    return page


def _desk(chromium: Browser, town: TownFile) -> Page:
    page = _page(chromium, DESK)
    page.goto(f"{town.base_url}/gemeente/aanmelden")
    page.get_by_text("Met de kluissleutel op papier").click()
    form = page.locator("form", has=page.get_by_label("De tekens op het papier"))
    form.get_by_label("De tekens op het papier").fill(town.officials[0].key)
    form.get_by_label("Kies een wachtzin").fill(PASSPHRASE)
    form.get_by_label("Nog een keer dezelfde wachtzin").fill(PASSPHRASE)
    form.get_by_role("button", name="Voeg de sleutel toe").click()
    card = page.locator("[data-key]")
    card.get_by_role("button", name="Meld aan").first.click()
    card.get_by_label("Uw wachtzin").fill(PASSPHRASE)
    page.keyboard.press("Enter")
    page.locator(".desk-card__link").first.click()
    return page


def _type(page: Page) -> None:
    for key in AMOUNT:
        page.get_by_role("button", name=key, exact=True).click()


if __name__ == "__main__":
    typer.run(draw)
