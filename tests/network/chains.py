"""Chains for these tests: one anvil, or four validators."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from web3 import HTTPProvider

from kindpakket.ledger.rpc import Rpc
from kindpakket.protocol.signatures import Key, address_of
from scripts.bench.nodes import anvil_process

RELAYS = [Key(bytes([0xA0, number]) * 16) for number in range(4)]
"""A relay key for the server of each party."""


class Chain(Protocol):
    """Nodes of one chain, whose processes a test can stop."""

    urls: list[str]
    """Of the JSON-RPC of each node."""

    def freeze(self, node: int) -> None:
        """Stop a node's process where it is: connections stay open, and nothing is answered."""

    def thaw(self, node: int) -> None:
        """Let a frozen node's process go on."""


class _Anvil:
    def __init__(self, url: str, pid: int) -> None:
        self.urls = [url]
        self._pid = pid

    def freeze(self, node: int) -> None:
        assert node == 0
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self, node: int) -> None:
        assert node == 0
        os.kill(self._pid, signal.SIGCONT)


@contextmanager
def one_anvil() -> Iterator[Chain]:
    """Run anvil within the context, with funded relays."""
    with anvil_process() as (url, process):
        rpc = Rpc(HTTPProvider(url))
        for key in RELAYS:
            rpc("anvil_setBalance", address_of(key), hex(10**24))
        chain = _Anvil(url, process.pid)
        try:
            yield chain
        finally:
            chain.thaw(0)
