"""Typesetting of a part of a document in a process of its own, through standard input and output.

Typst keeps its results for the lifetime of its process; a process for each part bounds the memory
of a run of any length.
"""

import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import qrcode
import zxingcpp

_HERE = Path(__file__).parent
_SECONDS = 300


class PaperFailed(ValueError):
    """Typesetting failed; the message is in Dutch."""


def typeset(template: str, data: dict[str, Any], now: int) -> bytes:
    """Return the PDF of a template with this data.

    Raises:
        PaperFailed: Typst refused it. What it said may repeat the data, so that is not kept.
    """
    command = [sys.executable, "-m", __name__, template, str(now)]
    done = subprocess.run(  # noqa: S603
        command, input=json.dumps(data).encode(), capture_output=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        raise PaperFailed("De PDF kan niet worden opgemaakt. Klopt het logo?")
    return done.stdout


def draw_qr(content: str) -> str:
    """Return a QR code as SVG: a path of horizontal bars, with a quiet zone."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(content)
    rows = code.get_matrix()
    bars = "".join(_bars(y, row) for y, row in enumerate(rows))
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path d="{bars}"/></svg>'
    )


def draw_barcode(number: str) -> str:
    """Return a letter number as Code 128, in SVG with a quiet zone.

    It is no QR code, so that nobody takes it for the secret of a letter.
    """
    svg: str = _barcode(number).to_svg()
    return svg


def bar_widths(number: str) -> str:
    """Return the same barcode as the widths of its bars and spaces in modules: a digit for each, a
    bar first, without a quiet zone."""
    image = _barcode(number).to_image(scale=1, add_quiet_zones=False)
    row: list[int] = memoryview(image).tolist()[0]  # type: ignore[assignment]
    return "".join(str(len(list(bar))) for _, bar in groupby(row))


def _barcode(number: str) -> Any:
    return zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.Code128)


def _bars(y: int, row: list[bool]) -> str:
    ends = [x for x in range(len(row) + 1) if [False, *row][x] != [*row, False][x]]
    starts = zip(ends[::2], ends[1::2], strict=True)
    return "".join(f"M{start} {y}h{end - start}v1H{start}z" for start, end in starts)


def _with_drawings(data: dict[str, Any]) -> dict[str, Any]:
    """Replace the content of each QR code by its drawing, and add the barcodes of numbers."""
    for sheet in data.get("sheets", ()):
        sheet["barcode"] = draw_barcode(sheet["serial"])
        for each in sheet.get("coupons", [sheet]):
            each["qr"] = draw_qr(each["qr"])
    for cover in data.get("covers", ()):
        if cover["serial"]:  # a reminder has none
            cover["barcode"] = draw_barcode(cover["serial"])
    return data


def _compile(template: str, data: dict[str, Any], now: int) -> bytes:
    import typst  # noqa: PLC0415 (needed only in the process that typesets)

    pdf: bytes = typst.compile(
        _HERE / f"{template}.typ",
        root=_HERE,
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[_HERE / "fonts"]
        ),
        format="pdf",
        sys_inputs={"data": json.dumps(_with_drawings(data))},
        pdf_standards="ua-1",  # tagged, titled, in a language, no picture without words
        timestamp=now,
    )
    return pdf


if __name__ == "__main__":
    _template, _now = sys.argv[1:]
    sys.stdout.buffer.write(_compile(_template, json.load(sys.stdin), int(_now)))
