"""``kindpakket backup``: copy the data directory, also while a server uses it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kindpakket.cli.common import REFUSED, AsJson, Data, Stop, no_ledger_error, settings_of
from kindpakket.cli.output import say, show_json
from kindpakket.cli.trouble import explain
from kindpakket.settings import Settings
from kindpakket.store.database import StoreUnavailable

if TYPE_CHECKING:
    from kindpakket.backup import Backup


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("backup")(make_backup)


def make_backup(
    target: Annotated[
        Path, typer.Argument(metavar="MAP", help="Waar de kopie komt: een nieuwe of lege map.")
    ],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak een kopie van de datamap, ook terwijl de server draait.

    De kopie bevat ook de doorgeefsleutel en de sleutelbestanden: bewaar haar even veilig.
    """
    settings = settings_of(data)
    made = copied(settings, target)
    if as_json:
        return show_json({"target": str(target), "block": made.block, "database": made.database})
    ledger = "" if made.block is None else f"het grootboek tot en met blok {made.block}, "
    say(
        f"De kopie staat in {target}, met {ledger}de doorgeefsleutel en de sleutelbestanden;"
        " laat nooit twee servers op kopieën van één keten draaien."
    )
    if made.block is None:
        say("LET OP: de keten staat op een ander knooppunt en zit niet in de kopie.")
    if not made.database:
        say("LET OP: kopieer de database apart, met de middelen van die database.")
    return None


def copied(settings: Settings, target: Path) -> "Backup":
    """Copy a data directory.

    Raises:
        Stop: it cannot be copied, and nothing is left in the target.
    """
    from kindpakket.backup import backup  # noqa: PLC0415 (brings an EVM)

    try:
        return backup(settings, target)
    except FileExistsError as error:
        raise Stop(f"In {target} staat al iets; kies een nieuwe of lege map.") from error
    except FileNotFoundError as error:
        raise no_ledger_error(settings) from error
    except ValueError as error:
        raise Stop("De kopie kan niet in de datamap zelf komen; kies een andere map.") from error
    except (StoreUnavailable, OSError) as error:
        message = f"De kopie is niet gemaakt, en er is niets achtergebleven. {explain(error)}"
        raise Stop(message, REFUSED) from error
