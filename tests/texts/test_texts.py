"""Normalisation of typed text, and characters that cannot be printed."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindpakket.domain.texts import (
    LengthInvalid,
    TextInvalid,
    is_right_to_left,
    read_line,
    read_lines,
)
from scripts import printable

BACKEND = Path(__file__).parents[2] / "backend"
SPACES = [chr(code) for code in range(0x10000) if chr(code).isspace()]
NOTHING = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u2066\u034f\u3164\ufe0f"


@pytest.mark.parametrize("space", SPACES, ids=ascii)
def test_white_space_of_any_kind_is_a_space(space: str) -> None:
    assert read_line(f"{space}Anna{space} {space}de Vries{space}", 100) == "Anna de Vries"


@pytest.mark.parametrize("nothing", NOTHING, ids=ascii)
def test_what_shows_nothing_is_dropped(nothing: str) -> None:
    assert read_line(f"{nothing}An{nothing}na", 4) == "Anna"
    with pytest.raises(LengthInvalid):
        read_line(nothing * 3, 100)


def test_an_accent_is_on_its_letter() -> None:
    assert read_line("Zoe\u0308", 3) == "Zo\u00eb"


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Ánh",
        "Łukasz Žižek",
        "Şükrü Çağ",
        "Ñuñez ð Þór",
        "J\u0301an M\u0327",
        "Γιώργος",
        "Лев Щербаков",
        "محمد بن عبد الله",
        "شهرزاد پگاه گیتی چنگیز",
        "שלום",
        "王小明",
        "龘䶮",
        "ሰላም",
        "d'Ângelo–O’Neil & Zn. (№ 1)",
    ],
)
def test_names_of_people_can_be_printed(name: str) -> None:
    assert read_line(name, 100) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Kindpakket → 2027", r"→ \(U\+2192 RIGHTWARDS ARROW\)"),
        ("👍", r"👍 \(U\+1F44D THUMBS UP SIGN\)"),
        ("a\x07", "U\\+0007 <control>"),
        ("a\x00", "U\\+0000 <control>"),
        ("a\ud800", "U\\+D800 <surrogate>"),
        ("a\ue000", "U\\+E000 <private-use>"),
        ("a\u202eb", "U\\+202E RIGHT-TO-LEFT OVERRIDE"),
        ("a\uffff", "U\\+FFFF <unassigned>"),
    ],
    ids=ascii,
)
def test_what_cannot_be_printed_is_named(text: str, named: str) -> None:
    for reader in (read_line, read_lines):
        with pytest.raises(TextInvalid, match=f"^{named} kan niet worden gedrukt"):
            reader(text, 100)


def test_a_line_is_neither_empty_nor_too_long() -> None:
    assert read_line("x" * 5, 5) == "x" * 5
    for text in ("", " \n", "x" * 6, "e\u0301\u0301" * 10):
        with pytest.raises(LengthInvalid, match="Vul 1 tot 5 leesbare tekens in"):
            read_line(text, 5)


def test_a_text_keeps_its_lines_and_its_direction() -> None:
    text = "\ufeffBeste\u00a0ouder,\r\n\r\n\u200fمرحبا\u200f \u2067x\u2069\u2028tot\u0085ziens\n\n"
    assert read_lines(text, 100) == ("Beste ouder,\n\n\u200fمرحبا\u200f \u2067x\u2069\ntot\nziens")
    assert read_lines(" \n ", 10) == ""
    with pytest.raises(LengthInvalid, match="Vul hoogstens 10 leesbare tekens in"):
        read_lines("x" * 11, 10)


@given(st.text(max_size=60))
def test_what_was_read_is_read_the_same_again(text: str) -> None:
    try:
        once = read_line(text, 60)
    except TextInvalid:
        return
    assert read_line(once, 60) == once


def test_arabic_and_hebrew_begin_at_the_right() -> None:
    assert [is_right_to_left(each) for each in ("(12) محمد", "שלום x", "Kade 1 ا", "12", "")] == [
        *(True, True),
        *(False, False, False),
    ]


def test_the_list_of_printable_characters_is_that_of_the_fonts() -> None:
    assert printable.LISTED.read_text() == printable.listed()


def test_nothing_asks_python_what_can_be_printed() -> None:
    asking = [str(path) for path in BACKEND.rglob("*.py") if ".isprintable(" in path.read_text()]
    assert asking == []
