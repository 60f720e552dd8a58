"""CSV files: read as people hand them in, and written for a spreadsheet."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindpakket.domain.csv_files import (
    MOST_BYTES,
    CsvInvalid,
    Euros,
    guard_formula,
    read_csv,
    write_csv,
)

GUARDED = json.loads((Path(__file__).parents[1] / "vectors/csv.json").read_text())

LINE_ENDS = "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e"
"""Characters at which Python's `splitlines` ends a line, and a table ends no row."""


@pytest.mark.parametrize("vector", GUARDED, ids=[each["about"] for each in GUARDED])
def test_no_text_is_carried_out_as_a_formula(vector: dict[str, str]) -> None:
    assert guard_formula(vector["text"]) == vector["cell"]
    assert read_csv(write_csv([["naam", "x"], [vector["text"], ""]]))[1][0] == vector["cell"]


def test_a_dutch_spreadsheet_opens_what_is_written() -> None:
    rows = [["naam", "aantal", "bedrag"], ['a;"b', 3, Euros(1_234_50)], ["-1", -1, Euros(-5)]]
    assert write_csv(rows).decode("utf-8") == (
        '\ufeffnaam;aantal;bedrag\r\n"a;""b";3;1234,50\r\n\'-1;-1;-0,05\r\n'
    )


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=6))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    table = [["nummer", "naam"], *rows]
    assert read_csv(write_csv(table)) == [list(map(guard_formula, row)) for row in table]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_first_row_tells_the_separator(separator: str, line_end: str) -> None:
    rows = [["nummer", "naam"], ["1-001", "a;b,c\td"], [], ["1-002", 'x "y"']]
    quoted = [[f'"{cell}"'.replace(' "y"', ' ""y""') for cell in row] for row in rows]
    text = "".join(separator.join(row) + line_end for row in [rows[0], *quoted[1:]])
    assert read_csv(text.encode()) == rows


def test_a_separator_between_quotes_in_the_first_row_is_none() -> None:
    assert read_csv(b'"a;b\nc",d\n1,2\n') == [["a;b\nc", "d"], ["1", "2"]]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"], ids=lambda name: name
)
def test_the_encodings_of_spreadsheets_are_read(encoding: str) -> None:
    assert read_csv("naam;bedrag\nZoë;€ 5\n".encode(encoding))[1] == ["Zoë", "€ 5"]


def test_utf_16_is_read_in_either_order() -> None:
    assert read_csv(b"\xfe\xff" + "a;Şu".encode("utf-16-be")) == [["a", "Şu"]]


@pytest.mark.parametrize("line_end", LINE_ENDS, ids=ascii)
def test_a_row_goes_on_after_a_line_end_that_only_python_knows(line_end: str) -> None:
    text = f"nummer;naam;adres\n1-001;Anna;Kade 1{line_end}2 hoog\n"
    assert read_csv(text.encode())[1] == ["1-001", "Anna", f"Kade 1{line_end}2 hoog"]


def test_a_line_break_between_quotes_is_kept() -> None:
    text = 'nummer;adres\n1-001;"Dorpsstraat 12\r\n1e verdieping"\n'
    assert read_csv(text.encode())[1] == ["1-001", "Dorpsstraat 12\r\n1e verdieping"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x" * (MOST_BYTES + 1), "groter dan 2 MB"),
        (b"PK\x03\x04\x00\x00naam;x", "Bewaar het als CSV UTF-8"),
        (b"naam;x\n\x81\x8d;y", "Bewaar het als CSV UTF-8"),
        (b"\xff\xfea", "Bewaar het als CSV UTF-8"),
        (b"\xef\xbb\xbfnaam\xff", "Bewaar het als CSV UTF-8"),
        (b'a;b\n1;"2\n3;4\n', "Regel 2 is geen CSV"),
        (b'a;b\n1;2\n"3"4;5\n', "Regel 3 is geen CSV"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(CsvInvalid, match=sentence):
        read_csv(content)


def test_an_empty_file_has_no_rows() -> None:
    assert read_csv(b"") == []
