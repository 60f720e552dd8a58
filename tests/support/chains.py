"""The chain that the conformance suite runs against: by default an anvil for each test.

With ``NODE=four`` it is four validators, for all tests. With ``NODE=URL,URL`` it is that of running
nodes; ``RELAY`` is then the hex key of an account that may send there.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kindpakket.protocol.signatures import Key, address_of
from scripts.validators import running
from tests.support.node_town import found_on_anvil
from tests.support.nodes import ANVIL_KEY, anvil
from tests.support.town import START, Clock, Town, found, opened

NODE = os.environ.get("NODE", "anvil")
_RELAYS = [Key(bytes([0xC0, number]) * 16) for number in range(4)]
_NAMES = ("Zeist", "Bunnik", "Houten", "Provincie")


@dataclass(frozen=True)
class ChainUnderTest:
    """Nodes of one chain."""

    urls: list[str]
    relay: Key
    """Of an account that may send."""
    now: Callable[[], int]
    """Its time, in unix seconds."""

    @contextmanager
    def town(self, directory: Path, node_url: str | None = None) -> Iterator[Town]:
        """Found the town, and open it a minute later, by default on the first node."""
        clock = Clock(self.now())
        if NODE == "anvil":
            found_on_anvil(directory, self.urls[0])
        else:
            directory.mkdir()
            (directory / "relay.key").write_text("0x" + self.relay.hex())
            found(directory, clock, node_url=self.urls[0])
        clock.time += 60
        with opened(directory, clock, node_url=node_url or self.urls[0]) as town:
            yield town


@contextmanager
def shared_chain(directory: Path) -> Iterator[ChainUnderTest | None]:
    """Run the chain of all tests in an empty directory; None when each test has its own."""
    if NODE == "anvil":
        yield None
    elif NODE == "four":
        with running(directory, _NAMES, list(map(address_of, _RELAYS))) as validators:
            yield ChainUnderTest(validators.urls, _RELAYS[0], _present)
    else:
        relay = Key(bytes.fromhex(os.environ["RELAY"].removeprefix("0x")))
        yield ChainUnderTest(NODE.split(","), relay, _present)


@contextmanager
def own_or(shared: ChainUnderTest | None) -> Iterator[ChainUnderTest]:
    """The chain of all tests, or an anvil for one."""
    if shared is not None:
        yield shared
        return
    with anvil("--timestamp", str(START)) as url:
        yield ChainUnderTest([url], ANVIL_KEY, lambda: START)


def _present() -> int:
    return int(time.time())
