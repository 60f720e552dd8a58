"""Screens at the sizes that people use: their layout is checked, and drawn when asked.

``pytest --screens DIRECTORY`` draws contact sheets of what the tests look at.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page

from tests.support.browser import at_sizes, end_transitions, resize

Size = tuple[int, int]
Theme = Literal["light", "dark"]

SIZES: tuple[Size, ...] = (
    (320, 568),
    (360, 740),
    (390, 844),
    (768, 1024),
    (1366, 768),
    (1920, 1080),
)
_DRAWN: tuple[tuple[Size, Theme], ...] = (
    ((320, 568), "dark"),
    ((360, 740), "light"),
    ((390, 844), "light"),
    ((390, 844), "dark"),
    ((768, 1024), "light"),
    ((1366, 768), "light"),
    ((1366, 768), "dark"),
    ((1920, 1080), "light"),
)
_THEMES: dict[Size, Theme] = {(320, 568): "dark", (1366, 768): "light"}
_HEIGHT, _GAP, _LABEL = 200, 8, 20
_ROWS = 40
"""The most screens on one sheet."""

_WRONG = (Path(__file__).parent / "layout.js").read_text()


def check_layout(page: Page, state: str, accessible: Callable[[str], None] | None = None) -> None:
    """Check at every size that nothing scrolls sideways, is cut off or overlaps.

    Args:
        accessible: a check that is made as well, in the dark on a small screen and in light on a
            large one; it gets the state and the theme.
    """
    for size in at_sizes(page, SIZES):
        wrong = page.evaluate(_WRONG)
        assert wrong == [], f"{state}, {size}: " + "\n".join(wrong)
        if accessible and size in _THEMES:
            page.emulate_media(color_scheme=_THEMES[size])
            accessible(f"{state}, {_THEMES[size]}")


@dataclass
class Screens:
    """What tests look at, by face."""

    directory: Path | None
    pictures: dict[str, list[tuple[str, list[Image.Image]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def look(
        self, page: Page, face: str, state: str, accessible: Callable[[str], None] | None = None
    ) -> None:
        """Check a screen as :func:`check_layout` does, and draw it when asked; its size is kept."""
        before = page.viewport_size
        assert before is not None
        check_layout(page, f"{face}, {state}", accessible)
        if self.directory is not None:
            self.pictures[face].append((state, [_picture(page, *each) for each in _DRAWN]))
            page.emulate_media(color_scheme="light")
        resize(page, (before["width"], before["height"]))

    def draw(self) -> None:
        """Write the contact sheets."""
        if self.directory is None:
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        for face, rows in self.pictures.items():
            for number, start in enumerate(range(0, len(rows), _ROWS), 1):
                name = f"{re.sub('[^a-z0-9]+', '-', face.lower())}-{number}.webp"
                sheet = _sheet(rows[start : start + _ROWS])
                sheet.save(self.directory / name, quality=45, method=6)


def _picture(page: Page, size: Size, theme: Theme) -> Image.Image:
    page.emulate_media(color_scheme=theme)
    resize(page, size)
    end_transitions(page)
    whole = Image.open(BytesIO(page.screenshot())).convert("RGB")
    return whole.resize((round(whole.width * _HEIGHT / whole.height), _HEIGHT))


def _sheet(rows: list[tuple[str, list[Image.Image]]]) -> Image.Image:
    width = sum(each.width + _GAP for each in rows[0][1]) + _GAP
    line = _LABEL + _HEIGHT + _GAP
    sheet = Image.new("RGB", (width, line * len(rows) + _GAP), "#8a93a0")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for row, (state, pictures) in enumerate(rows):
        left, top = _GAP, row * line
        pen.text((left, top + 2), state, "#000", font)
        for each in pictures:
            sheet.paste(each, (left, top + _LABEL))
            left += each.width + _GAP
    return sheet
