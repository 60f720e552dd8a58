"""Read printed sheets back: their words, and their codes from the pixels."""

import re
from pathlib import Path

import pypdfium2
import zxingcpp
from pypdfium2 import PdfDocument, PdfPage

DPI = 150
"""What a plain office printer and a phone's camera manage between them."""


_GROUPS = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


def open_pdf(source: Path | bytes) -> PdfDocument:
    return pypdfium2.PdfDocument(source)


def words(page: PdfPage) -> str:
    """What is printed on a page, with single spaces."""
    return " ".join(page.get_textpage().get_text_bounded().split())


def letter_text(page: PdfPage) -> str:
    """The nine groups on a letter, with a dash between them."""
    lines = page.get_textpage().get_text_bounded().splitlines()
    first = next(place for place, line in enumerate(lines) if _GROUPS.fullmatch(line))
    return "-".join(lines[first : first + 3])


def scanned(page: PdfPage) -> list[str]:
    """What the QR codes on a page hold, read from its pixels, from top to bottom."""
    picture = page.render(scale=DPI / 72).to_pil()
    found = zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.QRCode)
    found.sort(key=lambda each: (each.position.top_left.y, each.position.top_left.x))
    return [each.text for each in found]
