"""No layout shifts in the parent app: touch targets keep their place when messages appear."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from kindpakket.domain.categories import bits_of
from kindpakket.domain.times import day_of, midnight
from tests.apps.phone import Phone, Street, opened_phone
from tests.support.town import BICYCLES, LETTERS, SCHEME, START, VALUES, till_of

FIRST, SECOND, _ = LETTERS
DAY = 24 * 3600
CASES = [((320, 568), "nl-NL"), ((320, 568), "ar"), ((390, 844), "nl-NL")]
"""The narrowest screen in both directions of writing, and a common one."""
CAMERA_WAITS = """
    navigator.mediaDevices.getUserMedia = () => new Promise((_, no) => {
        globalThis.refuse = () => no(new DOMException("no", "NotAllowedError"));
    });
"""
"""A camera whose permission is refused on command."""
TAPPED = "button, input, select, textarea, summary, label.utrecht-button"
MARK = """(tapped) => {
    globalThis.marked = [...document.querySelectorAll(tapped)]
        .filter((each) => each.checkVisibility({visibilityProperty: true}))
        .map((each) => [each, JSON.stringify(globalThis.place(each))]);
    return globalThis.marked.length;
}"""
PLACE = """globalThis.place = (each) => {
    const {x, y, width, height} = each.getBoundingClientRect();
    return [x + scrollX, y + scrollY, width, height].map(Math.round);
};"""
MOVED = """() => globalThis.marked
    .filter(([each]) => each.isConnected)
    .map(([each, before]) => [each.outerHTML.slice(0, 120), before, JSON.stringify(place(each))])
    .filter(([, before, after]) => before !== after)"""
LOOK_NOW = """() => {
    performance.now = ((now) => () => now() + 120000)(performance.now.bind(performance));
    dispatchEvent(new Event("online"));
}"""


class Finger:
    """Records the positions of all touch targets, and compares them later."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.page = phone, phone.page

    def remember(self) -> None:
        """Record the current positions."""
        expect(self.page.locator(TAPPED).filter(visible=True).first).to_be_visible()
        self.page.evaluate("document.fonts.ready.then(() => true)")
        assert self.page.evaluate(MARK, TAPPED) > 0

    def check(self, said: Locator | None = None) -> None:
        """Check the positions after this message has appeared."""
        expect(said or self.told).to_be_visible()
        moved = self.page.evaluate(MOVED)
        assert moved == [], "\n".join(json.dumps(each) for each in moved)

    @property
    def told(self) -> Locator:
        """The text of the messages, without the room that is reserved for others."""
        return self.page.locator("main .notice:not(.told__room)").first

    def look(self) -> None:
        """Make the phone refresh at once."""
        with self.page.expect_response(re.compile("/days/")):
            self.page.evaluate(LOOK_NOW)


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0][0]}-{case[1]}")
def finger(request: pytest.FixtureRequest, chromium: Browser, street: Street) -> Iterator[Finger]:
    size, locale = request.param
    script = CAMERA_WAITS + PLACE
    with opened_phone(
        chromium, street, size, locale=locale, script=script, expected="Failed to load"
    ) as phone:
        phone.page.set_default_timeout(20_000)
        yield Finger(phone)


def open_home(finger: Finger) -> None:
    finger.page.goto(finger.phone.street.link(FIRST))
    finger.page.locator("form button").last.click()
    finger.phone.left("€ 300,00")


def open_amount(finger: Finger) -> None:
    open_home(finger)
    finger.page.locator(".home__main button").click()
    expect(finger.page.locator(".keypad")).to_be_visible()


def show_code(finger: Finger, typed: str) -> None:
    open_amount(finger)
    finger.phone.type_amount(typed)
    finger.page.locator("button.big").click()
    finger.phone.code()


def fail(page: Page, held: list[Route], *, carry_on: bool = False) -> None:
    """Let a held request fail, or continue."""
    while not held:
        page.evaluate("1")  # until the browser has reported it
    route = held.pop()
    route.continue_() if carry_on else route.abort()


def rules(street: Street, first: int, last: int) -> None:
    opens, closes = (midnight(day_of(START + days * DAY)) for days in (first, last + 1))
    permitted, excluded = bits_of(["bicycles"]), bits_of(["off_licences"])
    street.town.decide("setRules", SCHEME, opens, closes, permitted, excluded)


def box(each: Locator) -> dict[str, float]:
    found = each.bounding_box()
    assert found is not None
    return dict(found)


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    return any(
        one[axis] + one[size] <= other[axis] or other[axis] + other[size] <= one[axis]
        for axis, size in (("x", "width"), ("y", "height"))
    )


def test_the_keys_stay_when_an_amount_is_too_high_or_missing(finger: Finger) -> None:
    open_amount(finger)
    make, keys = finger.page.locator("button.big"), finger.page.locator(".keypad button")
    finger.remember()
    make.click()
    finger.check()
    finger.phone.type_amount("999")
    finger.check()
    for _ in range(3):
        keys.last.click()
    expect(finger.told).to_have_count(0)
    finger.check(make)


def test_everything_is_asked_once_and_a_second_tap_does_not_answer(finger: Finger) -> None:
    open_amount(finger)
    everything = finger.page.locator(".actions button").first
    dialog = finger.page.get_by_role("dialog")
    finger.remember()
    everything.click()
    finger.check(dialog)
    expect(dialog).to_contain_text("300,00")
    tapped = box(everything)
    assert all(apart(tapped, box(each)) for each in dialog.get_by_role("button").all())
    finger.page.mouse.click(tapped["x"] + tapped["width"] / 2, tapped["y"] + tapped["height"] / 2)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button").first.click()
    expect(dialog).to_have_count(0)
    everything.click()
    dialog.locator("button.big").click()
    assert finger.phone.code().spend.max_amount == 30_000


def test_the_buttons_below_a_code_stay_whatever_becomes_of_it(
    finger: Finger, street: Street
) -> None:
    show_code(finger, "250")
    finger.remember()
    finger.phone.context.set_offline(True)
    finger.check(finger.page.locator("svg.qr"))
    finger.phone.context.set_offline(False)
    street.api.pay(till_of(BICYCLES), street.town.code(9_000, coupons=(0,)), 9_000)
    finger.check()
    again = finger.page.locator(".qr--gone button")
    finger.remember()
    again.click()
    finger.check(finger.page.locator(".code__said strong"))


def test_the_done_button_stays_when_something_is_refunded(finger: Finger, street: Street) -> None:
    show_code(finger, "20")
    payment = street.pay(finger.phone.code(), 2_000)
    expect(finger.page.locator(".receipt")).to_be_visible()
    finger.remember()
    street.refund(payment, 500)
    finger.check()
    street.refund(payment, 1_500)
    expect(finger.told).to_contain_text("20,00")
    finger.check()


def test_the_first_screen_stays_whatever_is_news(finger: Finger, street: Street) -> None:
    open_home(finger)
    label = finger.page.locator(".home__until")
    finger.remember()
    finger.phone.context.set_offline(True)
    finger.check(label)
    finger.phone.context.set_offline(False)
    said = label.inner_text()
    for change in (
        lambda: street.town.decide("setPaused", SCHEME, True),
        lambda: rules(street, 2, 60),
        lambda: rules(street, -9, -2),
        lambda: street.town.decide("closeScheme", SCHEME),
    ):
        change()
        finger.look()
        finger.check()
    expect(label).not_to_have_text(said)


def test_the_first_screens_stay_when_what_is_left_was_looked_up(
    finger: Finger, street: Street
) -> None:
    page, held = finger.page, list[Route]()
    page.route("**/months/*", lambda route: held.append(route))
    page.goto(street.link(FIRST))
    expect(page.locator("form")).to_be_visible()
    finger.remember()
    fail(page, held, carry_on=True)
    finger.check(page.locator(".utrecht-paragraph--lead").get_by_text("300,00"))
    page.goto(street.link(SECOND))
    page.locator("form button").last.click()
    left = page.get_by_test_id("left").last
    expect(left).to_contain_text("€ …")
    finger.remember()
    fail(page, held, carry_on=True)
    finger.check(left.get_by_text("300,00"))


def test_the_first_screen_stays_when_a_code_runs_out(finger: Finger) -> None:
    show_code(finger, "10")
    finger.page.locator(".pair button").last.click()
    main = finger.page.locator(".home__main button")
    expect(main).to_contain_text("10,00")
    finger.remember()
    before = box(main)
    finger.page.evaluate("Date.now = ((now) => () => now() + 400000)(Date.now)")
    expect(main).not_to_contain_text("10,00")
    finger.check(main)
    assert box(main) == before


def test_the_ways_to_read_a_letter_stay(finger: Finger, street: Street, tmp_path: Path) -> None:
    page = finger.page
    page.goto(street.base_url)
    finger.remember()
    page.evaluate("location.hash = '#KL1.123'")
    finger.check()
    page.locator(".actions button").first.click()
    expect(page.locator(".camera")).to_be_visible()
    finger.remember()
    page.wait_for_function("!!globalThis.refuse")
    page.evaluate("refuse()")
    finger.check()
    qrcode.make("iets anders").save(tmp_path / "other.png")
    Image.new("RGB", (200, 200), "white").save(tmp_path / "white.png")
    for name in ("white.png", "other.png"):
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        expect(page.locator(".photo")).to_be_visible()
        finger.check(page.locator(".camera"))
    page.locator(".actions button").click()
    field, done = page.locator("textarea"), page.locator("button.big")
    finger.remember()
    wrong = "2" if FIRST.text[20] != "2" else "3"
    for text in ("", "ABCU", FIRST.text + "0", FIRST.text[:20] + wrong + FIRST.text[21:]):
        field.fill(text)
        done.click()
        finger.check()


def test_the_buttons_stay_when_reading_or_moving_fails(finger: Finger, street: Street) -> None:
    page, held = finger.page, list[Route]()
    page.goto(street.base_url)
    page.locator(".actions button").last.click()
    page.locator(".actions button").last.click()
    page.locator("textarea").fill(FIRST.text)
    page.route("**/schemes/1", lambda route: held.append(route))
    page.locator("button.big").click()
    again = page.locator("button.big")
    for attempt in range(2):
        page.wait_for_function("document.querySelector('.actions.hidden')")
        fail(page, held)
        expect(again).to_be_visible()
        finger.check() if attempt else finger.remember()
        again.click()
    page.wait_for_function("document.querySelector('.actions.hidden')")
    fail(page, held, carry_on=True)
    page.unroute("**/schemes/1")
    page.route("**/moves", lambda route: held.append(route))
    expect(page.locator(".actions.hidden")).to_have_count(0)
    finger.remember()
    page.locator("button.big").click()
    expect(page.locator("button.big")).to_have_attribute("aria-disabled", "true")
    finger.check(page.locator("button.big"))
    for _ in VALUES:  # each coupon has its own move, and one without an answer takes 15 seconds
        fail(page, held)
    finger.check()


def test_what_asks_for_a_pin_or_removes_a_letter_stays(finger: Finger) -> None:
    open_home(finger)
    page = finger.page
    page.locator(".bar--home button").last.click()
    remove = page.locator(".actions button").nth(1)
    finger.remember()
    remove.click()
    dialog = page.get_by_role("dialog")
    finger.check(dialog)
    assert all(apart(box(remove), box(each)) for each in dialog.get_by_role("button").all())
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.locator(".actions button").nth(4).click()
    fields = page.locator("input[type=password]")
    expect(fields).to_have_count(2)
    finger.remember()
    for field in fields.all():
        field.fill("12")
    page.locator("button.big").click()
    finger.check()
    for field in fields.all():
        field.fill("2580")
    page.locator("button.big").click()
    expect(fields).to_have_count(0)
    page.reload()
    finger.remember()
    fields.fill("1111")
    page.locator("button.big").click()
    finger.check()
