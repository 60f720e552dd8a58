"""A browser with one window, by what WebDriver and WebDriver BiDi have in common.

Both take the same actions of a pointer and keys; the rest is functions that run in the page.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

FIELD = "input, textarea, select"
BUTTON = "button, [role=button]"
LINK = "a"
ENTER = "\ue007"
_ROUNDS = 30
"""How often a page is asked, each time for sixty frames: at least half a minute."""
_WORDS = """
    const words = (element) => element?.checkVisibility({checkVisibilityCSS: true}) === false ? null
        : (element?.ariaLabel ?? element?.labels?.[0]?.textContent ?? element?.textContent)
            ?.replace(/\\s+/g, " ").trim();
"""
"""The name of an element that is shown, with single spaces."""
_POINT = f"""(selector, name) => {{ {_WORDS}
    const found = [...document.querySelectorAll(selector)].find((each) => words(each) === name);
    if (found === undefined) return null;
    found.scrollIntoView({{block: "center", behavior: "instant"}});
    const {{x, y, width, height}} = found.getBoundingClientRect();
    const at = [Math.round(x + width / 2), Math.round(y + height / 2)];
    const before = globalThis.aimed;
    globalThis.aimed = `${{words(found)}} ${{at}}`;
    const stays = before === globalThis.aimed;
    return stays && found.contains(document.elementFromPoint(...at)) ? at : null;
}}"""
"""Where a person would tap it; nowhere while it moves, or something else covers it."""
_DRAWN = """async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}"""
_SEES = """(text) => document.body.innerText.replace(/\\s+/g, " ").includes(text)"""
_HEADING = f"""(text) => {{ {_WORDS} return words(document.querySelector("h1")) === text; }}"""


class PageLeft(Exception):
    """The browser could not run a function: perhaps another page came."""


class Device(ABC):
    """A window with its own storage.

    Names of what is tapped or filled are those that a screen reader gets, with single spaces.
    """

    @abstractmethod
    def open(self, url: str) -> None:
        """Go to a page, and wait until it is loaded."""

    @abstractmethod
    def call(self, function: str, *given: Any) -> Any:
        """Run a JavaScript function, perhaps async, in the page; arguments and result are JSON.

        Raises:
            PageLeft: it did not end, or threw an error.
        """

    @abstractmethod
    def act(self, *sources: dict[str, Any]) -> None:
        """Perform actions, each with its source, as WebDriver defines them."""

    @abstractmethod
    def choose(self, selector: str, file: Path) -> None:
        """Choose a file in a field."""

    @abstractmethod
    def picture(self) -> bytes:
        """The window's content as PNG."""

    def screenshot(self) -> Image.Image:
        """What a person sees, with all that was done."""
        self.call(_DRAWN)
        return Image.open(BytesIO(self.picture()))

    def until(self, function: str, *given: Any) -> Any:
        """Run a function in each frame until its result is truthy; return that."""
        waiting = f"""async (...given) => {{
            for (let frame = 0; frame < 60; frame += 1) {{
                const result = ({function})(...given);
                if (result) return result;
                await new Promise(requestAnimationFrame);
            }}
        }}"""
        left = None
        for _ in range(_ROUNDS):
            try:
                if (result := self.call(waiting, *given)) is not None:
                    return result
            except PageLeft as error:
                left = error
        seen = self.call("() => document.body.innerText")
        raise AssertionError(f"not seen: {given}; {left or ''}\n{seen}")

    def tap(self, name: str, kind: str = BUTTON) -> None:
        x, y = self.until(_POINT, kind, name)
        move = {"type": "pointerMove", "x": x, "y": y}
        press, release = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        self.act({"type": "pointer", "id": "mouse", "actions": [move, press, release]})

    def type(self, text: str) -> None:
        """Type into what has the focus, as fast as a hardware scanner does."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.act({"type": "key", "id": "keyboard", "actions": keys})

    def scan(self, text: str) -> None:
        """Type as a hardware scanner, with a final Enter."""
        self.type(text + ENTER)

    def fill(self, label: str, text: str, kind: str = FIELD) -> None:
        self.tap(label, kind)
        self.type(text)

    def press(self, names: Sequence[str]) -> None:
        """Tap buttons in sequence."""
        for name in names:
            self.tap(name)

    def sees(self, text: str) -> None:
        self.until(_SEES, text)

    def heading(self, text: str) -> None:
        self.until(_HEADING, text)


class Browser(Protocol):
    """A browser that runs, or can be started."""

    def device(self, size: tuple[int, int]) -> AbstractContextManager[Device]:
        """Open a window of this size within the context, in CSS pixels."""
