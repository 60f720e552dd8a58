"""Address labels for the letters of a run, in their order. Names are printed and not stored."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.csv_files import CsvInvalid, read_csv
from kindpakket.domain.letters import serial
from kindpakket.domain.texts import (
    LengthInvalid,
    TextInvalid,
    is_right_to_left,
    plain_digits,
    read_line,
    split_lines,
    strip_invisible,
)
from kindpakket.services.base.context import Context
from kindpakket.services.paper.stationery import Stationery
from kindpakket.services.paper.typeset import typeset
from kindpakket.store import tables as t

_NUMBER = ("nummer", "number")
_MOST_LINES = 5
"""Maximum number of lines on a label: name and address."""
_LONGEST = 40


class AddressesInvalid(ValueError):
    """The list cannot be printed; the message says why, in Dutch, without names."""


@dataclass(frozen=True)
class Label:
    """The addressee of a letter, as printed on its label."""

    serial: str
    """Of the letter; empty when it is for no letter."""
    lines: tuple[str, ...]


def read_labels(context: Context, run: int, content: bytes) -> list[Label]:
    """Parse a list of addressees and sort it in the order of the letters.

    Args:
        content: CSV with a heading; the number of a letter, a name, and the lines of an address,
            each in a cell of its own or several in one.

    Raises:
        AddressesInvalid: there is no such run, a row is not about one letter of it, or a label
            cannot be printed.
    """
    places = {serial(run, number): number for number in range(1, _sheets(context, run) + 1)}
    labels: dict[int, Label] = {}
    for row, label in _rows(content):
        if label.serial not in places:
            raise AddressesInvalid(f"Regel {row}: in serie {run} is geen brief {label.serial!r}.")
        if places[label.serial] in labels:
            raise AddressesInvalid(f"Regel {row}: brief {label.serial} staat er twee keer in.")
        labels[places[label.serial]] = label
    if not labels:
        raise AddressesInvalid("In de lijst staan geen adressen.")
    return [labels[place] for place in sorted(labels)]


def print_labels(labels: Iterable[Label], stationery: Stationery, now: int, title: str) -> bytes:
    """Return the PDF: sheets of three by eight labels.

    Raises:
        PaperFailed: it cannot be typeset.
    """
    told = [
        {
            "serial": label.serial,
            "lines": [{"text": each, "rtl": is_right_to_left(each)} for each in label.lines],
        }
        for label in labels
    ]
    return typeset("addresses", stationery.fields | {"title": title, "labels": told}, now)


def _sheets(context: Context, run: int) -> int:
    with context.store.read() as db:
        sheets = db.scalar(select(t.letter_runs.c.letters).where(t.letter_runs.c.run == run))
    if sheets is None:
        raise AddressesInvalid(f"Er is geen serie {run}.")
    return int(sheets)


def _rows(content: bytes) -> Iterator[tuple[int, Label]]:
    """Each label with its row number, for error messages."""
    try:
        first, *rows = read_csv(content) or [[]]
    except CsvInvalid as error:
        raise AddressesInvalid(str(error)) from error
    if _plain(first[:1]) not in ([name] for name in _NUMBER):
        raise AddressesInvalid("De eerste kolom van de lijst moet 'nummer' heten.")
    for row, cells in enumerate(rows, start=2):
        if any(_plain(cells)):
            number, *address = cells
            yield row, Label(plain_digits(strip_invisible(number)).strip(), _fitting(row, address))


def _plain(cells: Sequence[str]) -> list[str]:
    return [strip_invisible(each).strip().lower() for each in cells]


def _fitting(row: int, cells: Sequence[str]) -> tuple[str, ...]:
    lines = [line for cell in cells for line in split_lines(cell) if strip_invisible(line).strip()]
    try:
        if not 2 <= len(lines) <= _MOST_LINES:
            raise LengthInvalid
        return tuple(read_line(line, _LONGEST) for line in lines)
    except LengthInvalid as error:
        raise AddressesInvalid(
            f"Regel {row}: een naam en een adres zijn samen 2 tot {_MOST_LINES} regels, "
            f"elk van hoogstens {_LONGEST} tekens."
        ) from error
    except TextInvalid as error:
        raise AddressesInvalid(f"Regel {row}: {error}") from error
