"""The last report of ``kindpakket-audit``, which an operator or a timer writes into a directory.

The program is apart from the server; its report is shown as it is, with the hash that tells
whether it is the one that somebody else holds.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

_FACTS, _PAGE = "audit.json", "audit.html"
_MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class ReportApart:
    """What a report says of itself; times in unix seconds."""

    clean: bool
    differences: int
    warnings: int
    last_block: int
    last_time: int
    """Of that block."""
    sha256: str
    """Of the report as JSON, in hex."""


def read_report_apart(directory: Path) -> ReportApart | None:
    """Return the last report; None when there is none that can be read."""
    raw = _read(directory / _FACTS)
    if raw is None:
        return None
    try:
        told = json.loads(raw)
        found = told["found"]
        return ReportApart(
            told["clean"] is True,
            int(found.get("difference", 0)),
            int(found.get("warning", 0)),
            int(told["last_block"]),
            int(told["last_time"]),
            hashlib.sha256(raw).hexdigest(),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def read_page_apart(directory: Path) -> bytes | None:
    """Return the last report as a page; None when there is none."""
    return _read(directory / _PAGE)


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= _MAX_BYTES else None
