"""A real JSON-RPC node, for as long as a test needs it."""

import re
import shutil
import subprocess
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
def anvil() -> Iterator[str]:
    """Start anvil on a free port; give its address."""
    program = str(ANVIL) if ANVIL.exists() else shutil.which("anvil")
    assert program, "install anvil (Foundry): npm has it, and so has its own site"
    command = [program, "--port", "0", "--hardfork", EVM_VERSION]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if match := _LISTENING.search(line):
                yield f"http://{match[1]}"
                break
    finally:
        process.kill()
        process.wait()
