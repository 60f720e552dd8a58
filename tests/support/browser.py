"""A headless Chromium for tests: that of the machine, or of the distribution."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.debian import find_program

expect.set_options(timeout=30_000)  # long, for busy machines

_LIGHT = "chromium-headless-shell"
"""Chromium without windows: the same engine for half of the processor time."""
_NAMES = (_LIGHT, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = (
    "/usr/bin/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


@cache
def find_chromium() -> str:
    """Return the path of a Chromium or Chrome; as root, install Debian's without windows first.

    Raises:
        RuntimeError: there is none; the message says what to install.
    """
    return find_program((*_NAMES, *_PLACES), _LIGHT)


_ENDED = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const running = () => document.getAnimations().filter((each) =>
        each.playState === "running" && each.effect.getComputedTiming().iterations !== Infinity);
    await frame();
    for (let all = running(); all.length; all = running()) {
        await Promise.all(all.map((each) => each.finished.catch(() => null)));
        await frame();
    }
}"""


def end_transitions(page: Page) -> None:
    """Wait until no colour changes, for measurements of contrast. What inherits a colour can begin
    to change when the other ends."""
    page.evaluate(_ENDED)


_AXE = """(options) => axe.run(options).then(({ violations }) => ({ violations }))"""


def run_axe(page: Page, *rules: str) -> AxeResults:
    """Check a page by these rules of axe, by default by all.

    A page gets the script once, and tells what is wrong only: that is half of the work.
    """
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    return AxeResults(page.evaluate(_AXE, options))


_PROBE = """() => {
    const probe = globalThis.probe = document.body.appendChild(document.createElement("div"));
    Object.assign(probe.style, {position: "fixed", width: "1px", height: "100dvh", top: 0});
    return probe.offsetHeight;
}"""
"""Made before a resize: a later element has the new units before the others have them."""
_LAID_OUT = """async ([width, height]) => {
    const frame = () => new Promise(requestAnimationFrame);
    for (let frames = 0; innerWidth !== width || probe.offsetHeight !== height; frames += 1) {
        if (frames === 1800) throw new Error("the screen did not get its size");
        await frame();
    }
    await frame();
    await document.fonts.ready;
}"""


def at_sizes(page: Page, sizes: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Give the screen one size after another, and wait until the page has it: units of the
    viewport follow in a later frame."""
    page.evaluate(_PROBE)
    for size in sizes:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.evaluate(_LAID_OUT, list(size))
        yield size
    page.evaluate("probe.remove()")


def resize(page: Page, size: tuple[int, int]) -> None:
    """Give the screen another size, and wait until the page has it."""
    for _ in at_sizes(page, [size]):
        pass


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a headless browser."""
    path = find_chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield started
        finally:
            started.close()
