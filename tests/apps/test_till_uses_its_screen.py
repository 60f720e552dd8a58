"""The till uses the screen that it has: where the keys are and how large, and how far a verdict is
read."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kindpakket.protocol.codes import Card, read_code
from kindpakket.protocol.keys import coupon_key
from tests.apps.phone import Street
from tests.apps.test_parent_nothing_moves import box
from tests.apps.till import CUT, Till, code, opened_till
from tests.support.browser import resize
from tests.support.screens import SIZES, Size
from tests.support.town import BOOKS, LETTERS, SCHEME

PHONES = [size for size in SIZES if size[0] < 768]
WIDE = [size for size in SIZES if size[0] >= 768]
SIDEWAYS: list[Size] = [(568, 320), (740, 360), (844, 390)]

PER_MM = 160 / 25.4
"""CSS pixels to the millimetre on a phone: Android's definition, and what others have at most."""
CAPITAL = 0.668
"""The height of a capital of Atkinson Hyperlegible Next, as a part of the font's size."""
READABLE = {320: 7, 568: 7, 360: 8, 390: 8, 740: 8, 844: 8, 768: 8, 1366: 8, 1920: 8}
"""The least height of a verdict's capitals in millimetres, by the width of the screen.

At two metres, 7 mm is 12 minutes of arc and 8 mm is 14; normal sight reads 5. A larger screen has
fewer pixels to the millimetre, so that its letters are larger than this.
"""

TONES = """
    globalThis.tones = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) {
        tones.push(this.frequency.value);
        start.call(this, at);
    };
    globalThis.shakes = [];
    navigator.vibrate = (pattern) => shakes.push(pattern);
"""


def keys(till: Till) -> list[Locator]:
    return till.page.locator(".keypad button").all()


def smallest(till: Till) -> tuple[float, float]:
    """Width and height of the smallest key."""
    boxes = [box(key) for key in keys(till)]
    return min(each["width"] for each in boxes), min(each["height"] for each in boxes)


def in_view(page: Page, found: Locator) -> bool:
    """Whether all of it is seen without scrolling."""
    size = page.viewport_size
    assert size is not None
    place = box(found)
    return place["y"] >= 0 and place["y"] + place["height"] <= size["height"]


def test_keypad_and_last_payments_are_side_by_side_on_tablet_and_pc(till: Till) -> None:
    latest, keypad = till.page.get_by_text("Laatste betalingen"), till.page.locator(".keypad")
    for size in WIDE:
        resize(till.page, size)
        expect(latest).to_be_visible()
        left, right = box(till.page.locator(".till__latest")), box(keypad)
        assert left["x"] + left["width"] <= right["x"], size
        assert left["y"] < right["y"] + right["height"], size
        assert right["y"] < left["y"] + left["height"], size
    for size in PHONES:
        resize(till.page, size)
        expect(latest).to_be_hidden()


def test_keys_are_large_enough_and_grow_with_the_screen(till: Till) -> None:
    areas = []
    for size in SIZES:
        resize(till.page, size)
        width, height = smallest(till)
        assert width >= 48 and height >= 48, size
        areas.append(width * height)
    assert areas == sorted(areas) and len(set(areas)) == len(areas)
    for size in SIDEWAYS:
        resize(till.page, size)
        assert min(smallest(till)) >= 48, size


def test_every_key_is_in_view_and_on_a_phone_in_the_lower_part(till: Till) -> None:
    for size in [*SIZES, *SIDEWAYS]:
        resize(till.page, size)
        ways = till.page.locator(".till__keys button, .till__ways button").all()
        assert len(ways) == 16
        assert all(in_view(till.page, each) for each in ways), size
    for size in PHONES:
        resize(till.page, size)
        assert all(box(key)["y"] > size[1] / 4 for key in keys(till)), size


def verdict(name: str, till: Till, street: Street) -> None:
    match name:
        case "Betaald":
            till.charge("42,50", code(street, 4_250))
        case "Niet betaald":
            till.charge("10", code(street, 1_000, 1, shop=BOOKS))
        case "Deel betaald":
            till.ask("42,50")
            till.page.get_by_label("Betaal wat er nog is").check()
            till.scanner(Card(SCHEME, coupon_key(LETTERS[0], 0, 3)).text)
        case "Nog niet betaald":
            till.context.route("**/api/v1/payments", lambda route: route.abort())
            till.charge("5", code(street, 500, 2))
    till.says(name)


@pytest.mark.parametrize("name", ["Betaald", "Niet betaald", "Deel betaald", "Nog niet betaald"])
def test_a_verdict_is_read_from_two_metres(chromium: Browser, street: Street, name: str) -> None:
    with opened_till(chromium, street, expected=CUT) as till:
        verdict(name, till, street)
        word = till.page.get_by_role("heading", level=1)
        for size in [*SIZES, *SIDEWAYS]:
            resize(till.page, size)
            drawn = word.evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
            assert drawn * CAPITAL / PER_MM >= READABLE[size[0]] - 0.05, size
            assert in_view(till.page, word), size
        text = word.evaluate("each => getComputedStyle(each).fontWeight")
        assert int(text) >= 700


def test_a_verdicts_words_are_never_broken(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street) as till:
        verdict("Betaald", till, street)
        word = till.page.get_by_role("heading", level=1)
        for size in [*SIZES, *SIDEWAYS]:
            resize(till.page, size)
            lines = word.evaluate("""each => {
                const range = document.createRange();
                range.selectNodeContents(each);
                return range.getClientRects().length;
            }""")
            assert lines == 1, size


# sound and vibration


def tried(till: Till, button: str, made: str) -> list[object]:
    till.tap(button)
    till.page.wait_for_function(f"() => {made}.length > 0")
    found: list[object] = json.loads(till.page.evaluate(f"JSON.stringify({made}.splice(0))"))
    return found


def test_sound_and_vibration_are_tried_in_the_settings_and_turned_off(
    chromium: Browser, street: Street
) -> None:
    with opened_till(chromium, street, script=TONES) as till:
        till.tap("Meer")
        assert tried(till, "Laat horen", "tones") == [880, 1319, 196, 196]
        assert tried(till, "Laat trillen", "shakes") == [[150, 700, 300, 120, 300]]
        till.page.get_by_label("Een toon bij elk antwoord").uncheck()
        till.page.get_by_label("Trillen bij elk antwoord").uncheck()
        till.tap("Terug")
        verdict("Betaald", till, street)
        assert till.page.evaluate("[...tones, ...shakes.flat()]") == []


def test_a_verdict_sounds_and_vibrates_as_the_trial_did(chromium: Browser, street: Street) -> None:
    with opened_till(chromium, street, script=TONES) as till:
        verdict("Betaald", till, street)
        assert till.page.evaluate("tones") == [880, 1319]
        assert till.page.evaluate("shakes.filter((each) => each.length > 0)") == [[150]]


# the end of the day


PAPER_AND_APPS = """
    globalThis.print = () => { globalThis.printed = true; };
    navigator.share = async (given) => { globalThis.shared = given; };
"""
PRINTED = """() => [...document.body.querySelectorAll("*")]
    .filter((each) => each.checkVisibility() && !each.closest(".kp-only-read-out"))
    .filter((each) => [...each.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
    .filter((each) => !each.closest(".report"))
    .map((each) => each.outerHTML)"""
"""What is printed besides the report."""


@pytest.fixture
def report(chromium: Browser, street: Street) -> Iterator[Till]:
    """The report of a day with 42,50 and 10,05 at one till, 19,95 at this one, and 2,50 back."""
    with opened_till(chromium, street, script=PAPER_AND_APPS) as till:
        first = street.pay(read_code(code(street, 4_250, 0)), 4_250)
        street.pay(read_code(code(street, 1_005, 1)), 1_005)
        street.refund(first, 250)
        till.charge("19,95", code(street, 1_995, 2))
        till.says("Betaald")
        till.tap("Volgende klant")
        till.tap("Vandaag")
        till.tap("Dagoverzicht")
        till.sees("3 betalingen")
        yield till


def figures(till: Till, name: str) -> list[str]:
    rows = till.page.get_by_test_id(name).locator("div").all()
    return [" ".join(each.inner_text().split()) for each in rows]


def test_the_days_report_adds_up_so_that_nothing_is_left_to_count(report: Till) -> None:
    assert figures(report, "totals") == [
        "Betaald € 72,50",
        "Terugbetaald € 2,50",
        "Totaal € 70,00",
    ]
    assert figures(report, "tills") == [
        "4EBD-671E 2 betalingen € 50,05",
        "Kassa 2 1 betaling € 19,95",
    ]


def test_the_days_report_is_printed_without_anything_else(report: Till) -> None:
    report.tap("Druk af")
    assert report.page.evaluate("printed") is True
    report.page.emulate_media(media="print", color_scheme="dark")
    assert report.page.evaluate(PRINTED) == []
    expect(report.page.get_by_test_id("totals")).to_be_visible()
    ink = report.page.locator(".report dd").first.evaluate("each => getComputedStyle(each).color")
    assert ink == "rgb(20, 33, 43)"  # of light mode


def test_the_days_report_is_shared_as_text(report: Till) -> None:
    report.tap("Deel")
    report.page.wait_for_function("() => globalThis.shared")
    text = report.page.evaluate("shared.text").replace("\u00a0", " ")
    assert text.splitlines()[:10] == [
        "Dagoverzicht Kindpakket",
        "Winkel 1",
        "vrijdag 15 januari 2027",
        "",
        "Betaald: € 72,50 (3 betalingen)",
        "Terugbetaald: € 2,50",
        "Totaal: € 70,00",
        "",
        "4EBD-671E: € 50,05 (2 betalingen)",
        "Kassa 2: € 19,95 (1 betaling)",
    ]
