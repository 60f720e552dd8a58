"""The journal of a relay: transactions that were signed and are not final, kept on disk."""

import fcntl
import json
import os
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from eth_utils.crypto import keccak

from kindpakket.domain.ids import Hash
from kindpakket.ledger.port import ChainInUse, LedgerUnavailable

MOST_SENT = 256
"""Most transactions that are not final; then no more are signed."""
_COMPACT_BYTES = 1024 * 1024


class JournalDamaged(Exception):
    """A line of the journal cannot be read; it is not the last one."""


@dataclass(frozen=True)
class SentTransaction:
    """A signed transaction, which may have been sent."""

    nonce: int
    act: str
    """keccak-256 of its calldata, in hex; empty if it only fills a nonce."""
    raw: str

    @cached_property
    def hash(self) -> Hash:
        """Its hash."""
        return Hash("0x" + keccak(hexstr=self.raw).hex())


class Journal:
    """What a relay sent, by act. Thread-safe.

    Each line is a transaction, or the hash of one that is final. A last line that is incomplete was
    not sent, since lines are on disk before.

    Args:
        path: the file; None to keep it in memory only.
        locked: the relay's key, which only one process may use with its journal.

    Raises:
        ChainInUse: another process holds the lock.
        JournalDamaged: the file cannot be read.
    """

    def __init__(self, path: Path | None = None, locked: Path | None = None) -> None:
        self._path = path
        self._changing = threading.Lock()
        self._sent: dict[Hash, SentTransaction] = {}
        self._size = 0
        self._lock = None if locked is None else _lock(locked)
        self._file: int | None = None
        if path is not None:
            try:
                self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
                self._read(path)
            except BaseException:
                self.close()
                raise

    def all(self) -> list[SentTransaction]:
        """Return what is not final, by nonce."""
        with self._changing:
            return sorted(self._sent.values(), key=lambda sent: sent.nonce)

    def find(self, act: str) -> SentTransaction | None:
        """Return the transaction of an act."""
        with self._changing:
            return next((sent for sent in self._sent.values() if sent.act == act), None)

    def next_nonce(self) -> int:
        """Return the nonce after the highest; 0 when all is final."""
        with self._changing:
            return max((sent.nonce + 1 for sent in self._sent.values()), default=0)

    def add(self, sent: SentTransaction) -> None:
        """Write a transaction; it is on disk after :meth:`sync`.

        Raises:
            LedgerUnavailable: too much is not final, or it cannot be written.
        """
        with self._changing:
            if len(self._sent) >= MOST_SENT:
                raise LedgerUnavailable(f"{MOST_SENT} transactions are not final")
            self._write({"nonce": sent.nonce, "act": sent.act, "raw": sent.raw})
            self._sent[sent.hash] = sent

    def sync(self) -> None:
        """Wait until all that was added is on disk.

        Raises:
            LedgerUnavailable: the disk refuses.
        """
        if self._file is not None:
            try:
                os.fdatasync(self._file)
            except OSError as error:
                raise LedgerUnavailable(f"the journal cannot be written: {error}") from error

    def remove(self, *transactions: SentTransaction) -> None:
        """Forget transactions that are final or were not sent."""
        with self._changing:
            known = [self._sent.pop(each.hash) for each in transactions if each.hash in self._sent]
            try:
                if self._file is not None and not self._sent:
                    os.ftruncate(self._file, 0)
                    self._size = 0
                    return
                for each in known:
                    self._write({"final": each.hash})
                if self._size > _COMPACT_BYTES:
                    self._compact()
            except (OSError, LedgerUnavailable):
                pass  # found to be final once more after a restart

    def close(self) -> None:
        """Close the file and release the lock."""
        for each in (self._file, self._lock):
            if each is not None:
                os.close(each)
        self._file = self._lock = None

    def _read(self, path: Path) -> None:
        content = path.read_bytes()
        self._size = content.rfind(b"\n") + 1
        if self._size < len(content):
            os.truncate(path, self._size)
        try:
            for line in map(json.loads, content[: self._size].splitlines()):
                if "final" in line:
                    self._sent.pop(Hash(line["final"]), None)
                else:
                    sent = SentTransaction(int(line["nonce"]), str(line["act"]), str(line["raw"]))
                    self._sent[sent.hash] = sent
        except (ValueError, LookupError, TypeError) as error:
            raise JournalDamaged(path) from error

    def _write(self, line: dict[str, object]) -> None:
        if self._file is None:
            return
        content = json.dumps(line).encode() + b"\n"
        try:
            if os.write(self._file, content) < len(content):
                raise OSError("incomplete")
        except OSError as error:
            os.ftruncate(self._file, self._size)
            raise LedgerUnavailable(f"the journal cannot be written: {error}") from error
        self._size += len(content)

    def _compact(self) -> None:
        """Replace the file by one with only what is not final."""
        if self._path is None or self._file is None:
            return
        part = self._path.with_suffix(".part")
        fresh = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        old, old_size = self._file, self._size
        try:
            self._file, self._size = fresh, 0
            for sent in self._sent.values():
                self._write({"nonce": sent.nonce, "act": sent.act, "raw": sent.raw})
            os.fsync(fresh)
            part.replace(self._path)
        except BaseException:
            self._file, self._size = old, old_size
            os.close(fresh)
            raise
        os.close(old)


def _lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise ChainInUse(f"another process uses {path}") from error
    return descriptor
