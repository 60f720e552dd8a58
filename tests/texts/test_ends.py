"""The end of a scheme has the same text everywhere; the vectors are shared with TypeScript."""

import json
from pathlib import Path
from typing import Any

import pytest

from kindpakket.domain.times import dutch_end, english_end

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/ends.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=[each["about"] for each in VECTORS])
def test_an_end_is_told_in_the_same_words_everywhere(vector: dict[str, Any]) -> None:
    assert dutch_end(vector["closes"], vector["closed"]) == vector["nl"]
    assert english_end(vector["closes"], vector["closed"]) == vector["en"]
