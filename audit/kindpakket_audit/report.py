"""The report of an audit: JSON, and a page without scripts or requests."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape

from kindpakket_audit import __version__
from kindpakket_audit.contract import CREATION, SOURCE_SHA256
from kindpakket_audit.findings import Audit, Finding, Level, Result, euros

COMPILER = "solc 0.8.37"


def as_json(done: Audit) -> str:
    """Return the report as JSON; amounts in cents, times in unix seconds."""
    told = {
        "result": done.result,
        "version": __version__,
        "compiler": COMPILER,
        "sourceSha256": SOURCE_SHA256,
        "creationSha256": hashlib.sha256(CREATION).hexdigest(),
    } | asdict(done)
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def sha256(text: str) -> str:
    """Return SHA-256 of a text as UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def verdict(done: Audit) -> str:
    """Return the result in one Dutch sentence."""
    match done.result:
        case Result.CLEAN:
            return "Alles klopt."
        case Result.INCOMPLETE:
            return "Wat na te gaan was, klopt. Niet alles was na te gaan."
        case Result.DIFFERS:
            return f"Verschillen: {done.found[Level.DIFFERENCE]}."
        case Result.UNREADABLE:
            return f"De keten is niet te lezen: {done.unreadable}"


def relative(done: Audit) -> str:
    """Return what the report is relative to, in Dutch."""
    if done.expected:
        return f"Vergeleken met hashes die anderen bewaarden: {', '.join(done.expected)}."
    return (
        "Dit verslag geldt voor de keten met deze hash van het laatste blok. Of de keten als geheel"
        " opnieuw is gemaakt, blijkt alleen uit de hash van een blok die een ander bewaarde."
    )


def as_html(done: Audit, json_sha256: str) -> str:
    """Return the report as a page, in Dutch."""
    if done.unreadable or not done.last_hash:
        facts: list[tuple[str, object]] = [("Keten", done.source)]
        facts.append(("SHA-256 van dit verslag als JSON", json_sha256))
        return _page(done, _findings(done), _table("Wat is bekeken", facts))
    facts = [
        ("Keten", done.source),
        ("Nummer van de keten", done.chain_id),
        ("Contract", done.contract),
        ("Blokken", f"{done.first_block} tot en met {done.last_block}"),
        ("Van", moment(done.first_time)),
        ("Tot en met", moment(done.last_time)),
        ("Laatste blok", done.last_hash),
        ("Compiler", COMPILER),
        ("SHA-256 van de broncode", SOURCE_SHA256),
        ("SHA-256 van dit verslag als JSON", json_sha256),
    ]
    if done.went_on_at is not None:
        facts.append(("Nu gelezen", f"vanaf blok {done.went_on_at}; de blokken ervoor eerder"))
    totals = [(_TOTALS[name], euros(cents)) for name, cents in done.totals.items()]
    counts = [(_COUNTED[name], done.events.get(name, 0)) for name in _COUNTED]
    return _page(
        done,
        _findings(done),
        _section("Wat deze keten niet bewijst", done.weaker),
        _table("Wat is bekeken", facts),
        f"<p>{escape(relative(done))}</p>",
        "<h2>Wat is nagegaan</h2>",
        _items(checked(done)),
        f"<p>Vergeleken: {done.slots} plaatsen in de opslag van het contract.</p>",
        _section("Andere knopen", done.others),
        _table("Totalen", totals),
        _table("Wat er gebeurde", counts),
    )


def checked(done: Audit) -> Iterator[str]:
    """Return what was checked, in Dutch sentences."""
    code = "de code die dit programma meebrengt"
    if done.recompiled:
        code += ", die een compiler nu opnieuw maakte van de broncode"
    yield f"Of de code op de keten dezelfde is als {code}. De vaste waarden zijn ingevuld."
    signatures = "Of elke handtekening klopt: van ouders, kassa's, eigenaren en ambtenaren."
    if done.indirect:
        told = f" Niet bij transacties die via een ander contract kwamen: {done.indirect}."
        signatures += told
    yield signatures
    yield from _ALWAYS_CHECKED
    if done.roots:
        roots = "Of de transacties en gebeurtenissen die van de koppen van de blokken zijn."
        if done.unknown:
            roots += f" Niet voor de transacties van sommige blokken: {done.unknown}."
        yield roots
    if done.proved:
        yield "Of de hele opslag van het contract uit de geschiedenis volgt."
    else:
        yield "Of in de opslag van het contract staat wat uit de geschiedenis volgt."


def moment(time: int) -> str:
    """Format unix seconds in UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%d-%m-%Y %H:%M:%S UTC")


def finding_words(finding: Finding) -> str:
    """Return a finding in one line."""
    level = {Level.DIFFERENCE: "VERSCHIL", Level.WARNING: "LET OP"}[finding.level]
    where = f"blok {finding.block}"
    if finding.transaction:
        where += f", transactie {finding.transaction}"
    return f"{level}: {finding.about}: {finding.difference} ({where})"


def _page(done: Audit, *parts: str) -> str:
    head = f"<h1>Controle van het grootboek</h1><p class=verdict>{escape(verdict(done))}</p>"
    return _PAGE.format(body="\n".join(filter(None, (head, *parts))))


def _findings(done: Audit) -> str:
    if not done.findings:
        return ""
    more = sum(done.found.values()) - len(done.findings)
    rest = f"<p>En nog {more}.</p>" if more else ""
    return "<h2>Bevindingen</h2>" + _items(map(finding_words, done.findings)) + rest


def _section(title: str, texts: list[str]) -> str:
    return f"<h2>{escape(title)}</h2>{_items(texts)}" if texts else ""


def _items(texts: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def _table(title: str, rows: Iterable[tuple[str, object]]) -> str:
    cells = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in rows
    )
    return f"<h2>{escape(title)}</h2><table>{cells}</table>"


_ALWAYS_CHECKED = (
    "Of elke regel is gevolgd: budget, soorten winkels, maxima, tijden, pauzes, terugbetalingen,"
    " verplaatsingen en uitbetalingen.",
    "Of elk besluit twee verschillende ambtenaren met de juiste bevoegdheid heeft. Alleen"
    " stilzetten mag een ambtenaar alleen.",
    "Of alles is vastgelegd wat het contract had moeten vastleggen, en niets anders.",
)
_TOTALS = {
    "funded": "Budget",
    "issued": "Toegekend",
    "spent": "Betaald",
    "refunded": "Terugbetaald",
    "remaining": "Nog op coupons",
    "owed": "Te goed van winkels",
    "settled": "Uitbetaald aan winkels",
}
_COUNTED = {
    "Paid": "Betalingen",
    "Refunded": "Terugbetalingen",
    "Moved": "Verplaatsingen",
    "TillChanged": "Wijzigingen van kassa's",
    "DecisionExecuted": "Besluiten",
    "DecisionCancelled": "Ingetrokken besluiten",
    "Settled": "Uitbetalingen",
}
_PAGE = """<!doctype html>
<html lang=nl>
<meta charset=utf-8>
<meta name=viewport content="width=device-width">
<meta http-equiv=Content-Security-Policy content="default-src 'none'; style-src 'unsafe-inline'">
<title>Controle van het grootboek</title>
<style>
:root {{ color-scheme: light dark; --ground: #faf5ec; --words: #1c2830; --brand: #0b5f74 }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ground: #0f1720; --words: #e8edf0; --brand: #8cc9da }}
}}
body {{ font: 1.0625rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem; background: var(--ground); color: var(--words) }}
h1, h2 {{ line-height: 1.2; color: var(--brand) }}
.verdict {{ font-size: 1.25rem; font-weight: 700 }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ border-bottom: 1px solid #8888; padding: .4rem 1rem .4rem 0; text-align: start;
  vertical-align: top; overflow-wrap: anywhere }}
th {{ font-weight: 400; width: 40%; overflow-wrap: normal; hyphens: auto }}
td {{ font-variant-numeric: tabular-nums }}
li {{ overflow-wrap: anywhere; margin-block: .4rem }}
</style>
<main>
{body}
</main>
</html>
"""
