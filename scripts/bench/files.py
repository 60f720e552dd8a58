"""Benchmark of the files from which wallets read: size in a year, and the follower's time.

The blocks are made up, with real messages and signatures; there is no engine and no contract.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, cast

from rich.table import Table
from sqlalchemy import select

from kindpakket.domain.ids import Address, Hash, SchemeId, ShopId
from kindpakket.domain.letters import Letter
from kindpakket.domain.times import utc_day_of
from kindpakket.ledger.abi import Event, encode_call
from kindpakket.ledger.port import Block, Entry, Ledger
from kindpakket.protocol.changes import MonthKeys
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.messages import Claim, Domain, Spend
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base import project
from kindpakket.store import tables as t
from kindpakket.store.database import Store

START = 1_767_225_600
"""1 January 2026, in UTC."""
DAYS = 365
LETTERS = 5_000
VALUES = (10_000, 5_000, 5_000, 2_000, 2_000, 2_000, 1_000, 1_000, 500, 500, 500, 500)
PURCHASES = 8
"""Of a letter in a year."""
COUPONS = (1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4)
"""How many a payment takes: 2.25 in the mean."""
MOST_MB_A_YEAR = 6
MOST_KB_A_DAY = 16

_SCHEME, _SHOP = SchemeId(1), ShopId(1)
_ISSUE = 500
_DAY_SECONDS = 86_400
_SECRET = b"\x07" * 32
_TILL = Address("0x" + "22" * 20)
DOMAIN = Domain(1, Address("0x" + "11" * 20))

Figures = dict[str, Any]


class Stopwatch:
    """Adds up the processor time of calls of a function."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self.seconds = 0.0

    def __call__(self, *args: Any) -> None:
        """Call the function."""
        start = time.process_time()
        self._call(*args)
        self.seconds += time.process_time() - start


class Year:
    """A ledger of made-up blocks: as much of one as the follower reads."""

    domain = DOMAIN

    def __init__(self, letters: int, days: int) -> None:
        self.made: list[Block] = []
        self.shown = 0
        """How many blocks there are so far."""
        drawn = random.Random(1)  # noqa: S311 (nothing is secret)
        held = [Letter(_SCHEME, number.to_bytes(16)) for number in range(letters)]
        keys = [[coupon_key(each, 0, i) for i in range(len(VALUES))] for each in held]
        rules = {"opens": START, "closes": START * 2, "permitted": 1, "excluded": 0}
        self._add(START, Event("SchemeOpened", {"scheme": _SCHEME, **rules}))
        for place, value in enumerate(VALUES):
            for first in range(0, letters, _ISSUE):
                coupons = [address_of(key[place]) for key in keys[first : first + _ISSUE]]
                issued = {"scheme": _SCHEME, "value": value, "coupons": coupons}
                self._add(START, Event("Issued", issued))
        self.issues = len(self.made)
        payments = round(letters * PURCHASES * days / DAYS)
        times = sorted(drawn.randrange(days * _DAY_SECONDS) for _ in range(payments))
        for number, seconds in enumerate(times, 1):
            chosen = drawn.sample(drawn.choice(keys), drawn.choice(COUPONS))
            self._pay(START + 60 + seconds, number, chosen)

    def head(self) -> int:
        """The number of the last block."""
        return self.shown - 1

    def block_hash(self, number: int) -> Hash | None:
        """The hash of a block."""
        return self.made[number].hash if 0 <= number < self.shown else None

    def blocks(self, first: int) -> Iterator[Block]:
        """The blocks from a number on."""
        yield from self.made[first : self.shown]

    def _pay(self, at: int, number: int, keys: list[Key]) -> None:
        coupons = tuple(map(address_of, keys))
        spend = Spend(_SCHEME, ShopId(0), 1, at, at + number, coupons)
        claim = Claim(spend.hash, _SHOP, 1, False, number)
        signatures = [spend.sign(self.domain, key) for key in keys]
        told = (bytes.fromhex(spend.hash[2:]), *claim.values[1:])
        call = encode_call("pay", spend.values, signatures, told, bytes(64))
        paid = {
            "payment": bytes.fromhex(claim.hash[2:]),
            "shop": _SHOP,
            "scheme": _SCHEME,
            "till": _TILL,
            "amount": 1,
            "nonce": spend.nonce,
            "coupons": coupons,
            "debits": (1, *[0] * (len(coupons) - 1)),
        }
        self._add(at, Event("Paid", paid), call)

    def _add(self, at: int, event: Event, call: bytes = b"") -> None:
        number = len(self.made)
        here, before = (Hash(f"0x{each % 2**256:064x}") for each in (number, number - 1))
        self.made.append(Block(number, here, before, at, (Entry(here, call, (event,)),)))


def run(letters: int, days: int) -> Figures:
    """Make a year, or its first days, and let the follower keep the views of it."""
    year, sealing = Year(letters, days), Stopwatch(project.seal_changes)
    project.seal_changes = sealing  # type: ignore[assignment]
    with (
        tempfile.TemporaryDirectory() as directory,
        closing(Store(f"sqlite:///{Path(directory) / 'store.sqlite3'}")) as store,
    ):
        follower = project.Projection(cast(Ledger, year), store, MonthKeys(_SECRET, DOMAIN))
        year.shown = year.issues
        follower.catch_up()
        year.shown = len(year.made)
        start = time.process_time()
        follower.catch_up()
        seconds = time.process_time() - start
        with store.read(views=True) as db:
            rows = db.execute(select(t.coupon_changes.c.time, t.coupon_changes.c.groups)).all()
            prefixes = db.scalars(select(t.issued_coupons.c.prefixes)).all()
    sizes: Counter[date] = Counter()
    for row in rows:
        sizes[utc_day_of(row.time)] += len(row.groups)
    kb_a_day, mb_a_year = sizes.total() / days / 1e3, sizes.total() / days * DAYS / 1e6
    bounds = (
        (kb_a_day * LETTERS / letters, MOST_KB_A_DAY, "kB a day"),
        (mb_a_year * LETTERS / letters, MOST_MB_A_YEAR, "MB a year"),
    )
    return {
        "payments": len(rows),
        "kb_a_day": kb_a_day,
        "kb_of_the_largest_day": max(sizes.values()) / 1e3,
        "mb_a_year": mb_a_year,
        "kb_of_the_coupons": sum(map(len, prefixes)) / 1e3,
        "ms_of_the_follower": seconds / len(rows) * 1e3,
        "ms_of_sealing": sealing.seconds / len(rows) * 1e3,
        "broken": [f"more than {most} {what}" for size, most, what in bounds if size > most],
    }


def table(figures: Figures) -> Table:
    """Return the rows of the table."""
    table = Table("figure", "measured", title="The files from which wallets read")
    for name, value in figures.items():
        if name != "broken":
            table.add_row(name.replace("_", " "), f"{value:,.4g}")
    return table
