"""``kindpakket bank``: read statements, and compare ledger, store and bank."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kindpakket.cli.common import REFUSED, AsJson, Data, Stop, reading
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.domain.money import format_euros
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import day_of
from kindpakket.services.bank.camt import MOST_BYTES, StatementInvalid
from kindpakket.services.bank.matching import Judged, say_verdict
from kindpakket.services.bank.prepare_returns import prepare_returns
from kindpakket.services.bank.reconcile import BankFinding, Reconciliation, reconcile
from kindpakket.services.bank.statements import record_statements
from kindpakket.services.base.private_files import write_new
from kindpakket.services.bookkeeping.journal import JournalRefused, as_csv, make_journal
from kindpakket.services.bookkeeping.xaf import as_xaf
from kindpakket.services.payouts.lists import PayoutRefused
from kindpakket.services.payouts.prepare import read_account
from kindpakket.services.shops.bank_accounts import BankInvalid


class JournalFormat(StrEnum):
    """Formats of the journal."""

    CSV = "csv"
    XAF = "xaf"


commands = typer.Typer(no_args_is_help=True, help="Afschriften van de bank, en of alles klopt.")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="bank")


@commands.command("read")
def read_file(
    file: Annotated[Path, typer.Argument(help="Een afschrift: camt.053 of camt.054.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Lees een afschrift in. Wat de bank terugstuurde, wordt als besluit voorbereid."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Stop(f"Het bestand {file} kan niet worden gelezen.") from error
    with reading(data) as access:
        try:
            own = read_account(access.settings).iban
            done = record_statements(access.context, own, content, None)
        except (BankInvalid, StatementInvalid) as error:
            raise Stop(str(error)) from error
        try:
            prepared = prepare_returns(access.context, None)
        except PayoutRefused as error:
            raise Stop(f"Het afschrift is gelezen. {error}", REFUSED) from error
    if as_json:
        decisions = [each.id for each in prepared]
        return show_json(vars(done) | {"decisions": decisions})
    say(f"Nieuwe afschriften: {done.statements}, al eerder gelezen: {done.before}.")
    say(f"Nieuwe regels over uitbetalingen: {done.lines}.")
    for each in prepared:
        say(f"Er kwam geld terug. Besluit {each.id} wacht op de ambtenaren.")
    return None


@commands.command("reconcile")
def show_reconciliation(data: Data = None, as_json: AsJson = False) -> None:
    """Vergelijk grootboek, administratie en bank. Eindigt met 1 als er iets niet klopt."""
    with reading(data) as access:
        found = reconcile(access.context)
    person = [each for each in found.matched.lines if each.for_person]
    if as_json:
        show_json(
            {
                "until": found.until,
                "settled": sum(each.settled for each in found.lines),
                "paid": sum(each.booked.paid for each in found.lines),
                "back": sum(each.booked.back for each in found.lines),
                "withoutNumber": found.without_number,
                "findings": [vars(each) for each in found.findings],
                "forPerson": [_as_json(each) for each in person],
            }
        )
    else:
        _tell(found, person)
    if found.findings or person:
        raise typer.Exit(REFUSED)


@commands.command("journal")
def write_journal(
    year: Annotated[int, typer.Option(min=2020, max=2199, help="Het boekjaar.")],
    out: Annotated[Path, typer.Option(help="Een nieuw bestand, als boekingen-2027.csv.")],
    month: Annotated[
        int | None, typer.Option(min=1, max=12, help="Eén maand; anders alle die voorbij zijn.")
    ] = None,
    as_: Annotated[
        JournalFormat, typer.Option("--format", help="CSV, of XML Auditfile Financieel 3.2.")
    ] = JournalFormat.CSV,
    data: Data = None,
) -> None:
    """Schrijf de boekingen voor het grootboek van de gemeente, per maand en per uitbetaling."""
    with reading(data) as access:
        settings = access.settings
        try:
            journal = make_journal(access.context, settings, year, month)
            content = as_csv(journal)
            if as_ is JournalFormat.XAF:
                today = day_of(access.now)
                content = as_xaf(journal, settings.municipality, settings.journal_tax_id, today)
            write_new(out, content)
        except JournalRefused as error:
            raise Stop(str(error), REFUSED) from error
        except FileExistsError as error:
            raise Stop(f"Er is al een bestand {out}.") from error
        except FileNotFoundError as error:
            raise Stop(f"De map waarin {out} moet komen, bestaat niet.") from error
    say(f"{len(journal.entries)} boekingen tot en met {journal.last:%d-%m-%Y} staan in {out}.")


def _tell(found: Reconciliation, person: list[Judged]) -> None:
    findings = Table[BankFinding](
        [
            Column("Waarover", lambda each: each.about),
            Column("Wat niet klopt", lambda each: each.what),
            Column("Verschil", lambda each: each.difference, Unit.CENTS),
        ],
        found.findings,
    )
    show_table(findings, empty="Grootboek, administratie en bank kloppen met elkaar.")
    lines = Table[Judged](
        [
            Column("Dag", lambda each: each.line.day),
            Column("Bedrag", lambda each: each.line.amount, Unit.CENTS),
            Column("Kenmerk", lambda each: each.about or None),
            Column("Wat het is", lambda each: say_verdict(each.verdict)),
        ],
        person,
    )
    show_table(lines, empty="Er is geen regel om naar te kijken.")
    if found.without_number:
        say(f"Afschriften zonder nummer van de bank: {found.without_number}.")
        say("Of er een ontbreekt, blijkt daarvan alleen uit de saldi.")
    total = format_euros(sum(each.settled for each in found.lines))
    say(f"Afschriften tot en met {found.until or '–'}; vastgelegd is samen {total}.")


def _as_json(each: Judged) -> dict[str, object]:
    return {
        "day": each.line.day,
        "amount": each.line.amount,
        "about": each.about,
        "verdict": each.verdict,
        "bankReference": each.line.bank_reference,
    }
