"""Reading of an Excel file in a process of its own, through standard input and output.

A file from outside may cost any memory and time: this process may use so much, and no more. It
returns rows, or which of :class:`Trouble` it met.
"""

import json
import re
import resource
import subprocess
import sys
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from typing import Any
from zipfile import ZipFile

FORMULA = "="
"""The text that is read for a cell with a formula starts with this."""

_MOST_MEMORY = 512 * 1024 * 1024
_MOST_SECONDS = 20
"""Of the processor."""
_LONGEST_WAIT = 60
"""In seconds."""
_MOST_UNPACKED = 40_000_000
"""Maximum size of an Excel file once it is unpacked, in bytes."""
_MOST_READ = 20_000_000
"""Maximum size of the rows as JSON, in bytes: one text may be in many cells."""
_MOST_PARTS = 200
_CHUNK = 1 << 16
_MERGED = re.compile(rb"mergeCell\s")
_OVERLAP = 16
_LOOKED_AT = 20
"""Rows of another sheet that are looked at."""


class Trouble(StrEnum):
    """Why a file cannot be used."""

    UNREADABLE = "unreadable"
    """No Excel file, or it takes too much memory or time."""
    TOO_LARGE = "too-large"
    MERGED = "merged"
    SECOND_SHEET = "second-sheet"


class ExcelInvalid(ValueError):
    """The file cannot be used, by ``trouble``."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def read_excel(content: bytes, most_rows: int, most_columns: int) -> list[list[str]]:
    """Return up to so many rows and columns of the first sheet.

    Raises:
        ExcelInvalid: it cannot be used. What the process said may repeat cells, and is not kept.
    """
    limits = map(str, (_MOST_MEMORY, _MOST_SECONDS, most_rows, most_columns))
    command = [sys.executable, "-m", __name__, *limits]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST_WAIT,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise ExcelInvalid(Trouble.UNREADABLE) from error
    read: dict[str, Any] = json.loads(done.stdout)
    if "trouble" in read:
        raise ExcelInvalid(Trouble(read["trouble"]))
    rows: list[list[str]] = read["rows"]
    return rows


def _read(content: bytes, most_rows: int, most_columns: int) -> list[list[str]]:
    import openpyxl  # noqa: PLC0415 (needed only in the process that reads)

    merged = _unpack(content)
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    first, *others = book.worksheets
    if merged:
        raise ExcelInvalid(Trouble.MERGED)
    if any(_first_rows(sheet, _LOOKED_AT, most_columns) for sheet in others):
        raise ExcelInvalid(Trouble.SECOND_SHEET)
    return _first_rows(first, most_rows, most_columns)


def _unpack(content: bytes) -> bool:
    """Unpack an Excel file to see how large it is; return whether cells are merged."""
    unpacked, merged = 0, False
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        if len(names) > _MOST_PARTS:
            raise ExcelInvalid(Trouble.TOO_LARGE)
        for name in names:
            with archive.open(name) as part:
                end = b""
                while chunk := part.read(_CHUNK):
                    unpacked += len(chunk)
                    if unpacked > _MOST_UNPACKED:
                        raise ExcelInvalid(Trouble.TOO_LARGE)
                    merged = merged or ("worksheets/" in name and bool(_MERGED.search(end + chunk)))
                    end = chunk[-_OVERLAP:]
    return merged


def _first_rows(sheet: Any, most_rows: int, most_columns: int) -> list[list[str]]:
    """Up to so many rows of a sheet, without those at the end that are empty."""
    rows = [
        [_told(cell) for cell in row]
        for row in sheet.iter_rows(max_row=most_rows, max_col=most_columns)
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
            return f"{day:%d-%m-%Y}"
        case float() as number if number.is_integer():
            return str(int(number))
        case value:
            return str(value).strip()


def _main(memory: int, seconds: int, most_rows: int, most_columns: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        told: dict[str, Any] = {"rows": _read(sys.stdin.buffer.read(), most_rows, most_columns)}
    except ExcelInvalid as error:
        told = {"trouble": error.trouble}
    content = json.dumps(told)
    if len(content) > _MOST_READ:
        content = json.dumps({"trouble": Trouble.TOO_LARGE})
    sys.stdout.write(content)


if __name__ == "__main__":
    _main(*map(int, sys.argv[1:]))
