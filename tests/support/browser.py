"""A headless Chromium for tests: that of the machine, or of the distribution."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

expect.set_options(timeout=30_000)  # long, for busy machines

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = (
    "/usr/bin/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def find_chromium() -> str:
    """Return the path of a Chromium or Chrome; as root, install Debian's when there is none.

    Raises:
        RuntimeError: there is none; the message says what to install.
    """
    found = _look()
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update"], check=False, capture_output=True)
        # Another worker may be installing it.
        install = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "chromium"]
        subprocess.run(install, check=False, capture_output=True)
        found = _look()
    if found is None:
        raise RuntimeError(
            "These tests need a browser: install Chromium (Debian: apt-get install chromium) "
            "or Google Chrome."
        )
    return found


def end_transitions(page: Page) -> None:
    """Wait until no colour changes, for measurements of contrast."""
    page.evaluate("""() => Promise.all(document.getAnimations()
        .filter((each) => each.effect.getComputedTiming().iterations !== Infinity)
        .map((each) => each.finished.catch(() => null)))""")


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


def _look() -> str | None:
    for name in (*_NAMES, *_PLACES):
        if path := shutil.which(name):
            return path
    return None
