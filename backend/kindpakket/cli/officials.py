"""``kindpakket official``: officials and their capacities."""

from typing import Annotated, Any

import typer
from sqlalchemy import select

from kindpakket.cli.common import (
    REFUSED,
    AsJson,
    Data,
    PasswordFile,
    ReadAccess,
    Stop,
    reading,
    settings_of,
)
from kindpakket.cli.decisions import prepare_and_say, tell_prepared
from kindpakket.cli.inputs import (
    read_address,
    read_capacities,
    read_key,
    read_name,
    read_secret_text,
)
from kindpakket.cli.keys import describe, make_keystore
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.domain import capacities
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address
from kindpakket.domain.tables import Column, Table
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.keyring import new_key
from kindpakket.services.base.names import name_official, read_names
from kindpakket.services.decisions.describe import say_capacities
from kindpakket.services.decisions.invitations import is_name_taken
from kindpakket.services.decisions.officials import official_call
from kindpakket.services.decisions.prepare import Prepared, prepare
from kindpakket.store import tables as t

commands = typer.Typer(no_args_is_help=True, help="Ambtenaren en hun bevoegdheden.")

OfficialAddress = Annotated[str, typer.Argument(help="Het adres van de sleutel (0x…).")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="official")


@commands.command("list")
def list_officials(data: Data = None, as_json: AsJson = False) -> None:
    """Toon de ambtenaren met hun bevoegdheden."""
    with reading(data) as access:
        called = read_names(access.context).officials
        with access.context.read_views() as db:
            held = db.execute(select(t.officials).where(t.officials.c.capacities > 0)).all()
    if as_json:
        return show_json(
            [
                {
                    "official": each.official,
                    "name": called.get(each.official, ""),
                    "code": official_code(each.official),
                    "capacities": capacities.names(each.capacities),
                }
                for each in held
            ]
        )
    table = Table[Any](
        [
            Column("Naam", lambda each: called.get(each.official)),
            Column("Code", lambda each: official_code(each.official)),
            Column("Adres", lambda each: each.official),
            Column("Bevoegdheden", lambda each: say_capacities(each.capacities)),
        ],
        held,
    )
    return show_table(table, empty="Er zijn geen ambtenaren.")


@commands.command()
def new(
    name: Annotated[str, typer.Argument(help="Hoe de ambtenaar heet.")],
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak een sleutelbestand voor een ambtenaar, op diens eigen apparaat."""
    path, key = make_keystore(settings_of(data), read_name(name), password_file)
    made = describe(path, key)
    if as_json:
        return show_json(made)
    return say(
        f"Sleutelbestand: {path}",
        f"Adres: {made['address']}",
        "Laat twee ambtenaren dit adres toelaten: kindpakket official add "
        f"{made['address']} --name NAAM --capacity Regels,Winkels",
    )


@commands.command("from-paper")
def from_paper(
    name: Annotated[str, typer.Argument(help="Hoe het sleutelbestand heet.")],
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak een sleutelbestand van een sleutel op papier, zoals die uit de kluis.

    De sleutel wordt gevraagd, of gelezen uit een pijp.
    """
    key = read_key(read_secret_text(None, "De sleutel (0x…)", hide=True))
    path, _ = make_keystore(settings_of(data), read_name(name), password_file, key)
    if as_json:
        return show_json(describe(path, key))
    return say(f"Sleutelbestand: {path}", "Wis het als u klaar bent.")


@commands.command("new-safe")
def new_safe(
    name: Annotated[str, typer.Argument(help="Hoe de sleutel heet.")] = "Nieuwe kluis",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak een andere sleutel voor in de kluis en bereid het besluit voor dat hij geldt.

    De sleutel wordt één keer getoond en nergens bewaard.
    """
    key = new_key()
    with reading(data) as access:
        made = _prepare(access, address_of(key), read_name(name), Capacity.OFFICIALS)
        paper = [
            "VOOR IN DE KLUIS. Deze sleutel wordt alleen nu getoond. Schrijf hem over en wis dit",
            f"scherm.  0x{key.hex()}",
        ]
        tell_prepared(access, made, as_json, last=paper, more={"key": "0x" + key.hex()})


@commands.command()
def add(
    address: OfficialAddress,
    name: Annotated[str, typer.Option(help="Hoe de ambtenaar heet.")],
    capacity: Annotated[
        str, typer.Option(help="Bevoegdheden, met komma's: Regels, Winkels, Budget, Toekennen, …")
    ],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bereid het besluit voor dat een ambtenaar deze bevoegdheden heeft, en geen andere."""
    official, held = read_address(address), read_capacities(capacity)
    with reading(data) as access:
        made = _prepare(access, official, read_name(name), Capacity(held))
        tell_prepared(access, made, as_json)


@commands.command()
def remove(address: OfficialAddress, data: Data = None, as_json: AsJson = False) -> None:
    """Bereid het besluit voor dat iemand geen bevoegdheden meer heeft."""
    with reading(data) as access:
        prepare_and_say(access, as_json, "setOfficial", read_address(address), 0)


def _prepare(access: ReadAccess, official: Address, name: str, held: Capacity) -> Prepared:
    """Prepare the decision that a named official has capacities.

    Raises:
        Stop: another has this name, or the decision waits with another name.
    """
    if is_name_taken(access.context, name, official):
        raise Stop("Er is al een ambtenaar of uitnodiging met deze naam.", REFUSED)
    made = prepare(access.context, official_call(official, held))
    kept = name_official(access.context.store, official, name, made.id)
    if kept != name:
        raise Stop(f"Dit besluit wacht al, met de naam {kept}. Trek het eerst in.", REFUSED)
    return made
