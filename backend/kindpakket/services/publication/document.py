"""A document as parts in words, from which a page and a PDF are made alike."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from operator import itemgetter

from kindpakket.domain.language import Language, say
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.services.paper.stationery import Stationery
from kindpakket.services.paper.typeset import typeset

Row = tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """A paragraph; ``code`` for what is typed or compared character by character."""

    text: str
    code: bool = False
    kind: str = field(default="text", init=False)


@dataclass(frozen=True)
class Values:
    """Names, each with its value."""

    rows: Sequence[tuple[str, str]]
    title: str = ""
    kind: str = field(default="values", init=False)


@dataclass(frozen=True)
class Head:
    """The heading of a column; ``right`` for a column of numbers."""

    text: str
    right: bool = False


@dataclass(frozen=True)
class Grid:
    """A table; the last row is the sum of those above if ``total``."""

    title: str
    heads: Sequence[Head]
    rows: Sequence[Row]
    total: bool = False
    kind: str = field(default="grid", init=False)

    @property
    def table(self) -> Table[Row]:
        """The table as pages show one."""
        columns = [
            Column[Row](head.text, itemgetter(place), Unit.COUNT if head.right else Unit.NONE)
            for place, head in enumerate(self.heads)
        ]
        return Table(columns, self.rows, title=self.title)


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: its length in percent of the longest, and its value in words."""

    name: str
    share: float
    value: str


@dataclass(frozen=True)
class Bars:
    """A chart of bars."""

    title: str
    bars: Sequence[Bar]
    kind: str = field(default="bars", init=False)


@dataclass(frozen=True)
class Section:
    """A heading, and what is below it."""

    title: str
    parts: Sequence[Text | Values | Grid | Bars]


@dataclass(frozen=True)
class Document:
    """A document in one language."""

    language: Language
    title: str
    about: str
    """Of when it is, and whether it will change."""
    key_figures: Sequence[tuple[str, str]]
    sections: Sequence[Section]


def draw_bars(rows: Sequence[tuple[str, int, str]]) -> list[Bar]:
    """Return bars of names with a value, also in words; of a value below zero its length is 0."""
    most = max((value for _, value, _ in rows), default=0)
    return [Bar(name, 100 * value / most if value > 0 else 0, told) for name, value, told in rows]


def as_pdf(document: Document, stationery: Stationery, now: int) -> bytes:
    """Return the document as tagged PDF.

    Args:
        now: its time, in unix seconds.

    Raises:
        PaperFailed: it cannot be typeset.
    """
    page = say("Bladzijde {number} van {count}")
    return typeset("document", stationery.fields | asdict(document) | {"page": page}, now)
