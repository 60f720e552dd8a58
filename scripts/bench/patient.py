"""Tills that repeat a payment until it is answered, as the till app does, while nodes and servers
fail."""

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kindpakket.actors import API
from kindpakket.main import running_server
from scripts.bench.town import Town

NO_ANSWER = 0
"""Counted as a status, for a connection that failed."""
_SETTLED = (HTTPStatus.OK, HTTPStatus.CREATED)
_NOT_YET = (NO_ANSWER, HTTPStatus.ACCEPTED, HTTPStatus.SERVICE_UNAVAILABLE)
_PAUSE_SECONDS = 0.1
"""Before an unanswered payment is repeated."""
_ANSWER_SECONDS = 30
_LAST_SECONDS = 60
"""After the end, for the payments that are not answered yet."""


@dataclass
class Told:
    """What the tills were told."""

    cents: dict[str, int] = field(default_factory=dict)
    """The amount of each settled payment, by its id."""
    moments: list[float] = field(default_factory=list)
    """When each was known to be settled, by the machine's monotonic clock."""
    seconds: list[float] = field(default_factory=list)
    """From the first request of each to its settled answer."""
    answers: Counter[int] = field(default_factory=Counter)
    """How often each status came."""
    wrong: list[str] = field(default_factory=list)
    """Answers that a till with a valid code never should get."""
    unanswered: int = 0
    """Payments that were not settled a minute after the end."""

    def longest_gap(self, since: float) -> float:
        """Return the longest time without a settled payment after a moment, in seconds."""
        moments = [since, *sorted(each for each in self.moments if each > since)]
        return max(
            (after - before for before, after in pairwise(moments)),
            default=0.0,
        )


class PatientTills:
    """Tills that pay all the time, each from coupons of its own.

    Args:
        servers: data directories of the servers; the tills are divided over them.
    """

    def __init__(self, town: Town, servers: list[Path], tills: int) -> None:
        self._town = town
        self._told = Told()
        self._noting = threading.Condition()
        self._ends = threading.Event()
        self._last = float("inf")
        self._threads = [
            threading.Thread(
                target=self._pay_all, args=(servers[number % len(servers)], number, tills)
            )
            for number in range(tills)
        ]
        for thread in self._threads:
            thread.start()

    def paid(self) -> int:
        """Return how many payments are settled."""
        return len(self._told.cents)

    def answered(self, status: int) -> int:
        """Return how often a status came."""
        return self._told.answers[status]

    def await_more(self, payments: int, seconds: float) -> float:
        """Wait until so many more payments are settled; return the time of the first of them, by
        the monotonic clock.

        Raises:
            TimeoutError: they were not, within these seconds.
        """
        with self._noting:
            now = self.paid()
            if not self._noting.wait_for(lambda: self.paid() >= now + payments, seconds):
                raise TimeoutError(f"{self.paid() - now} payments in {seconds} s: {self._told}")
            return self._told.moments[now]

    def await_answer(self, status: int, seconds: float) -> None:
        """Wait until a status came once more.

        Raises:
            TimeoutError: it did not, within these seconds.
        """
        with self._noting:
            now = self.answered(status)
            if not self._noting.wait_for(lambda: self.answered(status) > now, seconds):
                raise TimeoutError(f"no {status} in {seconds} s: {self._told}")

    def end(self) -> Told:
        """Finish the payments in progress, and return what was told."""
        self._last = time.monotonic() + _LAST_SECONDS
        self._ends.set()
        for thread in self._threads:
            thread.join()
        return self._told

    def _pay_all(self, data: Path, number: int, tills: int) -> None:
        line = _Line(data)
        for coupon in cycle(range(number, self._town.coupons, tills)):
            if self._ends.is_set():
                return
            (body,) = self._town.claims([coupon])
            self._pay(line, body)

    def _pay(self, line: "_Line", body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        start = time.monotonic()
        while time.monotonic() < self._last:
            status, text = line.post(content)
            with self._noting:
                self._told.answers[status] += 1
                if status in _SETTLED:
                    self._settle(body, json.loads(text), start)
                elif status not in _NOT_YET:
                    self._told.wrong.append(text)
                self._noting.notify_all()
            if status not in _NOT_YET:
                return
            time.sleep(_PAUSE_SECONDS)
        self._told.unanswered += 1

    def _settle(self, body: dict[str, Any], payment: dict[str, Any], start: float) -> None:
        if payment["amount"] != body["amount"] or payment["id"] in self._told.cents:
            self._told.wrong.append(json.dumps(payment))
        self._told.cents[payment["id"]] = payment["amount"]
        now = time.monotonic()
        self._told.moments.append(now)
        self._told.seconds.append(now - start)


class _Line:
    """A connection to the server that serves a data directory now."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._http: HTTPConnection | None = None

    def post(self, body: bytes) -> tuple[int, str]:
        """Return the status and the text of the answer."""
        try:
            if self._http is None:
                address = urlsplit(running_server(self._data) or "").netloc
                self._http = HTTPConnection(address, timeout=_ANSWER_SECONDS)
            headers = {"Content-Type": "application/json"}
            self._http.request("POST", f"{API}/payments", body, headers)
            answer = self._http.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, HTTPException):
            if self._http:
                self._http.close()
            self._http = None
            return NO_ANSWER, ""
