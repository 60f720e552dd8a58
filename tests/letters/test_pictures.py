"""Letters have our own pictures, in the municipality's colour."""

from dataclasses import replace

import pypdfium2

from kindpakket.theme.look import Look
from tests.support.printed import SHEETS, STATIONERY, print_out

PURPLE = (0x7A, 0x1F, 0x5C)
PETROL = (0x0B, 0x5F, 0x74)
STEPS = (0, 270, 595, 350)
"""The box of the pictures of the steps on a letter, in points of A4."""


def colours_of_the_steps(colour: str) -> set[tuple[int, int, int]]:
    printed = print_out(SHEETS[0], stationery=replace(STATIONERY, look=Look(colour=colour)))
    page = pypdfium2.PdfDocument(printed)[0].render().to_pil().convert("RGB")
    found = page.crop(STEPS).getcolors(1_000_000)
    assert found is not None
    return {pixel for count, pixel in found if count > 50 and isinstance(pixel, tuple)}


def test_the_pictures_of_a_letter_have_the_municipalitys_colour() -> None:
    assert PETROL in colours_of_the_steps("#0b5f74")
    other = colours_of_the_steps("#7a1f5c")
    assert PURPLE in other
    assert PETROL not in other
