"""``kindpakket shop``: invite a shop, admit it, suspend it."""

from typing import Annotated

import typer

from kindpakket.cli.common import AsJson, Data, PasswordFile, Reading, Stop, reading
from kindpakket.cli.decisions import prepare_and_say
from kindpakket.cli.inputs import read_address, read_categories, read_name
from kindpakket.cli.keys import make_keystore
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.domain.categories import names_of
from kindpakket.domain.money import format_euros
from kindpakket.protocol.signatures import address_of
from kindpakket.services.shop_files import ShopFile, find_shop_file, invite, list_shop_files

commands = typer.Typer(no_args_is_help=True, help="Winkels: uitnodigen, toelaten, schorsen.")

Number = Annotated[int, typer.Argument(help="Het nummer van de winkel.")]

_RIGHT = ["Te goed", "Uitbetaald"]
_COLUMNS = ["Nr", "Naam", "Adres", "Categorieën", "Stand", *_RIGHT]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="shop")


@commands.command("list")
def list_shops(data: Data = None, as_json: AsJson = False) -> None:
    """Toon de winkels: uitgenodigd, toegelaten en geschorst."""
    with reading(data) as room:
        files = list_shop_files(room.context)
    if as_json:
        return show_json(
            [
                {
                    "id": shop.id,
                    "name": shop.name,
                    "address": shop.address,
                    "owner": shop.owner,
                    "categories": names_of(shop.categories),
                    "known": shop.known,
                    "admitted": shop.admitted,
                    "owed": shop.owed,
                    "settled": shop.settled,
                }
                for shop in files
            ]
        )
    rows = [
        {
            "Nr": shop.id,
            "Naam": shop.name,
            "Adres": shop.address,
            "Categorieën": ", ".join(names_of(shop.categories)),
            "Stand": _state(shop),
            "Te goed": format_euros(shop.owed),
            "Uitbetaald": format_euros(shop.settled),
        }
        for shop in files
    ]
    return show_table(rows, _COLUMNS, right=_RIGHT, empty="Er zijn nog geen winkels.")


@commands.command("invite")
def invite_shop(
    name: Annotated[str, typer.Argument(help="Hoe de winkel heet.")],
    address: Annotated[str, typer.Argument(help="Straat, nummer en plaats.")],
    categories: Annotated[str, typer.Option(help="Wat voor winkel, met komma's.")],
    owner: Annotated[
        str | None,
        typer.Option(help="Adres van de sleutel van de eigenaar; anders maken we er een."),
    ] = None,
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Schrijf een winkel in en zeg wat de winkel moet doen. Toelaten komt daarna."""
    called, place, bits = read_name(name), read_name(address), read_categories(categories)
    if not bits:
        raise Stop("Noem minstens één categorie.")
    with reading(data) as room:
        kept = None
        if owner is None:
            kept, key = make_keystore(room.settings, f"eigenaar {called}", password_file)
            holder = address_of(key)
        else:
            holder = read_address(owner)
        shop = invite(room.context, called, place, holder, bits)
    answer = {"id": shop, "owner": holder, "keystore": None if kept is None else str(kept)}
    if as_json:
        return show_json(answer)
    say(f"{called} is ingeschreven als winkel {shop}. Sleutel van de eigenaar: {holder}.")
    if kept is not None:
        say(f"Geef dit sleutelbestand aan de eigenaar: {kept}")
    return say(
        "De winkel doet dit, op eigen apparaten:",
        f"  1. kindpakket till new kassa-{shop}",
        f"  2. na de toelating: kindpakket till add {shop} --owner SLEUTEL --till kassa-{shop}",
        f"De gemeente laat toe met: kindpakket shop admit {shop}",
    )


@commands.command()
def admit(
    shop: Number,
    categories: Annotated[
        str | None, typer.Option(help="Andere categorieën dan nu, met komma's.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bereid het besluit voor dat een winkel mag meedoen."""
    with reading(data) as room:
        file = find(room, shop)
        bits = file.categories if categories is None else read_categories(categories)
        prepare_and_say(room, as_json, "setShop", shop, bits, file.owner, True)


@commands.command()
def suspend(shop: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Bereid het besluit voor dat een winkel niet meer mag meedoen."""
    with reading(data) as room:
        file = find(room, shop)
        prepare_and_say(room, as_json, "setShop", shop, file.categories, file.owner, False)


def find(room: Reading, shop: int) -> ShopFile:
    """Return a shop.

    Raises:
        Stop: there is no such shop, or nobody knows its owner's key.
    """
    file = find_shop_file(room.context, shop)
    if file is None:
        raise Stop(f"Er is geen winkel {shop}.")
    if file.owner is None:
        raise Stop(f"Van winkel {shop} is de sleutel van de eigenaar niet bekend.")
    return file


def _state(shop: ShopFile) -> str:
    if not shop.known:
        return "uitgenodigd"
    return "toegelaten" if shop.admitted else "niet toegelaten"
