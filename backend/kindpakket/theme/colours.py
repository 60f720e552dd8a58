"""The brand's colours, computed from one: each holds the contrasts of WCAG 2.2 on its grounds.

Lightness and chroma are those of OKLCH, in which colours of equal lightness look equally light.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from coloraide import Color

STANDARD = "#0b5f74"
"""The brand's colour without the municipality's own."""
TEXT_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3."""
_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_STEP = 0.005


@dataclass(frozen=True)
class Grounds:
    """What lies behind, in one mode: of the page and of cards, as the design tokens have them."""

    ground: str
    card: str


LIGHT_GROUNDS = Grounds(ground="#faf5ec", card="#ffffff")
DARK_GROUNDS = Grounds(ground="#0f1720", card="#1a2530")


@dataclass(frozen=True)
class Brand:
    """The brand's colours in one mode, as ``#rrggbb``."""

    tint: str
    """A soft fill."""
    tint_strong: str
    """The same under a finger."""
    brand: str
    """Fills and words."""
    brand_strong: str
    """The same under a finger."""
    on_tint: str
    """Words on both tints."""
    on_brand: str
    """Words on both fills."""


def read_colour(text: str) -> str:
    """Return a colour in lower case.

    Raises:
        ValueError: it is not ``#rrggbb``; the message is in Dutch.
    """
    if not _HEX.fullmatch(text):
        raise ValueError("Schrijf een kleur als #0b5f74.")
    return text.lower()


def light(colour: str) -> Brand:
    """Return the colours in light mode; the given one is kept if words in it can be read."""
    of, lightness, chroma = _shades(colour)
    tint, tint_strong = of(0.95, 0.03), of(0.9, 0.05)
    grounds = (LIGHT_GROUNDS.ground, LIGHT_GROUNDS.card, tint)
    while not _readable(of(lightness, chroma), grounds):
        lightness -= _STEP
    strong = lightness - 0.06 if lightness > 0.3 else lightness + 0.1
    while not _readable(of(strong, chroma), (*grounds, tint_strong)):
        strong -= _STEP
    return Brand(
        tint,
        tint_strong,
        of(lightness, chroma),
        of(strong, chroma),
        of(min(0.36, lightness), chroma),
        "#ffffff",
    )


def dark(colour: str) -> Brand:
    """Return the colours in dark mode, where fills are light and words on them dark."""
    of, lightness, chroma = _shades(colour)
    tint, tint_strong, lightness = of(0.33, 0.05), of(0.39, 0.06), max(lightness, 0.76)
    grounds = (DARK_GROUNDS.ground, DARK_GROUNDS.card, tint, tint_strong)
    while not _readable(of(lightness, chroma), grounds):
        lightness += _STEP
    strong = min(lightness + 0.06, 0.97)
    return Brand(
        tint,
        tint_strong,
        of(lightness, chroma),
        of(strong, chroma),
        of(0.94, 0.03),
        of(0.2, 0.04),
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    return Color(one).contrast(other)


def _shades(colour: str) -> tuple[Callable[[float, float], str], float, float]:
    """Return how to make a shade from its lightness and its most chroma, and both of the colour."""
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)

    def of(lightness: float, most: float) -> str:
        shade = Color("oklch", [lightness, min(chroma, most), hue])
        return shade.convert("srgb").fit(method="oklch-chroma").to_string(hex=True)

    return of, lightness, chroma


def _readable(colour: str, grounds: tuple[str, ...]) -> bool:
    return all(contrast(colour, ground) >= TEXT_CONTRAST for ground in grounds)
