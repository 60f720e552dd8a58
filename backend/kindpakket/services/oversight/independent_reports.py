"""The last report of ``kindpakket-audit``, which an operator or a timer writes into a directory.

The program shares no code with the server. Its report is shown as it is, with the hash that tells
whether it is the one that somebody else holds. Anyone may have put it there: nothing in it is
trusted, and it is compared with the ledger of this desk.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from kindpakket.ledger.port import Ledger

_FACTS, _PAGE = "audit.json", "audit.html"
_MAX_BYTES = 16 * 1024 * 1024
_MOST_SENTENCES = 10
_MOST_CHARACTERS = 500
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999, in unix seconds."""


class Result(StrEnum):
    """What a report says, or why it says nothing of this ledger."""

    CLEAN = "clean"
    INCOMPLETE = "incomplete"
    DIFFERS = "differs"
    CHAIN_UNREADABLE = "unreadable"
    """The program could not read the chain."""
    OTHER_LEDGER = "other"
    """It is about another chain, another contract, or other blocks."""
    DAMAGED = "damaged"
    """The file cannot be read."""


@dataclass(frozen=True)
class IndependentReport:
    """What a report says of itself; times in unix seconds."""

    result: Result
    differences: int = 0
    warnings: int = 0
    weaker: tuple[str, ...] = ()
    """Dutch sentences: what the chain does not let anyone check."""
    last_block: int | None = None
    last_time: int | None = None
    """Of that block."""
    sha256: str = ""
    """Of the report as JSON, in hex."""


def read_independent_report(directory: Path, ledger: Ledger) -> IndependentReport | None:
    """Return the last report, compared with a ledger; None when there is none.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    raw = read_independent_json(directory)
    if raw is None:
        return IndependentReport(Result.DAMAGED) if os.path.lexists(directory / _FACTS) else None
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        return _report(json.loads(raw), ledger, sha256)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return IndependentReport(Result.DAMAGED, sha256=sha256)


def read_independent_json(directory: Path) -> bytes | None:
    """Return the last report as JSON; None when there is none that can be read."""
    return _read(directory / _FACTS)


def read_independent_page(directory: Path) -> bytes | None:
    """Return the last report as a page; None when there is none that can be read."""
    return _read(directory / _PAGE)


def _report(told: dict[str, Any], ledger: Ledger, sha256: str) -> IndependentReport:
    result = Result(told["result"])
    if result not in _WRITTEN:
        raise ValueError("a result that no program writes")
    differences, warnings = (_number(told["found"].get(name, 0)) for name in _LEVELS)
    weaker = tuple(str(each)[:_MOST_CHARACTERS] for each in told["weaker"][:_MOST_SENTENCES])
    if differences:
        result = Result.DIFFERS
    elif result is Result.CLEAN and (warnings or weaker):
        result = Result.INCOMPLETE
    last_hash = told["last_hash"]
    if result is Result.CHAIN_UNREADABLE or (result is Result.DIFFERS and not last_hash):
        return IndependentReport(result, differences, sha256=sha256)
    if not last_hash:
        return IndependentReport(Result.OTHER_LEDGER, sha256=sha256)
    block, time = _number(told["last_block"]), _number(told["last_time"])
    if time > _LAST_SECOND:
        raise ValueError("a time after the year 9999")
    domain = ledger.domain
    here = domain.chain_id, domain.contract, _block_hash(ledger, block)
    if here != (told["chain_id"], told["contract"], last_hash):
        return IndependentReport(Result.OTHER_LEDGER, sha256=sha256)
    return IndependentReport(result, differences, warnings, weaker, block, time, sha256)


_LEVELS = ("difference", "warning")
_WRITTEN = {Result.CLEAN, Result.INCOMPLETE, Result.DIFFERS, Result.CHAIN_UNREADABLE}
"""The results that the program writes; the others are of this desk."""


def _block_hash(ledger: Ledger, block: int) -> str | None:
    return ledger.block_hash(block) if block <= ledger.head() else None


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise ValueError("no number")
    return value


def _read(path: Path) -> bytes | None:
    try:
        if not path.is_file():  # a pipe would never end
            return None
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= _MAX_BYTES else None
