"""CSV files (RFC 4180): read in the variants that spreadsheets write, written for Dutch Excel.

Written with semicolons, decimal commas and a UTF-8 byte order mark.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

from kindpakket.domain.language import say

CSV_TYPE = "text/csv; charset=utf-8"
MOST_BYTES = 2_000_000
"""Maximum size of a file that is read, in bytes; some 20,000 addresses."""

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SEPARATORS = (";", "\t", ",")
_QUOTED = re.compile(r'"[^"]*"')
_FORMULA = set("=+-@\N{MINUS SIGN}")
_LINE_BREAKS = {"\t", "\r", "\n"}
"""Some spreadsheets strip these from the start of a cell."""
_SHOWN_AS_NOTHING = ("Zs", "Zl", "Zp", "Cc", "Cf")
"""Unicode categories of white space, control and format characters."""


class CsvInvalid(ValueError):
    """The file cannot be parsed as a table; the message says why, without quoting from it."""


@dataclass(frozen=True)
class Euros:
    """An amount, in cents."""

    cents: int


Cell = str | int | Euros


# ------------------------------------------------------------------------------------- reading


def read_csv(content: bytes) -> list[list[str]]:
    """Parse a CSV file into rows, empty rows included.

    The encoding is UTF-8, UTF-16 with a byte order mark, or windows-1252. The separator is the
    first of semicolon, tab and comma that occurs in the first row. A line break between quotes is
    part of its cell.

    Raises:
        CsvInvalid: it is too large, in another encoding, or has unbalanced quotes.
    """
    if len(content) > MOST_BYTES:
        raise CsvInvalid(
            say("Het bestand is groter dan %(most)s MB.", most=MOST_BYTES // 1_000_000)
        )
    text = _decoded(content)
    # Not splitlines(): rows end at CR and LF only, not at U+2028 and the like.
    lines = StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=_separator_of(text), strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise CsvInvalid(
            say(
                "Regel %(row)s is geen CSV: er staat een aanhalingsteken te veel of te weinig.",
                row=len(rows) + 1,
            )
        ) from error
    return rows


def _decoded(content: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode(content.removeprefix(mark), encoding)
    if b"\0" in content:
        raise _unreadable()
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _decode(content, "windows-1252")


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable() from error


def _unreadable() -> CsvInvalid:
    return CsvInvalid(
        say("Dit bestand is geen tekst die wij kunnen lezen. Bewaar het als CSV UTF-8.")
    )


def _separator_of(text: str) -> str:
    first_row = re.split(r"[\r\n]", _QUOTED.sub("", text), maxsplit=1)[0]
    return next((each for each in _SEPARATORS if each in first_row), ";")


# ------------------------------------------------------------------------------------- writing


def write_csv(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Write a CSV file in which spreadsheets interpret no cell as a formula."""
    file = StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerows(map(_written, row) for row in rows)
    return ("\ufeff" + file.getvalue()).encode()


def guard_formula(text: str) -> str:
    """Escape a text that a spreadsheet would interpret as a formula: ``'=1+1``.

    A formula starts with ``= + - @`` or a compatibility form of these, possibly after white space
    or invisible characters. TypeScript has the same rule; both are tested with
    `tests/vectors/csv.json`.
    """
    first = next((each for each in text if unicodedata.category(each) not in _SHOWN_AS_NOTHING), "")
    starts = unicodedata.normalize("NFKC", first) in _FORMULA or text[:1] in _LINE_BREAKS
    return f"'{text}" if starts else text


def _written(cell: Cell) -> str:
    match cell:
        case Euros(cents):
            return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02}"
        case int():
            return str(cell)
        case str():
            return guard_formula(cell)
