"""Output of the results as a table."""

from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.bench import bounds, phone, till

Figures = dict[str, Any]


def show(figures: Figures, broken: list[str]) -> None:
    """Print a run's figures and the bounds that it exceeds."""
    console = Console(width=100)
    for table in (_speed(figures), _growth(figures), _memory(figures["memory"]), _gas(figures)):
        console.print(table)
    console.print(phone.table(figures["phone"]))
    console.print(till.table(figures["till"]))
    for bound in broken:
        console.print(f"broken: {bound}", style="red")
    console.print("Every bound holds." if not broken else f"Broken bounds: {len(broken)}.")


def _speed(figures: Figures) -> Table:
    table = Table("speed", "embedded", "anvil", "to reach, embedded", title="Payments")
    both = figures["embedded"], figures["anvil"]
    ratio, times = f"{bounds.RATIO_TO_RAW} of raw", f"{bounds.ANVIL_TIMES:g}"
    steady = f"{bounds.STEADY_P99:g} × raw = {bounds.STEADY_P99 * both[0]['raw_ms']:.0f}"
    rows = (
        ("engine alone, payments/s", "raw_rate", 1, ""),
        ("engine alone, one payment, ms", "raw_ms", 1, ""),
        ("1 till, payments/s", "rate_1_till", 1, ""),
        ("1 till, p50 ms", "1_till_p50_ms", 1, ""),
        ("1 till, p99 ms", "1_till_p99_ms", 1, ""),
        ("1 till, ratio to engine alone", "ratio_1_till", 2, ""),
        ("8 tills, payments/s", "rate_8_tills", 1, f"anvil: {times} × embedded"),
        ("8 tills, p50 ms", "8_tills_p50_ms", 1, ""),
        ("8 tills, p99 ms", "8_tills_p99_ms", 1, ""),
        ("8 tills, ratio to engine alone", "ratio_8_tills", 2, ratio),
        ("10 a second, p50 ms", "steady_p50_ms", 1, ""),
        ("10 a second, p99 ms", "steady_p99_ms", 1, steady),
        ("chain's clock off by at most, s", "clock_off_s", 2, f"{bounds.CLOCK_SECONDS:g}"),
        ("start to first answer, s", "start_s", 2, ""),
    )
    for name, key, digits, bound in rows:
        table.add_row(name, *(f"{side[key]:,.{digits}f}" for side in both), bound)
    return table


def _growth(figures: Figures) -> Table:
    growth = figures["growth"]
    reached = f"{growth['reached']:,}"
    if growth["reached"] < growth["wanted"]:
        reached += f" (time was up; {growth['wanted']:,} wanted)"
    table = Table(
        "median, ms",
        f"after {growth['short']:,}",
        f"after {growth['reached']:,}",
        "ratio",
        "at most",
        title=f"Growth: {reached} payments in {growth['seconds']:.0f} s",
    )
    for name, cost in growth["costs"].items():
        times = (f"{cost[key]:,.2f}" for key in ("short_ms", "long_ms", "ratio"))
        table.add_row(name, *times, f"{bounds.GROWTH}")
    return table


def _memory(memory: Figures) -> Table:
    table = Table(
        "process, MB",
        "own",
        f"of files (at most {bounds.FILE_MB:g})",
        f"own, per 10,000 payments (at most {bounds.OWN_MB_PER_10_000:g})",
        title="Memory",
    )
    for who, held in memory.items():
        grown = held.get("own_mb_per_10_000")
        row = (f"{held['own_mb']:.0f}", f"{held['file_mb']:.0f}")
        table.add_row(who, *row, "" if grown is None else f"{grown:+.1f}")
    return table


def _gas(figures: Figures) -> Table:
    table = Table("act", "gas", "at most", title="Gas")
    for act, gas in figures["gas"].items():
        bound = bounds.PAY_GAS.get(act)
        table.add_row(act, f"{gas:,}", f"{bound:,}" if bound else "")
    return table
