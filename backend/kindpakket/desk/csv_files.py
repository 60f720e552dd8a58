"""Tables as a Dutch spreadsheet opens them: semicolons and decimal commas, in UTF-8."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

CSV_TYPE = "text/csv; charset=utf-8"

_BYTE_ORDER_MARK = "\ufeff"
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
"""How a cell begins that a spreadsheet would take for a formula, and carry out."""


def write_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Return a file with these cells, each as :func:`csv_text` or :func:`csv_euros` gives it."""
    file = StringIO()
    csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(rows)
    return (_BYTE_ORDER_MARK + file.getvalue()).encode()


def csv_text(text: str) -> str:
    """Return a text that no spreadsheet carries out."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_euros(cents: int) -> str:
    """Return an amount: ``1234,50``."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02}"
