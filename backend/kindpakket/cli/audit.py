"""``kindpakket audit``: an audit of the chain, and of what is stored here."""

import time
from dataclasses import asdict
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress

from kindpakket.cli.clock import ahead_warning
from kindpakket.cli.common import REFUSED, AsJson, Data, no_ledger_error, settings_of
from kindpakket.cli.output import say, show_json
from kindpakket.domain.times import dutch_moment, rfc3339
from kindpakket.services.oversight.whole_audit import audit_whole
from kindpakket.store_access import open_store_if_present
from kindpakket_audit.findings import Audit, Finding, Level


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("audit")(run_audit)


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
