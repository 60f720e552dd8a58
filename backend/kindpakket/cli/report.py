"""``kindpakket report`` and ``kindpakket audit``: the report, and an audit of the chain."""

import time
from dataclasses import asdict, fields
from enum import StrEnum
from functools import partial
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

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
from kindpakket.domain.tables import Cell, Column, Hidden, Table, Unit, as_csv
from kindpakket.domain.times import dutch_moment, rfc3339
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.reading import ALLOWED, ReadPermission
from kindpakket.services.figures.lines import ReportLine
from kindpakket.services.figures.report import report
from kindpakket.services.oversight.whole_audit import audit_whole
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
    as_official: Annotated[
        str | None,
        typer.Option(help="Sleutelbestand van een ambtenaar: toon ook kleine aantallen."),
    ] = None,
    password_file: PasswordFile = None,
) -> None:
    """Toon waar het geld bleef: per regeling, winkel, categorie en maand.

    Bedragen van minder dan 10 brieven blijven weg, en ook wat nodig is om die niet te kunnen
    uitrekenen.
    Publiceer het verslag niet: samen met wat op /over staat, zijn die bedragen soms wel uit te
    rekenen.
    """

    with reading(data) as access:
        if as_official is not None:
            _require_official(access, as_official, password_file)
        lines = report(access.context, everything=as_official is not None)
    match as_:
        case Format.JSON:
            show_json([asdict(line) for line in lines])
        case Format.CSV:
            typer.echo(as_csv(_csv_table(lines)), nl=False)
        case Format.TABLE:
            _show_tables(lines)
    typer.echo(_NOT_TO_PUBLISH, err=True)


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


def _require_official(access: ReadAccess, keystore: str, password_file: PasswordFile) -> None:
    key = open_keystore(access.settings, keystore, password_file)
    if (
        not access.context.ledger.view("officials", address_of(key))
        & ALLOWED[ReadPermission.FIGURES]
    ):
        raise Stop("Deze sleutel is niet van een ambtenaar die cijfers mag lezen.", REFUSED)


def _show_tables(lines: list[ReportLine]) -> None:
    for by, group in groupby(lines, key=lambda line: line.by.value):
        columns: list[Column[ReportLine]] = [
            Column(_TITLES[by], lambda line: line.name),
            Column("Betalingen", _payments, Unit.COUNT),
            Column("Betaald", lambda line: line.spent, Unit.CENTS),
            Column("Terugbetaald", _refunded, Unit.CENTS),
            Column("Besteed", lambda line: line.net, Unit.CENTS),
            Column("Nog te besteden", lambda line: line.left, Unit.CENTS),
            Column("Vervallen", lambda line: line.lapsed, Unit.CENTS),
        ]
        public = by in ("total", "scheme")
        show_table(Table(columns if public else columns[:-2], list(group)), empty="")


def _payments(line: ReportLine) -> Cell:
    return _HIDDEN[line.hidden] if line.hidden else line.payments


def _refunded(line: ReportLine) -> Cell:
    only = None if line.hidden else line.refunds_hidden
    return _HIDDEN[only] if only else line.refunded


def _csv_table(lines: list[ReportLine]) -> Table[ReportLine]:
    """The fields and words of the JSON output, with amounts in euros."""
    columns = [
        Column(
            each.name,
            partial(_read_field, each.name),
            Unit.COUNT if each.name == "payments" else Unit.CENTS,
        )
        for each in fields(ReportLine)
    ]
    return Table(columns, lines)


def _read_field(name: str, line: ReportLine) -> Cell:
    value: Cell = getattr(line, name)
    return value.value if isinstance(value, Hidden) else value


_TITLES = {
    "total": "Alles",
    "scheme": "Regeling",
    "shop": "Winkel",
    "category": "Soort winkel",
    "month": "Maand",
}

_NOT_TO_PUBLISH = (
    "Publiceer dit verslag niet: samen met wat op /over staat, zijn er bedragen van minder dan"
    " 10 brieven uit te rekenen."
)

_HIDDEN = {Hidden.TOO_FEW: "<10 brieven", Hidden.PROTECTS: "niet getoond"}


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
