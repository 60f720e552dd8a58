"""``kindpakket till``: what a shop's owner and a till do on their own devices."""

from typing import Annotated

import typer
from sqlalchemy import select

from kindpakket.cli.common import Acting, AsJson, Data, PasswordFile, acting, reading, settings_of
from kindpakket.cli.inputs import read_address
from kindpakket.cli.keys import describe, make_keystore, open_keystore
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.cli.shops import Number, find
from kindpakket.domain.ids import Address, ShopId
from kindpakket.protocol.signatures import address_of
from kindpakket.store import tables as t

commands = typer.Typer(no_args_is_help=True, help="Kassa's van een winkel.")

Owner = Annotated[str, typer.Option(help="Sleutelbestand van de eigenaar: de naam of het pad.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="till")


@commands.command("list")
def list_tills(shop: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Toon de kassa's van een winkel."""
    with reading(data) as room:
        find(room, shop)
        with room.context.store.read() as db:
            found = db.execute(select(t.tills).where(t.tills.c.shop == shop)).all()
    rows = [{"till": row.till, "active": row.active} for row in found]
    if as_json:
        return show_json(rows)
    shown = [
        {"Kassa": row["till"], "Stand": "aangemeld" if row["active"] else "geblokkeerd"}
        for row in rows
    ]
    return show_table(shown, ["Kassa", "Stand"], empty="Deze winkel heeft nog geen kassa.")


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
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Meld een kassa aan bij een winkel; eigenaar en kassa tekenen beide."""
    with acting(data) as room:
        find(room, shop)
        owner_key = open_keystore(room.settings, owner, password_file)
        till_key = open_keystore(room.settings, till, password_file)
        nonce = _next_nonce(room, shop)
        room.api.change_till(owner_key, ShopId(shop), till_key, nonce, active=True)
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
    with acting(data) as room:
        find(room, shop)
        key = open_keystore(room.settings, owner, password_file)
        nonce = _next_nonce(room, shop)
        room.api.change_till(key, ShopId(shop), address, nonce, active=False)
    _tell(shop, address, as_json, active=False)


def _next_nonce(room: Acting, shop: int) -> int:
    used: int = room.context.ledger.view("shops", shop)["tillNonce"]
    return max(room.ledger_time, used + 1)


def _tell(shop: int, till: Address, as_json: bool, *, active: bool) -> None:
    if as_json:
        return show_json({"shop": shop, "till": till, "active": active})
    return say(f"Kassa {till} is {'aangemeld' if active else 'geblokkeerd'}.")
