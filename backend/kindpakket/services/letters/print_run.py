"""The letter station: print a run, list its coupons, encrypt its secrets, and delete them.

A run appears in its directory whole or not at all. Its letters are worth nothing until two
officials issue its coupons. The PDF is the only file with unencrypted secrets, and is written last.
"""

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kindpakket.domain.letters import serial
from kindpakket.services.base.context import Context
from kindpakket.services.base.private_files import write_new
from kindpakket.services.decisions.prepare import Prepared
from kindpakket.services.letters.generate import Run, seal
from kindpakket.services.letters.orders import take_number
from kindpakket.services.letters.press import print_sheets
from kindpakket.services.letters.runs import record_run
from kindpakket.services.letters.scheme_words import check_name, describe_scheme
from kindpakket.services.paper.stationery import Stationery
from kindpakket.services.schemes.look_up import Scheme, find_scheme

PDF = "brieven.pdf"

_READ_ME = """\
Serie {run}, regeling {scheme}: {letters} brieven, {cards} kaarten.

WIE EEN BRIEF OF KAART HEEFT, HEEFT HET GELD. Bewaar ze als contant geld.

brieven.pdf    de brieven, dan de kaarten, op volgorde van nummer. Alleen hier staan de geheimen
               onverzegeld. Druk dit bestand enkelzijdig en op 100 % af op een printer die niets
               bewaart, en vernietig het daarna. Op het eerste vel staat een lijn van 5 cm.
verzegeld.json de geheimen, voor een brief die zoekraakt. Bewaar dit bij de privacyfunctionarissen.
               Eerst opent de tweede met zijn sleutel, dan de eerste met de zijne (age).
tegoeden.json  de lijst voor het grootboek: geen geheim. Controlegetal (SHA-256):
               {sha256}
"""


@dataclass(frozen=True)
class PrintedRun:
    """A run that was printed, and the decisions that put its coupons on the ledger."""

    number: int
    prepared: list[Prepared]


def print_run(
    context: Context,
    run: Run,
    directory: Path,
    *,
    stationery: Stationery,
    officers: tuple[str, str],
    advance: Callable[[int], None],
) -> PrintedRun:
    """Write a run into a new directory, record it, and prepare the decisions that issue it.

    Args:
        stationery: who the letters are from, and where the parent app lives.
        officers: the public keys (``age1…``) of the two privacy officers.
        advance: called with the number of sheets that were printed.

    Raises:
        RunInvalid: the keys cannot be used, or the scheme's name cannot be printed.
        PaperFailed: the letters cannot be typeset.
        Refusal: there is no such scheme.
        FileExistsError: there is such a directory.
        LedgerUnavailable: the ledger cannot be read.
    """
    if directory.exists():
        raise FileExistsError(directory)
    scheme = find_scheme(context, run.scheme)
    check_name(scheme)
    unfinished = directory.with_name(f".{directory.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed; worth nothing
    with context.store.write() as db:
        number = take_number(db)
    try:
        unfinished.mkdir(mode=0o700)
        _write_lists(run, unfinished, number, officers)
        write_new(unfinished / PDF, _print(context, run, number, scheme, stationery, advance))
        unfinished.rename(directory)
        with context.store.write() as db:
            return PrintedRun(number, record_run(db, context, run, number, len(run.sheets)))
    except BaseException:
        for each in (unfinished, directory):
            shutil.rmtree(each, ignore_errors=True)
        raise


def _write_lists(run: Run, directory: Path, number: int, officers: tuple[str, str]) -> None:
    sealed = {
        serial(number, sheet.number): base64.b64encode(seal(sheet.letter, *officers)).decode()
        for sheet in run.sheets
    }
    contents = {"scheme": run.scheme, "run": number, "sealedTo": officers, "letters": sealed}
    write_new(directory / "verzegeld.json", json.dumps(contents, indent=1).encode())
    write_new(directory / "tegoeden.json", run.coupon_list)
    write_new(directory / "LEESMIJ.txt", _read_me(run, number).encode())


def _print(
    context: Context,
    run: Run,
    number: int,
    scheme: Scheme,
    stationery: Stationery,
    advance: Callable[[int], None],
) -> bytes:
    texts = {"title": f"Brieven van serie {number}"} | describe_scheme(scheme)
    return print_sheets(
        run.sheets,
        lambda sheet: serial(number, sheet.number),
        stationery,
        texts,
        context.now(),
        advance,
    )


def _read_me(run: Run, number: int) -> str:
    letters = len(run.letters)
    return _READ_ME.format(
        run=number,
        scheme=run.scheme,
        letters=letters,
        cards=len(run.sheets) - letters,
        sha256=run.list_sha256,
    )
