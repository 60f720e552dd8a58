"""The language of who asks: Dutch, in which everything is written, or English.

Texts stand in the code in Dutch. Whoever serves people (the desk) gives a catalogue for as long as
one request lasts; the command line gives none.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from kindpakket.domain.times import dutch_end, dutch_moment, english_end, english_moment

Language = Literal["nl", "en"]


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language."""

    language: Language
    text: Callable[[str], str]
    plural: Callable[[str, str, int], str]


DUTCH = Catalogue("nl", lambda text: text, lambda one, more, count: one if count == 1 else more)
_spoken: ContextVar[Catalogue] = ContextVar("catalogue", default=DUTCH)


@contextmanager
def speaking(catalogue: Catalogue) -> Iterator[None]:
    """Tell everything in a language, within this context."""
    before = _spoken.set(catalogue)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> Catalogue:
    """Return the texts of the language of who asks."""
    return _spoken.get()


def say(text: str, **values: object) -> str:
    """Return a Dutch text in the language of who asks, its ``%(name)s`` filled in."""
    return spoken().text(text) % values if values else spoken().text(text)


def say_moment(seconds: int) -> str:
    """Return a moment in the Netherlands, in words; the time only when that is not midnight."""
    return (english_moment if spoken().language == "en" else dutch_moment)(seconds)


def say_end(closes: int, closed: bool = False) -> str:
    """Return how a scheme ends, in words; ``closes`` is the first second after it."""
    return (english_end if spoken().language == "en" else dutch_end)(closes, closed)
