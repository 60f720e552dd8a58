"""``kindpakket store``: the key of the personal data in the database."""

import typer
from rich.console import Console
from rich.progress import Progress

from kindpakket.cli.common import AsJson, Data, Stop, no_ledger_error, settings_of
from kindpakket.cli.output import say, show_json

commands = typer.Typer(no_args_is_help=True, help="De database van de gemeente.")


@commands.callback()
def store() -> None:
    """De database van de gemeente."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="store")


@commands.command("rotate-key")
def rotate(data: Data = None, as_json: AsJson = False) -> None:
    """Versleutel alle persoonsgegevens met een nieuwe sleutel, ook terwijl de server draait.

    Wordt dit onderbroken, geef de opdracht dan nog eens: zij gaat verder waar zij was.
    """
    from kindpakket.store_key import NoNewKey, rotate_key  # noqa: PLC0415 (brings an EVM)
    from kindpakket.workspace import CONTRACT  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    if not (settings.data / CONTRACT).exists():
        raise no_ledger_error(settings)
    try:
        with Progress(console=Console(stderr=True), transient=True, disable=as_json) as progress:
            task = progress.add_task("Versleutelen", total=None)
            count = rotate_key(settings, lambda done: progress.update(task, completed=done))
    except NoNewKey as error:
        raise Stop(
            "Zet in KINDPAKKET_STORE_KEY een nieuwe sleutel vóór de huidige, met een komma"
            " ertussen, en start elke server opnieuw."
        ) from error
    if as_json:
        return show_json({"values": count})
    say(f"{count} gegevens zijn opnieuw versleuteld.")
    if settings.store_key:
        say("Haal de oude sleutel nu uit KINDPAKKET_STORE_KEY.")
    else:
        say("Een kopie van vóór nu heeft de oude sleutel nodig; die zit in die kopie als de")
        say("sleutel in de datamap stond.")
    return None
