"""Locating typing errors in printed texts, by the groups in which the characters are printed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from kindpakket.domain import base32


@dataclass(frozen=True)
class PrintedFormat:
    """A printed format.

    ``read`` raises ValueError for characters that are not in this format.
    """

    characters: int
    read: Callable[[str], object]
    group: int = 4
    """Characters in a group."""


@dataclass(frozen=True)
class TypingError:
    """What is wrong: an invalid character, too few, too many, or one or more typing errors."""

    kind: Literal["character", "short", "long", "groups", "somewhere"]
    groups: tuple[int, ...] = ()
    """Groups in which the error can be, numbered from 1."""
    count: int = 0
    """Number of characters that are missing or in excess."""


def find_typing_error(typed: str, printed: PrintedFormat) -> TypingError | None:
    """Locate the typing error in a text; None when it can be parsed."""
    bare = base32.normalise(typed)
    wrong = next((place for place, each in enumerate(bare) if each not in base32.ALPHABET), None)
    if wrong is not None:
        return TypingError("character", (_group_at(wrong, printed),))
    extra = len(bare) - printed.characters
    if extra:
        return TypingError("long" if extra > 0 else "short", count=abs(extra))
    if _can_read(bare, printed):
        return None
    groups = dict.fromkeys(
        _group_at(place, printed)
        for place in range(len(bare))
        if any(_can_read(text, printed) for text in _without_slip(bare, place))
    )
    return TypingError("groups", tuple(groups)) if groups else TypingError("somewhere")


def _without_slip(bare: str, place: int) -> Iterator[str]:
    """Texts that differ from this one by one substitution or transposition at this place."""
    before, after = bare[:place], bare[place + 1 :]
    for character in base32.ALPHABET:
        yield before + character + after
    yield before + after[:1] + bare[place] + after[1:]


def _group_at(place: int, printed: PrintedFormat) -> int:
    return place // printed.group + 1


def _can_read(bare: str, printed: PrintedFormat) -> bool:
    try:
        printed.read(bare)
    except ValueError:
        return False
    return True
