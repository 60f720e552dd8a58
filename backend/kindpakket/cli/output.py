"""Output: tables for people, JSON for programs, QR codes in the terminal or a file."""

import io
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import qrcode
import qrcode.image.svg
import rich.table
import typer
from rich import box
from rich.console import Console

from kindpakket.cli.common import Stop
from kindpakket.domain.tables import Row, Table
from kindpakket.domain.times import dutch_moment
from kindpakket.services.base.private_files import write_new

_WIDE = 240
"""Width without a terminal, so that nothing is cut off in a file or a pipe."""


def say(*lines: str) -> None:
    """Print lines."""
    for line in lines:
        typer.echo(line)


def dutch(rfc3339: str) -> str:
    """Format a time from the API in Dutch."""
    return dutch_moment(int(datetime.fromisoformat(rfc3339).timestamp()))


def show_json(answer: Any) -> None:
    """Print an answer as JSON."""
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def show_table(table: Table[Row], *, empty: str) -> None:
    """Print a table, or the sentence ``empty`` if it has no rows."""
    if not table.rows:
        return say(empty)
    drawn = rich.table.Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        drawn.add_column(column.title, justify="right" if column.right else "left", overflow="fold")
    for row in table.rows:
        drawn.add_row(*(column.shown(row) for column in table.columns))
    console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    return console.print(drawn)


def draw_qr(content: str) -> None:
    """Print a QR code as characters."""
    drawing = io.StringIO()
    _qr(content).print_ascii(drawing, invert=sys.stdout.isatty())
    typer.echo(drawing.getvalue())


def write_qr(content: str, path: Path) -> None:
    """Write a QR code as PNG or SVG, by the extension; only the owner can read the file.

    Raises:
        Stop: the file exists, or has another extension.
    """
    factories = {".png": None, ".svg": qrcode.image.svg.SvgPathImage}
    if path.suffix not in factories:
        raise Stop("De naam van het bestand moet eindigen op .png of .svg.")
    file = io.BytesIO()
    _qr(content).make_image(image_factory=factories[path.suffix]).save(file)
    try:
        write_new(path, file.getvalue())
    except FileExistsError as error:
        raise Stop(f"Er is al een bestand {path}.") from error


def _qr(content: str) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L)
    code.add_data(content)
    return code
