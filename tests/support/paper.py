"""Reads printed sheets: texts, and QR codes decoded from the pixels."""

import re
from ctypes import create_string_buffer
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import zxingcpp
from PIL.Image import Image
from pypdfium2 import PdfDocument, PdfPage

DPI = 150
"""The resolution of an ordinary office printer and a phone's camera together."""


_GROUPS = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


def open_pdf(source: Path | bytes) -> PdfDocument:
    return pypdfium2.PdfDocument(source)


def words(page: PdfPage) -> str:
    """The text of a page, with single spaces."""
    return " ".join(page.get_textpage().get_text_bounded().split())


def barcodes(page: PdfPage) -> list[tuple[str, str]]:
    """The format and content of each code on a page, decoded from its pixels."""
    picture = page.render(scale=DPI / 72).to_pil().convert("L")
    return [(each.format.name, each.text) for each in zxingcpp.read_barcodes(picture)]


def letter_text(page: PdfPage) -> str:
    """The nine groups on a letter, joined by dashes."""
    lines = page.get_textpage().get_text_bounded().splitlines()
    first = next(place for place, line in enumerate(lines) if _GROUPS.fullmatch(line))
    return "-".join(lines[first : first + 3])


def fonts(page: PdfPage, character: str) -> set[str]:
    """The fonts of a character on a page."""
    text, size = page.get_textpage(), 200
    found = set()
    for place in range(text.count_chars()):
        if text.get_text_range(place, 1) == character:
            name = create_string_buffer(size)
            pypdfium2.raw.FPDFText_GetFontInfo(text, place, name, size, None)
            found.add(name.value.decode().rpartition("+")[2])
    return found


def ruler_millimetres(page: PdfPage, *, top: float) -> float:
    """The length in millimetres of the longest line below ``top``, as rendered."""
    scale = 4
    picture = page.render(scale=scale).to_pil().convert("L").point(lambda ink: 255 * (ink < 128))
    below = picture.crop((0, int(top * picture.height), picture.width, picture.height))
    runs = (run for row in range(below.height) for run in _runs(below, row))
    return max(runs, default=0) / scale / 72 * 25.4


def _runs(picture: Image, row: int) -> list[int]:
    line = picture.crop((0, row, picture.width, row + 1)).tobytes()
    return [len(run) for run in line.split(b"\0") if run]


def scanned(page: PdfPage) -> list[str]:
    """The texts of the QR codes on a page, decoded from its pixels, from top to bottom."""
    picture = page.render(scale=DPI / 72).to_pil()
    found = zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.QRCode)
    found.sort(key=lambda each: (each.position.top_left.y, each.position.top_left.x))
    return [each.text for each in found]
