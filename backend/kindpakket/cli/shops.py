"""``kindpakket shop``: invite a shop, admit it, suspend it, end it; where it is paid."""

from dataclasses import asdict
from typing import Annotated

import typer

from kindpakket.cli.common import AsJson, Data, PasswordFile, ReadAccess, Stop, acting, reading
from kindpakket.cli.decisions import prepare_and_tell
from kindpakket.cli.inputs import read_address, read_categories, read_location, read_name
from kindpakket.cli.keys import open_keystore
from kindpakket.cli.output import draw_qr, say, show_json, show_table
from kindpakket.domain.categories import names_of
from kindpakket.domain.ids import ShopId
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import dutch_moment, rfc3339
from kindpakket.protocol.enrolment import owner_code
from kindpakket.services.shops.admission import OwnerUnknown, admission, ending, suspension
from kindpakket.services.shops.bank_accounts import (
    BankInvalid,
    newest_nonce,
    read_holder,
    read_iban,
)
from kindpakket.services.shops.enrol import Enrolment, invite_owner, list_enrolments
from kindpakket.services.shops.register import (
    ShopDetails,
    ShopFile,
    Stage,
    find_shop_file,
    invite,
    list_shop_files,
)

commands = typer.Typer(no_args_is_help=True, help="Winkels: uitnodigen, toelaten, schorsen.")

Number = Annotated[int, typer.Argument(help="Het nummer van de winkel.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="shop")


@commands.command("list")
def list_shops(data: Data = None, as_json: AsJson = False) -> None:
    """Toon de winkels: uitgenodigd, toegelaten en geschorst."""
    with reading(data) as access:
        files = list_shop_files(access.context)
    if as_json:
        return show_json(
            [
                {
                    "id": shop.id,
                    "name": shop.name,
                    "address": shop.address,
                    "location": shop.details.location and asdict(shop.details.location),
                    "owner": shop.owner,
                    "enrolled": shop.enrolled,
                    "categories": names_of(shop.categories),
                    "known": shop.known,
                    "admitted": shop.admitted,
                    "suspended": shop.suspended,
                    "owed": shop.owed,
                    "settled": shop.settled,
                }
                for shop in files
            ]
        )
    table = Table[ShopFile](
        [
            Column("Nr", lambda shop: shop.id),
            Column("Naam", lambda shop: shop.name),
            Column("Adres", lambda shop: shop.address),
            Column("Categorieën", lambda shop: ", ".join(names_of(shop.categories))),
            Column("Stand", _state),
            Column("Te goed", lambda shop: shop.owed, Unit.CENTS),
            Column("Uitbetaald", lambda shop: shop.settled, Unit.CENTS),
        ],
        files,
    )
    return show_table(table, empty="Er zijn nog geen winkels.")


@commands.command("invite")
def invite_shop(
    name: Annotated[str, typer.Argument(help="Hoe de winkel heet.")],
    address: Annotated[str, typer.Argument(help="Straat, nummer en plaats.")],
    categories: Annotated[str, typer.Option(help="Wat voor winkel, met komma's.")],
    owner: Annotated[
        str | None,
        typer.Option(help="Adres van de sleutel van de eigenaar, als die er al is."),
    ] = None,
    location: Annotated[
        str | None,
        typer.Option(help="Waar de winkel is: breedte en lengte, zoals 53.247,6.402."),
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Schrijf een winkel in en nodig de eigenaar uit, met een link. Toelaten komt daarna."""
    called, place, bits = read_name(name), read_name(address), read_categories(categories)
    if not bits:
        raise Stop("Noem minstens één categorie.")
    where = None if location is None else read_location(location)
    holder = None if owner is None else read_address(owner)
    with reading(data) as access:
        shop = invite(access.context, ShopDetails(called, place, where), holder, bits)
        if holder is None:
            return _invite_owner(access, shop, called, as_json)
    if as_json:
        return show_json({"id": shop, "owner": holder})
    return say(
        f"{called} is ingeschreven als winkel {shop}. Sleutel van de eigenaar: {holder}.",
        f"De gemeente laat toe met: kindpakket shop admit {shop}",
    )


@commands.command("invite-again")
def invite_again(shop: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Nodig de eigenaar opnieuw uit, bijvoorbeeld als het apparaat kwijt is.

    Een eerdere uitnodiging vervalt. De huidige eigenaar blijft tot twee ambtenaren de nieuwe
    toelaten.
    """
    with reading(data) as access:
        file = _registered(access, shop)
        _invite_owner(access, file.id, file.name, as_json)


@commands.command()
def enrolments(data: Data = None, as_json: AsJson = False) -> None:
    """Toon de uitnodigingen, wie zich ermee aanmeldde, en de eigenaarscode om te vergelijken."""
    with reading(data) as access:
        found = list_enrolments(access.context)
        now = access.now
    if as_json:
        return show_json(
            [
                {
                    "id": each.shop,
                    "name": each.name,
                    "expiresAt": rfc3339(each.expires_at),
                    "owner": each.owner,
                    "ownerCode": each.owner_code,
                    "usedAt": None if each.used_at is None else rfc3339(each.used_at),
                    "waits": each.waits,
                }
                for each in found
            ]
        )
    table = Table[Enrolment](
        [
            Column("Nr", lambda each: each.shop),
            Column("Naam", lambda each: each.name),
            Column("Stand", lambda each: _standing(each, now)),
            Column("Eigenaarscode", lambda each: each.owner_code),
        ],
        found,
    )
    return show_table(table, empty="Er is nog geen uitnodiging.")


@commands.command()
def admit(
    shop: Number,
    categories: Annotated[
        str | None, typer.Option(help="Andere categorieën dan nu, met komma's.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bereid het besluit voor dat een winkel mag meedoen, met wie zich als eigenaar aanmeldde."""
    with reading(data) as access:
        file = _registered(access, shop)
        bits = None if categories is None else read_categories(categories)
        try:
            call = admission(file, bits)
        except OwnerUnknown as error:
            reason = f"De eigenaar van winkel {shop} heeft de uitnodiging nog niet gebruikt."
            raise Stop(reason) from error
        first = () if file.known and file.enrolled is None else _compare(file)
        prepare_and_tell(access, as_json, call, first)


@commands.command()
def suspend(shop: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Bereid voor dat een winkel is geschorst: één ambtenaar is genoeg, en niemand betaalt er."""
    with reading(data) as access:
        prepare_and_tell(access, as_json, suspension(find(access, shop)))


@commands.command()
def reinstate(shop: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Bereid het besluit voor dat de schorsing van een winkel eindigt."""
    with reading(data) as access:
        prepare_and_tell(access, as_json, suspension(find(access, shop), suspended=False))


@commands.command()
def end(shop: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Bereid het besluit voor dat een winkel niet meer meedoet."""
    with reading(data) as access:
        prepare_and_tell(access, as_json, ending(find(access, shop)))


@commands.command()
def bank(
    shop: Number,
    iban: Annotated[str, typer.Option(help="Het rekeningnummer.")],
    holder: Annotated[str, typer.Option(help="Op wiens naam de rekening staat.")],
    owner: Annotated[str, typer.Option(help="Sleutelbestand van de eigenaar: naam of pad.")],
    password_file: PasswordFile = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Laat de eigenaar tekenen op welke rekening een winkel wordt uitbetaald."""
    try:
        account, name = read_iban(iban), read_holder(holder)
    except BankInvalid as error:
        raise Stop(str(error)) from error
    with acting(data) as access:
        file = find(access, shop)
        key = open_keystore(access.settings, owner, password_file)
        nonce = max(access.now, newest_nonce(access.context, file.id) + 1)
        answer = access.api.set_account(key, file.id, account, name, nonce)
    if as_json:
        return show_json({"id": file.id, "name": file.name} | answer)
    return say(f"{file.name} (winkel {shop}) wordt uitbetaald op {answer['iban']}.")


def find(access: ReadAccess, shop: int) -> ShopFile:
    """Return a shop.

    Raises:
        Stop: there is no such shop, or its owner's key is unknown.
    """
    file = _registered(access, shop)
    if file.owner is None:
        raise Stop(f"Van winkel {shop} is de sleutel van de eigenaar niet bekend.")
    return file


def _registered(access: ReadAccess, shop: int) -> ShopFile:
    file = find_shop_file(access.context, shop)
    if file is None:
        raise Stop(f"Er is geen winkel {shop}.")
    return file


def _invite_owner(access: ReadAccess, shop: ShopId, name: str, as_json: bool) -> None:
    """Create an invitation and print it; it cannot be shown again."""
    made, expires_at = invite_owner(access.context, shop)
    link = made.link(access.settings.app_address)
    if as_json:
        return show_json({"id": shop, "link": link, "expiresAt": rfc3339(expires_at)})
    say(
        f"{name} is winkel {shop}.",
        "Geef deze link of QR-code aan de eigenaar, en aan niemand anders:",
        link,
    )
    draw_qr(link)
    return say(
        f"Hij werkt één keer, tot en met {dutch_moment(expires_at)}.",
        "Is hij gebruikt? Vergelijk dan de eigenaarscode en laat de winkel toe:",
        "  kindpakket shop enrolments",
        f"  kindpakket shop admit {shop}",
    )


def _compare(shop: ShopFile) -> tuple[str, ...]:
    return (
        f"Eigenaarscode: {shop.candidate and owner_code(shop.id, shop.candidate)}",
        "Vergelijk die met de code op het apparaat van de eigenaar, telefonisch of aan het loket,",
        "voordat u tekent. Is hij anders? Teken dan niet, en nodig opnieuw uit.",
    )


def _standing(enrolment: Enrolment, now: int) -> str:
    if enrolment.used_at is not None:
        if enrolment.waits:
            return f"aangemeld op {dutch_moment(enrolment.used_at)}; wacht op het besluit"
        return "besloten"
    if enrolment.expires_at < now:
        return "verlopen"
    return f"uitgenodigd, tot en met {dutch_moment(enrolment.expires_at)}"


def _state(shop: ShopFile) -> str:
    return {
        Stage.ADMITTED: "toegelaten",
        Stage.SUSPENDED: "geschorst",
        Stage.ENDED: "niet toegelaten",
    }.get(shop.stage, "uitgenodigd")
