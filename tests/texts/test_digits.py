"""Digits of every script count in typed text; the vectors are shared with TypeScript."""

import json
from pathlib import Path
from typing import Any

import pytest

from kindpakket.domain.categories import TABLE
from kindpakket.domain.locations import parse_location
from kindpakket.domain.money import parse_euros
from kindpakket.domain.texts import plain_digits, read_number

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/digits.json").read_text())
DIGITS = [each for each in VECTORS if "plain" in each]
AMOUNTS = [each for each in VECTORS if "cents" in each]


@pytest.mark.parametrize("vector", DIGITS, ids=[each["about"] for each in DIGITS])
def test_digits_of_every_script_are_digits(vector: dict[str, str]) -> None:
    assert plain_digits(vector["typed"]) == vector["plain"]


@pytest.mark.parametrize("vector", AMOUNTS, ids=[each["about"] for each in AMOUNTS])
def test_an_amount_is_read_in_every_script(vector: dict[str, Any]) -> None:
    if vector["cents"] is None:
        with pytest.raises(ValueError, match="geen bedrag"):
            parse_euros(vector["typed"])
    else:
        assert parse_euros(vector["typed"]) == vector["cents"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [("٣٠", 30), ("0", 0), ("30", 30), ("31", None), ("²", None), ("-1", None), ("", None)],
)
def test_a_number_is_read_in_every_script(typed: str, number: int | None) -> None:
    assert read_number(typed, 30) == number


def test_a_place_on_the_map_is_read_in_every_script() -> None:
    assert parse_location("٥٣٫٢٤٧, ٦٫٤٠٢") == parse_location("53.247, 6.402")


def test_every_kind_of_shop_has_a_name_in_every_language_of_the_parents_app() -> None:
    for category in TABLE:
        assert set(category.translations) == {"en", "tr", "ar"}, category.name
        assert all(name.strip() for name in category.translations.values()), category.name
    for language in ("en", "tr", "ar"):
        names = [category.translations[language] for category in TABLE]
        assert len(set(names)) == len(TABLE), language
