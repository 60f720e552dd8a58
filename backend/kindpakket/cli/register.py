"""``kindpakket register``: bring in a list of children."""

from pathlib import Path
from typing import Annotated

import typer

from kindpakket.cli.common import REFUSED, AsJson, Data, Stop, reading
from kindpakket.cli.output import say, show_json
from kindpakket.services.children.bring_in import ListPreview, bring_in
from kindpakket.services.children.columns import TEMPLATE
from kindpakket.services.children.files import FileInvalid, read_rows
from kindpakket.services.children.looks import Purpose, RegisterReader

commands = typer.Typer(no_args_is_help=True, help="Het register van kinderen.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="register")


@commands.callback()
def _group() -> None:
    """Het register van kinderen."""


@commands.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(metavar="BESTAND", help="Excel (.xlsx) of CSV.")],
    scheme: Annotated[
        list[int], typer.Option(help="Voor welke regeling; mag vaker, elk voor een leeftijd.")
    ],
    skip: Annotated[
        list[str] | None, typer.Option(help="Twijfel, zoals 3-2: hetzelfde kind; mag vaker.")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(help="Twijfel, zoals 3-2: een ander kind; mag vaker.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Lees een lijst van kinderen in. Er wordt niets bewaard voordat alles klopt."""
    decided = dict.fromkeys(skip or [], False) | dict.fromkeys(keep or [], True)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Stop(f"{file} kan niet worden gelezen.") from error
    try:
        rows = read_rows(content)
        with reading(data) as access:
            reader = RegisterReader(None, Purpose.HAND_OUT)
            read = bring_in(access.context, reader, rows, scheme, {}, decided, save=True)
    except FileInvalid as error:
        raise Stop(str(error)) from error
    if read.saved is None:
        for line in _wrong(read):
            typer.echo(line, err=True)
        if read.hidden:
            raise Stop("Er is geen kind bewaard, wel dat adressen nu geheim zijn.", REFUSED)
        raise Stop("Er is niets bewaard.", REFUSED)
    if as_json:
        return show_json({"list": read.saved, "children": read.counts})
    return say(f"Lijst {read.saved} is bewaard: {_say_count(sum(read.counts.values()))}.")


def _wrong(read: ListPreview) -> list[str]:
    """What is wrong or doubtful, without a name or a heading: terminals keep what they show."""
    if read.missing:
        missing = ", ".join(heading for heading, field in TEMPLATE if field in read.missing)
        return [f"Er is geen kolom voor: {missing}. Zie het lege voorbeeld."]
    lines = [f"Regel {each.row}, kolom {each.column}: {each.sentence}" for each in read.mistakes]
    for each in read.pairs:
        like = f"regel {each.other_row}" if each.other_row else "een kind in het register"
        lines.append(f"Regel {each.row} lijkt op {like}. Kies --skip of --keep {each.key}.")
    return lines


def _say_count(count: int) -> str:
    return "1 kind" if count == 1 else f"{count} kinderen"
