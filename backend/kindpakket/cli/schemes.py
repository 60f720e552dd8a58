"""``kindpakket scheme``: open a scheme, set its rules, fund it, pause it, close it."""

from typing import Annotated, Any

import typer

from kindpakket.cli.common import AsJson, Data, ReadAccess, Stop, reading
from kindpakket.cli.decisions import prepare_and_say
from kindpakket.cli.inputs import read_categories, read_day, read_euros, read_name
from kindpakket.cli.output import say, show_json, show_table
from kindpakket.domain.refusals import Refusal
from kindpakket.domain.tables import Column, Table, Unit
from kindpakket.domain.times import dutch_end, rfc3339
from kindpakket.services.base.names import name_scheme, rename_scheme
from kindpakket.services.schemes.changes import (
    PeriodInvalid,
    check_period,
    closes_after,
    is_open,
    money_columns,
    next_number,
    opens_on,
    rules_of,
    say_state,
)
from kindpakket.services.schemes.look_up import Scheme, find_scheme, list_schemes

commands = typer.Typer(no_args_is_help=True, help="Regelingen: regels, budget, stilzetten.")

Number = Annotated[int, typer.Argument(help="Het nummer van de regeling.")]
Opens = Annotated[str | None, typer.Option(help="De eerste dag, als 2027-01-01.")]
LastDay = Annotated[str | None, typer.Option(help="De laatste dag, als 2027-12-31.")]
Permit = Annotated[str | None, typer.Option(help="Categorieën waarvan een winkel er een heeft.")]
Exclude = Annotated[str | None, typer.Option(help="Categorieën waarvan een winkel er geen heeft.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="scheme")


@commands.command("list")
def list_all(data: Data = None, as_json: AsJson = False) -> None:
    """Toon de regelingen met hun regels en totalen."""
    with reading(data) as access:
        schemes, now = list_schemes(access.context), access.ledger_time
    if as_json:
        return show_json([describe(scheme, now) for scheme in schemes])
    table = Table[Scheme](
        [
            Column("Nr", lambda each: each.id),
            Column("Naam", lambda each: each.name),
            Column("Van", lambda each: each.opens, Unit.MOMENT),
            Column("Einde", lambda each: dutch_end(each.closes, each.closed)),
            Column("Stand", lambda each: say_state(each, now)),
            *money_columns(now),
            Column("Wel", lambda each: ", ".join(each.permitted)),
            Column("Niet", lambda each: ", ".join(each.excluded)),
        ],
        schemes,
    )
    return show_table(table, empty="Er zijn nog geen regelingen.")


@commands.command("open")
def open_scheme(
    name: Annotated[str, typer.Argument(help="Hoe de regeling heet.")],
    opens: Annotated[str, typer.Option(help="De eerste dag, als 2027-01-01.")],
    last_day: Annotated[str, typer.Option(help="De laatste dag, als 2027-12-31.")],
    permit: Annotated[str, typer.Option(help="Categorieën waarvan een winkel er een heeft.")],
    exclude: Annotated[
        str, typer.Option(help="Categorieën waarvan een winkel er geen heeft.")
    ] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bereid een nieuwe regeling voor, onder het volgende nummer."""
    called, first, end = (
        read_name(name),
        opens_on(read_day(opens)),
        closes_after(read_day(last_day)),
    )
    _check(first, end)
    permitted, excluded = read_categories(permit), read_categories(exclude)
    with reading(data) as access:
        number = next_number(access.context)
        name_scheme(access.context.store, number, called)
        prepare_and_say(access, as_json, "openScheme", number, first, end, permitted, excluded)


@commands.command()
def rules(
    scheme: Number,
    opens: Opens = None,
    last_day: LastDay = None,
    permit: Permit = None,
    exclude: Exclude = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bereid andere regels voor; wat u niet noemt, blijft zoals het is."""
    if opens is last_day is permit is exclude is None:
        raise Stop("Noem minstens één regel die anders wordt.")
    with reading(data) as access:
        find(access, scheme)
        now = rules_of(access.context, scheme)
        first = now.opens if opens is None else opens_on(read_day(opens))
        end = now.closes if last_day is None else closes_after(read_day(last_day))
        _check(first, end)
        permitted = now.permitted if permit is None else read_categories(permit)
        excluded = now.excluded if exclude is None else read_categories(exclude)
        prepare_and_say(access, as_json, "setRules", scheme, first, end, permitted, excluded)


@commands.command()
def rename(
    scheme: Number,
    name: Annotated[str, typer.Argument(help="Hoe de regeling voortaan heet.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Geef een regeling een andere naam. Dit geldt meteen; brieven die er al zijn, blijven zo."""
    called = read_name(name)
    with reading(data) as access:
        before = find(access, scheme).name
        rename_scheme(access.context.store, scheme, called, access.now)
    if as_json:
        return show_json({"id": scheme, "name": called})
    return say(f"Regeling {scheme} heette {before} en heet nu {called}.")


@commands.command()
def fund(
    scheme: Number,
    amount: Annotated[str, typer.Argument(help="Het bedrag in euro's, als 60000 of 60000,00.")],
    take_back: Annotated[bool, typer.Option("--take-back", help="Haal het eraf.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bereid meer budget voor een regeling voor, of minder."""
    cents = read_euros(amount)
    with reading(data) as access:
        find(access, scheme)
        prepare_and_say(access, as_json, "fund", scheme, -cents if take_back else cents)


@commands.command()
def pause(scheme: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Bereid voor dat er even niet kan worden betaald; één ambtenaar is genoeg."""
    with reading(data) as access:
        find(access, scheme)
        prepare_and_say(access, as_json, "setPaused", scheme, True)


@commands.command()
def resume(scheme: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Bereid voor dat er weer kan worden betaald."""
    with reading(data) as access:
        find(access, scheme)
        prepare_and_say(access, as_json, "setPaused", scheme, False)


@commands.command()
def close(scheme: Number, data: Data = None, as_json: AsJson = False) -> None:
    """Bereid voor dat een regeling voorgoed sluit."""
    with reading(data) as access:
        find(access, scheme)
        prepare_and_say(access, as_json, "closeScheme", scheme)


def find(access: ReadAccess, scheme: int) -> Scheme:
    """Return a scheme.

    Raises:
        Stop: there is no such scheme.
    """
    try:
        return find_scheme(access.context, scheme)
    except Refusal as error:
        raise Stop(f"Er is geen regeling {scheme}.") from error


def describe(scheme: Scheme, now: int) -> dict[str, Any]:
    """Return a scheme as JSON; amounts in cents."""
    return {
        "id": scheme.id,
        "name": scheme.name,
        "opens": rfc3339(scheme.opens),
        "closes": rfc3339(scheme.closes),
        "paused": scheme.paused,
        "closed": scheme.closed,
        "open": is_open(scheme, now),
        "permitted": scheme.permitted,
        "excluded": scheme.excluded,
        "funded": scheme.funded,
        "issued": scheme.granted,
        "stock": scheme.stock,
        "spent": scheme.spent,
        "refunded": scheme.refunded,
    }


def _check(opens: int, closes: int) -> None:
    try:
        check_period(opens, closes)
    except PeriodInvalid as error:
        raise Stop(str(error)) from error
