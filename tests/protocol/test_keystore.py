"""Keystores, tested with the vectors shared with TypeScript: each opens those of the other."""

import json
from pathlib import Path

import pytest

from kindpakket.services.base.keyring import PasswordWrong, load_key

ROWS = json.loads((Path(__file__).parents[1] / "vectors/keystore.json").read_text())


def kept(row, directory):
    path = directory / "keystore.json"
    path.write_text(json.dumps(row["file"]))
    return path


@pytest.mark.parametrize("row", [r for r in ROWS if "why" not in r], ids=lambda r: r["about"])
def test_a_keystore_opens_with_its_password(row, tmp_path):
    assert "0x" + load_key(kept(row, tmp_path), row["password"]).hex() == row["key"]


@pytest.mark.parametrize("row", [r for r in ROWS if "why" in r], ids=lambda r: r["why"])
def test_a_keystore_stays_closed(row, tmp_path):
    with pytest.raises(PasswordWrong):
        load_key(kept(row, tmp_path), row["password"])


def test_the_vectors_hold_valid_and_invalid_keystores():
    assert len([row for row in ROWS if "why" in row]) == 4
    assert len(ROWS) == 11
