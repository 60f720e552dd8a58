"""A camera stream that ends, at a till and on a phone: a call, another app, a lock, a cable."""

from collections.abc import Iterator

import pytest
import qrcode
from playwright.sync_api import Browser, Page, expect

from tests.apps.phone import Street, opened_phone
from tests.apps.till import Film, Till, code, opened_till

STOPPED = "De camera is gestopt."
AGAIN = "Start de camera opnieuw"
TRACK = "document.querySelector('video').srcObject?.getVideoTracks()[0]"
END = f"() => {{ const track = {TRACK}; track?.stop(); track?.dispatchEvent(new Event('ended')); }}"
"""Events of a browser when another app takes the camera; none while it is starting again."""
TAKEN = """() => {
    globalThis.camera ??= navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('in use', 'NotReadableError'));
}"""
FREE = "() => { navigator.mediaDevices.getUserMedia = globalThis.camera; }"
LOOK = """(visible) => {
    Object.defineProperty(document, 'visibilityState', {value: visible, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def goes(page: Page) -> None:
    """Wait until the camera shows frames."""
    page.wait_for_function(
        "() => document.querySelector('video')?.srcObject?.active"
        " && !document.querySelector('.camera__wait--over')"
    )


@pytest.fixture(autouse=True)
def _another_code(film: Film) -> None:
    film.show(qrcode.make("https://example.org/").get_image())


@pytest.fixture
def scanning(camera: Browser, street: Street) -> Iterator[Till]:
    """A till with a live camera."""
    with opened_till(camera, street, permissions=["camera"]) as till:
        till.ask("10")
        goes(till.page)
        yield till


def test_a_camera_that_ends_starts_again_by_itself_and_reads(
    scanning: Till, street: Street, film: Film
) -> None:
    page = scanning.page
    film.show(qrcode.make(code(street, 1_000)).get_image())
    page.evaluate(END)
    scanning.says("Betaald")


def test_a_camera_that_another_app_has_says_so_and_starts_with_a_button(scanning: Till) -> None:
    page = scanning.page
    page.evaluate(TAKEN)
    page.evaluate(END)
    scanning.sees(STOPPED)
    scanning.fits_everybody("a camera that has stopped")
    scanning.tap(AGAIN)
    scanning.sees(STOPPED)
    page.evaluate(FREE)
    scanning.tap(AGAIN)
    goes(page)
    expect(page.get_by_text(STOPPED)).to_have_count(0)


def test_a_camera_that_another_app_had_starts_when_somebody_looks(scanning: Till) -> None:
    page = scanning.page
    page.evaluate(TAKEN)
    page.evaluate(END)
    scanning.sees(STOPPED)
    page.evaluate(FREE)
    page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    goes(page)


def test_a_camera_is_released_behind_a_lock_screen_and_starts_after_it(scanning: Till) -> None:
    page = scanning.page
    page.evaluate("() => { globalThis.before = document.querySelector('video').srcObject; }")
    page.evaluate(LOOK, "hidden")
    page.wait_for_function("() => !globalThis.before.active")
    page.evaluate(LOOK, "visible")
    goes(page)


def test_a_picture_that_stands_still_is_told_and_goes_on(scanning: Till) -> None:
    page = scanning.page
    page.evaluate(f"{TRACK}?.dispatchEvent(new Event('mute'))")
    scanning.sees(STOPPED)
    page.evaluate(f"{TRACK}?.dispatchEvent(new Event('unmute'))")
    goes(page)
    page.evaluate("() => { globalThis.before = document.querySelector('video').srcObject; }")
    page.evaluate("document.querySelector('video').pause()")
    page.wait_for_function("() => !globalThis.before.active")
    goes(page)


def test_the_cameras_of_the_office_and_of_a_phone_start_again_too(
    camera: Browser, street: Street
) -> None:
    with opened_till(camera, street, shop=None, permissions=["camera"]) as device:
        device.page.goto(street.base_url + "/winkel/")
        device.tap("Scan de uitnodiging")
        stops_and_starts(device.page)
    with opened_phone(camera, street, permissions=["camera"]) as phone:
        phone.page.goto(street.base_url)
        phone.tap("Scan de brief")
        stops_and_starts(phone.page)


def stops_and_starts(page: Page) -> None:
    goes(page)
    page.evaluate(END)
    goes(page)
    page.evaluate(TAKEN)
    page.evaluate(END)
    expect(page.get_by_text(STOPPED)).to_be_visible()
    page.evaluate(FREE)
    page.get_by_role("button", name=AGAIN).click()
    goes(page)
