"""``kindpakket init``: create a ledger and its first three officials."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Annotated

import typer

from kindpakket.cli.common import (
    AsJson,
    Data,
    PasswordFile,
    Stop,
    acting,
    settings_of,
)
from kindpakket.cli.inputs import read_name
from kindpakket.cli.keys import describe, make_keystore
from kindpakket.cli.output import say, show_json
from kindpakket.domain import capacities
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.categories import table_sha256
from kindpakket.domain.ids import Address
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.keyring import new_key
from kindpakket.services.base.names import name_founder, same_name
from kindpakket.settings import Settings

_SAFE = "Kluis"
_DEFAULT = ["Ambtenaar 1", "Ambtenaar 2"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(init)


def init(
    official: Annotated[
        list[str] | None, typer.Option(help="Naam van een ambtenaar; geef deze optie twee keer.")
    ] = None,
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Begin: maak een datamap, een grootboek en de eerste drie sleutels van ambtenaren.

    Twee ambtenaren krijgen alle bevoegdheden en een versleuteld sleutelbestand. De derde sleutel
    is voor in de kluis: die wordt één keer getoond en nergens bewaard.
    """
    names = _read_names(official or _DEFAULT)
    settings = settings_of(data)
    safe = new_key()
    with _all_or_nothing(settings):
        kept = _found(settings, names, safe, password_file)
        keys = [key for _, key in kept]
        with acting(data) as access:
            for name, key in zip([*names, _SAFE], [*keys, safe], strict=True):
                name_founder(access.context.store, address_of(key), name)
            access.api.decide(keys, access.ledger_time, "setCategories", table_sha256())
            contract = access.api.domain.contract
    answer = {
        "data": str(settings.data),
        "contract": contract,
        "officials": [
            {"name": name, **describe(path, key)}
            for name, (path, key) in zip(names, kept, strict=True)
        ],
        "safe": {"address": address_of(safe), "key": "0x" + safe.hex()},
    }
    if as_json:
        return show_json(answer)
    say(f"Het grootboek staat in {settings.data}; het contract is {contract}.", "")
    for name, (path, key) in zip(names, kept, strict=True):
        say(f"{name}: {address_of(key)}", f"  {path}")
    return say(
        "",
        "Breng elk sleutelbestand naar het apparaat van de ambtenaar zelf.",
        "",
        "VOOR IN DE KLUIS. Deze sleutel wordt alleen nu getoond en nergens bewaard. Schrijf hem",
        "over, leg hem in de kluis en wis dit scherm. Hij kan alleen ambtenaren aanwijzen.",
        f"  0x{safe.hex()}",
    )


def _read_names(official: list[str]) -> list[str]:
    names = [read_name(name) for name in official]
    if len(names) != 2:
        raise Stop("Geef de namen van precies twee ambtenaren.")
    if any(same_name(*pair) for pair in combinations([*names, _SAFE], 2)):
        raise Stop("Geef twee namen die van elkaar en van ‘Kluis’ verschillen.")
    return names


def _found(
    settings: Settings, names: list[str], safe: Key, password_file: Path | None
) -> list[tuple[Path, Key]]:
    """Create keystores, a chain and a database."""
    from kindpakket.workspace import Workspace  # noqa: PLC0415 (brings an EVM)

    kept = [make_keystore(settings, name, password_file) for name in names]
    officials: dict[Address, int] = {address_of(key): capacities.ALL for _, key in kept}
    officials[address_of(safe)] = Capacity.OFFICIALS
    Workspace.create(settings, officials).close()
    return kept


@contextmanager
def _all_or_nothing(settings: Settings) -> Iterator[None]:
    """On an error, remove every new file; existing files are kept.

    Raises:
        Stop: the data directory already has a ledger.
    """
    data = settings.data
    new_directory, before = not data.exists(), set(data.rglob("*"))
    try:
        yield
    except BaseException as error:
        # The deepest first, so that directories are empty before they are removed.
        for path in sorted(set(data.rglob("*")) - before, reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        if new_directory and data.exists():
            data.rmdir()
        if isinstance(error, FileExistsError):
            raise Stop(f"In {data} staat al een grootboek.") from error
        raise
