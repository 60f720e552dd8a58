"""Benchmark of growth: costs on a short and on a long chain, measured alternately."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx2

from kindpakket.actors import API
from kindpakket.follow import run_follower
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from scripts.bench.engine import Engine
from scripts.bench.processes import Memory, elsewhere, follower_of, memory_of, served
from scripts.bench.town import Town

SHORT = 500
FRESH = 200
"""Coupons reserved for the measurements at both lengths."""

_BATCH = 100
_STARTS = 4
_LOOKS = 10
_REST = "the day's last change, as a wallet asks for it"

Figures = dict[str, Any]


@dataclass(frozen=True)
class Grown:
    """A copy of a town before and after growing, and the memory of its processes while it grew."""

    short: Settings
    long: Settings
    payments: int
    seconds: float
    memory: dict[str, Figures]


def coupons_for(payments: int) -> int:
    """Return the number of coupons for this many payments, ten from each."""
    return max(SHORT, -(-payments // 10)) + FRESH


def grow(town: Town, payments: int, seconds: float | None) -> Grown:
    """Grow a town's chain, and keep a copy of its initial state.

    Args:
        seconds: time limit; None for no limit.
    """
    long = town.settings
    short = Settings(data=long.data.with_name("short"))
    started = time.monotonic()
    with _growing(town) as (pay, _):
        pay(range(FRESH, FRESH + SHORT))
    shutil.copytree(long.data, short.data)
    points: list[tuple[int, Memory, Memory]] = []
    with _growing(town) as (pay, memory):
        done = SHORT
        while done < payments and (seconds is None or time.monotonic() < started + seconds):
            used = town.coupons - FRESH
            count = min(_BATCH, payments - done)
            pay([FRESH + (done + number) % used for number in range(count)])
            done += count
            points.append((done, *memory()))
    return Grown(short, long, done, time.monotonic() - started, _memory(points))


@contextmanager
def _growing(town: Town) -> Iterator[tuple[Callable[[Any], Any], Callable[[], Any]]]:
    """Yield functions that pay, and that measure the memory of the engine and the follower."""
    with run_follower(town.settings), elsewhere(Engine, town, town.settings, sync=False) as engine:
        follower = follower_of("self")
        yield engine.pay, lambda: (engine.memory(), memory_of(follower))
        with Workspace.open(town.settings, read_only=True) as workspace:
            workspace.context.projection.catch_up()
        engine.close()


def _memory(points: list[tuple[int, Memory, Memory]]) -> dict[str, Figures]:
    """The growth of a process's own memory after warm-up, the first third."""
    if len(points) < 3:
        return {}
    warm, last = points[len(points) // 3], points[-1]
    figures = {}
    for who, place in (("engine", 1), ("follower", 2)):
        grown = last[place].own - warm[place].own
        figures[who] = {
            "own_mb": last[place].own,
            "file_mb": max(point[place].file for point in points),
            "own_mb_per_10_000": grown / (last[0] - warm[0]) * 10_000,
        }
    return figures


def compare(town: Town, grown: Grown) -> dict[str, Figures]:
    """Measure both copies alternately; return the costs on each, and their ratios."""
    pair = (grown.short, grown.long)
    costs = _requests(town, pair)
    costs |= _in_process(town, pair)
    starts: tuple[list[float], list[float]] = ([], [])
    for _ in range(_STARTS):
        for place, settings in enumerate(pair):
            with served(settings) as server:
                starts[place].append(server.start_seconds)
    return costs | {"start-up, process to first answer": _pair(starts)}


def _requests(town: Town, pair: tuple[Settings, Settings]) -> dict[str, Figures]:
    """Measure payments and other requests of two servers that run at the same time."""
    seconds: dict[str, tuple[list[float], list[float]]] = {
        name: ([], []) for name in ("payment", "receipt", _REST)
    }
    with ExitStack() as stack:
        https = []
        for settings in pair:
            server = stack.enter_context(served(settings))
            https.append(
                stack.enter_context(
                    httpx2.Client(base_url=server.base_url + API, timeout=60, trust_env=False)
                )
            )
        for number, body in enumerate(town.claims(range(FRESH))):
            for place in (0, 1) if number % 2 else (1, 0):
                http = https[place]
                answer = _timed(seconds["payment"][place], http.post, "/payments", json=body)
                paid = answer.json()
                day = f"/schemes/1/days/{paid['time'][:10]}"
                size = len(http.get(day).content)  # the first request updates the views
                _timed(seconds["receipt"][place], http.get, f"/payments/{paid['id']}")
                rest = {"Range": f"bytes={size - 62}-"}
                _timed(seconds[_REST][place], http.get, day, headers=rest)
    return {name: _pair(both) for name, both in seconds.items()}


def _in_process(town: Town, pair: tuple[Settings, Settings]) -> dict[str, Figures]:
    """Measure reading a balance from the contract, and a start without imports."""
    balance: tuple[list[float], list[float]] = ([], [])
    opening: tuple[list[float], list[float]] = ([], [])
    for _ in range(_LOOKS):
        for place, settings in enumerate(pair):
            start = time.perf_counter()
            with Workspace.open(settings) as workspace:
                workspace.context.projection.catch_up()
                opening[place].append(time.perf_counter() - start)
                for number in range(_LOOKS):
                    view = workspace.context.ledger.view
                    _timed(balance[place], view, "coupons", town.coupon(number))
    return {
        "balance, from the contract": _pair(balance),
        "start-up, opening and catching up": _pair(opening),
    }


def _timed(seconds: list[float], call: Callable[..., Any], *args: Any, **named: Any) -> Any:
    start = time.perf_counter()
    answer = call(*args, **named)
    seconds.append(time.perf_counter() - start)
    if isinstance(answer, httpx2.Response):
        answer.raise_for_status()
    return answer


def _pair(seconds: tuple[list[float], list[float]]) -> Figures:
    short, long = (1000 * median(some) for some in seconds)
    return {"short_ms": short, "long_ms": long, "ratio": long / short}
