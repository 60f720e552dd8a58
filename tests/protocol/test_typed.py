"""Typing errors are located equally in Python and in the apps."""

import json
from pathlib import Path
from typing import Any

import pytest

from kindpakket.domain.letters import read_letter
from kindpakket.domain.proofs import read_proof
from kindpakket.domain.typed import PrintedFormat, TypingError, find_typing_error
from kindpakket.protocol.enrolment import (
    read_invitation,
    read_official_invitation,
    read_recovery_sheet,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/typed.json").read_text())
PRINTED = {
    "letter": PrintedFormat(36, read_letter),
    "invitation": PrintedFormat(39, read_invitation),
    "official invitation": PrintedFormat(32, read_official_invitation),
    "recovery sheet": PrintedFormat(64, read_recovery_sheet),
    "proof code": PrintedFormat(10, read_proof, 5),
}


def problem_of(row: dict[str, Any] | None) -> TypingError | None:
    """The problem of a row of the vectors."""
    if row is None:
        return None
    groups = row.get("groups", [row["group"]] if "group" in row else [])
    return TypingError(row["kind"], tuple(groups), row.get("missing", row.get("extra", 0)))


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['kind']}: {row['about']}")
def test_a_mistake_is_pointed_at(row: dict[str, Any]) -> None:
    assert find_typing_error(row["typed"], PRINTED[row["kind"]]) == problem_of(row["problem"])
