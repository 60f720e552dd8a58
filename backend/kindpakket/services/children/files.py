"""Files with a list of children: CSV or Excel, read as rows of texts in bounded memory."""

import re
from collections.abc import Iterable, Sequence

from stdnum.nl import bsn

from kindpakket.domain.csv_files import MOST_BYTES, CsvInvalid, read_csv
from kindpakket.domain.language import say
from kindpakket.services.children.excel import ExcelInvalid, Trouble, read_excel
from kindpakket.services.children.people import fold
from kindpakket.services.children.rows import read_day

MOST_ROWS = 10_000
MOST_COLUMNS = 40

_LONGEST_CELL = 200
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_BETWEEN_DIGITS = re.compile(r"[\s.-]")
_EIGHT_OR_NINE = re.compile(r"\d{8,9}", re.ASCII)
_BSN_HEADINGS = {"bsn", "burgerservicenummer", "sofinummer"}


class FileInvalid(ValueError):
    """The file cannot be used; the message says why, and quotes no cell."""


def read_rows(content: bytes) -> list[list[str]]:
    """Return the rows of a file, empty ones too, with as many cells as the longest.

    A date is ``31-01-2015``, a whole number has no decimals, a formula is ``=``.

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
    return sum(map(_is_bsn, filled)) * 2 > len(filled)


def _is_bsn(cell: str) -> bool:
    """Whether it has 8 or 9 digits that pass the 11-check, and is no day such as 01-01-2010."""
    digits = _BETWEEN_DIGITS.sub("", cell)
    return bool(
        _EIGHT_OR_NINE.fullmatch(digits) and read_day(cell) is None and bsn.is_valid(digits)
    )


def _refuse_bsn(rows: Sequence[Sequence[str]]) -> None:
    head = next(at for at, row in enumerate(rows) if any(row))
    for at, (heading, *cells) in enumerate(zip(*rows[head:], strict=True), start=1):
        if _BSN_HEADINGS.intersection(fold(heading).split()) or has_bsn(cells):
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
        return read_excel(content, MOST_ROWS + 1, MOST_COLUMNS + 1)
    except ExcelInvalid as error:
        raise FileInvalid(_say_trouble(error.trouble)) from error


def _say_trouble(trouble: Trouble) -> str:
    return {
        Trouble.UNREADABLE: say(
            "Dit is geen Excel-bestand (.xlsx) dat wij kunnen lezen. Bewaar het als CSV UTF-8."
        ),
        Trouble.TOO_LARGE: say(
            "Dit Excel-bestand is uitgepakt te groot. Bewaar het als CSV UTF-8."
        ),
        Trouble.MERGED: say(
            "Er zijn cellen samengevoegd. Maak dat ongedaan: elk kind heeft een eigen regel."
        ),
        Trouble.SECOND_SHEET: say(
            "Er staat iets op een tweede blad. Zet alle kinderen op één blad, en niets anders."
        ),
    }[trouble]
