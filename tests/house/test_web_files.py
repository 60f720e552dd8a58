"""Generated files of the apps are up to date with the server."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_api_types_and_the_refusals_are_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    maker = importlib.import_module("make_web_files")
    maker.make(tmp_path)
    for name in (maker.TYPES, maker.REFUSALS, maker.LENGTHS, maker.BRAND):
        made, kept = (tmp_path / name).read_text(), (maker.SHARED / name).read_text()
        assert made == kept, f"{name} is old: npm run api"
