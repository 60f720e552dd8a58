"""The town on a real JSON-RPC node, and what can befall such a node."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from web3 import HTTPProvider

from kindpakket.ledger.rpc import Rpc
from tests.support.nodes import ANVIL_KEY, anvil
from tests.support.town import START, Clock, Town, found, opened


@dataclass
class Node:
    """Anvil, and the hands that can disturb it."""

    url: str

    def __post_init__(self) -> None:
        self.rpc = Rpc(HTTPProvider(self.url))

    def hold(self) -> None:
        """Make no blocks but by hand: what is sent waits."""
        self.rpc("evm_setAutomine", False)

    def mine(self, blocks: int = 1) -> None:
        """Make blocks; the first takes what waits."""
        for _ in range(blocks):
            self.rpc("evm_mine")

    def waiting(self) -> list[dict[str, Any]]:
        """The transactions that wait for a block, in order."""
        found: list[dict[str, Any]] = self.rpc("eth_getBlockByNumber", "pending", True)[
            "transactions"
        ]
        return found

    def drop(self, transaction: str) -> None:
        """Forget a transaction, as a node that is short of memory does."""
        self.rpc("anvil_dropTransaction", transaction)

    def reorganise(self, depth: int) -> None:
        """Replace the last blocks by as many empty ones."""
        self.rpc("anvil_reorg", depth, [])

    def pass_time(self, seconds: int) -> None:
        """Let the node's clock run ahead, from the next block on."""
        self.rpc("evm_increaseTime", seconds)

    def send_instead(self, transaction: dict[str, Any]) -> None:
        """Use a waiting transaction's nonce for another one that pays more."""
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
    """Found the town on an anvil of its own, and open it; the others are settings."""
    with anvil("--timestamp", str(START)) as url:
        found_on_anvil(directory, url)
        with opened(directory, a_minute_later(), node_url=url, **settings) as town:
            yield town, Node(url)


def found_on_anvil(directory: Path, url: str) -> None:
    """Found the town with a relay that has money there."""
    directory.mkdir()
    (directory / "relay.key").write_text("0x" + ANVIL_KEY.hex())
    found(directory, node_url=url)


def a_minute_later() -> Clock:
    """A clock a minute after the founding."""
    clock = Clock()
    clock.time += 60
    return clock
