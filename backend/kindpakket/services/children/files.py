"""Files with a list of children: CSV or Excel, read as rows of texts in flat memory."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
from stdnum.nl import bsn

from kindpakket.domain.csv_files import MOST_BYTES, CsvInvalid, read_csv
from kindpakket.domain.language import say
from kindpakket.services.children.rows import say_day

MOST_ROWS = 10_000
MOST_COLUMNS = 40
FORMULA = "="
"""What a cell with a formula is read as starts with this."""

_LONGEST_CELL = 200
_MOST_UNPACKED = 40_000_000
"""Maximum size of an Excel file once it is unpacked, in bytes."""
_MOST_PARTS = 200
_CHUNK = 1 << 16
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_MERGED = re.compile(rb"mergeCell\s")
_OVERLAP = 16


class FileInvalid(ValueError):
    """The file cannot be used; the message says why, and quotes no cell."""


def read_rows(content: bytes) -> list[list[str]]:
    """Return the rows of a file, empty ones too, with as many cells as the longest.

    A date is ``31-01-2015``, a whole number has no decimals, a formula is :data:`FORMULA`.

    Raises:
        FileInvalid: it is too large, of another kind, has merged cells or a second sheet, or a
            column of citizen service numbers (BSN).
    """
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise FileInvalid(say("Het bestand is groter dan %(most)s MB.", most=most))
    if content.startswith(_OLD_OR_LOCKED):
        raise FileInvalid(
            say(
                "Dit is een oud Excel-bestand, of het heeft een wachtwoord. Bewaar het als .xlsx, "
                "zonder wachtwoord."
            )
        )
    return check_rows(_read_excel(content) if content.startswith(b"PK") else _read_csv(content))


def check_rows(rows: list[list[str]]) -> list[list[str]]:
    """Check the rows of a file; return them with as many cells as the longest.

    Raises:
        FileInvalid: there are none or too many, or a column of citizen service numbers (BSN).
    """
    if len(rows) > MOST_ROWS:
        raise FileInvalid(say("De lijst heeft meer dan %(most)s regels.", most=MOST_ROWS))
    if any(len(row) > MOST_COLUMNS for row in rows):
        raise FileInvalid(say("De lijst heeft meer dan %(most)s kolommen.", most=MOST_COLUMNS))
    if not any(map(any, rows)):
        raise FileInvalid(say("De lijst is leeg."))
    wide = max(map(len, rows))
    rows = [[each[:_LONGEST_CELL] for each in row] + [""] * (wide - len(row)) for row in rows]
    _refuse_bsn(rows)
    return rows


def has_bsn(cells: Iterable[str]) -> bool:
    """Whether most of a column's cells pass the test of citizen service numbers (BSN)."""
    filled = [each for each in cells if each]
    return sum(map(bsn.is_valid, filled)) * 2 > len(filled)


def _refuse_bsn(rows: Sequence[Sequence[str]]) -> None:
    for at, cells in enumerate(zip(*rows, strict=True), start=1):
        if has_bsn(cells[1:]):
            raise FileInvalid(
                say(
                    "In kolom %(column)s staan burgerservicenummers (BSN). Die mogen hier niet in. "
                    "Haal de kolom weg en kies het bestand opnieuw. Er is niets bewaard.",
                    column=at,
                )
            )


def _read_csv(content: bytes) -> list[list[str]]:
    try:
        return [[cell.strip() for cell in row] for row in read_csv(content)]
    except CsvInvalid as error:
        raise FileInvalid(str(error)) from error


def _read_excel(content: bytes) -> list[list[str]]:
    try:
        merged = _unpack(content)
        book = openpyxl.load_workbook(BytesIO(content), read_only=True)
        first, *others = book.worksheets
        second = any(_first_rows(sheet, 20) for sheet in others)
        rows = _first_rows(first, MOST_ROWS + 1)
    except FileInvalid:
        raise
    except Exception as error:  # whatever the library meets in bytes from outside
        raise FileInvalid(
            say("Dit is geen Excel-bestand (.xlsx) dat wij kunnen lezen. Bewaar het als CSV UTF-8.")
        ) from error
    if merged:
        raise FileInvalid(
            say("Er zijn cellen samengevoegd. Maak dat ongedaan: elk kind heeft een eigen regel.")
        )
    if second:
        raise FileInvalid(
            say("Er staat iets op een tweede blad. Zet alle kinderen op één blad, en niets anders.")
        )
    return rows


def _unpack(content: bytes) -> bool:
    """Unpack an Excel file to see how large it is; return whether cells are merged."""
    unpacked, merged = 0, False
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        if len(names) > _MOST_PARTS:
            raise _too_large()
        for name in names:
            with archive.open(name) as part:
                end = b""
                while chunk := part.read(_CHUNK):
                    unpacked += len(chunk)
                    if unpacked > _MOST_UNPACKED:
                        raise _too_large()
                    merged = merged or ("worksheets/" in name and bool(_MERGED.search(end + chunk)))
                    end = chunk[-_OVERLAP:]
    return merged


def _too_large() -> FileInvalid:
    return FileInvalid(say("Dit Excel-bestand is uitgepakt te groot. Bewaar het als CSV UTF-8."))


def _first_rows(sheet: Any, most: int) -> list[list[str]]:
    """Up to so many rows of a sheet, without those at the end that are empty."""
    rows = [
        [_told(cell) for cell in row]
        for row in sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS + 1)
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    wide = max((at + 1 for row in rows for at, cell in enumerate(row) if cell), default=0)
    return [row[:wide] for row in rows]


def _told(cell: Any) -> str:
    if cell.data_type == "f":
        return FORMULA
    match cell.value:
        case None:
            return ""
        case bool() as said:
            return "ja" if said else "nee"
        case datetime() | date() as day:
            return say_day(day)
        case float() as number if number.is_integer():
            return str(int(number))
        case value:
            return str(value).strip()
