"""The letter station: print a run, list its coupons, seal its secrets, and forget them.

A run appears in its directory whole or not at all. Until its coupons are on the ledger, which takes
two officials, its letters are worth nothing.
"""

import base64
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import qrcode
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import delete, func, insert, select

from kindpakket.domain.money import format_euros
from kindpakket.services.context import Context
from kindpakket.services.decide import Prepared, prepare
from kindpakket.services.private_files import write_new
from kindpakket.services.run_letters import Run, Sheet, seal
from kindpakket.store import tables as t

_COLUMNS = 3
_TILE = 300  # pixels, with the caption below the code
_CAPTION = 40

_READ_ME = """\
Serie {run}, regeling {scheme}: {letters} brieven, {cards} kaarten.

WIE EEN BRIEF OF KAART HEEFT, HEEFT HET GELD. Bewaar ze als contant geld.

brieven/       een QR-code en een tekst voor elke brief. Druk ze af en vernietig deze map.
kaarten/       een vel met QR-codes voor elke kaart. Druk ze af en vernietig deze map.
verzegeld.json de geheimen, voor een brief die zoekraakt. Bewaar dit bij de privacyfunctionarissen.
               Eerst opent de tweede met zijn sleutel, dan de eerste met de zijne (age).
tegoeden.json  de lijst voor het grootboek: geen geheim. Controlegetal (SHA-256):
               {sha256}
"""

_LETTER = """\
Brief {serial}

Scan de QR-code, of typ deze tekens over:

    {text}

Deze brief is zo goed als geld. Bewaar hem goed en laat hem aan niemand zien.
"""


@dataclass(frozen=True)
class Made:
    """A run that was printed, and the decisions that put its coupons on the ledger."""

    number: int
    prepared: list[Prepared]


def print_run(
    context: Context,
    run: Run,
    directory: Path,
    *,
    app_address: str,
    officers: tuple[str, str],
    advance: Callable[[], None],
) -> Made:
    """Write a run into a new directory, record that it was made, and prepare its issue.

    Args:
        app_address: where the parent app lives.
        officers: the public keys (``age1…``) of the two privacy officers.
        advance: called after each sheet.

    Raises:
        RunInvalid: the keys cannot be used.
        FileExistsError: there is such a directory.
        LedgerUnavailable: the ledger cannot be read.
    """
    if directory.exists():
        raise FileExistsError(directory)
    unfinished = directory.with_name(f".{directory.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed; worth nothing
    number = _next_number(context)
    prepared: list[Prepared] = []
    try:
        unfinished.mkdir(mode=0o700)
        _write(run, unfinished, number, app_address, officers, advance)
        unfinished.rename(directory)
        prepared.extend(prepare(context, call) for call in run.issue_calls)
        _record(context, run, number)
    except BaseException:
        for each in (unfinished, directory):
            shutil.rmtree(each, ignore_errors=True)
        _withdraw(context, prepared)
        raise
    return Made(number, prepared)


def _write(
    run: Run,
    directory: Path,
    number: int,
    app_address: str,
    officers: tuple[str, str],
    advance: Callable[[], None],
) -> None:
    sealed = {}
    for kind in ("brieven", "kaarten"):
        (directory / kind).mkdir(mode=0o700)
    for sheet in run.sheets:
        serial = f"{number}-{sheet.number:03}"
        place = directory / ("kaarten" if sheet.is_card else "brieven")
        image = _card_sheet(sheet, serial) if sheet.is_card else _letter_qr(sheet, app_address)
        write_new(place / f"{serial}.png", _png(image))
        if not sheet.is_card:
            text = _LETTER.format(serial=serial, text=sheet.letter.grouped)
            write_new(place / f"{serial}.txt", text.encode())
        sealed[serial] = base64.b64encode(seal(sheet.letter, *officers)).decode()
        advance()
    contents = {"scheme": run.scheme, "run": number, "sealedTo": officers, "letters": sealed}
    write_new(directory / "verzegeld.json", json.dumps(contents, indent=1).encode())
    write_new(directory / "tegoeden.json", run.coupon_list)
    write_new(directory / "LEESMIJ.txt", _read_me(run, number).encode())


def _read_me(run: Run, number: int) -> str:
    letters = len(run.letters)
    return _READ_ME.format(
        run=number,
        scheme=run.scheme,
        letters=letters,
        cards=len(run.sheets) - letters,
        sha256=run.list_sha256,
    )


def _letter_qr(sheet: Sheet, app_address: str) -> Image.Image:
    return _qr(sheet.letter.link(app_address))


def _card_sheet(sheet: Sheet, serial: str) -> Image.Image:
    """One page with a code for each coupon, each with its value."""
    rows = -(-len(sheet.values) // _COLUMNS)
    size = (_COLUMNS * _TILE, rows * (_TILE + _CAPTION) + _CAPTION)
    page = Image.new("L", size, "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(_CAPTION // 2)
    draw.text((_CAPTION, _CAPTION // 4), f"Kaart {serial}", "black", font)
    for place, (code, value) in enumerate(zip(sheet.card_codes, sheet.values, strict=True)):
        row, column = divmod(place, _COLUMNS)
        left, top = column * _TILE, _CAPTION + row * (_TILE + _CAPTION)
        tile = _qr(code).resize((_TILE, _TILE), Image.Resampling.NEAREST)
        page.paste(tile, (left, top))
        draw.text((left + _CAPTION, top + _TILE), format_euros(value), "black", font)
    return page


def _qr(content: str) -> Image.Image:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(content)
    image: Image.Image = code.make_image().get_image()
    return image


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _next_number(context: Context) -> int:
    with context.store.read() as db:
        return (db.scalar(select(func.max(t.letter_runs.c.run))) or 0) + 1


def _record(context: Context, run: Run, number: int) -> None:
    with context.store.write() as db:
        db.execute(
            insert(t.letter_runs).values(
                run=number,
                scheme=run.scheme,
                letters=len(run.sheets),
                coupons=sum(map(len, run.coupons.values())),
                list_sha256=run.list_sha256,
                made_at=context.now(),
            )
        )


def _withdraw(context: Context, prepared: list[Prepared]) -> None:
    """Take back what nobody has approved yet."""
    ids = [each.id for each in prepared]
    with context.store.write() as db:
        db.execute(delete(t.prepared_decisions).where(t.prepared_decisions.c.decision.in_(ids)))
