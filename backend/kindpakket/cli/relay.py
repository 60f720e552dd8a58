"""``kindpakket relay``: the key with which the server pays for transactions."""

import typer

from kindpakket.cli.common import REFUSED, AsJson, Data, Stop, no_ledger_error, settings_of
from kindpakket.cli.output import say, show_json

commands = typer.Typer(no_args_is_help=True, help="De doorgeefsleutel van de server.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="relay")


@commands.command()
def new(data: Data = None, as_json: AsJson = False) -> None:
    """Maak een doorgeefsleutel: de eerste, of de volgende.

    Op een netwerk moet het adres bekend zijn voordat de sleutel wordt gebruikt.
    """
    from kindpakket.relay_key import make_relay_key  # noqa: PLC0415 (brings an EVM)
    from kindpakket.workspace import CONTRACT  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    address = make_relay_key(settings)
    first = not (settings.data / CONTRACT).exists()
    if as_json:
        return show_json({"address": address, "first": first})
    say(f"De {'eerste' if first else 'volgende'} doorgeefsleutel: {address}")
    if not first:
        say("Hij geldt nog niet. Stop de server en geef: kindpakket relay use")
    return None


@commands.command()
def use(data: Data = None, as_json: AsJson = False) -> None:
    """Neem de volgende doorgeefsleutel in gebruik, terwijl de server stilstaat."""
    from kindpakket.ledger.embedded import ChainInUse  # noqa: PLC0415 (brings an EVM)
    from kindpakket.relay_key import ActsPending, use_next_key  # noqa: PLC0415 (brings an EVM)
    from kindpakket.workspace import CONTRACT  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    if not (settings.data / CONTRACT).exists():
        raise no_ledger_error(settings)
    try:
        address = use_next_key(settings)
    except FileNotFoundError as error:
        raise Stop("Er is geen volgende sleutel; begin met: kindpakket relay new") from error
    except ChainInUse as error:
        raise Stop(f"Stop eerst de server of de opdracht op {settings.data}.", REFUSED) from error
    except ActsPending as error:
        message = (
            "Er is nog iets onderweg naar het grootboek; laat de server draaien tot dat er is."
        )
        raise Stop(message, REFUSED) from error
    if as_json:
        return show_json({"address": address})
    return say(f"De doorgeefsleutel is nu die van {address}. Start de server weer.")
