"""``kindpakket payout``: what shops are owed, and the file with which the bank pays it."""

from pathlib import Path
from typing import Annotated

import typer

from kindpakket.cli.common import REFUSED, AsJson, Data, Stop, reading
from kindpakket.cli.decisions import tell_prepared
from kindpakket.cli.inputs import read_euros
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.domain.money import format_euros
from kindpakket.domain.times import dutch_moment, rfc3339
from kindpakket.services.bank_accounts import BankInvalid
from kindpakket.services.pay_out import (
    HOLD_DAYS,
    MINIMUM,
    Line,
    Verdict,
    payer_of,
    prepare_payout,
    preview,
)
from kindpakket.services.payout_files import (
    PayoutFile,
    PayoutRefused,
    State,
    list_payout_files,
    read_payout_file,
    withdraw_payout,
)
from kindpakket.services.private_files import write_new

commands = typer.Typer(no_args_is_help=True, help="Winkels uitbetalen, met een betaalbestand.")

_MOST = 2**32 - 1
"""The highest number that the ledger has for a batch."""

Minimum = Annotated[str, typer.Option(help="Drempelbedrag in euro's: wat minder is, blijft staan.")]
HoldDays = Annotated[
    int, typer.Option(min=0, max=3650, help="Wachttijd: betalingen die jonger zijn, blijven staan.")
]
Batch = Annotated[int, typer.Argument(min=1, max=_MOST, help="Het nummer van de uitbetaling.")]

_MINIMUM = f"{MINIMUM // 100}"
_SHORT = 10
"""Characters of a hash that are shown, as of a decision."""

_VERDICTS = {
    Verdict.PAID: "",
    Verdict.BELOW_ZERO: "staat in de min",
    Verdict.NO_BANK_DETAILS: "geen rekening bekend",
    Verdict.ON_HOLD: "wachttijd",
    Verdict.BELOW_MINIMUM: "onder het drempelbedrag",
}
_STATES = {
    State.WAITS: "wacht op de ambtenaren",
    State.RECORDED: "vastgelegd",
    State.CANCELLED: "ingetrokken",
    State.EXPIRED: "verlopen",
    State.OVERTAKEN: "achterhaald",
    State.WITHDRAWN: "teruggenomen",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="payout")


@commands.command("preview")
def show_preview(
    minimum: Minimum = _MINIMUM,
    hold_days: HoldDays = HOLD_DAYS,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Toon wat elke winkel nu zou krijgen, en waarom een winkel niets krijgt."""
    cents = read_euros(minimum)
    with reading(data) as room:
        lines = preview(room.context, minimum=cents, hold_days=hold_days)
    if as_json:
        return show_json([_line_as_json(each) for each in lines])
    right = ["Te goed", "In wachttijd", "Uit te betalen"]
    rows = [
        {
            "Nr": each.shop,
            "Naam": each.name,
            "Rekening": each.bank.masked if each.bank else "",
            "Te goed": format_euros(each.owed),
            "In wachttijd": format_euros(each.held),
            "Uit te betalen": format_euros(each.amount),
            "Waarom niet": _VERDICTS[each.verdict],
        }
        for each in lines
    ]
    columns = ["Nr", "Naam", "Rekening", *right, "Waarom niet"]
    show_table(rows, columns, empty="Geen winkel heeft iets te goed.", right=right)
    return say(f"Samen: {format_euros(sum(each.amount for each in lines))}.") if rows else None


@commands.command("prepare")
def prepare(
    minimum: Minimum = _MINIMUM,
    hold_days: HoldDays = HOLD_DAYS,
    batch: Annotated[
        int | None, typer.Option(min=1, max=_MOST, help="Een ander nummer dan het volgende.")
    ] = (None),
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Maak het betaalbestand en bereid het besluit voor dat het vastlegt."""
    cents = read_euros(minimum)
    with reading(data) as room:
        try:
            payer = payer_of(room.settings)
            file, prepared = prepare_payout(
                room.context, payer, batch=batch, minimum=cents, hold_days=hold_days
            )
        except BankInvalid as error:
            raise Stop(str(error)) from error
        except PayoutRefused as refused:
            raise Stop(str(refused), REFUSED) from refused
        then = (
            "Is het vastgelegd? Dan is dit het bestand voor de bank:",
            f"  kindpakket payout file {file.batch} --out BESTAND",
        )
        more = {"batch": file.batch, "sha256": file.sha256, "amount": file.amount}
        tell_prepared(room, prepared, as_json, last=then, more=more)


@commands.command("list")
def list_payouts(data: Data = None, as_json: AsJson = False) -> None:
    """Toon de betaalbestanden, en hoe ver ze zijn."""
    with reading(data) as room:
        files = list_payout_files(room.context)
    if as_json:
        return show_json([_file_as_json(each) for each in files])
    right = ["Winkels", "Bedrag"]
    rows = [
        {
            "Nr": each.batch,
            "Gemaakt": dutch_moment(each.created_at),
            "Winkels": each.shops,
            "Bedrag": format_euros(each.amount),
            "Stand": _STATES[each.state],
            "Besluit": each.decision[:_SHORT],
            "Controlegetal": each.sha256[:_SHORT],
        }
        for each in files
    ]
    columns = ["Nr", "Gemaakt", *right, "Stand", "Besluit", "Controlegetal"]
    return show_table(rows, columns, empty="Er is nog niets uitbetaald.", right=right)


@commands.command("file")
def write_file(
    batch: Batch,
    out: Annotated[Path, typer.Option(help="Een nieuw bestand, als uitbetaling-3.xml.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Geef het betaalbestand voor de bank, als het grootboek het heeft vastgelegd."""
    with reading(data) as room:
        try:
            content = read_payout_file(room.context, batch)
            write_new(out, content)
        except PayoutRefused as refused:
            raise Stop(str(refused), REFUSED) from refused
        except FileExistsError as error:
            raise Stop(f"Er is al een bestand {out}.") from error
        except FileNotFoundError as error:
            raise Stop(f"De map waarin {out} moet komen, bestaat niet.") from error
    if as_json:
        return show_json({"batch": batch, "file": str(out), "bytes": len(content)})
    return say(
        f"Het betaalbestand van uitbetaling {batch} is {out}.",
        "Geef het één keer aan de bank. Er staan namen en rekeningen in: gooi het daarna weg.",
    )


@commands.command("withdraw")
def withdraw(batch: Batch, data: Data = None, as_json: AsJson = False) -> None:
    """Neem een uitbetaling terug waarvan het besluit is ingetrokken of verlopen."""
    with reading(data) as room:
        try:
            withdraw_payout(room.context, batch)
        except PayoutRefused as refused:
            raise Stop(str(refused), REFUSED) from refused
    if as_json:
        return show_json({"batch": batch, "state": State.WITHDRAWN})
    return say(f"Uitbetaling {batch} is teruggenomen; dat nummer is weer vrij.")


def _line_as_json(line: Line) -> dict[str, object]:
    return {
        "shop": line.shop,
        "name": line.name,
        "iban": line.bank and line.bank.masked,
        "owed": line.owed,
        "held": line.held,
        "amount": line.amount,
        "verdict": line.verdict,
    }


def _file_as_json(file: PayoutFile) -> dict[str, object]:
    return {
        "batch": file.batch,
        "sha256": file.sha256,
        "createdAt": rfc3339(file.created_at),
        "decision": file.decision,
        "shops": file.shops,
        "amount": file.amount,
        "state": file.state,
    }
