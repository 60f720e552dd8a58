"""``kindpakket till``: act as a shop's owner and as a till."""

from dataclasses import asdict
from typing import Annotated

import typer

from kindpakket.cli.common import (
    AsJson,
    Data,
    PasswordFile,
    WriteAccess,
    acting,
    reading,
    settings_of,
)
from kindpakket.cli.inputs import read_address, read_name
from kindpakket.cli.keys import describe, make_keystore, open_keystore
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.cli.shops import Number, find
from kindpakket.domain.ids import Address, ShopId
from kindpakket.domain.tables import Column, Table
from kindpakket.protocol.signatures import address_of
from kindpakket.services.payments.till_rights import Rights
from kindpakket.services.shops.books import Till
from kindpakket.services.shops.books import list_tills as tills_of

commands = typer.Typer(no_args_is_help=True, help="Kassa's van een winkel.")

Owner = Annotated[str, typer.Option(help="Sleutelbestand van de eigenaar: de naam of het pad.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="till")


@commands.command("list")
def list_tills(shop: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Toon de kassa's van een winkel."""
    with reading(data) as access:
        find(access, shop)
        tills = tills_of(access.context, ShopId(shop))
    if as_json:
        return show_json([asdict(each) for each in tills])
    table = Table[Till](
        [
            Column("Kassa", lambda each: each.till),
            Column("Naam", lambda each: each.name),
            Column("Stand", lambda each: "aangemeld" if each.active else "geblokkeerd"),
            Column("Mag ook", lambda each: _say_rights(each.rights)),
        ],
        tills,
    )
    return show_table(table, empty="Deze winkel heeft nog geen kassa.")


@commands.command()
def new(
    name: Annotated[str, typer.Argument(help="Hoe het sleutelbestand heet.")] = "kassa",
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak een sleutelbestand voor een kassa."""
    path, key = make_keystore(settings_of(data), name, password_file)
    made = describe(path, key)
    if as_json:
        return show_json(made)
    return say(f"Sleutelbestand: {path}", f"Adres van de kassa: {made['address']}")


@commands.command()
def add(
    shop: Number,
    owner: Owner,
    till: Annotated[str, typer.Option(help="Sleutelbestand van de kassa: de naam of het pad.")],
    name: Annotated[str | None, typer.Option(help="Hoe de kassa heet.")] = None,
    refunds: Annotated[
        bool, typer.Option("--refunds", help="De kassa mag ook andere betalingen terugbetalen.")
    ] = False,
    books: Annotated[
        bool, typer.Option("--books", help="De kassa mag de boekhouding zien.")
    ] = False,
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Meld een kassa aan bij een winkel; eigenaar en kassa tekenen beide.

    Zonder naam of rechten blijft een kassa zoals hij is; een nieuwe mag alleen afrekenen.
    """
    with acting(data) as access:
        find(access, shop)
        owner_key = open_keystore(access.settings, owner, password_file)
        till_key = open_keystore(access.settings, till, password_file)
        nonce = _next_nonce(access, shop)
        rights = {"refunds": refunds, "books": books} if refunds or books else None
        called = name and read_name(name)
        access.api.change_till(
            owner_key, ShopId(shop), till_key, nonce, active=True, name=called, rights=rights
        )
    _tell(shop, address_of(till_key), as_json, active=True)


@commands.command()
def block(
    shop: Number,
    till: Annotated[str, typer.Argument(help="Het adres van de kassa (0x…).")],
    owner: Owner,
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Blokkeer een kassa, bijvoorbeeld als het apparaat kwijt is."""
    address = read_address(till)
    with acting(data) as access:
        find(access, shop)
        key = open_keystore(access.settings, owner, password_file)
        nonce = _next_nonce(access, shop)
        access.api.change_till(key, ShopId(shop), address, nonce, active=False)
    _tell(shop, address, as_json, active=False)


def _say_rights(rights: Rights) -> str:
    words = {"terugbetalen": rights.refunds, "boekhouding zien": rights.books}
    return ", ".join(word for word, may in words.items() if may)


def _next_nonce(access: WriteAccess, shop: int) -> int:
    used: int = access.context.ledger.view("shops", shop)["tillNonce"]
    return max(access.ledger_time, used + 1)


def _tell(shop: int, till: Address, as_json: bool, *, active: bool) -> None:
    if as_json:
        return show_json({"shop": shop, "till": till, "active": active})
    return say(f"Kassa {till} is {'aangemeld' if active else 'geblokkeerd'}.")
