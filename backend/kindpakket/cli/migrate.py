"""``kindpakket migrate``: bring the database of a data directory up to this version."""

import time
from pathlib import Path
from typing import Annotated

import typer

from kindpakket.cli.backup import copied
from kindpakket.cli.common import (
    REFUSED,
    AsJson,
    Data,
    Stop,
    no_ledger_error,
    settings_of,
)
from kindpakket.cli.output import say, show_json
from kindpakket.settings import Settings
from kindpakket.store.database import missing_migrations


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(migrate)


def migrate(
    copy: Annotated[
        Path | None,
        typer.Option(metavar="MAP", help="Waar de kopie komt; anders naast de datamap."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Toon alleen wat er zou gebeuren.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Werk de database bij naar deze versie, nadat er een kopie van alles is gemaakt.

    Stop eerst elke server die deze database gebruikt.
    """
    from kindpakket.ledger.embedded import ChainInUse  # noqa: PLC0415 (brings an EVM)
    from kindpakket.store_access import has_database, open_store, store_url  # noqa: PLC0415
    from kindpakket.workspace import alone  # noqa: PLC0415

    settings = settings_of(data)
    target = _target(settings) if copy is None else copy
    try:
        with alone(settings):
            if not has_database(settings):
                raise Stop(f"In {settings.data} is geen database. Zet een kopie terug.", REFUSED)
            missing = missing_migrations(store_url(settings))
            if not as_json:
                _tell([f"  {each.revision}  {each.in_dutch}" for each in missing])
            doing = bool(missing) and not check
            if doing:
                copied(settings, target)
                open_store(settings, migrate=True).close()
    except FileNotFoundError as error:
        raise no_ledger_error(settings) from error
    except ChainInUse as error:
        raise Stop(f"Een server of opdracht gebruikt {settings.data}; stop die eerst.") from error
    if as_json:
        revisions = [each.revision for each in missing]
        return show_json({"migrations": revisions, "copy": str(target) if doing else None})
    if doing:
        say(f"De database is bijgewerkt. Een kopie van ervoor staat in {target}.")
    return None


def _target(settings: Settings) -> Path:
    """A new directory beside the data directory."""
    data = settings.data.resolve()
    return data.with_name(f"{data.name}-voor-migratie-{time.strftime('%Y%m%d-%H%M%S')}")


def _tell(steps: list[str]) -> None:
    if not steps:
        return say("De database is al van deze versie.")
    return say("De database krijgt, in deze volgorde:", *steps)
