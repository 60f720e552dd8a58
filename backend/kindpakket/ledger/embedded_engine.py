"""py-evm on disk: one transaction, one block, one synced LMDB transaction.

A block is durable before its transaction is answered, and blocks are atomic if the process is
killed. No state is cached in memory between requests.
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
REMAP_EVERY = 20  # read-only transactions between two remaps
CHAIN_ID_KEY = b"kindpakket:chain-id"

_VM = {"cancun": CancunVM}[EVM_VERSION]

# py_ecc raises this so far that deeply nested JSON overflows the stack and kills the process
sys.setrecursionlimit(EVM_RECURSION_LIMIT)


class ChainUnavailable(ConnectionError):
    """The disk failed or is full, or the chain was closed.

    A transaction that was being sent is usually not mined; its receipt shows whether it was.
    """


class EngineDatabase(BaseAtomicDB):
    """py-evm's database, backed by the current LMDB transaction."""

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
        """Open a transaction with snapshot isolation, committed atomically.

        Raises ChainUnavailable.
        """
        with self._lock:
            if self._closed:
                raise ChainUnavailable("the chain was closed")
            try:
                with self._environment(write).begin(write=write) as self._txn:
                    yield
            except lmdb.Error as error:
                self._release()  # LMDB may need to be reopened after a failed write
                raise ChainUnavailable(str(error)) from error
            finally:
                self._txn = None

    @contextmanager
    def snapshot(self) -> Iterator[Any]:
        """The LMDB transaction of one moment, during which nothing else is read or written here.

        Raises ChainUnavailable.
        """
        with self.transaction():
            yield self._txn

    def copy_to(self, directory: Path) -> None:
        """Copies the committed state to an empty directory, without blocking writers.

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
        """Closes the store; later transactions raise ChainUnavailable."""
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
            self._env.reader_check()  # slots of killed readers prevent reuse of pages
        self._transactions += 1
        if write or self._transactions % REMAP_EVERY == 0:
            # unmaps pages that were read, which otherwise count as this process's memory
            self._env.set_mapsize(MAP_SIZE)
        return self._env

    def _release(self) -> None:
        if self._env is not None:
            self._env.close()
            self._env = None

    @contextmanager
    def atomic_batch(self) -> Iterator[AtomicWriteBatchAPI]:
        """Yield this store: the surrounding transaction is atomic."""
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
    """A py-evm chain with one block per transaction, and with the time of a given clock."""

    vm_configuration = ((BlockNumber(0), _VM),)
    clock: Callable[[], float] = staticmethod(time.time)

    @property
    def header(self) -> BlockHeaderAPI:
        """The pending header: on top of the head on disk, with the current time."""
        return self.create_header_from_parent(self.get_canonical_head())

    @header.setter
    def header(self, header: BlockHeaderAPI) -> None:
        """Ignored: py-evm would cache a header, which would become stale."""

    def create_header_from_parent(
        self,
        parent_header: BlockHeaderAPI,
        **header_params: Any,
    ) -> BlockHeaderAPI:
        """Allow equal timestamps, so that under load block time does not run ahead of the clock."""
        return super().create_header_from_parent(
            parent_header,
            gas_limit=parent_header.gas_limit,
            timestamp=next_time(self.chaindb.db, parent_header.timestamp, int(self.clock())),
            **header_params,
        )

    def start_slewing(self) -> None:
        """Start slewing if the head is ahead of the clock. Requires a write transaction."""
        begin_slewing(self.chaindb.db, self.get_canonical_head().timestamp, int(self.clock()))

    def mine(self, transaction: SignedTransactionAPI) -> tuple[BlockAPI, ReceiptAPI]:
        """Mines a transaction in a block of its own; if it fails, raises and makes no block.

        Raises ValidationError, VMError.
        """
        self.start_slewing()
        vm = self.get_vm()
        receipt, computation = vm.apply_transaction(vm.get_header(), transaction)
        computation.raise_if_error()
        header = vm.add_receipt_to_header(vm.get_header(), receipt)
        header = vm.increment_blob_gas_used(header, transaction)
        block = vm.set_block_transactions_and_withdrawals(
            vm.get_block(), header, [transaction], [receipt]
        )
        # without py-evm's validation: the parts are validated, and timestamps may be equal
        final = vm.finalize_block(block).block
        self.chaindb.persist_block(final)
        return final, receipt


class Backend(PyEVMBackend):  # type: ignore[misc]
    """eth-tester's backend over an existing chain. Use within a store transaction."""

    chain: Chain

    def __init__(self, store: EngineDatabase, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        super().__init__()

    def reset_to_genesis(self, *_: object) -> None:
        """Opens the chain, which is never reset. Raises FileNotFoundError."""
        self.account_keys = ()
        if CHAIN_ID_KEY not in self._store:
            raise FileNotFoundError("the creation of this chain was interrupted: create it again")
        chain_id = int.from_bytes(self._store[CHAIN_ID_KEY])
        chain_class = Chain.configure(chain_id=chain_id, clock=staticmethod(self._clock))
        self.chain = chain_class(self._store)

    def header(self, block: int | str) -> BlockHeaderAPI:
        """The header of a block by number or tag. Raises HeaderNotFound."""
        if isinstance(block, int):
            return self.chain.get_canonical_block_header_by_number(BlockNumber(block))
        return self.chain.header if block == "pending" else self.chain.get_canonical_head()

    def mine(self, raw_transaction: bytes) -> tuple[BlockAPI, ReceiptAPI]:
        """Executes a signed transaction once; if it succeeds, it is mined in the next block.

        Raises ValidationError, VMError, RLPException.
        """
        transaction = _VM.get_transaction_builder().decode(raw_transaction)
        if transaction.chain_id != self.chain.chain_id:
            raise ValidationError("invalid chain id for signer")
        return self.chain.mine(transaction)

    def call(self, transaction: dict[str, Any], block_number: int | str = "latest") -> bytes:
        """The output of a simulated call (`eth_call`). Raises VMError."""
        state, rehearsal = self._rehearsal(transaction, block_number)
        computation: ComputationAPI = state.apply_transaction(rehearsal)
        computation.raise_if_error()
        return computation.output

    def estimate_gas(self, transaction: dict[str, Any], block_number: int | str = "latest") -> int:
        """Sufficient gas, at most 21000 more than needed. Raises VMError."""
        state, rehearsal = self._rehearsal(transaction, block_number)
        return cast(int, binary_gas_search_intrinsic_tolerance(state, rehearsal))

    def _rehearsal(
        self, transaction: dict[str, Any], block: int | str
    ) -> tuple[StateAPI, SignedTransactionAPI]:
        # an old block with its own time; for the latest, the pending block
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
