"""The embedded chain with its engine in a dedicated process, which only executes transactions.

The engine reads signed transactions from standard input and writes answers to standard output, one
line of JSON each. Reads are answered in this process, from the same directory.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from eth_utils.crypto import keccak
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from kindpakket.ledger.embedded import ChainInUse, ChainUnavailable, EmbeddedChain
from kindpakket.ledger.embedded_rpc import WRITES

_LOCK_SECONDS = 3
"""Seconds to wait for a killed server to release the chain's lock."""
_SWITCH_SECONDS = 0.0005
"""Thread switch interval, a tenth of Python's default.

The engine is idle until the thread with the next payment runs.
"""


@dataclass
class _Request:
    """A transaction that was handed to the engine."""

    method: RPCEndpoint
    params: Any
    answer: Any = None
    """None until there is one."""


class SubprocessChain(BaseProvider):
    """An embedded chain whose writer is a subprocess. Close it, or use it in a ``with`` statement.

    Raises FileNotFoundError without a chain, ChainInUse with a second writer, OSError when the
    directory cannot be written.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory
        self._writing = threading.Lock()
        self._changed = threading.Condition()
        self._is_reading = False
        self._unanswered: deque[_Request] = deque()
        self._chain = EmbeddedChain(directory, read_only=True)
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._engine = self._start()
        if (started := self._answer()) != "ready":
            self.close()
            if started == "in use":
                raise ChainInUse(f"another writer holds {directory}")
            raise OSError(*(started or (None, "the engine did not start")))

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Answers one request. Raises ChainUnavailable; other failures are JSON-RPC errors."""
        if method not in WRITES:
            return self._chain.provider.make_request(method, params)
        return self.begin_request(method, params)()

    def begin_request(self, method: RPCEndpoint, params: Any) -> Callable[[], RPCResponse]:
        """Hands a transaction to the engine, which runs them in the order of these calls.

        Returns a function that waits for the answer; it raises ChainUnavailable.
        """
        request = _Request(method, params)
        with self._writing:
            self._unanswered.append(request)
            with suppress(OSError):  # it has ended, which is found when its answers are read
                print(json.dumps([method, params]), file=self._engine.stdin, flush=True)
        return lambda: self._wait(request)

    def _wait(self, request: _Request) -> RPCResponse:
        while request.answer is None:
            # One thread reads for all. Nobody waits for a lock that is held while reading: it is
            # not given in order, and who has an answer could wait for it for seconds.
            with self._changed:
                self._changed.wait_for(lambda: request.answer is not None or not self._is_reading)
                if request.answer is not None:
                    break
                self._is_reading = True
            try:
                self._read_answer()
            finally:
                with self._changed:
                    self._is_reading = False
                    self._changed.notify_all()
        if "unavailable" in request.answer:
            raise ChainUnavailable(request.answer["unavailable"])
        return cast(RPCResponse, request.answer)

    def _read_answer(self) -> None:
        answer = self._answer()
        if answer is None:
            self._start_again()
        else:
            self._unanswered.popleft().answer = answer

    def is_connected(self, show_traceback: bool = False) -> bool:  # noqa: ARG002
        """Always true: the engine is restarted when it has ended."""
        return True

    def close(self) -> None:
        """Ends the engine and closes the chain."""
        with suppress(BrokenPipeError), self._engine:
            pass  # the engine ends at the end of its standard input
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
        """The engine's next answer; None when it has ended."""
        with suppress(OSError):
            line = next(iter(self._engine.stdout or ()), "")
            return json.loads(line) if line.endswith("\n") else None

    def _start_again(self) -> None:
        with self._writing:
            with suppress(BrokenPipeError), self._engine:  # discard what it did not read
                self._engine.kill()
            self._engine = self._start()
            self._answer()
            while self._unanswered:
                request = self._unanswered.popleft()
                request.answer = self._look_up(request.method, request.params[0])

    def _look_up(self, method: str, raw: str) -> Any:
        """The answer to a transaction during which the engine ended, from the chain."""
        transaction = "0x" + keccak(hexstr=raw).hex()
        found: Any = self._chain.provider.make_request(
            RPCEndpoint("eth_getTransactionReceipt"), [transaction]
        )
        if found["result"] is None:
            return {"unavailable": "the engine had ended"}
        return found if method == WRITES[1] else found | {"result": transaction}


def run(directory: Path) -> None:
    """Run the engine: execute requests from standard input until it is closed."""
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
    with chain, suppress(BrokenPipeError):  # the server was killed
        _tell("ready")
        for line in sys.stdin:
            method, params = json.loads(line)
            try:
                answer: Any = chain.provider.make_request(method, params)
            except ChainUnavailable as error:
                answer = {"unavailable": str(error)}
            _tell(answer)


def _tell(answer: object) -> None:
    # Unbuffered: after a broken pipe, nothing must be flushed again at exit.
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
