"""``kindpakket config``: every setting, where it came from, and what is missing."""

import json
from typing import Annotated, Any

import typer

from kindpakket.cli.common import REFUSED, AsJson, Data, Stop, configuration_of
from kindpakket.cli.letters import stationery_of
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.domain.tables import Column, Table
from kindpakket.services.payouts.prepare import read_account, refuse_examples
from kindpakket.services.shops.bank_accounts import BankInvalid
from kindpakket.settings import Configuration, Settings, Source
from kindpakket.theme.logo import LookInvalid

commands = typer.Typer(no_args_is_help=True, help="De instellingen, en wat er nog ontbreekt.")

_SOURCES = {
    Source.OPTION: "optie",
    Source.ENVIRONMENT: "omgeving",
    Source.FILE: "bestand",
    Source.DEFAULT: "standaard",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="config")


@commands.command("check")
def check(data: Data = None, as_json: AsJson = False) -> None:
    """Toon elke instelling en waar zij vandaan komt, en of brieven en uitbetalingen kunnen.

    De uitgang is 0 als beide kunnen, 1 als er iets ontbreekt, en 2 als een instelling niet klopt.
    """
    read = configuration_of(data)
    missing = {"letters": _missing_letters(read.settings), "payouts": _missing_payer(read.settings)}
    if as_json:
        file = None if read.file is None else str(read.file)
        exposed = {"exposesSecret": read.exposes_a_secret}
        show_json({"file": file, **exposed, "settings": _as_json(read), "missing": missing})
    else:
        _say(read, missing)
    if any(missing.values()):
        raise typer.Exit(REFUSED)


@commands.command("show")
def show(
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Wat geldt als er niets is ingesteld.")
    ] = False,
    data: Data = None,
) -> None:
    """Toon de instellingen als een bestand, met uitleg in het Engels; geheimen staan er niet in."""
    settings = _defaults() if defaults else configuration_of(data).settings
    say(
        "# Settings of Kindpakket. Each is also read from the environment, as KINDPAKKET_NAME, "
        "which comes first.",
    )
    for name, about in Settings.model_fields.items():
        value = settings.shown(name)
        comment = " ".join((about.description or "").replace("``", "").split())
        line = (
            f"# {name} =" if value is None else f"{name} = {json.dumps(value, ensure_ascii=False)}"
        )
        say("", f"# {comment}", line)


def _defaults() -> Settings:
    values = {name: about.default for name, about in Settings.model_fields.items()}
    return Settings(**values)


def _missing_letters(settings: Settings) -> str | None:
    """Why no letters can be printed; None when they can."""
    try:
        stationery_of(settings)
    except (Stop, LookInvalid) as error:
        return str(error)
    return None


def _missing_payer(settings: Settings) -> str | None:
    """Why no payouts can be prepared; None when they can."""
    reasons = []
    for look in (refuse_examples, read_account):
        try:
            look(settings)
        except BankInvalid as error:
            reasons.append(str(error))
    return " ".join(reasons) or None


def _as_json(read: Configuration) -> list[dict[str, Any]]:
    return [
        {"name": name, "value": read.settings.shown(name), "source": source}
        for name, source in read.sources.items()
    ]


def _say(read: Configuration, missing: dict[str, str | None]) -> None:
    table = Table[str](
        [
            Column("Instelling", lambda name: name),
            Column("Waarde", lambda name: _shown(read.settings.shown(name))),
            Column("Bron", lambda name: _SOURCES[read.sources[name]]),
        ],
        list(read.sources),
    )
    show_table(table, empty="")
    say(
        f"Bestand: {read.file or 'geen'}",
        *_exposed(read),
        f"Brieven drukken: {missing['letters'] or 'kan.'}",
        f"Uitbetalingen voorbereiden: {missing['payouts'] or 'kan.'}",
    )


def _exposed(read: Configuration) -> list[str]:
    if not read.exposes_a_secret:
        return []
    return [f"LET OP: iedereen op deze computer kan {read.file} lezen, en er staat een geheim in."]


def _shown(value: str | int | None) -> str:
    return "geen" if value is None else str(value)
