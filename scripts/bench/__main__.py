"""Benchmarks, in temporary directories.

``python -m scripts.bench`` is the speed run, including the phone and the till; ``kills``,
``audit``, ``bytes``, ``letters``, ``phone``, ``till``, ``desk``, ``attack``, ``passphrase``,
``processor``, ``network``, ``servers`` and ``profile`` run separately. Each exits with 1 if a bound
is exceeded.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType

from kindpakket import logs

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Seed = Annotated[int, typer.Option(help="The same seed makes the same choices.")]

PAYMENTS = 20_000
"""Default time to grow the chain, in seconds; the run prints the length reached."""

_LOSSES = ("lost", "twice", "unknown", "audit", "views_that_differ")

app = typer.Typer(add_completion=False)
_progress = Console(stderr=True)
logs.configure("warning", "console")


@app.callback(invoke_without_command=True)
def speed(
    context: typer.Context,
    payments: Annotated[
        int | None,
        typer.Option(help=f"Let the chain grow to so many, however long; else {PAYMENTS:,}."),
    ] = None,
    seconds: Annotated[
        float, typer.Option(help="The most that growing may take, without --payments.")
    ] = 300,
    as_json: AsJson = False,
) -> None:
    """Measure payments per second, the cost on a longer chain, memory, clock drift and gas."""
    if context.invoked_subcommand is not None:
        return
    from scripts.bench import bounds, phone, speed, table, till

    def tell(line: str) -> None:
        _progress.print(line, style="dim")

    figures = speed.run(payments or PAYMENTS, None if payments else seconds, tell)
    tell("a cheap phone")
    figures["phone"] = phone.run()
    tell("a till")
    figures["till"] = till.run()
    broken = bounds.broken(figures) + phone.broken(figures["phone"]) + till.broken(figures["till"])
    if as_json:
        typer.echo(json.dumps(figures | {"broken": broken}, indent=2))
    else:
        table.show(figures, broken)
    raise typer.Exit(bool(broken))


@app.command()
def kills(
    kills: Annotated[int, typer.Option(help="How often to kill the server.")] = 100,
    seed: Seed = 1,
) -> None:
    """Kill a server under load repeatedly, and check that answered acts are on the ledger."""
    from scripts.bench import kills as bench

    figures: dict[str, Any] = bench.run(kills, seed)
    _tell(figures, any(figures[name] for name in _LOSSES) or any(figures["cents_off"]))


@app.command(name="bytes")
def bytes_(
    inputs: Annotated[int, typer.Option(help="How many inputs, over all readers.")] = 1_000_000,
    seed: Seed = 1,
) -> None:
    """Fuzz all parsers of external bytes, and count improper failures."""
    from scripts.bench import bytes as bench

    figures: dict[str, Any] = bench.run(inputs, seed)
    _tell(figures, bool(figures["failed"]))


@app.command()
def letters(
    letters: Annotated[int, typer.Option(help="How many letters, of twelve coupons each.")] = 600,
) -> None:
    """Generate a letter run, and measure time and memory."""
    from scripts.bench import letters as bench

    figures: dict[str, Any] = bench.run(letters)
    _tell(figures, bool(figures["broken"]))


@app.command()
def phone() -> None:
    """Measure a letter's first and later visits and a code on a cheap, slowly connected phone."""
    from scripts.bench import phone as bench

    _show(bench.table, bench.run())


@app.command()
def till() -> None:
    """Measure a sale, from the code in view of the camera to the result."""
    from scripts.bench import till as bench

    _show(bench.table, bench.run())


@app.command()
def passphrase() -> None:
    """Measure how long an official waits for a passphrase."""
    from scripts.bench import passphrase as bench

    _show(bench.table, bench.run())


@app.command()
def desk(
    payments: Annotated[int, typer.Option(help="How many the town has behind it.")] = PAYMENTS,
) -> None:
    """Measure the desk's pages with half a year of payments, during payments."""
    from scripts.bench import desk as bench

    _show(bench.table, bench.run(payments, lambda line: _progress.print(line, style="dim")))


@app.command()
def privacy(
    letters: Annotated[list[int] | None, typer.Option(help="How many; may be repeated.")] = None,
    seeds: Annotated[int, typer.Option(help="How many towns of each size.")] = 3,
    step: Annotated[int, typer.Option(help="Prices are multiples of so many cents.")] = 50,
) -> None:
    """Play a year of a town, and measure which purchases of a family can be tied to each other."""
    from scripts.bench import privacy as bench

    _show(bench.table, bench.run(letters or [150, 600, 5_000], seeds, step))


@app.command()
def files(
    letters: Annotated[int, typer.Option(help="How many letters.")] = 5_000,
    days: Annotated[int, typer.Option(help="How many days of the year.")] = 365,
) -> None:
    """Measure the size of the files from which wallets read, and the time for keeping them."""
    from scripts.bench import files as bench

    _show(bench.table, bench.run(letters, days))


@app.command()
def children(
    rows: Annotated[int, typer.Option(help="How many children.")] = 5_000,
) -> None:
    """Bring lists of children in with the real command, from CSV and from Excel."""
    from scripts.bench import children as bench

    _show(bench.table, bench.run(rows))


@app.command()
def audit(
    embedded: Annotated[int, typer.Option(help="Payments of the embedded chain.")] = 10_000,
    node: Annotated[int, typer.Option(help="Payments of the node's chain.")] = 10_000,
) -> None:
    """Measure the audit for strangers, over an embedded chain and over a node."""
    from scripts.bench import audit as bench

    _show(bench.table, bench.run(embedded, node, lambda line: _progress.print(line, style="dim")))


@app.command()
def attack() -> None:
    """Measure two tills during attacks on the server."""
    from scripts.bench import attack as bench

    _show(bench.table, bench.run())


@app.command()
def processor() -> None:
    """Measure the processor time of a payment, by process of the server."""
    from scripts.bench import processor as bench

    _show(bench.table, bench.run())


@app.command()
def network() -> None:
    """Measure payments over four validators, and while one of them is killed."""
    from scripts.bench import network as bench

    _show(bench.table, bench.run())


@app.command()
def servers() -> None:
    """Measure payments of two servers on one node and one PostgreSQL, against one server."""
    from scripts.bench import servers as bench

    _show(bench.table, bench.run())


@app.command()
def profile(
    out: Annotated[Path, typer.Option(help="Where to draw.")] = Path("docs/performance.svg"),
) -> None:
    """Profile the server under 8 tills: a flame graph, and the steps outside the engine."""
    from scripts.bench import profile

    profile.run(out)


def _show(table: Callable[[dict[str, Any]], RenderableType], figures: dict[str, Any]) -> None:
    console = Console(width=100)
    console.print(table(figures))
    for bound in figures["broken"]:
        console.print(f"broken: {bound}", style="red")
    raise typer.Exit(bool(figures["broken"]))


def _tell(figures: dict[str, Any], faulty: bool) -> None:
    typer.echo(json.dumps(figures, indent=2))
    raise typer.Exit(faulty)


if __name__ == "__main__":
    app()
