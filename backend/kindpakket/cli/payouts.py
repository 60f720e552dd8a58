"""``kindpakket payout``: preview, prepare and list payouts; payment files for the bank."""

from pathlib import Path
from typing import Annotated

import typer

from kindpakket.cli.common import REFUSED, AsJson, Data, Stop, reading
from kindpakket.cli.decisions import tell_prepared
from kindpakket.cli.inputs import read_euros
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.domain.money import format_euros
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import dutch_moment, midnight, rfc3339
from kindpakket.services.base.names import read_names
from kindpakket.services.base.private_files import write_new
from kindpakket.services.payouts.give_file import give_payment_file, list_payment_files
from kindpakket.services.payouts.lists import (
    PayoutRefused,
    PreparedPayout,
    State,
    find_payout,
    list_payouts,
    say_state,
    withdraw_payout,
)
from kindpakket.services.payouts.marks import MarkedLine, say_mark, say_signers
from kindpakket.services.payouts.prepare import (
    HOLD_DAYS,
    MINIMUM_PAYOUT,
    PreviewLine,
    Verdict,
    amount_columns,
    payer_of,
    prepare_payout,
    preview,
)
from kindpakket.services.payouts.review import review
from kindpakket.services.shops.bank_accounts import BankInvalid, mask

commands = typer.Typer(no_args_is_help=True, help="Winkels uitbetalen, met een betaalbestand.")

_MOST = 2**32 - 1
"""The maximum of a batch number on the ledger (uint32)."""

Minimum = Annotated[str, typer.Option(help="Drempelbedrag in euro's: wat minder is, blijft staan.")]
HoldDays = Annotated[
    int, typer.Option(min=0, max=3650, help="Wachttijd: betalingen die jonger zijn, blijven staan.")
]
Batch = Annotated[int, typer.Argument(min=1, max=_MOST, help="Het nummer van de uitbetaling.")]

_MINIMUM = f"{MINIMUM_PAYOUT // 100}"
_SHORT = 10
"""Length of the shown prefix of a hash, as of a decision's id."""

_VERDICTS = {
    Verdict.PAID: "",
    Verdict.BELOW_ZERO: "staat in de min",
    Verdict.LEDGER_DIFFERS: "anders dan het grootboek",
    Verdict.NO_ACCOUNT: "geen rekening bekend",
    Verdict.ACCOUNT_NOT_SIGNED: "rekening niet getekend",
    Verdict.ON_HOLD: "wachttijd",
    Verdict.BELOW_MINIMUM: "onder het drempelbedrag",
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
    with reading(data) as access:
        lines = preview(access.context, minimum=cents, hold_days=hold_days)
    if as_json:
        return show_json([_line_as_json(each) for each in lines])
    table = Table[PreviewLine](
        [
            Column("Nr", lambda line: line.shop),
            Column("Naam", lambda line: line.name),
            Column("Rekening", lambda line: line.account.masked if line.account else None),
            *amount_columns(),
            Column("Waarom niet", lambda line: _VERDICTS[line.verdict]),
        ],
        lines,
    )
    show_table(table, empty="Geen winkel heeft iets te goed.")
    return say(f"Samen: {format_euros(sum(each.amount for each in lines))}.") if lines else None


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
    """Schrijf op wie waar wordt betaald en bereid het besluit voor dat het vastlegt."""
    cents = read_euros(minimum)
    with reading(data) as access:
        try:
            payer_of(access.settings)  # checked now, since it would fail after signing
            payout, prepared = prepare_payout(
                access.context, batch=batch, minimum=cents, hold_days=hold_days
            )
        except BankInvalid as error:
            raise Stop(str(error)) from error
        except PayoutRefused as refused:
            raise Stop(str(refused), REFUSED) from refused
        look = ("Kijk eerst waar het geld heen gaat:", f"  kindpakket payout show {payout.batch}")
        then = (
            "Is het vastgelegd? Dan maakt dit het bestand voor de bank:",
            f"  kindpakket payout file {payout.batch} --out BESTAND",
        )
        more = {"batch": payout.batch, "sha256": payout.sha256, "amount": payout.amount}
        tell_prepared(access, prepared, as_json, first=look, last=then, more=more)


@commands.command("list")
def show_list(data: Data = None, as_json: AsJson = False) -> None:
    """Toon de uitbetalingen, en hoe ver ze zijn."""
    with reading(data) as access:
        payouts = list_payouts(access.context)
    if as_json:
        return show_json([_payout_as_json(each) for each in payouts])
    table = Table[PreparedPayout](
        [
            Column("Nr", lambda each: each.batch),
            Column("Gemaakt", lambda each: each.created_at, Unit.MOMENT),
            Column("Winkels", lambda each: each.shops, Unit.COUNT),
            Column("Gevraagd", lambda each: each.amount, Unit.CENTS),
            Column("Vastgelegd", lambda each: each.settled, Unit.CENTS),
            Column("Stand", lambda each: say_state(each.state)),
            Column("Besluit", lambda each: each.decision[:_SHORT]),
            Column("Controlegetal", lambda each: each.sha256[:_SHORT]),
        ],
        payouts,
    )
    return show_table(table, empty="Er is nog niets uitbetaald.")


@commands.command("show")
def show_lines(batch: Batch, data: Data = None, as_json: AsJson = False) -> None:
    """Toon waar het geld van een uitbetaling heen gaat, en wie elke rekening tekende."""
    with reading(data) as access:
        payout = find_payout(access.context, batch)
        if payout is None:
            raise Stop(f"Er is geen uitbetaling {batch}.")
        try:
            lines = review(access.context, payout)
        except PayoutRefused as refused:
            raise Stop(str(refused), REFUSED) from refused
        files = list_payment_files(access.context, payout)
        names = read_names(access.context)
    if as_json:
        made = [
            {"number": each.number, "sha256": each.sha256, "day": each.day.isoformat()}
            for each in files
        ]
        rows = [_marked_as_json(each) for each in lines]
        return show_json(_payout_as_json(payout) | {"lines": rows, "files": made})
    table = Table[MarkedLine](
        [
            Column("Winkel", lambda each: names.shop(each.line.shop)),
            Column("Op naam van", lambda each: each.line.holder),
            Column("Rekening", lambda each: mask(each.line.iban)),
            Column("Getekend door", lambda each: say_signers(names, each.account)),
            Column("Bedrag", lambda each: each.line.amount, Unit.CENTS),
            Column("Let op", lambda each: "; ".join(map(say_mark, each.marks))),
        ],
        lines,
    )
    show_table(table, empty="")
    return say(
        *(
            f"Bestand {each.number}: de bank betaalt op {dutch_moment(midnight(each.day))}."
            for each in files
        )
    )


@commands.command("file")
def write_file(
    batch: Batch,
    out: Annotated[Path, typer.Option(help="Een nieuw bestand, als uitbetaling-3.xml.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Geef het betaalbestand voor de bank, als het grootboek het heeft vastgelegd."""
    with reading(data) as access:
        try:
            content = give_payment_file(access.context, payer_of(access.settings), batch, None)
            write_new(out, content)
        except BankInvalid as error:
            raise Stop(str(error)) from error
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
    with reading(data) as access:
        try:
            withdraw_payout(access.context, batch)
        except PayoutRefused as refused:
            raise Stop(str(refused), REFUSED) from refused
    if as_json:
        return show_json({"batch": batch, "state": State.WITHDRAWN})
    return say(f"Uitbetaling {batch} is teruggenomen; dat nummer is weer vrij.")


def _line_as_json(line: PreviewLine) -> dict[str, object]:
    return {
        "shop": line.shop,
        "name": line.name,
        "iban": line.account and line.account.masked,
        "owed": line.owed,
        "held": line.held,
        "amount": line.amount,
        "verdict": line.verdict,
    }


def _payout_as_json(payout: PreparedPayout) -> dict[str, object]:
    return {
        "batch": payout.batch,
        "sha256": payout.sha256,
        "createdAt": rfc3339(payout.created_at),
        "decision": payout.decision,
        "shops": payout.shops,
        "amount": payout.amount,
        "settled": payout.settled,
        "state": payout.state,
    }


def _marked_as_json(each: MarkedLine) -> dict[str, object]:
    return {
        "shop": each.line.shop,
        "holder": each.line.holder,
        "iban": mask(each.line.iban),
        "signers": list(each.account.signers) if each.account else [],
        "amount": each.line.amount,
        "owed": each.owed,
        "reference": each.line.reference,
        "marks": list(each.marks),
    }
