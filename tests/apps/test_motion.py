"""Motion says where something went, in a moment; for who asked for less of it, nothing moves."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.apps.phone import Phone, Street
from tests.apps.till import code, opened_till
from tests.support.town import LETTERS

ROOT = Path(__file__).parents[2]
FACES = ("web_shared", "parent_app", "shop_app", "desk_web")
MOTION = re.compile(r"(?:animation|transition):\s*([^;]+);")
SECONDS = 0.2
"""Motion takes less."""

RECORD = """() => {
    globalThis.moved = {};
    for (const kind of ["animationstart", "transitionrun"]) {
        addEventListener(kind, (event) => {
            const style = getComputedStyle(event.target);
            const name = event.animationName ?? event.propertyName;
            const lasts = event.animationName ? style.animationDuration : style.transitionDuration;
            globalThis.moved[name] = Math.max(...lasts.split(",").map(parseFloat));
        });
    }
}"""


def calm_or_not(page: Page, motion: str) -> None:
    page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    page.evaluate(RECORD)


def moved(page: Page) -> dict[str, float]:
    """What moved, and for how many seconds."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: dict[str, float] = page.evaluate("globalThis.moved")
    return {name: seconds for name, seconds in found.items() if seconds > 0.001}


def pay_until_the_receipt(phone: Phone, street: Street, motion: str) -> dict[str, float]:
    phone.open_letter(LETTERS[0])
    shown = phone.show_code("10")
    calm_or_not(phone.page, motion)
    street.pay(shown, 1_000)
    phone.heading("Betaald")
    return moved(phone.page)


def sell_until_the_verdict(chromium: Browser, street: Street, motion: str) -> dict[str, float]:
    with opened_till(chromium, street) as till:
        calm_or_not(till.page, motion)
        till.charge("12", code(street, 12_00))
        till.says("Betaald")
        return moved(till.page)


def test_a_code_becomes_a_receipt_in_a_moment(phone: Phone, street: Street) -> None:
    found = pay_until_the_receipt(phone, street, "no-preference")
    assert {"receipt-comes", "tick-comes", "ring-closes"} <= found.keys()
    assert max(found.values()) < SECONDS


def test_an_amount_becomes_a_verdict_in_a_moment(chromium: Browser, street: Street) -> None:
    found = sell_until_the_verdict(chromium, street, "no-preference")
    assert {"verdict-opens", "mark-arrives", "amount-arrives"} <= found.keys()
    assert max(found.values()) < SECONDS


def test_who_asks_for_less_motion_sees_none(
    chromium: Browser, phone: Phone, street: Street
) -> None:
    assert pay_until_the_receipt(phone, street, "reduce") == {}
    assert sell_until_the_verdict(chromium, street, "reduce") == {}


def test_all_motion_of_the_apps_and_the_desk_lasts_as_long_as_one_token_says() -> None:
    tokens = (ROOT / "web_shared/src/design/tokens.css").read_text()
    assert re.findall(r"--kp-motion: (\w+);", tokens) == ["160ms", "0ms"]
    assert "@media (prefers-reduced-motion: reduce)" in tokens.split("160ms")[1].split("0ms")[0]
    files = [file for face in FACES for file in (ROOT / face / "src").rglob("*")]
    styles = [file.read_text() for file in files if file.suffix in {".css", ".svelte"}]
    values = [value for text in styles for value in MOTION.findall(text) if value != "none"]
    assert len(values) > 5
    assert [value for value in values if "var(--kp-motion) var(--kp-ease)" not in value] == []
