"""The embedded chain with its engine in a process of its own: what runs payments does nothing else.

The engine reads signed transactions from standard input and writes answers to standard output, a
line of JSON each. Whatever only reads is answered here, from the same directory.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from eth_utils.crypto import keccak
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from kindpakket.ledger.embedded import ChainInUse, ChainUnavailable, EmbeddedChain
from kindpakket.ledger.embedded_rpc import WRITES

_LOCK_SECONDS = 3
"""How long a server that was killed may take to let go of the chain."""
_SWITCH_SECONDS = 0.0005
"""How long a thread may keep the others from running: a tenth of what Python gives it. The engine
waits for the thread that has its next payment."""


class ChainApart(BaseProvider):
    """A chain that other processes may read. Close it, or use it in a ``with`` statement.

    Raises FileNotFoundError without a chain, ChainInUse with a second writer, OSError when the
    directory cannot be written.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory
        self._sending = threading.Lock()
        self._chain = EmbeddedChain(directory, read_only=True)
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._engine = self._start()
        if (started := self._answer()) != "ready":
            self.close()
            if started == "in use":
                raise ChainInUse(f"another writer holds {directory}")
            raise OSError(*(started or (None, "the engine did not start")))

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Answers one request. Raises ChainUnavailable; other trouble is an error answer."""
        if method not in WRITES:
            return self._chain.provider.make_request(method, params)
        with self._sending:
            try:
                print(json.dumps([method, params]), file=self._engine.stdin, flush=True)
                answer = self._answer()
            except OSError:
                answer = None
            if answer is None:
                self._start_again()
                answer = self._look_up(method, params[0])
        if "unavailable" in answer:
            raise ChainUnavailable(answer["unavailable"])
        result: RPCResponse = answer
        return result

    def is_connected(self, show_traceback: bool = False) -> bool:  # noqa: ARG002
        """True: the engine is started again whenever it is gone."""
        return True

    def close(self) -> None:
        """Lets go of the directory."""
        with suppress(BrokenPipeError), self._engine:
            pass  # it ends when nothing more can come
        self._chain.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", __name__, str(self._directory)]
        return subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _answer(self) -> Any:
        """The engine's next line; None when it has ended."""
        line = next(iter(self._engine.stdout or ()), "")
        return json.loads(line) if line.endswith("\n") else None

    def _start_again(self) -> None:
        with suppress(BrokenPipeError), self._engine:  # what it did not read is given up
            self._engine.kill()
        self._engine = self._start()
        self._answer()

    def _look_up(self, method: str, raw: str) -> Any:
        """What became of a transaction that the engine took along when it ended."""
        transaction = "0x" + keccak(hexstr=raw).hex()
        found: Any = self._chain.provider.make_request(
            RPCEndpoint("eth_getTransactionReceipt"), [transaction]
        )
        if found["result"] is None:
            return {"unavailable": "the engine had ended"}
        return found if method == WRITES[1] else found | {"result": transaction}


def run(directory: Path) -> None:
    """Run what comes on standard input until that is closed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    try:
        chain = _opened(directory)
    except ChainInUse:
        _tell("in use")
        return
    except OSError as error:
        _tell([error.errno, error.strerror or str(error), error.filename])
        return
    with chain, suppress(BrokenPipeError):  # the server was killed: nobody waits for an answer
        _tell("ready")
        for line in sys.stdin:
            method, params = json.loads(line)
            try:
                answer: Any = chain.provider.make_request(method, params)
            except ChainUnavailable as error:
                answer = {"unavailable": str(error)}
            _tell(answer)


def _tell(answer: object) -> None:
    # Not buffered: what nobody takes must not be tried again at the end.
    os.write(sys.stdout.fileno(), json.dumps(answer).encode() + b"\n")


def _opened(directory: Path) -> EmbeddedChain:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return EmbeddedChain(directory)
        except ChainInUse:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


if __name__ == "__main__":
    run(Path(sys.argv[1]))
