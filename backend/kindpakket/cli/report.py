"""``kindpakket report``: where the money went."""

from enum import StrEnum
from typing import Annotated, Any, NoReturn

import typer

from kindpakket.api.pages import over_data
from kindpakket.cli.common import REFUSED, Data, PasswordFile, ReadAccess, Stop, reading
from kindpakket.cli.keys import open_keystore
from kindpakket.cli.output import show_table
from kindpakket.desk import exports
from kindpakket.domain.ids import Address
from kindpakket.domain.tables import Table, as_csv
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.reading import ReadPermission, may_read
from kindpakket.services.figures.looks import FiguresPage, log_look
from kindpakket.services.figures.shop_months import read_figures
from kindpakket.services.publication import read_publication


class Format(StrEnum):
    """Formats of the report."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("report")(show_report)


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


def _require_official(access: ReadAccess, keystore: str, password_file: PasswordFile) -> Address:
    official = address_of(open_keystore(access.settings, keystore, password_file))
    if not may_read(access.context.ledger.view("officials", official), ReadPermission.FIGURES):
        raise Stop("Deze sleutel is niet van een ambtenaar die cijfers mag lezen.", REFUSED)
    return official


def _no_table(tables: list[Table[Any]]) -> NoReturn:
    raise Stop(f"Kies met --table één tabel: {', '.join(each.name for each in tables)}.")
