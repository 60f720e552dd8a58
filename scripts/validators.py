"""Nodes of several parties as processes of this machine, for a demo and for tests."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from web3 import HTTPProvider

from kindpakket.domain.ids import Address
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.ledger.rpc import Rpc, RpcError

PROGRAM = Path(__file__).parents[1] / "node/kindpakket-node"
CHAIN_ID = 7_701
_START_SECONDS = 120


@dataclass
class Validator:
    """A party's node."""

    home: Path
    ports: dict[str, int]
    """Where it listens, by the names of the options of its ``start``."""
    wrapper: list[str] = field(default_factory=list)
    """A command that runs the node's command."""
    program: Path = PROGRAM
    environment: dict[str, str] = field(default_factory=dict)
    """Variables besides those of this process."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of its JSON-RPC."""
        return f"http://127.0.0.1:{self.ports['json-rpc']}"

    @property
    def pid(self) -> int:
        """The process id, also after its end."""
        if self._process is None:
            raise ProcessLookupError(f"{self.home} was not started")
        return self._process.pid

    def start(self) -> None:
        """Start the process."""
        listen = [
            word for name, port in self.ports.items() for word in (f"--{name}", f"127.0.0.1:{port}")
        ]
        command = [*self.wrapper, str(self.program), "start", "--home", str(self.home), *listen]
        with (self.home / "log").open("ab") as log:
            # In a session of its own, so that Ctrl-C in a terminal does not reach it.
            self._process = subprocess.Popen(
                command,
                env=os.environ | self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill the process; do nothing when it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def head(self) -> int | None:
        """Return the number of its last block; None when it does not answer."""
        try:
            return int(Rpc(HTTPProvider(self.url, {"timeout": 2}))("eth_blockNumber"), 16)
        except (LedgerUnavailable, RpcError):
            return None


@dataclass
class Validators:
    """The nodes of all parties of a network, numbered from 0."""

    nodes: list[Validator]

    @property
    def urls(self) -> list[str]:
        """The URLs of their JSON-RPC."""
        return [node.url for node in self.nodes]

    def start(self, *nodes: int) -> None:
        """Start some."""
        for node in nodes:
            self.nodes[node].start()

    def kill(self, *nodes: int) -> None:
        """Kill some."""
        for node in nodes:
            self.nodes[node].kill()

    def freeze(self, node: int) -> None:
        """Stop a process where it is: connections stay open, and nothing is answered."""
        os.kill(self.nodes[node].pid, signal.SIGSTOP)

    def thaw(self, node: int) -> None:
        """Let a frozen process go on."""
        os.kill(self.nodes[node].pid, signal.SIGCONT)

    def await_all(self) -> None:
        """Wait until every node has the block that any of them has now.

        Raises:
            TimeoutError: a node did not reach it.
        """
        deadline = time.monotonic() + _START_SECONDS
        reached = 0
        while True:
            heads = [node.head() for node in self.nodes]
            reached = reached or max(head or 0 for head in heads)
            if reached and all((head or 0) >= reached for head in heads):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"heads {heads}")
            time.sleep(0.1)


@contextmanager
def running(
    directory: Path, names: Sequence[str], relays: Sequence[Address]
) -> Iterator[Validators]:
    """Found a network in an empty directory, with a relay for each party, and run its nodes."""
    validators = Validators(
        [Validator(directory / str(n), free_ports()) for n in range(len(names))]
    )
    addresses = [f"127.0.0.1:{node.ports['p2p']}" for node in validators.nodes]
    found(directory / "founding.json", validators.nodes, names, addresses, relays)
    everyone = range(len(names))
    try:
        validators.start(*everyone)
        validators.await_all()
        yield validators
    finally:
        validators.kill(*everyone)


def found(
    founding: Path,
    nodes: Sequence[Validator],
    names: Sequence[str],
    addresses: Sequence[str],
    relays: Sequence[Address],
) -> None:
    """Make the keys of each party, and a founding file that all have signed.

    Args:
        addresses: where each node is reached by the others.
        relays: one of each party.
    """
    for node, name, address, relay in zip(nodes, names, addresses, relays, strict=True):
        words = ("--name", name, "--address", address, "--relay", relay)
        run("init", "--home", node.home, *words)
    files = [node.home / "party.json" for node in nodes]
    run("found", "--evm-chain-id", CHAIN_ID, "--output", founding, *files)
    for node in nodes:
        run("sign", "--home", node.home, founding)
    for node in nodes:
        shutil.copy(founding, node.home)


def run(*words: object) -> str:
    """Run a command of the node; return what it prints."""
    command = [str(PROGRAM), *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def free_ports() -> dict[str, int]:
    """Return ports that nobody uses now, for a node."""
    names = ("p2p", "json-rpc", "rpc", "metrics")
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in names]
        ports = [each.getsockname()[1] for each in listeners]
    return dict(zip(names, ports, strict=True))
