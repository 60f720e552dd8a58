"""Load generator: tills that pay over HTTP, with persistent connections and signed in advance.

They share processors with the server, unlike real tills, so they do as little as possible.
"""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import repeat
from typing import Any
from urllib.parse import urlsplit

from kindpakket.actors import API
from scripts.bench.town import Town

_SECONDS = 60


@dataclass(frozen=True)
class Load:
    """Results of a load: total time, response times, and drift of the chain's clock."""

    seconds: float
    answers: list[float]
    clock_off: float

    @property
    def rate(self) -> float:
        """Payments per second."""
        return len(self.answers) / self.seconds


class Tills:
    """Tills that pay concurrently at one server.

    Args:
        tills: their number.
    """

    def __init__(self, town: Town, base_url: str, tills: int) -> None:
        self._town = town
        address = urlsplit(base_url).netloc
        self._https = [HTTPConnection(address, timeout=_SECONDS) for _ in range(tills)]
        self._pool = ThreadPoolExecutor(tills)

    def pay(self, coupons: Sequence[int], tills: int) -> Load:
        """Pay once from each coupon, at the maximum rate of this many tills (closed loop)."""
        bodies = iter(_encoded(self._town.claims(coupons)))  # shared between threads
        self._warm_up(tills)
        start = time.perf_counter()
        done = list(self._pool.map(self._pay_all, self._https[:tills], repeat(bodies)))
        return _load(start, [answer for answers in done for answer in answers])

    def pay_steadily(self, coupons: Sequence[int], per_second: int) -> Load:
        """Pay at a constant rate (open loop); delays of a late till are included in its times."""
        bodies = _encoded(self._town.claims(coupons))
        self._warm_up(len(self._https))
        start = time.perf_counter()
        idle = list(self._https)

        def pay(number: int, body: bytes) -> tuple[float, float]:
            due = start + number / per_second
            http = idle.pop()
            time.sleep(max(0, due - time.perf_counter()))
            answer = _pay(http, body, due)
            idle.append(http)
            return answer

        return _load(start, list(self._pool.map(pay, range(len(bodies)), bodies)))

    def _warm_up(self, tills: int) -> None:
        for http in self._https[:tills]:
            http.close()  # the server may have closed the idle connection
            http.request("GET", f"{API}/ledger")
            http.getresponse().read()

    @staticmethod
    def _pay_all(http: HTTPConnection, bodies: Any) -> list[tuple[float, float]]:
        return [_pay(http, body, time.perf_counter()) for body in bodies]


def _encoded(bodies: list[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(body).encode() for body in bodies]


def _pay(http: HTTPConnection, body: bytes, due: float) -> tuple[float, float]:
    """Return the seconds since it was due, and the difference between the block's time and now."""
    http.request("POST", f"{API}/payments", body, {"Content-Type": "application/json"})
    answer = http.getresponse()
    text = answer.read()
    seconds, now = time.perf_counter() - due, time.time()
    if answer.status != HTTPStatus.CREATED:
        raise RuntimeError(text)
    return seconds, abs(now - datetime.fromisoformat(json.loads(text)["time"]).timestamp())


def _load(start: float, answers: list[tuple[float, float]]) -> Load:
    seconds, gaps = zip(*answers, strict=True)
    return Load(time.perf_counter() - start, list(seconds), max(gaps))
