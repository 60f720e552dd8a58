"""One colour makes a palette in which everything can be read, in light and in dark mode."""

import random
import re
from pathlib import Path

import pytest

from kindpakket.theme.colours import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    STANDARD,
    Brand,
    Grounds,
    contrast,
    dark,
    light,
    read_colour,
)

ROOT = Path(__file__).parents[2]
PRINTED = ROOT / "backend/kindpakket/services/paper"
IN_A_BROWSER = ROOT / "desk_web/src/letters/paper.css"
PAPER, BLACK = "#ffffff", "#000000"
ADDRESSES = "#3c3c3c"
"""The letter's number on an address label."""
FOLDS = "#787878"

EXTREMES = ("#000000", "#ffffff", "#808080", "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#ff00ff")
COLOURS = [*EXTREMES, *(f"#{random.Random(number).randrange(2**24):06x}" for number in range(100))]


def unreadable(brand: Brand, grounds: Grounds) -> dict[tuple[str, str], float]:
    """Pairs of words and grounds with a contrast under 4.5, WCAG 2.2's least for words."""
    pairs = {
        *((brand.brand, back) for back in (grounds.ground, grounds.card, brand.tint)),
        *((brand.brand_strong, back) for back in (grounds.ground, grounds.card)),
        *((brand.brand_strong, back) for back in (brand.tint, brand.tint_strong)),
        *((brand.on_tint, back) for back in (brand.tint, brand.tint_strong)),
        *((brand.on_brand, back) for back in (brand.brand, brand.brand_strong)),
    }
    found = {pair: contrast(*pair) for pair in pairs}
    return {pair: ratio for pair, ratio in found.items() if ratio < 4.5}


@pytest.mark.parametrize("colour", COLOURS)
def test_every_word_can_be_read_whatever_the_colour(colour: str) -> None:
    assert unreadable(light(colour), LIGHT_GROUNDS) == {}
    assert unreadable(dark(colour), DARK_GROUNDS) == {}


@pytest.mark.parametrize("colour", COLOURS)
def test_every_word_on_paper_can_be_read_whatever_the_colour(colour: str) -> None:
    brand = light(colour)
    for word, back in (
        (brand.brand, PAPER),
        (brand.brand, brand.tint),
        (BLACK, brand.tint),
        (ADDRESSES, PAPER),
    ):
        assert contrast(word, back) >= 4.5, (word, back)
    assert contrast(FOLDS, PAPER) >= 3  # WCAG 2.2's least for lines


def test_paper_has_no_other_colours() -> None:
    """What this test does not know is not among the pairs of the test above."""
    station = "".join(each.read_text() for each in sorted(PRINTED.glob("*.typ")))
    used = r"(?:fill|paint): *([^,)]+\)?)|\bstroke: [^,\n]*\+ (\w+(?:\(\d+\))?)"
    found = {fill or stroke for fill, stroke in re.findall(used, station)}
    assert found == {"ink", "pale", "black", "luma(60)", "luma(120)"}
    assert "ink = rgb(data.colours.brand)" in station
    assert "pale = rgb(data.colours.tint)" in station
    css = IN_A_BROWSER.read_text()
    brand = set(re.findall(r"var\((--paper-[\w-]+)\)", css))
    assert brand == {"--paper-brand", "--paper-tint"}
    assert re.findall(r"(?<!-)color: var\(--paper-tint\)", css) == []
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", css)) == {"#000", "#fff", FOLDS}


def test_white_on_black_has_the_most_contrast() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colour", [STANDARD, "#7a1f5c", "#004b87"])
def test_a_colour_in_which_words_can_be_read_is_kept(colour: str) -> None:
    assert light(colour).brand == colour


@pytest.mark.parametrize(
    "text", ["0b5f74", "#0b5f7", "#0b5f744", "red", "#0b5f7g", "#0b5f74\n", ""]
)
def test_a_colour_is_a_hash_and_six_digits(text: str) -> None:
    with pytest.raises(ValueError, match="Schrijf een kleur als"):
        read_colour(text)


def test_capitals_make_no_difference() -> None:
    assert read_colour("#0B5F74") == "#0b5f74"
