"""Translation of texts for people: Dutch, the source language, or English.

Texts are written in the code in Dutch. The desk sets a catalogue for the duration of a request; the
command line sets none.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from kindpakket.domain.times import (
    dutch_end,
    dutch_moment,
    english_end,
    english_moment,
    month_start,
)

Language = Literal["nl", "en"]


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language."""

    language: Language
    text: Callable[[str], str]
    plural: Callable[[str, str, int], str]


DUTCH = Catalogue("nl", lambda text: text, lambda one, more, count: one if count == 1 else more)
_current: ContextVar[Catalogue] = ContextVar("catalogue", default=DUTCH)


@contextmanager
def use_catalogue(catalogue: Catalogue) -> Iterator[None]:
    """Translate texts with this catalogue within the context."""
    before = _current.set(catalogue)
    try:
        yield
    finally:
        _current.reset(before)


def current_catalogue() -> Catalogue:
    """Return the catalogue of the current context."""
    return _current.get()


def say(text: str, **values: object) -> str:
    """Translate a Dutch text into the current language and fill in its ``%(name)s``."""
    return current_catalogue().text(text) % values if values else current_catalogue().text(text)


def say_moment(seconds: int) -> str:
    """Format a time in Dutch local time, in words; the time of day is left out at midnight."""
    return (english_moment if current_catalogue().language == "en" else dutch_moment)(seconds)


def say_month(month: str) -> str:
    """Format a month such as ``2027-01`` in words, with its year."""
    return say_moment(month_start(month)).removeprefix("1 ")


def say_end(closes: int, closed: bool = False) -> str:
    """Format the end of a scheme, in words; ``closes`` is the first second after it."""
    return (english_end if current_catalogue().language == "en" else dutch_end)(closes, closed)
