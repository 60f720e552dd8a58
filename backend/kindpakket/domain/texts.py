"""Text that people type: tidied, and refused when it cannot be printed.

`printable.txt` lists the characters that the letters' fonts have, as ranges; `scripts/printable.py`
makes it. Names of characters are Unicode's.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from kindpakket.domain.language import say

_DIRECTION_MARKS = "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
"""What sets the direction of a text."""
_OVERRIDES = "\u202d\u202e"
"""What shows letters in another order than they have; nobody types that by accident."""
_OTHER_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""What shows nothing (Default_Ignorable_Code_Point) and is no format character."""
_LINE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_NAMELESS = {"Cc": "<control>", "Cs": "<surrogate>", "Co": "<private-use>", "Cn": "<unassigned>"}


_TIMES_LONGER = 100
"""What is this many times as long as it may be is not read: to tidy it takes long."""


class TextInvalid(ValueError):
    """A text that cannot be kept; the message says why, and names the character if it is one."""


class LengthInvalid(TextInvalid):
    """It is empty or too long."""


def read_line(text: str, most: int, *, any_script: bool = False) -> str:
    """Read a name, an address or another text in one line.

    White space of any kind, a line break too, is one space. Characters that show nothing (zero
    width, byte order mark, soft hyphen) are dropped. What a letter and its accents can be in one
    character, is (NFC).

    Args:
        most: how many characters it may have then; it has one at least.
        any_script: take letters that our fonts do not have too, for what is never on our paper.

    Raises:
        TextInvalid: it is empty or too long, or cannot be printed.
    """
    line = "" if len(text) > _TIMES_LONGER * most else _composed(_tidied(text), most)
    if not 0 < len(line) <= most:
        raise LengthInvalid(say("Vul 1 tot %(most)s leesbare tekens in.", most=most))
    if any_script:
        _refuse_any(each for each in line if _is_nameless(each) or each in _OVERRIDES)
    else:
        _refuse_any(each for each in line if ord(each) not in _printable())
    return line


def read_lines(text: str, most: int) -> str:
    """Read a text of any number of lines, each as :func:`read_line` does, or of none.

    Direction marks stay, for who reads Arabic.

    Raises:
        TextInvalid: it is too long, or cannot be printed.
    """
    if len(text) > _TIMES_LONGER * most:
        raise LengthInvalid(say("Vul hoogstens %(most)s leesbare tekens in.", most=most))
    lines = "\n".join(_tidied(line, keep=_DIRECTION_MARKS) for line in split_lines(text))
    whole = _composed(lines.strip("\n"), most)
    if len(whole) > most:
        raise LengthInvalid(say("Vul hoogstens %(most)s leesbare tekens in.", most=most))
    kept = "\n" + _DIRECTION_MARKS
    _refuse_any(each for each in whole if ord(each) not in _printable() and each not in kept)
    return whole


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, whatever ends them."""
    return _LINE_BREAK.split(text)


def shown(text: str, keep: str = "") -> str:
    """Return a text without the characters that show nothing, except those in ``keep``."""
    return "".join(each for each in text if each in keep or not _is_invisible(each))


def plain_digits(text: str) -> str:
    """Return a text with the decimal digits of every script (Unicode's Nd) as 0 to 9."""
    return text if text.isascii() else "".join(map(_plain_digit, text))


def read_number(text: str, most: int) -> int | None:
    """Read a whole number from 0; None when it is none, or more than ``most``."""
    plain = plain_digits(text)
    fits = plain.isascii() and plain.isdecimal() and len(plain) <= len(str(most))
    return int(plain) if fits and int(plain) <= most else None


def is_right_to_left(text: str) -> bool:
    """Whether a text begins with a letter that is written from right to left, as Arabic is."""
    strong = (unicodedata.bidirectional(each) for each in text)
    return next((each for each in strong if each in ("L", "R", "AL")), "L") != "L"


def describe_character(character: str) -> str:
    """Return ``☎ (U+260E BLACK TELEPHONE)``, or ``U+0007 <control>``."""
    nameless = _NAMELESS.get(unicodedata.category(character))
    number = f"U+{ord(character):04X}"
    if nameless is not None:
        return f"{number} {nameless}"
    name = unicodedata.name(character, "")
    told = f"{number} {name}".strip()
    return told if character in _OVERRIDES else f"{character} ({told})"


def _plain_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _tidied(text: str, keep: str = "") -> str:
    return " ".join(shown(text, keep).split())


def _composed(text: str, most: int) -> str:
    # One that is too long anyhow is left: to put very many accents in order takes long.
    return text if len(text) > 4 * most else unicodedata.normalize("NFC", text)


def _is_invisible(character: str) -> bool:
    if unicodedata.category(character) == "Cf":
        return character not in _OVERRIDES
    return _OTHER_INVISIBLE.match(character) is not None


def _is_nameless(character: str) -> bool:
    return unicodedata.category(character) in _NAMELESS


def _refuse_any(characters: Iterable[str]) -> None:
    for each in characters:
        raise TextInvalid(
            say(
                "%(character)s kan niet worden gedrukt. Laat het weg.",
                character=describe_character(each),
            )
        )


@cache
def _printable() -> frozenset[int]:
    ranges = files(__package__).joinpath("printable.txt").read_text("ascii").split()
    ends = ([int(end, 16) for end in each.split("-")] for each in ranges)
    return frozenset(
        code for first, *last in ends for code in range(first, (last or [first])[0] + 1)
    )
