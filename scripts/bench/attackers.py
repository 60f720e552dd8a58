"""Attackers of a server: all attacks at once, at fixed rates, from addresses of this machine.

They run at a lower priority than the server, as real attackers would use other processors.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from siwe import SiweMessage

from kindpakket.actors import API, Till, claim, show_code
from scripts.bench.town import SCHEME, Town, key_of, next_nonce

HALF_OPEN = 300
SLOW = 100
PER_SECOND = 25
"""Requests per second of each kind."""
_PATIENCE_SECONDS = 10
_POLLED = ("ledger", "schemes", "schemes/1", "shops", "shops/1", "categories")
_DESK = "/gemeente/aanmelden"
_BYTES = 4_000
_BIG = 16_000
"""Size of a form that is slow to parse, in characters."""

Send = Callable[[], Coroutine[Any, Any, str]]


class Attackers:
    """Attackers of one server.

    Args:
        till: of an admitted shop, whose owner attacks too.
        coupons: the first of the coupons for which this till has codes.
    """

    def __init__(self, town: Town, base_url: str, till: Till, coupons: range) -> None:
        os.nice(19)
        self._town = town
        self._address = urlsplit(base_url)
        self._till = till
        self._coupons = coupons
        self._used = count()
        self._chance = random.Random(1)  # noqa: S311
        self._one_cents: Iterator[dict[str, Any]] = iter(())
        self._sources: tuple[str, ...] = ()

    def prepare(self, seconds: float) -> None:
        """Sign the messages for an attack of this many seconds."""
        bodies = [self._one_cent() for _ in range(int(2 * PER_SECOND * seconds))]
        self._one_cents = iter(bodies)

    def attack(self, sources: tuple[str, ...], seconds: float) -> dict[str, dict[str, int]]:
        """Attack from these addresses; return the number of answers by attack and status."""
        self._sources = sources
        return asyncio.run(self._attack(seconds))

    async def _attack(self, seconds: float) -> dict[str, dict[str, int]]:
        attacks: dict[str, tuple[Send, int]] = {
            "half-open connections": (self._half_open, HALF_OPEN),
            "slow bodies": (self._slow_body, SLOW),
        }
        paced: dict[str, Send] = {
            "big forms": self._big_form,
            "sign-in messages": self._sign_in,
            "challenges": lambda: self._post(f"{API}/session-challenges", b""),
            "polling": lambda: self._get(f"{API}/{self._chance.choice(_POLLED)}"),
            "one-cent payments": lambda: self._pay(next(self._one_cents)),
            "bad signatures": lambda: self._pay(_spoilt(next(self._one_cents))),
            "random bytes": lambda: self._exchange(self._chance.randbytes(_BYTES)),
        }
        outcomes = {name: Counter[str]() for name in (*attacks, *paced)}
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for name, (send, at_once) in attacks.items():
                    for _ in range(at_once):
                        group.create_task(_again_and_again(send, outcomes[name]))
                for name, send in paced.items():
                    group.create_task(_paced(send, outcomes[name], group))
        return {name: dict(counter) for name, counter in outcomes.items()}

    # ------------------------------------------------------------------------- single attacks

    async def _half_open(self) -> str:
        return await self._exchange(self._head("POST", f"{API}/payments")[:-2], patience=60)

    async def _slow_body(self) -> str:
        head = self._head("POST", f"{API}/payments", _BYTES)
        return await self._exchange(head, slowly=b" " * _BYTES, patience=60)

    async def _big_form(self) -> str:
        message = "a.b wants you to sign in: " + self._chance.choice("a.:-/1") * _BIG
        return await self._form(message)

    async def _sign_in(self) -> str:
        return await self._form(
            SiweMessage(
                domain=self._address.netloc,
                address="0x" + "1" * 40,
                uri=self._address.geturl(),
                version="1",
                chain_id=self._town.domain.chain_id,
                nonce=self._chance.randbytes(16).hex(),
                issued_at=datetime.now(UTC).isoformat(),
            ).prepare_message()
        )

    async def _form(self, message: str) -> str:
        form = urlencode({"message": message, "signature": "0x" + "1b" * 65})
        return await self._post(_DESK, form.encode(), "application/x-www-form-urlencoded")

    async def _pay(self, body: dict[str, Any]) -> str:
        return await self._post(f"{API}/payments", json.dumps(body).encode())

    async def _post(self, path: str, body: bytes, kind: str = "application/json") -> str:
        return await self._exchange(self._head("POST", path, len(body), kind) + body)

    async def _get(self, path: str) -> str:
        return await self._exchange(self._head("GET", path))

    # ------------------------------------------------------------------------- bytes

    def _head(
        self, method: str, path: str, length: int = 0, kind: str = "application/json"
    ) -> bytes:
        lines = (
            f"{method} {path} HTTP/1.1",
            f"Host: {self._address.netloc}",
            f"Origin: {self._address.geturl()}",
            f"Content-Type: {kind}",
            f"Content-Length: {length}",
            "Connection: close",
            "\r\n",
        )
        return "\r\n".join(lines).encode()

    async def _exchange(
        self, sent: bytes, slowly: bytes = b"", patience: float = _PATIENCE_SECONDS
    ) -> str:
        """Send bytes, some of them at one per second; return the status of the answer."""
        source = (self._chance.choice(self._sources), 0)
        writer = None
        try:
            async with asyncio.timeout(patience):
                reader, writer = await asyncio.open_connection(
                    self._address.hostname, self._address.port, local_addr=source
                )
                writer.write(sent)
                for byte in slowly:
                    await asyncio.sleep(1)
                    writer.write(bytes([byte]))
                    await writer.drain()
                first = await reader.readline()
                await reader.read()
                return first[9:12].decode() or "closed"
        except TimeoutError:
            return "no answer"
        except OSError:
            return "closed"
        finally:
            if writer:
                writer.transport.abort()

    def _one_cent(self) -> dict[str, Any]:
        number = self._coupons[next(self._used) % len(self._coupons)]
        key, nonce = key_of(number), next_nonce(number)
        code = show_code(self._town.domain, SCHEME, [key], 1, int(time.time()), nonce=nonce)
        return claim(self._town.domain, self._till, code.text, 1)


def _spoilt(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"signature": "0x" + body["signature"][:1:-1]}


async def _again_and_again(send: Send, outcomes: Counter[str]) -> None:
    while True:
        outcomes[await send()] += 1
        await asyncio.sleep(1)


async def _paced(send: Send, outcomes: Counter[str], group: asyncio.TaskGroup) -> None:
    async def once() -> None:
        outcomes[await send()] += 1

    while True:
        group.create_task(once())
        await asyncio.sleep(1 / PER_SECOND)
