"""A real JSON-RPC node for measurements."""

import re
import shutil
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kindpakket.ledger.evm import EVM_VERSION
from kindpakket.protocol.signatures import Key

ANVIL = Path(__file__).parents[2] / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
ANVIL_KEY = Key(bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"))
"""The private key of anvil's first funded account, which is public."""

_LISTENING = re.compile(r"Listening on (\S+)")


@contextmanager
def anvil(*options: str, port: int = 0) -> Iterator[str]:
    """Run anvil within the context, by default on a free port; yield its URL.

    Raises:
        FileNotFoundError: anvil is not installed.
    """
    with anvil_process(*options, port=port) as (url, _):
        yield url


@contextmanager
def anvil_process(*options: str, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run anvil as :func:`anvil` does; yield its URL and its process."""
    program = str(ANVIL) if ANVIL.exists() else shutil.which("anvil")
    if program is None:
        raise FileNotFoundError("install anvil (Foundry): npm has it, and so has its own site")
    command = [program, "--port", str(port), "--hardfork", EVM_VERSION, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    told = process.stdout or ()
    try:
        address = next(match[1] for line in told if (match := _LISTENING.search(line)))
        # It logs every transaction, and would block on a full pipe.
        threading.Thread(target=deque, args=(told, 0), daemon=True).start()
        yield f"http://{address}", process
    finally:
        process.send_signal(signal.SIGINT)  # not killed, since it may have to save its state
        process.wait()
