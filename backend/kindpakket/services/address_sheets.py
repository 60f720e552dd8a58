"""Address labels for the letters of a run, in their order. The names are printed and not kept."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.services.context import Context
from kindpakket.services.paper.stationery import Stationery
from kindpakket.services.paper.typeset import typeset
from kindpakket.services.run_letters import serial
from kindpakket.store import tables as t

_NUMBER = ("nummer", "number")
_MOST_LINES = 5
"""The name and the address; more does not fit on a label."""
_LONGEST = 40


class AddressesInvalid(ValueError):
    """The list cannot be printed; the message says why, in Dutch, and repeats no name."""


@dataclass(frozen=True)
class Label:
    """Whom a letter is for, as it stands on the label."""

    serial: str
    lines: tuple[str, ...]


def read_labels(context: Context, run: int, text: str) -> list[Label]:
    """Read a list of names and put it in the order of the letters.

    Args:
        text: CSV with a heading; the number of a letter, a name, and the lines of an address.

    Raises:
        AddressesInvalid: there is no such run, or a row is not about one letter of it.
    """
    places = {serial(run, number): number for number in range(1, _sheets(context, run) + 1)}
    labels: dict[int, Label] = {}
    for row, label in _rows(text):
        if label.serial not in places:
            raise AddressesInvalid(f"Regel {row}: in serie {run} is geen brief {label.serial!r}.")
        if places[label.serial] in labels:
            raise AddressesInvalid(f"Regel {row}: brief {label.serial} staat er twee keer in.")
        labels[places[label.serial]] = label
    if not labels:
        raise AddressesInvalid("In de lijst staan geen adressen.")
    return [labels[place] for place in sorted(labels)]


def print_labels(labels: Iterable[Label], run: int, stationery: Stationery, now: int) -> bytes:
    """Return the PDF: sheets of three by eight labels.

    Raises:
        PaperFailed: it cannot be typeset.
    """
    told = [{"serial": label.serial, "lines": label.lines} for label in labels]
    title = f"Adressen bij de brieven van serie {run}"
    return typeset("addresses", stationery.fields | {"title": title, "labels": told}, now)


def _sheets(context: Context, run: int) -> int:
    with context.store.read() as db:
        sheets = db.scalar(select(t.letter_runs.c.letters).where(t.letter_runs.c.run == run))
    if sheets is None:
        raise AddressesInvalid(f"Er is geen serie {run}.")
    return int(sheets)


def _rows(text: str) -> Iterator[tuple[int, Label]]:
    """Each label with the line on which it ends, so that people can find a mistake."""
    heading = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=";" if ";" in heading else ",", strict=True)
    try:
        first = next(reader, [""])
        if first[0].strip().lower() not in _NUMBER:
            raise AddressesInvalid("De eerste kolom van de lijst moet 'nummer' heten.")
        for row in reader:
            number, *lines = [each.strip() for each in row] or [""]
            if number or any(lines):
                yield reader.line_num, Label(number, _fitting(reader.line_num, lines))
    except csv.Error as error:
        raise AddressesInvalid(f"Regel {reader.line_num} is geen CSV.") from error


def _fitting(row: int, lines: list[str]) -> tuple[str, ...]:
    filled = tuple(filter(None, lines))
    if not 2 <= len(filled) <= _MOST_LINES or max(map(len, filled)) > _LONGEST:
        raise AddressesInvalid(
            f"Regel {row}: een naam en een adres zijn samen 2 tot {_MOST_LINES} regels, "
            f"elk van hoogstens {_LONGEST} tekens."
        )
    return filled
