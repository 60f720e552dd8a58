"""``kindpakket join``: one more server on the same ledger."""

from pathlib import Path
from typing import Annotated

import typer

from kindpakket.cli.common import AsJson, Data, Stop, no_ledger_error, settings_of
from kindpakket.cli.output import say, show_json


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(join)


def join(
    directory: Annotated[Path, typer.Argument(help="De nieuwe datamap.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak een datamap voor nog een server op hetzelfde grootboek en dezelfde database.

    De nieuwe server krijgt een eigen doorgeefsleutel. De rest neemt hij over uit de eerste datamap.
    """
    from kindpakket.second_server import NotShared, make_directory  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    try:
        relay = make_directory(settings, directory)
    except FileNotFoundError as error:
        raise no_ledger_error(settings) from error
    except FileExistsError as error:
        raise Stop(f"In {directory} staat al een grootboek.") from error
    except NotShared as error:
        raise Stop(
            "Twee servers delen een knooppunt en een database: stel KINDPAKKET_NODE_URL en "
            "KINDPAKKET_DATABASE_URL in."
        ) from error
    if as_json:
        return show_json({"data": str(directory), "relay": relay})
    return say(
        f"De datamap voor de tweede server is {directory}. Zijn doorgeefsleutel is {relay}.",
        "Vraagt het netwerk om toegelaten of betalende adressen? Regel dat eerst voor dit adres.",
        f"Start hem met: kindpakket serve --data {directory} --port 8001",
    )
