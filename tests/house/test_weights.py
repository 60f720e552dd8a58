"""What the apps weigh as they are sent, so that they open on a slow line."""

import re
from pathlib import Path

from kindpakket.api.web import DIRECTORY

LINKED = re.compile(r'(?:src|href)="(/assets/[^"]+)"')
OF_1000_LETTERS = 72_600
"""Bytes of the file of 12,000 coupons."""
AROUND = 5_000
"""Bytes of the headers, the theme, the scheme and the ledger, before a code can be shown."""


def sent(file: Path) -> int:
    """Bytes of a file, compressed where it is."""
    packed = file.with_name(f"{file.name}.br")
    return (packed if packed.exists() else file).stat().st_size


def test_a_parent_waits_for_at_most_150_kilobytes_before_a_code_is_shown() -> None:
    app = DIRECTORY / "parent"
    linked = LINKED.findall((app / "index.html").read_text())
    assert len(linked) == 3, "one script, what it shares with others, one stylesheet"
    page = sent(app / "index.html") + sum(sent(app / name[1:]) for name in linked)
    assert page + OF_1000_LETTERS + AROUND <= 150_000


def test_a_till_with_its_decoder_and_all_languages_weighs_at_most_600_kilobytes() -> None:
    app = DIRECTORY / "shop"
    names = [each for each in app.rglob("*") if each.suffix != ".br" and each.is_file()]
    assert any(each.suffix == ".wasm" for each in names)
    assert sum(sent(each) for each in names if each.name != "licences.txt") <= 600_000
