"""Measure on this machine, in a directory of its own: gas per act, and payments over HTTP.

``python -m scripts.bench`` prints a table, with ``--json`` the figures; it ends with 1 when a bound
is broken. Only gas has bounds: it does not depend on the machine.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx2
from rich.console import Console
from rich.table import Table
from web3 import Web3

from kindpakket.actors import Api, Till, show_code
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Hash, SchemeId, ShopId
from kindpakket.domain.letters import Letter
from kindpakket.main import Workspace, build_app, serving
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.settings import Settings

BOUNDS = {"pay, 1 coupon": 95_000, "pay, 3 coupons": 125_000}
PAYMENTS = 100
OFFICIALS = [Key(bytes([n]) * 32) for n in (1, 2, 3)]
OWNER, TILL = Key(b"\x04" * 32), Till(ShopId(1), Key(b"\x05" * 32))
LETTER = Letter(SchemeId(1), b"\x06" * 16)


class Bench:
    """A scheme, a shop with a till and a letter of 32 coupons, on a chain that syncs to disk."""

    def __init__(self, workspace: Workspace, api: Api) -> None:
        self.web3 = Web3(workspace.chain.provider)
        self.api = api
        self.gas: dict[str, int] = {}
        self.nonce = int(time.time())

    def act(self, name: str, transaction: object = None) -> None:
        """Note the gas of the newest transaction, or of this one."""
        block = self.web3.eth.get_block("latest")
        newest = transaction or block["transactions"][0]
        self.gas[name] = self.web3.eth.get_transaction_receipt(newest)["gasUsed"]  # type: ignore[arg-type]

    def decide(self, function: str, *args: object) -> None:
        """Have two officials decide, and note the gas."""
        self.nonce += 1
        self.api.decide(OFFICIALS[:2], self.nonce, function, *args)
        self.act(function)

    def pay(self, coupons: range, amount: int) -> dict[str, object]:
        """Pay with these coupons of the letter."""
        self.nonce += 1
        keys = [coupon_key(LETTER, 0, index) for index in coupons]
        code = show_code(
            self.api.domain, LETTER.scheme, keys, amount, int(time.time()), nonce=self.nonce
        )
        return self.api.pay(TILL, code.text, amount)

    def acts(self) -> None:
        """Carry out each act once."""
        now = int(time.time())
        self.decide("openScheme", 1, now - 10, now + 10**6, 0b11, 0b100)
        self.decide("fund", 1, 10_000_000)
        self.decide("setShop", 1, 0b1, address_of(OWNER), True)
        self.api.change_till(OWNER, TILL.shop, TILL.key, now, active=True)
        self.act("changeTill")
        coupons = sorted(address_of(coupon_key(LETTER, 0, index)) for index in range(32))
        self.decide("issue", 1, 10_000, coupons)
        for count in (1, 3, 6):
            self.pay(range(count), 100)
            self.act(f"pay, {count} coupon{'s' * (count > 1)}")
        payment = self.pay(range(1), 100)
        self.api.refund(TILL, Hash(str(payment["id"])), 50, now)
        self.act("refund")
        self.nonce += 1
        origins, targets = ([coupon_key(LETTER, g, i) for i in (30, 31)] for g in (0, 1))
        self.api.move(LETTER.scheme, origins, targets, self.nonce)
        self.act("move, 2 coupons")
        self.decide("settle", 1, [1], [100], b"\x01" * 32)

    def payments(self) -> dict[str, float]:
        """One till, one payment after the other, over HTTP."""
        seconds = []
        for number in range(PAYMENTS):
            start = time.perf_counter()
            self.pay(range(number % 30, number % 30 + 1), 1)
            seconds.append(time.perf_counter() - start)
        return {
            "payments_per_second": round(PAYMENTS / sum(seconds), 1),
            "median_ms": round(median(seconds) * 1000, 1),
            "slowest_ms": round(max(seconds) * 1000, 1),
        }


@contextmanager
def opened() -> Iterator[Bench]:
    """Open a bench in a temporary directory."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(data=Path(directory))
        officials = {address_of(key): sum(Capacity) for key in OFFICIALS}
        with (
            Workspace.create(settings, officials) as workspace,
            serving(build_app(workspace, settings), settings.data) as base_url,
            httpx2.Client(base_url=base_url) as http,
        ):
            yield Bench(workspace, Api(http))


def main() -> int:
    """Run, print, and return the exit code."""
    with opened() as bench:
        bench.acts()
        figures = {"gas": bench.gas, "http_1_till": bench.payments()}
    broken = [name for name, bound in BOUNDS.items() if bench.gas[name] > bound]
    if "--json" in sys.argv:
        print(json.dumps(figures | {"broken": broken}, indent=2))
        return bool(broken)
    table = Table("act", "gas", "at most")
    for name, gas in bench.gas.items():
        table.add_row(name, f"{gas:,}", f"{BOUNDS[name]:,}" if name in BOUNDS else "")
    console = Console()
    console.print(table, figures["http_1_till"])
    for name in broken:
        console.print(f"{name} takes more gas than it may", style="red")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
