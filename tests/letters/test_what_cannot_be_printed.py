"""Input that cannot be printed is refused before printing, in one sentence."""

import dataclasses
from pathlib import Path

import pytest
from PIL import Image

from kindpakket.services.paper.typeset import PaperFailed
from kindpakket.theme.logo import Logo, read_logo
from kindpakket.theme.look import Look
from tests.support.paper import open_pdf, words
from tests.support.printed import SHEETS, STATIONERY, print_out


def test_a_logo_is_printed_from_svg_and_from_png(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "navy").save(tmp_path / "logo.png")
    logo = read_logo(tmp_path / "logo.png")
    pdf = print_out(SHEETS[0], stationery=dataclasses.replace(STATIONERY, look=Look(logo=logo)))
    assert "Gemeente Zuiderbroek" in words(open_pdf(pdf)[0])
    assert "Gemeente Zuiderbroek" in words(open_pdf(print_out(SHEETS[0]))[0])


def test_a_broken_drawing_stops_the_run() -> None:
    broken = dataclasses.replace(STATIONERY, look=Look(logo=Logo("svg", b"<svg", 1)))
    with pytest.raises(PaperFailed, match="Klopt het logo"):
        print_out(SHEETS[0], stationery=broken)


def test_a_letter_that_does_not_fit_on_its_page_stops_the_run() -> None:
    wordy = dataclasses.replace(STATIONERY, desk="Achter het stadhuis rechtsaf. " * 60)
    with pytest.raises(PaperFailed, match="De tekst past niet op een bladzijde"):
        print_out(SHEETS[0], stationery=wordy)


def test_without_a_logo_the_name_stands_alone() -> None:
    plain = dataclasses.replace(STATIONERY, look=Look())
    assert "Gemeente Zuiderbroek Brief 4-001" in words(
        open_pdf(print_out(SHEETS[0], stationery=plain))[0]
    )
