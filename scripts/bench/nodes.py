"""A real JSON-RPC node, for as long as it is needed."""

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
"""The first of the accounts that anvil gives money to, known to everybody."""

_LISTENING = re.compile(r"Listening on (\S+)")


@contextmanager
def anvil(*options: str, port: int = 0) -> Iterator[str]:
    """Start anvil, on a free port unless one is named; give its address.

    Raises:
        FileNotFoundError: there is none.
    """
    program = str(ANVIL) if ANVIL.exists() else shutil.which("anvil")
    if program is None:
        raise FileNotFoundError("install anvil (Foundry): npm has it, and so has its own site")
    command = [program, "--port", str(port), "--hardfork", EVM_VERSION, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    told = process.stdout or ()
    try:
        address = next(match[1] for line in told if (match := _LISTENING.search(line)))
        # It tells of every transaction, and would stop when nobody listened.
        threading.Thread(target=deque, args=(told, 0), daemon=True).start()
        yield f"http://{address}"
    finally:
        process.send_signal(signal.SIGINT)  # and not killed: it may have to write down its state
        process.wait()
