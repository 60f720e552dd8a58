"""The bounds on the figures of a speed run."""

from typing import Any

PAY_GAS = {"pay, 1 coupon": 95_000, "pay, 3 coupons": 125_000}
RATIO_TO_RAW = 0.8
STEADY_P99 = 5.0
"""Multiple of the raw time of one payment."""
CLOCK_SECONDS = 2.0
ANVIL_TIMES = 2.0
GROWTH = 1.15
OWN_MB_PER_10_000 = 5.0
"""Bound on the growth of a process's own memory after warm-up."""
FILE_MB = 100.0
"""Bound on the file-backed memory of a process, such as pages of the chain."""


def broken(figures: dict[str, Any]) -> list[str]:
    """Return the bounds that these figures exceed."""
    embedded, anvil, growth = figures["embedded"], figures["anvil"], figures["growth"]
    told = [
        (f"gas: {act} at most {most:,}", figures["gas"][act] <= most)
        for act, most in PAY_GAS.items()
    ]
    told += [
        (
            f"HTTP with 8 tills at least {RATIO_TO_RAW} of raw",
            embedded["ratio_8_tills"] >= RATIO_TO_RAW,
        ),
        (
            f"p99 at a steady 10 a second at most {STEADY_P99} raw payments",
            embedded["steady_p99_ms"] <= STEADY_P99 * embedded["raw_ms"],
        ),
        (f"clock within {CLOCK_SECONDS} s", embedded["clock_off_s"] <= CLOCK_SECONDS),
    ]
    if anvil is not None:
        told.append(
            (
                f"anvil at least {ANVIL_TIMES} times embedded with 8 tills",
                anvil["rate_8_tills"] >= ANVIL_TIMES * embedded["rate_8_tills"],
            )
        )
    told += [
        (f"{what} within {GROWTH:.0%} of itself on a short chain", pair["ratio"] <= GROWTH)
        for what, pair in growth["costs"].items()
    ]
    told += _of_memory(figures["memory"])
    return [bound for bound, held in told if not held]


def _of_memory(processes: dict[str, dict[str, float]]) -> list[tuple[str, bool]]:
    """Return the bounds on memory, by name of the process, and whether each is held."""
    grew = {"engine", "follower"} <= set(processes)
    told = [("the chain grew long enough to tell how memory grows", grew)]
    for who, memory in processes.items():
        if "own_mb_per_10_000" in memory:
            told.append(
                (
                    f"memory of the {who} grows at most {OWN_MB_PER_10_000} MB in 10,000 payments",
                    memory["own_mb_per_10_000"] <= OWN_MB_PER_10_000,
                )
            )
        told.append(
            (
                f"the {who} holds at most {FILE_MB} MB of files' pages",
                memory["file_mb"] <= FILE_MB,
            )
        )
    return told
