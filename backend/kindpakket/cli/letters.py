"""``kindpakket letters``: the letter station."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select

from kindpakket.cli.common import AsJson, Data, ReadAccess, Stop, reading
from kindpakket.cli.inputs import read_bytes, read_values
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.cli.schemes import find
from kindpakket.domain.csv_files import MOST_BYTES
from kindpakket.domain.examples import explain_examples
from kindpakket.domain.ids import SchemeId
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import rfc3339
from kindpakket.services.base.private_files import write_new
from kindpakket.services.letters.address_sheets import AddressesInvalid, print_labels, read_labels
from kindpakket.services.letters.generate import FEWEST_LETTERS, Run, RunInvalid, make_run
from kindpakket.services.letters.print_run import PDF, PrintedRun, print_run
from kindpakket.services.paper.stationery import Stationery
from kindpakket.services.paper.typeset import PaperFailed
from kindpakket.services.schemes.details import read_details
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from kindpakket.theme.logo import LookInvalid
from kindpakket.theme.look import read_look

commands = typer.Typer(no_args_is_help=True, help="Brieven en kaarten maken.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="letters")


@commands.command("run")
def run_letters(
    scheme: Annotated[int, typer.Argument(help="Het nummer van de regeling.")],
    out: Annotated[Path, typer.Option(help="Een nieuwe map voor de brieven, buiten de datamap.")],
    seal_to: Annotated[
        list[str], typer.Option(help="Openbare age-sleutel van een privacyfunctionaris; twee keer.")
    ],
    letters: Annotated[int, typer.Option(help="Hoeveel brieven.")] = FEWEST_LETTERS,
    cards: Annotated[int, typer.Option(help="Hoeveel kaarten erbij.")] = 0,
    values: Annotated[
        str | None,
        typer.Option(help="Andere tegoeden op een brief dan de regeling zegt, als '100 50 20'."),
    ] = None,
    card_values: Annotated[
        str | None, typer.Option(help="Andere tegoeden op een kaart, elk hoogstens 20 euro.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak een serie brieven: een PDF om af te drukken, en de lijst voor het grootboek.

    Een brief op papier is zo goed als contant geld. De geheimen staan onverzegeld alleen in die
    PDF: druk hem af en vernietig hem. Verder worden ze verzegeld voor twee privacyfunctionarissen
    samen en daarna vergeten.
    """
    if len(seal_to) != 2:
        raise Stop("Geef de openbare sleutels van precies twee privacyfunctionarissen.")
    with reading(data) as access:
        find(access, scheme)
        _require_place(out, access.settings)
        try:
            split = read_details(access.context.store, scheme)
            run = make_run(
                SchemeId(scheme),
                letters,
                split.letter_values if values is None else read_values(values),
                cards=cards,
                card_values=split.card_values if card_values is None else read_values(card_values),
            )
            made = _print(access, run, out, (seal_to[0], seal_to[1]))
        except (RunInvalid, LookInvalid, PaperFailed) as error:
            raise Stop(str(error)) from error
        except FileExistsError as error:
            raise Stop(f"De map {out} bestaat al.") from error
    return _tell(run, made, out, as_json)


@commands.command("list")
def list_runs(data: Data = None, as_json: AsJson = False) -> None:
    """Toon welke series gemaakt zijn."""
    with reading(data) as access, access.context.store.read() as db:
        runs = db.execute(select(t.letter_runs).order_by(t.letter_runs.c.run)).all()
    if as_json:
        return show_json(
            [
                {
                    "run": each.run,
                    "scheme": each.scheme,
                    "letters": each.letters,
                    "coupons": each.coupons,
                    "sha256": each.list_sha256,
                    "time": rfc3339(each.made_at),
                }
                for each in runs
            ]
        )
    table = Table[Any](
        [
            Column("Serie", lambda each: each.run),
            Column("Regeling", lambda each: each.scheme),
            Column("Vellen", lambda each: each.letters, Unit.COUNT),
            Column("Tegoeden", lambda each: each.coupons, Unit.COUNT),
            Column("Gemaakt", lambda each: each.made_at, Unit.MOMENT),
            Column("Controlegetal", lambda each: each.list_sha256),
        ],
        runs,
    )
    return show_table(table, empty="Er zijn nog geen series gemaakt.")


@commands.command("addresses")
def print_addresses(
    run: Annotated[int, typer.Argument(help="Het nummer van de serie.")],
    names: Annotated[Path, typer.Option(help="CSV: nummer, naam en de regels van het adres.")],
    out: Annotated[Path, typer.Option(help="Een nieuwe PDF met etiketten, 3 bij 8 op A4.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Druk adressen op volgorde van de brieven. De namen worden nergens anders bewaard."""
    with reading(data) as access:
        try:
            labels = read_labels(access.context, run, read_bytes(names, MOST_BYTES))
            title = f"Adressen bij de brieven van serie {run}"
            pdf = print_labels(labels, stationery_of(access.settings), access.now, title)
            write_new(out, pdf)
        except (AddressesInvalid, LookInvalid, PaperFailed) as error:
            raise Stop(str(error)) from error
        except FileExistsError as error:
            raise Stop(f"Er is al een bestand {out}.") from error
        except FileNotFoundError as error:
            raise Stop(f"De map waarin {out} moet komen, bestaat niet.") from error
    if as_json:
        return show_json({"run": run, "labels": len(labels), "pdf": str(out)})
    return say(
        f"{len(labels)} adressen staan in {out}, op volgorde van de brieven.",
        "Druk ze af op 100 %: op het eerste vel staat een lijn van 5 cm.",
        "Vernietig dat bestand als het is afgedrukt: wie welke brief heeft, staat in het register.",
    )


def _require_place(out: Path, settings: Settings) -> None:
    """Check that letters can be put in a new directory there, outside the data directory."""
    if out.resolve().is_relative_to(settings.data.resolve()):
        raise Stop("De brieven horen niet in de datamap: kies een andere map met --out.")
    if not out.resolve().parent.is_dir():
        raise Stop(f"De map waarin {out} moet komen, bestaat niet.")


def _print(access: ReadAccess, run: Run, out: Path, officers: tuple[str, str]) -> PrintedRun:
    with Progress(console=Console(stderr=True)) as progress, _stopped_gently():
        task = progress.add_task("Brieven maken", total=len(run.sheets))
        return print_run(
            access.context,
            run,
            out.resolve(),
            stationery=stationery_of(access.settings),
            officers=officers,
            advance=lambda sheets: progress.advance(task, sheets),
        )


def stationery_of(settings: Settings) -> Stationery:
    """Return what every sheet has.

    Raises:
        Stop: settings have example values.
        LookInvalid: the logo or the theme cannot be used.
    """
    if settings.examples:
        raise Stop(explain_examples(settings.examples))
    return Stationery(
        municipality=settings.municipality,
        app_address=settings.app_address,
        phone=settings.contact_phone,
        email=settings.contact_email,
        desk=settings.help_desk,
        look=read_look(settings.colour, settings.logo, settings.theme),
    )


@contextmanager
def _stopped_gently() -> Iterator[None]:
    """Turn SIGTERM into an exception, so that partial output is removed."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _tell(run: Run, made: PrintedRun, out: Path, as_json: bool) -> None:
    ids = [each.id for each in made.prepared]
    if as_json:
        return show_json(
            {
                "run": made.number,
                "scheme": run.scheme,
                "directory": str(out),
                "pdf": str(out / PDF),
                "letters": len(run.letters),
                "cards": len(run.sheets) - len(run.letters),
                "coupons": run.count,
                "sha256": run.list_sha256,
                "decisions": ids,
            }
        )
    return say(
        f"Serie {made.number} staat in {out}; lees daar LEESMIJ.txt.",
        f"Alleen in {out / PDF} staan de geheimen onverzegeld.",
        "Druk het enkelzijdig af op een printer die niets bewaart, en vernietig het daarna.",
        "Druk af op 100 %: op het eerste vel staat een lijn van 5 cm.",
        "WIE EEN BRIEF OF KAART HEEFT, HEEFT HET GELD. Bewaar ze als contant geld.",
        f"Controlegetal van de lijst: {run.list_sha256}",
        "De brieven zijn pas iets waard als twee ambtenaren deze serie goedkeuren:",
        f"  kindpakket decisions approve {ids[0][:10]} --key NAAM",
    )
