"""Tills that pay over HTTP: each keeps its connection, and signs before the clock runs."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any

import httpx2

from kindpakket.actors import API
from scripts.bench.town import Town

_SECONDS = 60


@dataclass(frozen=True)
class Load:
    """What tills saw: how long all of it took, each answer, and how far the chain's clock was."""

    seconds: float
    answers: list[float]
    clock_off: float

    @property
    def rate(self) -> float:
        """Payments a second."""
        return len(self.answers) / self.seconds


class Tills:
    """As many tills as pay at once, on one server.

    Args:
        tills: how many.
    """

    def __init__(self, town: Town, base_url: str, tills: int) -> None:
        self._town = town
        self._https = [
            httpx2.Client(base_url=base_url, timeout=_SECONDS, trust_env=False)
            for _ in range(tills)
        ]
        self._pool = ThreadPoolExecutor(tills)

    def pay(self, coupons: Sequence[int], tills: int) -> Load:
        """Pay once from each coupon as fast as so many tills can: each after its last answer."""
        bodies = iter(self._town.claims(coupons))  # threads take turns at it, one body each
        self._warm_up(tills)
        start = time.perf_counter()
        done = list(self._pool.map(self._pay_all, self._https[:tills], repeat(bodies)))
        return _load(start, [answer for answers in done for answer in answers])

    def pay_steadily(self, coupons: Sequence[int], per_second: int) -> Load:
        """Pay so often a second, answered or not; a till that is late has waited since then."""
        bodies = self._town.claims(coupons)
        self._warm_up(len(self._https))
        start = time.perf_counter()
        idle = list(self._https)

        def pay(number: int, body: dict[str, Any]) -> tuple[float, float]:
            due = start + number / per_second
            http = idle.pop()
            time.sleep(max(0, due - time.perf_counter()))
            answer = _pay(http, body, due)
            idle.append(http)
            return answer

        return _load(start, list(self._pool.map(pay, range(len(bodies)), bodies)))

    def _warm_up(self, tills: int) -> None:
        for http in self._https[:tills]:
            http.get(f"{API}/ledger").raise_for_status()

    @staticmethod
    def _pay_all(http: httpx2.Client, bodies: Any) -> list[tuple[float, float]]:
        return [_pay(http, body, time.perf_counter()) for body in bodies]


def _pay(http: httpx2.Client, body: dict[str, Any], due: float) -> tuple[float, float]:
    """Return the seconds since it was due, and those between the block's time and now."""
    answer = http.post(f"{API}/payments", json=body)
    seconds, now = time.perf_counter() - due, time.time()
    if answer.status_code != httpx2.codes.CREATED:
        raise RuntimeError(answer.text)
    return seconds, abs(now - datetime.fromisoformat(answer.json()["time"]).timestamp())


def _load(start: float, answers: list[tuple[float, float]]) -> Load:
    seconds, gaps = zip(*answers, strict=True)
    return Load(time.perf_counter() - start, list(seconds), max(gaps))
