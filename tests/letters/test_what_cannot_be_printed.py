"""Input that cannot be printed is refused before printing, in one sentence."""

import dataclasses
from pathlib import Path

import pytest
from PIL import Image

from kindpakket.services.letters.paper.stationery import Logo, LogoInvalid, read_logo
from kindpakket.services.letters.paper.typeset import PaperFailed
from tests.support.paper import open_pdf, words
from tests.support.printed import LOGO, SHEETS, STATIONERY, print_out


def test_a_logo_is_svg_or_png_by_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "logo").write_bytes(b'<?xml version="1.0"?>\n' + LOGO)
    assert read_logo(tmp_path / "logo").format == "svg"
    Image.new("RGB", (8, 8), "navy").save(tmp_path / "logo.png")
    logo = read_logo(tmp_path / "logo.png")
    assert logo.format == "png"
    pdf = print_out(SHEETS[0], stationery=dataclasses.replace(STATIONERY, logo=logo))
    assert "Gemeente Zuiderbroek" in words(open_pdf(pdf)[0])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a", "Het logo is geen SVG of PNG."),
        (b"", "Het logo is geen SVG of PNG."),
        (b"\x89PNG\r\n\x1a\nhalf", "Het logo is geen SVG of PNG."),
        (b"<svg>" + b" " * 1_000_000, "Het logo is groter dan 1 MB."),
    ],
)
def test_what_no_logo_is(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "logo.svg").write_bytes(content)
    with pytest.raises(LogoInvalid, match=sentence):
        read_logo(tmp_path / "logo.svg")


def test_a_logo_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LogoInvalid, match="Het logo kan niet worden gelezen"):
        read_logo(tmp_path / "logo.svg")


def test_a_broken_drawing_stops_the_run() -> None:
    broken = dataclasses.replace(STATIONERY, logo=Logo("svg", b"<svg"))
    with pytest.raises(PaperFailed, match="Klopt het logo"):
        print_out(SHEETS[0], stationery=broken)


def test_a_letter_that_does_not_fit_on_its_page_stops_the_run() -> None:
    wordy = dataclasses.replace(STATIONERY, desk="Achter het stadhuis rechtsaf. " * 60)
    with pytest.raises(PaperFailed, match="De tekst past niet op een bladzijde"):
        print_out(SHEETS[0], stationery=wordy)


def test_without_a_logo_the_name_stands_alone() -> None:
    plain = dataclasses.replace(STATIONERY, logo=None)
    assert "Gemeente Zuiderbroek Brief 4-001" in words(
        open_pdf(print_out(SHEETS[0], stationery=plain))[0]
    )
