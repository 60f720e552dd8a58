"""py-evm on disk: one transaction, one block, one synced LMDB transaction.

What was answered is on disk, and a process that is killed leaves the previous block or the next
one, never half. No state is kept in memory between requests, so nothing there can go stale.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import lmdb
from eth import EVM_RECURSION_LIMIT
from eth.abc import (
    AtomicWriteBatchAPI,
    BlockAPI,
    BlockHeaderAPI,
    ComputationAPI,
    ReceiptAPI,
    SignedTransactionAPI,
    StateAPI,
)
from eth.chains.base import MiningChain
from eth.db.backends.base import BaseAtomicDB
from eth.estimators.gas import binary_gas_search_intrinsic_tolerance
from eth.vm.forks.cancun import CancunVM
from eth.vm.spoof import SpoofTransaction
from eth_tester.backends import PyEVMBackend
from eth_typing import BlockNumber
from eth_utils.exceptions import ValidationError

from kindpakket.ledger.embedded_time import begin_slewing, next_time
from kindpakket.ledger.evm import EVM_VERSION

GAS_LIMIT = 30_000_000  # of a block
MAP_SIZE = 1 << 40  # bytes of address space; the file grows only as blocks need it
REMAP_EVERY = 20  # transactions that only read
CHAIN_ID_KEY = b"kindpakket:chain-id"

_VM = {"cancun": CancunVM}[EVM_VERSION]

# py_ecc sets this so high that deeply nested JSON overflows the stack and ends the process
sys.setrecursionlimit(EVM_RECURSION_LIMIT)


class ChainUnavailable(ConnectionError):
    """The disk failed or is full, or the chain was closed. A transaction that was being sent is
    not mined, unless the disk failed at the very last: its receipt tells."""


class Store(BaseAtomicDB):
    """py-evm's view of the one LMDB transaction that is open now."""

    def __init__(self, directory: Path, *, read_only: bool = False, sync: bool = True) -> None:
        self._directory = directory
        self._read_only = read_only
        self._sync = sync
        self._lock = threading.Lock()
        self._env: Any = None
        self._txn: Any = None
        self._transactions = 0
        self._closed = False

    @contextmanager
    def transaction(self, *, write: bool = False) -> Iterator[None]:
        """Everything inside sees one state of the disk, and is written whole or not at all.

        Raises ChainUnavailable.
        """
        with self._lock:
            if self._closed:
                raise ChainUnavailable("the chain was closed")
            try:
                with self._environment(write).begin(write=write) as self._txn:
                    yield
            except lmdb.Error as error:
                self._release()  # a failed write can leave LMDB refusing all until opened anew
                raise ChainUnavailable(str(error)) from error
            finally:
                self._txn = None

    def copy_to(self, directory: Path) -> None:
        """Writes what is committed now to an empty directory; others go on writing meanwhile.

        Raises ChainUnavailable.
        """
        with self._lock:
            if self._closed:
                raise ChainUnavailable("the chain was closed")
            try:
                self._environment(write=False).copy(str(directory), compact=True)
            except lmdb.Error as error:
                raise ChainUnavailable(str(error)) from error

    def close(self) -> None:
        """Ends all use; transactions from then on raise ChainUnavailable."""
        with self._lock:
            self._closed = True
            self._release()

    def _environment(self, write: bool) -> Any:
        if self._env is None:
            self._env = lmdb.open(
                str(self._directory),
                map_size=MAP_SIZE,
                readonly=self._read_only,
                create=not self._read_only,
                mode=0o600,
                sync=self._sync,
            )
            self._env.reader_check()  # a reader that was killed would keep old pages alive
        self._transactions += 1
        if write or self._transactions % REMAP_EVERY == 0:
            # lets go of pages that were read, which otherwise stay in this process's memory
            self._env.set_mapsize(MAP_SIZE)
        return self._env

    def _release(self) -> None:
        if self._env is not None:
            self._env.close()
            self._env = None

    @contextmanager
    def atomic_batch(self) -> Iterator[AtomicWriteBatchAPI]:
        """Part of the transaction around it, which is what makes it atomic."""
        yield cast(AtomicWriteBatchAPI, self)

    def __getitem__(self, key: bytes) -> bytes:
        value: bytes | None = self._txn.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._txn.put(key, value)

    def __delitem__(self, key: bytes) -> None:
        if not self._txn.delete(key):
            raise KeyError(key)

    def _exists(self, key: bytes) -> bool:
        return self._txn.get(key) is not None


class Chain(MiningChain):
    """A py-evm chain that takes its time from a clock and makes a block per transaction."""

    vm_configuration = ((BlockNumber(0), _VM),)
    clock: Callable[[], float] = staticmethod(time.time)

    @property
    def header(self) -> BlockHeaderAPI:
        """The block to come, always on top of what is on disk and judged by now."""
        return self.create_header_from_parent(self.get_canonical_head())

    @header.setter
    def header(self, header: BlockHeaderAPI) -> None:
        """py-evm would keep it here, and it would go stale."""

    def create_header_from_parent(
        self,
        parent_header: BlockHeaderAPI,
        **header_params: Any,
    ) -> BlockHeaderAPI:
        """Blocks may share a second, so that under load time does not run ahead of the clock."""
        return super().create_header_from_parent(
            parent_header,
            gas_limit=parent_header.gas_limit,
            timestamp=next_time(self.chaindb.db, parent_header.timestamp, int(self.clock())),
            **header_params,
        )

    def keep_time(self) -> None:
        """Begins to slew when the head lies ahead of the clock. Use inside a transaction that
        writes."""
        begin_slewing(self.chaindb.db, self.get_canonical_head().timestamp, int(self.clock()))

    def mine(self, transaction: SignedTransactionAPI) -> tuple[BlockAPI, ReceiptAPI]:
        """Runs a transaction as a block of its own; one that fails raises, and makes no block.

        Raises ValidationError, VMError.
        """
        self.keep_time()
        vm = self.get_vm()
        receipt, computation = vm.apply_transaction(vm.get_header(), transaction)
        computation.raise_if_error()
        header = vm.add_receipt_to_header(vm.get_header(), receipt)
        header = vm.increment_blob_gas_used(header, transaction)
        block = vm.set_block_transactions_and_withdrawals(
            vm.get_block(), header, [transaction], [receipt]
        )
        # not validated again: its parts were, and strictly later seconds are not wanted
        final = vm.finalize_block(block).block
        self.chaindb.persist_block(final)
        return final, receipt


class Backend(PyEVMBackend):  # type: ignore[misc]
    """eth-tester's backend over a chain that is on disk already. Use inside a transaction."""

    chain: Chain

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        super().__init__()

    def reset_to_genesis(self, *_: object) -> None:
        """Opens the chain; what is on disk is never reset. Raises FileNotFoundError."""
        self.account_keys = ()
        if CHAIN_ID_KEY not in self._store:
            raise FileNotFoundError("the making of this chain was broken off: make it again")
        chain_id = int.from_bytes(self._store[CHAIN_ID_KEY])
        chain_class = Chain.configure(chain_id=chain_id, clock=staticmethod(self._clock))
        self.chain = chain_class(self._store)

    def header(self, block: int | str) -> BlockHeaderAPI:
        """The header of a block by number or tag. Raises HeaderNotFound."""
        if isinstance(block, int):
            return self.chain.get_canonical_block_header_by_number(BlockNumber(block))
        return self.chain.header if block == "pending" else self.chain.get_canonical_head()

    def mine(self, raw_transaction: bytes) -> tuple[BlockAPI, ReceiptAPI]:
        """Runs a signed transaction once; when it succeeds, that run is the next block.

        Raises ValidationError, VMError, RLPException.
        """
        transaction = _VM.get_transaction_builder().decode(raw_transaction)
        if transaction.chain_id != self.chain.chain_id:
            raise ValidationError("invalid chain id for signer")
        return self.chain.mine(transaction)

    def call(self, transaction: dict[str, Any], block_number: int | str = "latest") -> bytes:
        """The output of a call that costs nothing and changes nothing. Raises VMError."""
        state, rehearsal = self._rehearsal(transaction, block_number)
        computation: ComputationAPI = state.apply_transaction(rehearsal)
        computation.raise_if_error()
        return computation.output

    def estimate_gas(self, transaction: dict[str, Any], block_number: int | str = "latest") -> int:
        """Gas that suffices, at most 21000 more than is needed. Raises VMError."""
        state, rehearsal = self._rehearsal(transaction, block_number)
        return cast(int, binary_gas_search_intrinsic_tolerance(state, rehearsal))

    def _rehearsal(
        self, transaction: dict[str, Any], block: int | str
    ) -> tuple[StateAPI, SignedTransactionAPI]:
        # an old block is judged by its own time, the latest as if the next one were made now
        header = self.header(block if isinstance(block, int) else "pending")
        state = self.chain.get_vm(header.copy(base_fee_per_gas=0)).state
        unsigned = _VM.create_unsigned_transaction(
            nonce=state.get_nonce(transaction["from"]),
            gas_price=0,
            gas=transaction["gas"],
            to=transaction["to"],
            value=transaction["value"],
            data=transaction["data"],
        )
        spoofed = SpoofTransaction(unsigned, from_=transaction["from"])
        return state, cast(SignedTransactionAPI, spoofed)
