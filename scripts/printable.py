"""Generate the list of characters in the letters' fonts: `python -m scripts.printable`.

Typed texts are validated against it, in `backend/kindpakket/domain/texts.py`.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.ttLib import TTFont

PACKAGE = Path(__file__).parents[1] / "backend/kindpakket"
_PACKAGED = PACKAGE / "services/paper/fonts"
FONTS = sorted(each for each in _PACKAGED.glob("*.ttf") if "Mono" not in each.name)
"""Without Mono, which is for letter texts only."""
LISTED = PACKAGE / "domain/printable.txt"
_IN_A_LINE = 8


def listed() -> str:
    """Return the list: ranges of code points, such as ``0041-005A``."""
    codes = {code for font in FONTS for code in TTFont(font).getBestCmap() if _shows(code)}
    ranges = [f"{first:04X}-{last:04X}" for first, last in _ranges(sorted(codes))]
    starts = range(0, len(ranges), _IN_A_LINE)
    return "".join(" ".join(ranges[start : start + _IN_A_LINE]) + "\n" for start in starts)


def _shows(code: int) -> bool:
    """Whether a code point is a letter, mark, number, punctuation, symbol, or the space."""
    return code == ord(" ") or unicodedata.category(chr(code))[0] in "LMNPS"


def _ranges(codes: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for code in codes:
        if last is not None and code == last + 1:
            last = code
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = code
    if first is not None and last is not None:
        yield first, last


if __name__ == "__main__":
    LISTED.write_text(listed())
    print(f"{LISTED}: {len(FONTS)} fonts")
