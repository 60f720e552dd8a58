"""How it was checked, in the report to the council: audits, decisions, and how to do it oneself."""

from collections.abc import Sequence

from kindpakket.domain.language import say
from kindpakket.domain.money import say_euros
from kindpakket.services.base.context import Context
from kindpakket.services.oversight.independent_reports import (
    IndependentReport,
    Result,
    read_independent_report,
)
from kindpakket.services.oversight.requested_audits import AuditFile, list_audits
from kindpakket.services.publication import Passport, Publication, PublicScheme
from kindpakket.services.publication.council_words import say_day, say_minute, say_scheme
from kindpakket.services.publication.document import Grid, Head, Section, Text, Values
from kindpakket.services.publication.rules import RuleChange, What

MOST_DECISIONS = 10
"""How many decisions have a row: the newest."""
_WEEK = 7 * 24 * 3600
"""Age in seconds from which a report of an audit is told to be old."""


def tell_checks(
    context: Context,
    publication: Publication,
    schemes: Sequence[PublicScheme],
    changes: Sequence[RuleChange],
    address: str,
) -> Section:
    """Return the section, about these schemes and what changed of them.

    Args:
        address: of the site, such as ``https://kindpakket.example``.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
    """
    report = read_independent_report(context.reports, context.ledger)
    done = next((each for each in list_audits(context) if each.finished_at is not None), None)
    return Section(
        say("Hoe dit is gecontroleerd"),
        [
            *_independent(report, context.ledger.head(), publication.totals_until),
            *_own(done),
            Text(
                say(
                    "Bij elk besluit tekenen twee ambtenaren. Een regeling stilzetten of een "
                    "winkel schorsen mag één ambtenaar, want dat moet soms snel."
                )
            ),
            *_decisions(schemes, changes),
            *_by_oneself(publication.passport, address),
        ],
    )


def _by_oneself(passport: Passport, address: str) -> list[Text]:
    """How anyone can check the report."""
    how = say(
        "Iedereen kan dit narekenen. De bedragen van dit verslag staan op %(address)s/over, of "
        "zijn de som van wat daar staat. Het programma kindpakket-audit rekent elke cent na uit "
        "een kopie van het grootboek, die de gemeente geeft:",
        address=address.rstrip("/"),
    )
    command = f"kindpakket-audit kopie/chain --expect {passport.block}:{passport.hash}"
    return [Text(how), Text(command, code=True)]


def _independent(report: IndependentReport | None, head: int, until: int) -> list[Text | Values]:
    if report is None:
        return [Text(say("De gemeente heeft hier geen verslag van een onafhankelijke controle."))]
    rows = [(say("Uitslag"), _say_result(report))]
    if report.last_block is not None and report.last_time is not None:
        rows.append(
            (
                say("Gecontroleerd tot en met blok"),
                f"{report.last_block}, {say_day(report.last_time)}",
            )
        )
    if report.warnings:
        rows.append((say("Niet na te gaan"), str(report.warnings)))
    if report.sha256:
        rows.append((say("Controlegetal (SHA-256)"), report.sha256))
    about = say(
        "Dit programma deelt geen code met deze server. Iedereen kan het zelf draaien. Wie "
        "hetzelfde verslag heeft, ziet hetzelfde controlegetal."
    )
    told: list[Text | Values] = [Values(rows, say("Onafhankelijke controle")), Text(about)]
    if (
        report.last_block is not None
        and report.last_time is not None
        and report.last_block < head
        and report.last_time < until - _WEEK
    ):
        old = say("Deze controle is oud: wat daarna op het grootboek kwam, zit er niet in.")
        told.append(Text(old))
    return told


def _say_result(report: IndependentReport) -> str:
    match report.result:
        case Result.CLEAN:
            return say("Alles klopt.")
        case Result.INCOMPLETE:
            return say("Wat na te gaan was, klopt. Niet alles was na te gaan.")
        case Result.DIFFERS:
            return say("Verschillen: %(count)s.", count=report.differences)
        case Result.CHAIN_UNREADABLE:
            return say("Het programma kon het grootboek niet lezen.")
        case Result.OTHER_LEDGER:
            return say("Dit verslag is van een ander grootboek.")
        case Result.DAMAGED:
            return say("Het verslag is niet te lezen.")


def _own(audit: AuditFile | None) -> list[Values]:
    if audit is None or audit.finished_at is None:
        return []
    if audit.differences:
        result = say("Verschillen: %(count)s.", count=audit.differences)
    elif audit.findings:
        result = _say_result(IndependentReport(Result.INCOMPLETE))
    else:
        result = say("Alles klopt.")
    rows = [
        (say("Gedaan op"), say_day(audit.finished_at)),
        (say("Gecontroleerd tot en met blok"), str(audit.block)),
        (say("Uitslag"), result),
    ]
    if audit.block is None:
        del rows[1]
    return [Values(rows, say("Controle door de gemeente zelf"))]


def _decisions(schemes: Sequence[PublicScheme], changes: Sequence[RuleChange]) -> list[Text | Grid]:
    if not changes:
        return []
    heads = [Head(say("Besluit")), Head(say("Genomen op")), Head(say("Codes van ambtenaren"))]
    names = {each.id: f"{say_scheme(each)}: " for each in schemes} if len(schemes) > 1 else {}
    rows = [
        (
            names.get(each.scheme, "") + _say_change(each),
            say_minute(each.time),
            ", ".join(each.officials),
        )
        for each in changes[:MOST_DECISIONS]
    ]
    codes = say(
        "In de tabel staat van elke ambtenaar een code, geen naam. Elke code hoort bij één sleutel."
    )
    return [Text(codes), Grid(say("De laatste besluiten"), heads, rows)]


def _say_change(change: RuleChange) -> str:
    match change.what:
        case What.OPENED:
            return say("Regeling gemaakt")
        case What.RULES:
            return say("Andere regels")
        case What.CLOSED:
            return say("Voorgoed gesloten")
        case What.PAUSED:
            return say("Stilgezet")
        case What.RESUMED:
            return say("Weer verder")
        case What.BUDGET if change.amount < 0:
            return say("Budget eraf: %(amount)s", amount=say_euros(-change.amount))
        case What.BUDGET:
            return say("Budget erbij: %(amount)s", amount=say_euros(change.amount))
        case What.CATEGORIES:
            return say("Lijst van soorten winkels vastgelegd")
