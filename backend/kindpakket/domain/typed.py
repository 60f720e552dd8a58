"""What is wrong with characters that somebody typed over: pointed at, by the groups in which they
are printed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from kindpakket.domain import base32


@dataclass(frozen=True)
class Printed:
    """How something is printed.

    ``read`` raises ValueError for characters that are not of such a thing.
    """

    characters: int
    read: Callable[[str], object]
    group: int = 4
    """How many characters a group has."""


@dataclass(frozen=True)
class TypedProblem:
    """A character that none has, too few, too many, or what one slip or more explain."""

    kind: Literal["character", "short", "long", "groups", "somewhere"]
    groups: tuple[int, ...] = ()
    """Where it can be, numbered from 1."""
    count: int = 0
    """How many characters are missing, or too many."""


def problem_in(typed: str, printed: Printed) -> TypedProblem | None:
    """Return what is wrong with a text; None when it can be read."""
    bare = base32.bare(typed)
    wrong = next((place for place, each in enumerate(bare) if each not in base32.ALPHABET), None)
    if wrong is not None:
        return TypedProblem("character", (_group_at(wrong, printed),))
    extra = len(bare) - printed.characters
    if extra:
        return TypedProblem("long" if extra > 0 else "short", count=abs(extra))
    if _can_read(bare, printed):
        return None
    groups = dict.fromkeys(
        _group_at(place, printed)
        for place in range(len(bare))
        if any(_can_read(text, printed) for text in _without_slip(bare, place))
    )
    return TypedProblem("groups", tuple(groups)) if groups else TypedProblem("somewhere")


def _without_slip(bare: str, place: int) -> Iterator[str]:
    """The texts of which one wrong character here makes this one, or two that changed places."""
    before, after = bare[:place], bare[place + 1 :]
    for character in base32.ALPHABET:
        yield before + character + after
    yield before + after[:1] + bare[place] + after[1:]


def _group_at(place: int, printed: Printed) -> int:
    return place // printed.group + 1


def _can_read(bare: str, printed: Printed) -> bool:
    try:
        printed.read(bare)
    except ValueError:
        return False
    return True
