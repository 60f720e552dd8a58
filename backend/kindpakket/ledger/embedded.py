"""The embedded chain: eth-tester and py-evm, stored in a directory, used through web3."""

import fcntl
import os
import secrets
import time
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import Self
from weakref import WeakValueDictionary

from eth.constants import ZERO_ADDRESS
from eth_typing import Address
from eth_utils.address import to_canonical_address
from web3.providers import BaseProvider

from kindpakket.ledger.embedded_engine import (
    CHAIN_ID_KEY,
    GAS_LIMIT,
    Backend,
    Chain,
    ChainUnavailable,
    EngineDatabase,
)
from kindpakket.ledger.embedded_rpc import EmbeddedProvider
from kindpakket.ledger.port import ChainInUse

__all__ = ["ChainInUse", "ChainUnavailable", "EmbeddedChain", "lock_chain"]

RELAY_BALANCE = 10**27  # wei: gas for some 10^13 payments

# LMDB may be opened once per process, so a reader in the writer's process shares its store
_stores: WeakValueDictionary[Path, EngineDatabase] = WeakValueDictionary()


class EmbeddedChain:
    """An embedded chain in a directory. Close it, or use it in a `with` statement.

    `provider` goes into `Web3(...)`. `clock` gives seconds since 1970; `sync=False`, for tests,
    does not wait for the disk. A `read_only` chain follows the head of a writer in another process,
    or of one in this process that was opened before and is closed after it.

    Raises FileNotFoundError without a chain, ChainInUse with a second writer.
    """

    def __init__(
        self,
        directory: Path,
        *,
        clock: Callable[[], float] = time.time,
        read_only: bool = False,
        sync: bool = True,
    ) -> None:
        if not (directory / "data.mdb").exists():
            raise FileNotFoundError(f"no chain in {directory}")
        self._lock = None if read_only else lock_chain(directory)
        shared = _stores.get(directory.resolve()) if read_only else None
        self._owns_store = shared is None
        self._store = (
            EngineDatabase(directory, read_only=read_only, sync=sync) if shared is None else shared
        )
        try:
            with self._store.transaction(write=not read_only):
                backend = Backend(self._store, clock)
                if not read_only:
                    backend.chain.start_slewing()
        except BaseException:
            self.close()
            raise
        _stores[directory.resolve()] = self._store
        self.provider: BaseProvider = EmbeddedProvider(self._store, backend, read_only=read_only)

    @classmethod
    def create(
        cls,
        directory: Path,
        *,
        relay: str,
        clock: Callable[[], float] = time.time,
        sync: bool = True,
    ) -> Self:
        """Creates a chain with a random id, on which the relay has the whole balance.

        Raises FileExistsError when the directory holds a chain, ChainInUse.
        """
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock_chain(directory):
            store = EngineDatabase(directory, sync=sync)
            try:
                with store.transaction(write=True):
                    if CHAIN_ID_KEY in store:
                        raise FileExistsError(f"{directory} holds a chain already")
                    _write_genesis(store, to_canonical_address(relay), int(clock()))
            finally:
                store.close()
        return cls(directory, clock=clock, sync=sync)

    def copy_to(self, directory: Path) -> None:
        """Copies a snapshot of this chain to a new directory, also while another process writes.

        Raises FileExistsError when the directory exists, ChainUnavailable.
        """
        directory.mkdir(mode=0o700)
        self._store.copy_to(directory)

    def close(self) -> None:
        """Closes the chain; later requests raise ChainUnavailable."""
        if self._owns_store:
            for path in [path for path, store in _stores.items() if store is self._store]:
                del _stores[path]  # not left to the garbage collector
            self._store.close()
        if self._lock:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _write_genesis(store: EngineDatabase, relay: Address, now: int) -> None:
    # below 2^53, which JavaScript represents exactly
    chain_id = secrets.randbelow(2**53 - 1) + 1
    store[CHAIN_ID_KEY] = chain_id.to_bytes(7)
    Chain.configure(chain_id=chain_id).from_genesis(
        store,
        {
            "coinbase": ZERO_ADDRESS,
            "difficulty": 0,
            "gas_limit": GAS_LIMIT,
            "base_fee_per_gas": 0,
            "timestamp": now,
        },
        {relay: {"balance": RELAY_BALANCE, "nonce": 0, "code": b"", "storage": {}}},
    )


def lock_chain(directory: Path) -> TextIOWrapper:
    """Takes the writer's lock of a chain, which is freed when the returned file is closed.

    Raises ChainInUse.
    """
    descriptor = os.open(directory / "writer.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    file = os.fdopen(descriptor, "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise ChainInUse(f"another writer holds {directory}") from error
    return file
