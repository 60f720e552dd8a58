"""The speed run: the engine alone, tills over HTTP, the same with a real node, and growth."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from kindpakket.services.base.private_files import write_private
from kindpakket.settings import Settings
from scripts.bench import gas, growth
from scripts.bench.engine import Engine
from scripts.bench.load import Load, Tills
from scripts.bench.nodes import ANVIL_KEY, anvil
from scripts.bench.processes import elsewhere, follower_of, memory_of, served
from scripts.bench.town import Town, found

ROUNDS = 6
PAYMENTS = 60
"""Payments of the engine and of one till in a round; 8 tills make twice as many."""

AT_ONCE = 8
STEADY_PER_SECOND = 10
STEADY_PAYMENTS = 200
_WARM_UP = 40

Figures = dict[str, Any]
Tell = Callable[[str], None]


def run(payments: int, seconds: float | None, tell: Tell) -> Figures:
    """Measure everything, in temporary directories.

    Args:
        payments: length of the long chain.
        seconds: time limit for growing; None for no limit.
        tell: called with progress messages.
    """
    with tempfile.TemporaryDirectory() as directory:
        data = Path(directory)
        tell("gas of each act")
        figures: Figures = {"gas": gas.measure()}
        tell("tills over HTTP, embedded")
        figures["embedded"] = _tills(*(_found(data / name) for name in ("tills", "raw")))
        tell("tills over HTTP, over anvil")
        with anvil() as ours, anvil() as raw:
            towns = _found(data / "anvil-tills", ours), _found(data / "anvil-raw", raw)
            figures["anvil"] = _tills(*towns)
        tell(f"growth to {payments:,} payments")
        town = found(Settings(data=data / "long"), growth.coupons_for(payments))
        grown = growth.grow(town, payments, seconds)
        tell(f"{growth.SHORT} payments against {grown.payments:,}, in turn")
        figures["growth"] = {
            "short": growth.SHORT,
            "wanted": payments,
            "reached": grown.payments,
            "seconds": grown.seconds,
            "costs": growth.compare(town, grown),
        }
        figures["memory"] = {
            **{f"server, {kind}": figures[kind].pop("memory") for kind in ("embedded", "anvil")},
            **grown.memory,
        }
    return figures


def _found(data: Path, node_url: str | None = None) -> Town:
    data.mkdir()
    if node_url:
        write_private(data / "relay.key", "0x" + ANVIL_KEY.hex())
    return found(Settings(data=data, node_url=node_url), 2 * PAYMENTS)


def _tills(town: Town, raw_town: Town) -> Figures:
    """Measure the engine, one till and many alternately, under the same conditions."""
    with ExitStack() as stack:
        server = stack.enter_context(served(town.settings))
        tills = stack.enter_context(elsewhere(Tills, town, server.base_url, AT_ONCE))
        engine = stack.enter_context(elsewhere(Engine, raw_town, raw_town.settings))
        coupons = list(range(town.coupons))
        tills.pay(coupons[:_WARM_UP], AT_ONCE)
        engine.pay(coupons[:_WARM_UP])
        raw: list[list[float]] = []
        one: list[Load] = []
        many: list[Load] = []
        for _ in range(ROUNDS):
            raw.append(engine.pay(coupons[:PAYMENTS]))
            one.append(tills.pay(coupons[:PAYMENTS], 1))
            many.append(tills.pay(coupons, AT_ONCE))
        steady = tills.pay_steadily(
            [number % town.coupons for number in range(STEADY_PAYMENTS)], STEADY_PER_SECOND
        )
        memory = server.memory()
        follower = memory_of(follower_of(server.pid))
        raw_rates = [len(some) / sum(some) for some in raw]
        return {
            "raw_rate": median(raw_rates),
            "raw_ms": 1000 * median(chain(*raw)),
            **_answers("1_till", one),
            **_answers("8_tills", many),
            "ratio_1_till": _ratio(one, raw_rates),
            "ratio_8_tills": _ratio(many, raw_rates),
            **_answers("steady", [steady]),
            "clock_off_s": max(load.clock_off for load in (*one, *many, steady)),
            "start_s": server.start_seconds,
            "memory": {
                "own_mb": memory.own,
                "file_mb": memory.file,
                "follower_own_mb": follower.own,
                "follower_file_mb": follower.file,
            },
        }


def _answers(name: str, loads: list[Load]) -> Figures:
    answers = sorted(chain.from_iterable(load.answers for load in loads))
    return {
        f"rate_{name}": median(load.rate for load in loads),
        f"{name}_p50_ms": 1000 * median(answers),
        f"{name}_p99_ms": 1000 * quantiles(answers, n=100)[98],
    }


def _ratio(loads: list[Load], raw_rates: list[float]) -> float:
    """The median of the ratios of single rounds, so that variations of the machine cancel out."""
    return median(load.rate / raw for load, raw in zip(loads, raw_rates, strict=True))
