"""The station makes the run of the vectors, which the browser makes too (``desk_web/test``)."""

import base64
import json
from pathlib import Path
from typing import Any

import pyrage
import pytest

from kindpakket.domain.ids import SchemeId
from kindpakket.domain.letters import Letter, serial
from kindpakket.services.letters.generate import Sheet, list_sheets

VECTORS = Path(__file__).parents[1] / "vectors"
MARK = "AGE-SECRET-KEY-" + "1"


def vectors(name: str) -> list[Any]:
    found: list[Any] = json.loads((VECTORS / f"{name}.json").read_text())
    return found


def test_the_station_makes_the_run_of_the_vectors() -> None:
    (vector,) = vectors("letter_runs")
    scheme = SchemeId(vector["scheme"])
    sheets = tuple(
        Sheet(
            number,
            Letter(scheme, bytes.fromhex(each["secret"][2:])),
            tuple(vector["cardValues" if number > vector["letters"] else "letterValues"]),
            is_card=number > vector["letters"],
        )
        for number, each in enumerate(vector["sheets"], start=1)
    )
    run = list_sheets(scheme, sheets)
    assert run.coupon_list.decode() == vector["list"]
    assert run.list_sha256 == vector["sha256"]
    for sheet, told in zip(sheets, vector["sheets"], strict=True):
        assert serial(vector["run"], sheet.number) == told["serial"]
        assert sheet.letter.grouped == told["grouped"]
        link = sheet.letter.link(vector["app"])
        assert (sheet.card_codes if sheet.is_card else [link]) == told["qr"]


@pytest.mark.parametrize("vector", vectors("sealed_letters"), ids=lambda vector: vector["by"])
def test_what_either_library_sealed_is_opened_with_both_keys(vector: dict[str, Any]) -> None:
    first, second = (pyrage.x25519.Identity.from_str(MARK + rest) for rest in vector["identities"])
    sealed = base64.b64decode(vector["sealed"])
    assert pyrage.decrypt(pyrage.decrypt(sealed, [second]), [first]).decode() == vector["text"]
