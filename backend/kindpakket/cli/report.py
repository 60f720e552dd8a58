"""``kindpakket report`` and ``kindpakket audit``: the report, and an audit of the chain."""

import time
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress

from kindpakket.api.pages import over_data
from kindpakket.cli.clock import ahead_warning
from kindpakket.cli.common import (
    REFUSED,
    AsJson,
    Data,
    PasswordFile,
    ReadAccess,
    Stop,
    no_ledger_error,
    reading,
    settings_of,
)
from kindpakket.cli.keys import open_keystore
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.desk import exports
from kindpakket.domain.ids import Address
from kindpakket.domain.tables import Table, as_csv
from kindpakket.domain.times import dutch_moment, rfc3339
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.reading import ReadPermission, may_read
from kindpakket.services.figures.looks import FiguresPage, log_look
from kindpakket.services.figures.shop_months import read_figures
from kindpakket.services.oversight.whole_audit import audit_whole
from kindpakket.services.publication import read_publication
from kindpakket.store_access import open_store_if_present
from kindpakket_audit.findings import Audit, Finding, Level


class Format(StrEnum):
    """Formats of the report."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("report")(show_report)
    app.command("audit")(run_audit)


def show_report(
    data: Data = None,
    as_: Annotated[
        Format, typer.Option("--format", help="Als tabel, als CSV of, in centen, als JSON.")
    ] = Format.TABLE,
    only: Annotated[
        str | None, typer.Option("--table", help="Naam van één tabel; nodig voor CSV.")
    ] = None,
    as_official: Annotated[
        str | None,
        typer.Option(help="Sleutelbestand van een ambtenaar: toon bedragen per winkel en maand."),
    ] = None,
    password_file: PasswordFile = None,
) -> None:
    """Toon waar het geld bleef: per regeling, maand en soort winkel.

    Dit is precies wat iedereen op /over leest: geen bedrag van minder dan 10 brieven.
    Met een sleutelbestand is het wat een ambtenaar aan de balie leest. Dat blijft binnen de
    gemeente, en dat u het opent, wordt bewaard.
    """
    with reading(data) as access:
        if as_official is None:
            publication = read_publication(access.context)
            tables, whole = over_data.money_tables(publication), over_data.as_json(publication)
        else:
            official = _require_official(access, as_official, password_file)
            log_look(access.context, official, FiguresPage.COMMAND)
            figures = read_figures(access.context)
            tables = exports.tables_of(figures)
            whole = exports.as_json(tables, figures.block, figures.time)
    if only is not None:
        tables = [each for each in tables if each.name == only] or _no_table(tables)
    match as_:
        case Format.JSON:
            typer.echo(whole)
        case Format.CSV if only is None:
            _no_table(tables)
        case Format.CSV:
            typer.echo(as_csv(tables[0]), nl=False)
        case Format.TABLE:
            for table in tables:
                show_table(table, empty="")


def run_audit(data: Data = None, as_json: AsJson = False) -> None:
    """Controleer alles wat er ooit gebeurde, vanaf de keten alleen.

    Dat doet kindpakket-audit, dat geen code met deze server deelt. Is de administratie er ook, dan
    worden de regels en bestanden van uitbetalingen vergeleken, en wat ouders er over hun tegoeden
    uit lezen.
    Slaagt alleen als er geen enkel verschil is.
    """
    from kindpakket import workspace  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    try:
        with (
            workspace.open_ledger(settings) as ledger,
            open_store_if_present(settings) as store,
            _progress(quiet=as_json) as progress,
        ):
            task = progress.add_task("Blokken lezen")
            done = audit_whole(
                ledger,
                store,
                workspace.read_month_keys(settings, ledger),
                lambda at, of: progress.update(task, completed=at, total=of),
            )
    except FileNotFoundError as error:
        raise no_ledger_error(settings) from error
    ahead = ahead_warning(done.last_time, int(time.time()))
    if as_json:
        show_json(_audit_json(done) | {"warnings": ahead})
    else:
        say(*ahead, *_audit_words(done))
    if done.found.get(Level.DIFFERENCE):
        raise typer.Exit(REFUSED)


# report


def _require_official(access: ReadAccess, keystore: str, password_file: PasswordFile) -> Address:
    official = address_of(open_keystore(access.settings, keystore, password_file))
    if not may_read(access.context.ledger.view("officials", official), ReadPermission.FIGURES):
        raise Stop("Deze sleutel is niet van een ambtenaar die cijfers mag lezen.", REFUSED)
    return official


def _no_table(tables: list[Table[Any]]) -> NoReturn:
    raise Stop(f"Kies met --table één tabel: {', '.join(each.name for each in tables)}.")


# audit


def _progress(*, quiet: bool) -> Progress:
    return Progress(console=Console(stderr=True), transient=True, disable=quiet)


def _audit_json(done: Audit) -> dict[str, Any]:
    return {
        "clean": not done.found.get(Level.DIFFERENCE),
        "firstBlock": done.first_block,
        "lastBlock": done.last_block,
        "lastHash": done.last_hash,
        "from": rfc3339(done.first_time),
        "to": rfc3339(done.last_time),
        "events": done.events,
        "slotsCompared": done.slots,
        "weaker": done.weaker,
        "findings": [
            asdict(finding) | {"time": rfc3339(finding.time)} for finding in done.findings
        ],
    }


def _audit_words(done: Audit) -> list[str]:
    differences = done.found.get(Level.DIFFERENCE, 0)
    warnings = done.found.get(Level.WARNING, 0)
    verdict = f"Verschillen: {differences}" if differences else "Alles klopt"
    if warnings:
        verdict += f"; niet na te gaan: {warnings}"
    counts = [f"{done.events.get(name, 0)} {words}" for name, words in _COUNTED.items()]
    return [
        *(line for finding in done.findings for line in finding_words(finding)),
        f"{verdict}.",
        *done.weaker,
        *done.others,
        f"Gecontroleerd: blok {done.first_block} tot en met {done.last_block},"
        f" van {dutch_moment(done.first_time)} tot {dutch_moment(done.last_time)}:",
        f"  {', '.join(counts)};",
        f"  {done.slots} plaatsen in de opslag van het contract, vergeleken met wat is nagerekend.",
    ]


def finding_words(finding: Finding) -> list[str]:
    """Return a finding of an audit in lines of text."""
    level = {"difference": "VERSCHIL", "warning": "LET OP"}[finding.level.value]
    where = f"blok {finding.block}, {dutch_moment(finding.time)}"
    if finding.transaction:
        where += f", transactie {finding.transaction}"
    return [f"{level}: {finding.about}: {finding.difference}", f"  {where}", ""]


_COUNTED = {
    "Paid": "betalingen",
    "Refunded": "terugbetalingen",
    "Moved": "verplaatsingen",
    "TillChanged": "wijzigingen van kassa's",
    "DecisionExecuted": "besluiten",
    "DecisionCancelled": "ingetrokken besluiten",
}
