"""Chains for these tests: one anvil, or four validators."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from web3 import HTTPProvider

from kindpakket.ledger.rpc import Rpc
from kindpakket.protocol.signatures import Key, address_of
from scripts.bench.nodes import anvil_process
from scripts.validators import Validator, Validators, found, free_ports
from tests.support.proxy import Proxy, proxied

PARTIES = 4
RELAYS = [Key(bytes([0xA0, number]) * 16) for number in range(PARTIES)]
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


@dataclass
class FourValidators(Validators):
    """Four parties' nodes; the others reach each through a proxy of its own."""

    proxies: list[Proxy]

    def cut_off(self, node: int) -> None:
        """End the connections between a node and all others, and refuse new ones."""
        for number, proxy in enumerate(self.proxies):
            proxy.cut(None if number == node else self.nodes[node].pid)

    def heal(self) -> None:
        """Let all nodes connect again."""
        for proxy in self.proxies:
            proxy.heal()


@contextmanager
def four_validators(
    directory: Path, prepare: Callable[[Validator], None] = lambda _last: None
) -> Iterator[FourValidators]:
    """Found a network of four parties in an empty directory, and run its nodes.

    Args:
        prepare: called with the last one before it starts.
    """
    nodes = [Validator(directory / str(number), free_ports()) for number in range(PARTIES)]
    prepare(nodes[-1])
    with ExitStack() as stack:
        proxies = [stack.enter_context(proxied(node.ports["p2p"])) for node in nodes]
        names = [f"Partij {number + 1}" for number in range(PARTIES)]
        addresses = [f"127.0.0.1:{proxy.port}" for proxy in proxies]
        relays = list(map(address_of, RELAYS))
        found(directory / "founding.json", nodes, names, addresses, relays)
        chain = FourValidators(nodes, proxies)
        try:
            chain.start(*range(PARTIES))
            chain.await_all()
            yield chain
        finally:
            chain.kill(*range(PARTIES))
