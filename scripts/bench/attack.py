"""Benchmark: two tills pay once a second each, with and without an attack on the server.

Calm and attack phases alternate, so that all are measured under the same conditions.
"""

import json
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

import httpx2
from rich.console import Group
from rich.table import Table

from kindpakket.actors import API, Api, Till, claim, show_code
from kindpakket.protocol.signatures import Key
from kindpakket.settings import Settings
from scripts.bench.attackers import Attackers
from scripts.bench.processes import elsewhere, served
from scripts.bench.town import (
    AMOUNT,
    OWNER,
    SCHEME,
    TILL,
    Town,
    found,
    key_of,
    next_nonce,
)

TIMES_CALM = 3
"""Bound on the p99 of a payment under attack from other networks."""
ROUNDS = 5
SECONDS = 14
"""Duration of each phase in a round."""
ELSEWHERE = tuple(f"127.0.0.{n}" for n in range(2, 10))
"""Addresses of attackers in other networks; the tills are at 127.0.0.1."""
ROUTER = ("127.0.0.1",)
"""Addresses of attackers in the network of the tills."""
TURNS: dict[str, tuple[str, ...]] = {"calm": (), "attacked": ELSEWHERE, "from the router": ROUTER}

_TILLS = 2
_COUPONS = 600
_HALF = _COUPONS // 2
_GIVE_UP_SECONDS = 20
_WAIT = (429, 503)

Figures = dict[str, Any]


@dataclass(frozen=True)
class Sale:
    """A payment, as measured by a till."""

    seconds: float
    """From when it was due to the last answer, including Retry-After."""
    waits: int
    """Number of answers with Retry-After."""
    failure: str = ""


class Tills:
    """Tills of one shop that pay at a constant rate, each over its own connection."""

    def __init__(self, town: Town, base_url: str, tills: list[Till]) -> None:
        self._town = town
        self._tills = tills
        address = urlsplit(base_url).netloc
        self._https = [HTTPConnection(address, timeout=_GIVE_UP_SECONDS) for _ in tills]
        self._paid = 0

    def pay(self, times: int) -> list[Sale]:
        """Pay this many times at each till, once a second."""
        bodies = [[self._claim(till) for _ in range(times)] for till in self._tills]
        start = time.perf_counter()
        with ThreadPoolExecutor(len(self._tills)) as pool:
            starts = (start + n / len(self._tills) for n in range(len(self._tills)))
            done = pool.map(_pay_all, self._https, bodies, starts)
            return [sale for sales in done for sale in sales]

    def _claim(self, till: Till) -> bytes:
        self._paid += 1
        number = self._paid % _HALF
        key, nonce = key_of(number), next_nonce(number)
        code = show_code(self._town.domain, SCHEME, [key], AMOUNT, int(time.time()), nonce=nonce)
        return json.dumps(claim(self._town.domain, till, code.text, AMOUNT)).encode()


def _pay_all(http: HTTPConnection, bodies: list[bytes], start: float) -> list[Sale]:
    sales = []
    for number, body in enumerate(bodies):
        due = start + number
        time.sleep(max(0, due - time.perf_counter()))
        sales.append(_pay(http, body, due))
    return sales


def _pay(http: HTTPConnection, body: bytes, due: float) -> Sale:
    """Send a claim, with retries after Retry-After, as a till does."""
    began, waits = time.perf_counter(), 0
    while True:
        try:
            http.request("POST", f"{API}/payments", body, {"Content-Type": "application/json"})
            answer = http.getresponse()
            answer.read()
        except (OSError, HTTPException) as fault:
            http.close()
            return Sale(time.perf_counter() - due, waits, type(fault).__name__)
        wait = int(answer.headers.get("Retry-After", 1))
        late = time.perf_counter() - began + wait > _GIVE_UP_SECONDS
        if answer.status not in _WAIT or late:
            failure = "" if answer.status == 201 else str(answer.status)
            return Sale(time.perf_counter() - due, waits, failure)
        waits += 1
        http.close()  # the server closed the connection meanwhile; reconnect, as a browser does
        time.sleep(wait)


def run(rounds: int = ROUNDS, seconds: int = SECONDS) -> Figures:
    """Run the benchmark in a new town, in rounds of calm and attack phases."""
    honest = [Till(TILL.shop, Key(bytes([n]) * 32)) for n in range(10, 10 + _TILLS)]
    with tempfile.TemporaryDirectory() as directory:
        town = found(Settings(data=Path(directory) / "town"), _COUPONS)
        with served(town.settings, freely=False) as server:
            with httpx2.Client(base_url=server.base_url, timeout=60, trust_env=False) as http:
                for nonce, till in enumerate(honest, int(time.time()) + 1):
                    Api(http).change_till(OWNER, TILL.shop, till.key, nonce, active=True)
            with (
                elsewhere(Tills, town, server.base_url, honest) as tills,
                elsewhere(
                    Attackers, town, server.base_url, TILL, range(_HALF, _COUPONS)
                ) as attackers,
            ):
                return _measure(tills, attackers, rounds, seconds)


def _measure(tills: Any, attackers: Any, rounds: int, seconds: int) -> Figures:
    sales: dict[str, list[Sale]] = {turn: [] for turn in TURNS}
    answers: dict[str, dict[str, Counter[str]]] = {turn: {} for turn in TURNS}
    tills.pay(2)
    for _ in range(rounds):
        for turn, sources in TURNS.items():
            if sources:
                attackers.prepare(seconds + 2)
            with ThreadPoolExecutor(1) as pool:
                attack = sources and pool.submit(attackers.attack, sources, seconds + 1)
                sales[turn] += tills.pay(seconds)
                for name, outcomes in (attack.result() if attack else {}).items():
                    answers[turn].setdefault(name, Counter()).update(outcomes)
    turns = {turn: _row(some) for turn, some in sales.items()}
    calm = turns["calm"]["p99_ms"]
    for row in turns.values():
        row["times_calm"] = row["p99_ms"] / calm
    figures: Figures = {"turns": turns, "answers": answers}
    return figures | {"broken": broken(figures)}


def _row(sales: list[Sale]) -> Figures:
    milliseconds = [1000 * sale.seconds for sale in sales]
    return {
        "payments": len(sales),
        "p50_ms": median(milliseconds),
        "p99_ms": quantiles(milliseconds, n=100, method="inclusive")[98],
        "waits": sum(sale.waits for sale in sales),
        "failures": Counter(sale.failure for sale in sales if sale.failure),
    }


def broken(figures: Figures) -> list[str]:
    """Return the bounds that these figures exceed."""
    attacked = figures["turns"]["attacked"]
    told = (
        ("no payment of a till fails under attack", not attacked["failures"]),
        ("no till is told to wait for an attacker elsewhere", not attacked["waits"]),
        (f"p99: at most {TIMES_CALM} × calm", attacked["times_calm"] <= TIMES_CALM),
    )
    return [bound for bound, held in told if not held]


def table(figures: Figures) -> Group:
    """Return the rows of the table: measurements of the tills, and counts of the attackers."""
    seen = Table("two tills", *figures["turns"], title="Payments under attack")
    for name, key, form in (
        ("payments", "payments", "{:,}"),
        ("p50, ms", "p50_ms", "{:,.0f}"),
        ("p99, ms", "p99_ms", "{:,.0f}"),
        ("p99, times calm", "times_calm", "{:.2f}"),
        ("told to wait", "waits", "{:,}"),
    ):
        seen.add_row(name, *(form.format(row[key]) for row in figures["turns"].values()))
    seen.add_row("failures", *(_told(row["failures"]) for row in figures["turns"].values()))
    done = Table("attack", "attacked", "from the router", title="What the attackers heard")
    for name, outcomes in figures["answers"]["attacked"].items():
        done.add_row(name, _told(outcomes), _told(figures["answers"]["from the router"][name]))
    return Group(seen, done)


def _told(outcomes: dict[str, int]) -> str:
    return ", ".join(f"{name}: {count:,}" for name, count in sorted(outcomes.items())) or "0"
