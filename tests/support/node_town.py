"""The town on a real JSON-RPC node, and faults of such a node."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eth_account import Account
from web3 import HTTPProvider

from kindpakket.actors import claim
from kindpakket.ledger.rpc import Rpc
from tests.support.nodes import ANVIL_KEY, anvil
from tests.support.town import BICYCLES, START, Clock, Town, copied, found, opened, till_of


@dataclass
class Node:
    """Anvil, with its methods to cause faults."""

    url: str

    def __post_init__(self) -> None:
        self.rpc = Rpc(HTTPProvider(self.url))

    def hold(self) -> None:
        """Mine on command only: transactions wait."""
        self.rpc("evm_setAutomine", False)

    def mine(self, blocks: int = 1) -> None:
        """Mine blocks; the first contains the waiting transactions."""
        self.rpc("anvil_mine", hex(blocks))

    def waiting(self) -> list[dict[str, Any]]:
        """The transactions in the pool, in order."""
        found: list[dict[str, Any]] = self.rpc("eth_getBlockByNumber", "pending", True)[
            "transactions"
        ]
        return found

    def drop(self, transaction: str) -> None:
        """Drop a transaction, as a node does that is short of memory."""
        self.rpc("anvil_dropTransaction", transaction)

    def reorganise(self, depth: int) -> None:
        """Replace the last blocks by the same number of empty ones."""
        self.rpc("anvil_reorg", depth, [])

    def pass_time(self, seconds: int) -> None:
        """Advance the node's clock, from the next block on."""
        self.rpc("evm_increaseTime", seconds)

    def send_instead(self, transaction: dict[str, Any]) -> None:
        """Replace a waiting transaction by another with the same nonce and a higher fee."""
        other = {
            "to": "0x" + "00" * 19 + "01",
            "nonce": int(transaction["nonce"], 16),
            "gas": 21_000,
            "gasPrice": 10 * int(transaction["gasPrice"], 16),
            "chainId": int(self.rpc("eth_chainId"), 16),
        }
        raw = Account.from_key(ANVIL_KEY).sign_transaction(other).raw_transaction
        self.rpc("eth_sendRawTransaction", "0x" + bytes(raw).hex())


@contextmanager
def on_anvil(directory: Path, **settings: Any) -> Iterator[tuple[Town, Node]]:
    """Found the town on its own anvil, and open it; the other arguments are settings."""
    with anvil("--timestamp", str(START)) as url:
        found_on_anvil(directory, url)
        with opened(directory, a_minute_later(), node_url=url, **settings) as town:
            yield town, Node(url)


def found_on_anvil(directory: Path, url: str) -> None:
    """Put the town on an empty anvil, with a funded relay: it is founded once, and copied."""
    founded, state = _founded()
    copied(Path(founded.name) / "town", directory)
    rpc = Rpc(HTTPProvider(url))
    rpc("anvil_loadState", state)
    head = rpc("eth_getBlockByNumber", "latest", False)
    rpc("evm_increaseTime", int(head["timestamp"], 16) - START)  # its clock goes on from there


def found_anew(directory: Path, url: str) -> None:
    """Found the town on an anvil that has blocks already."""
    directory.mkdir()
    (directory / "relay.key").write_text("0x" + ANVIL_KEY.hex())
    found(directory, node_url=url)


@cache
def _founded() -> tuple[TemporaryDirectory[str], str]:
    """The data directory of a town on anvil, and the state of its chain."""
    made = TemporaryDirectory()
    with anvil("--timestamp", str(START)) as url:
        found_anew(Path(made.name) / "town", url)
        return made, Rpc(HTTPProvider(url))("anvil_dumpState", True)


def a_minute_later() -> Clock:
    """A clock one minute after the founding."""
    clock = Clock()
    clock.time += 60
    return clock


def claim_of(town: Town, coupon: int = 0) -> dict[str, Any]:
    """A new claim of a euro from one coupon."""
    code = town.code(100, coupons=(coupon,))
    return claim(town.api.domain, till_of(BICYCLES), code, 100)
