"""Generated files of the apps are up to date with the server."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_what_is_made_from_the_server_is_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    maker = importlib.import_module("make_web_files")
    maker.make(tmp_path)
    names = (maker.TYPES, maker.CODES, maker.REFUSALS, maker.LENGTHS, maker.BRAND)
    for name in (*names, maker.ICON, *maker.PIXELS, maker.MASKABLE, maker.FONT):
        made, kept = (tmp_path / name).read_bytes(), (maker.SHARED / name).read_bytes()
        assert made == kept, f"{name} is old: npm run api"
