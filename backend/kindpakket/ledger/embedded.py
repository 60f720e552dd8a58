"""The embedded chain: eth-tester with py-evm, kept on disk in one LMDB file.

One transaction makes one block, mined at once and written in one LMDB transaction that is
synced before the answer goes out: what was answered is on disk, and a process that is killed
leaves the previous block or the next one, never half.
"""

import fcntl
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import WeakValueDictionary

import lmdb
from eth.abc import BlockAPI, BlockHeaderAPI, ComputationAPI, StateAPI
from eth.chains.base import MiningChain
from eth.constants import ZERO_ADDRESS
from eth.db.backends.base import BaseAtomicDB
from eth.estimators.gas import binary_gas_search_intrinsic_tolerance
from eth.exceptions import HeaderNotFound, PyEVMError, Revert, TransactionNotFound, VMError
from eth.vm.forks import CancunVM, PragueVM, ShanghaiVM
from eth.vm.spoof import SpoofTransaction
from eth_tester.backends import PyEVMBackend
from eth_typing import BlockNumber, Hash32
from eth_utils import ValidationError, to_canonical_address
from hexbytes import HexBytes
from rlp.exceptions import RLPException
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from kindpakket.ledger.chain_json import Json, block_json, hexed, receipt_json, transaction_json
from kindpakket.ledger.evm import EVM_VERSION

GAS_LIMIT = 30_000_000
TIP = 10**9  # wei per gas that eth_gasPrice asks above the base fee
RELAY_BALANCE = 10**27  # wei: about 10^13 payments
MAP_SIZE = 1 << 40  # bytes of address space; the file grows only as blocks need it
CHAIN_ID_KEY = b"kindpakket:chain-id"


class ChainInUseError(Exception):
    """Another process, or another object in this one, writes to this chain."""


class ChainUnavailableError(Exception):
    """The disk failed or is full, or the chain was closed. Nothing was written."""


class _Refusal(Exception):  # noqa: N818 - an answer, not a failure
    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.error: Json = {"code": code, "message": message}
        if data is not None:
            self.error["data"] = data


class _Store(BaseAtomicDB):
    """py-evm's view of the one LMDB transaction that is open now."""

    def __init__(self, directory: Path, *, read_only: bool, sync: bool, map_size: int) -> None:
        self._lock = threading.Lock()
        self._open = lambda: lmdb.open(
            str(directory), map_size=map_size, readonly=read_only, sync=sync, create=not read_only
        )
        self._env = self._open()
        self._txn: Any = None

    @contextmanager
    def transaction(self, *, write: bool = False) -> Iterator[None]:
        """Everything inside happens on one state of the disk, and is written whole or not at all.

        Raises ChainUnavailableError.
        """
        with self._lock:
            try:
                with self._env.begin(write=write) as self._txn:
                    yield
            except lmdb.Error as error:
                raise ChainUnavailableError(str(error)) from error
            finally:
                self._txn = None

    @contextmanager
    def atomic_batch(self) -> Iterator[Self]:
        yield self  # the transaction around it is the batch

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

    def close(self) -> None:
        with self._lock:
            self._env.close()


class _VM({"shanghai": ShanghaiVM, "cancun": CancunVM, "prague": PragueVM}[EVM_VERSION]):  # type: ignore[misc]
    @classmethod
    def validate_header(cls, header: BlockHeaderAPI, parent_header: BlockHeaderAPI) -> None:
        """A block may share its parent's second, so that under load time does not run ahead."""
        if header.timestamp == parent_header.timestamp:
            parent_header = parent_header.copy(timestamp=header.timestamp - 1)
        super().validate_header(header, parent_header)

    def transaction_applied_hook(self, *args: Any) -> None:
        """A transaction that fails is not mined: its error leaves through the open transaction."""
        computation: ComputationAPI = args[-2]
        computation.raise_if_error()


class _Chain(MiningChain):
    vm_configuration = ((BlockNumber(0), _VM),)
    clock: Callable[[], float] = staticmethod(time.time)

    def create_header_from_parent(
        self, parent_header: BlockHeaderAPI, **header_params: Any
    ) -> BlockHeaderAPI:
        """The next block, judged by now and never earlier than its parent."""
        return super().create_header_from_parent(
            parent_header,
            gas_limit=parent_header.gas_limit,
            timestamp=max(parent_header.timestamp, int(self.clock())),
            **header_params,
        )


class _Backend(PyEVMBackend):  # type: ignore[misc]
    """eth-tester's backend over a chain that is already there."""

    chain: _Chain

    def __init__(self, store: _Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        super().__init__()

    def reset_to_genesis(self, *_: Any) -> None:
        """Opens the chain; what is on disk is never reset."""
        self.account_keys = ()
        chain_id = int.from_bytes(self._store[CHAIN_ID_KEY])
        chain_class = _Chain.configure(chain_id=chain_id, clock=staticmethod(self._clock))
        self.chain = chain_class(self._store)

    def send_raw_transaction(self, raw_transaction: bytes) -> Hash32:
        """Runs a signed transaction once; when it succeeds, that run is the next block."""
        transaction = _VM.get_transaction_builder().decode(raw_transaction)
        if transaction.chain_id != self.chain.chain_id:
            raise ValidationError("invalid chain id for signer")
        self.chain.mine_all([transaction], parent_header=self.chain.get_canonical_head())
        return transaction.hash

    def call(self, transaction: Json, block_number: Any = "latest") -> bytes:
        """The output of a call that costs nothing and changes nothing."""
        state = self.state(block_number)
        computation = state.apply_transaction(self._spoofed(transaction, state))
        computation.raise_if_error()
        return computation.output

    def estimate_gas(self, transaction: Json, block_number: Any = "latest") -> int:
        """Gas with which the transaction succeeds, at most 21000 more than it needs."""
        state = self.state(block_number)
        gas: int = binary_gas_search_intrinsic_tolerance(state, self._spoofed(transaction, state))
        return gas

    def header(self, block: Any) -> BlockHeaderAPI:
        """The header of a block number, or of the tags "earliest", "latest" and their like."""
        if block == "earliest":
            return self.chain.get_canonical_block_header_by_number(BlockNumber(0))
        if isinstance(block, int):
            return self.chain.get_canonical_block_header_by_number(BlockNumber(block))
        return self.chain.get_canonical_head()

    def state(self, block: Any) -> StateAPI:
        """The state after a block; after the latest one, as the next block would find it now."""
        header = self.header(block)
        if isinstance(block, str) and block != "earliest":
            header = self.chain.create_header_from_parent(header)
        return self.chain.get_vm(header.copy(base_fee_per_gas=0)).state

    def _spoofed(self, transaction: Json, state: StateAPI) -> SpoofTransaction:
        sender = transaction["from"]
        unsigned = self.chain.create_unsigned_transaction(
            nonce=state.get_nonce(sender),
            gas_price=0,
            gas=transaction["gas"],
            to=transaction["to"],
            value=transaction["value"],
            data=transaction["data"],
        )
        return SpoofTransaction(unsigned, from_=sender)


class _Provider(BaseProvider):
    """Answers JSON-RPC as a real node would, without a socket."""

    def __init__(self, store: _Store, backend: _Backend, read_only: bool) -> None:
        super().__init__()
        self._store = store
        self._backend = backend
        self._chain = backend.chain
        self._methods: dict[str, Callable[..., Any]] = {
            "eth_blockNumber": lambda: hex(self._chain.get_canonical_head().block_number),
            "eth_call": self._call,
            "eth_chainId": lambda: hex(self._chain.chain_id),
            "eth_estimateGas": self._estimate_gas,
            "eth_gasPrice": lambda: hex(self._backend.header("pending").base_fee_per_gas + TIP),
            "eth_getBalance": lambda who, block="latest": hex(
                self._state(block).get_balance(to_canonical_address(who))
            ),
            "eth_getBlockByHash": self._block_by_hash,
            "eth_getBlockByNumber": self._block_by_number,
            "eth_getBlockReceipts": self._block_receipts,
            "eth_getCode": lambda who, block="latest": hexed(
                self._state(block).get_code(to_canonical_address(who))
            ),
            "eth_getStorageAt": lambda who, slot, block="latest": (
                f"0x{self._state(block).get_storage(to_canonical_address(who), _int(slot)):064x}"
            ),
            "eth_getTransactionByHash": self._transaction,
            "eth_getTransactionCount": lambda who, block="latest": hex(
                self._state(block).get_nonce(to_canonical_address(who))
            ),
            "eth_getTransactionReceipt": self._receipt,
            "eth_maxPriorityFeePerGas": lambda: hex(TIP),
            "net_version": lambda: str(self._chain.chain_id),
            "web3_clientVersion": lambda: "kindpakket-embedded",
        }
        if not read_only:
            self._methods["eth_sendRawTransaction"] = self._send

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One request. Raises ChainUnavailableError; every other trouble is an error answer."""
        answer: Any = {"jsonrpc": "2.0", "id": 1}
        handler = self._methods.get(method)
        if handler is None:
            return answer | {"error": {"code": -32601, "message": f"no method {method}"}}
        try:
            with self._store.transaction(write=method == "eth_sendRawTransaction"):
                return answer | {"result": handler(*params)}
        except Revert as revert:
            error = {"code": 3, "message": "execution reverted", "data": hexed(revert.args[0])}
        except VMError as failure:
            error = {"code": -32000, "message": f"{type(failure).__name__}: {failure}"}
        except (ValidationError, PyEVMError, RLPException, ValueError, TypeError) as refusal:
            error = {"code": -32000, "message": str(refusal)}
        return answer | {"error": error}

    def is_connected(self, show_traceback: bool = False) -> bool:  # noqa: ARG002
        """Always: there is no line that could be down."""
        return True

    def _send(self, raw: Any) -> str:
        return hexed(self._backend.send_raw_transaction(HexBytes(raw)))

    def _call(self, message: Json, block: Any = "latest") -> str:
        return hexed(self._backend.call(_message(message), _block(block)))

    def _estimate_gas(self, message: Json, block: Any = "latest") -> str:
        return hex(self._backend.estimate_gas(_message(message), _block(block)))

    def _state(self, block: Any) -> StateAPI:
        return self._backend.state(_block(block))

    def _block_by_number(self, block: Any, full: bool = False) -> Json | None:
        try:
            header = self._backend.header(_block(block))
        except HeaderNotFound:
            return None
        return block_json(self._chain.get_block_by_header(header), full)

    def _block_by_hash(self, block_hash: Any, full: bool = False) -> Json | None:
        try:
            return block_json(
                self._chain.get_block_by_hash(Hash32(bytes(HexBytes(block_hash)))), full
            )
        except HeaderNotFound:
            return None

    def _block_receipts(self, block: Any) -> list[Json] | None:
        try:
            header = self._backend.header(_block(block))
        except HeaderNotFound:
            return None
        found = self._chain.get_block_by_header(header)
        receipts = found.get_receipts(self._chain.chaindb)
        return [receipt_json(found, receipts, index) for index in range(len(receipts))]

    def _transaction(self, transaction_hash: Any) -> Json | None:
        place = self._place(transaction_hash)
        return place and transaction_json(*place)

    def _receipt(self, transaction_hash: Any) -> Json | None:
        place = self._place(transaction_hash)
        return place and receipt_json(
            place[0], place[0].get_receipts(self._chain.chaindb), place[1]
        )

    def _place(self, transaction_hash: Any) -> tuple[BlockAPI, int] | None:
        try:
            number, index = self._chain.chaindb.get_transaction_index(
                Hash32(bytes(HexBytes(transaction_hash)))
            )
        except TransactionNotFound:
            return None
        return self._chain.get_canonical_block_by_number(number), index


class EmbeddedChain:
    """A chain of our own in a directory. Close it, or use it in a `with` statement.

    `provider` goes into `Web3(...)`. `clock` gives seconds since 1970; `sync=False`, for tests,
    leaves writing back to the operating system. A `read_only` chain follows the head of a writer,
    here or in another process, and sends nothing.

    Raises FileNotFoundError without a chain, ChainInUseError with a second writer.
    """

    def __init__(
        self,
        directory: Path,
        *,
        clock: Callable[[], float] = time.time,
        read_only: bool = False,
        sync: bool = True,
        map_size: int = MAP_SIZE,
    ) -> None:
        if not (directory / "data.mdb").exists():
            raise FileNotFoundError(f"no chain in {directory}")
        self._lock = None if read_only else _lock(directory)
        self._store = _Store(directory, read_only=read_only, sync=sync, map_size=map_size)
        with self._store.transaction():
            backend = _Backend(self._store, clock)
        self.provider: BaseProvider = _Provider(self._store, backend, read_only)

    @classmethod
    def create(
        cls,
        directory: Path,
        *,
        relay: str,
        clock: Callable[[], float] = time.time,
        sync: bool = True,
        map_size: int = MAP_SIZE,
    ) -> Self:
        """Starts a chain with a random id, on which the relay's address owns all there is.

        Raises FileExistsError when the directory holds a chain already.
        """
        directory.mkdir(parents=True, exist_ok=True)
        with _lock(directory):
            store = _Store(directory, read_only=False, sync=True, map_size=map_size)
            try:
                with store.transaction(write=True):
                    if CHAIN_ID_KEY in store:
                        raise FileExistsError(f"{directory} holds a chain already")
                    # below 2^53, so that JavaScript holds it exactly
                    chain_id = secrets.randbelow(2**53 - 1) + 1
                    store[CHAIN_ID_KEY] = chain_id.to_bytes(7)
                    _Chain.configure(chain_id=chain_id, clock=staticmethod(clock)).from_genesis(
                        store,
                        {
                            "coinbase": ZERO_ADDRESS,
                            "difficulty": 0,
                            "gas_limit": GAS_LIMIT,
                            "base_fee_per_gas": 0,
                            "timestamp": int(clock()),
                        },
                        {
                            to_canonical_address(relay): {
                                "balance": RELAY_BALANCE,
                                "nonce": 0,
                                "code": b"",
                                "storage": {},
                            }
                        },
                    )
            finally:
                store.close()
        return cls(directory, clock=clock, sync=sync, map_size=map_size)

    def close(self) -> None:
        """Ends the use of the directory; requests from then on raise ChainUnavailableError."""
        self._store.close()
        if self._lock:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _lock(directory: Path) -> Any:
    file = (directory / "writer.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise ChainInUseError(f"another writer holds {directory}") from error
    return file


def _int(value: Any) -> int:
    return int(value, 16) if isinstance(value, str) else int(value)


def _block(tag: Any) -> Any:
    return int(tag, 16) if isinstance(tag, str) and tag.startswith("0x") else tag


def _message(message: Json) -> Json:
    data = message.get("input", message.get("data", b""))
    return {
        "from": to_canonical_address(message.get("from", ZERO_ADDRESS)),
        "to": to_canonical_address(message["to"]) if message.get("to") else b"",
        "gas": min(_int(message.get("gas", GAS_LIMIT)), GAS_LIMIT),
        "value": _int(message.get("value", 0)),
        "data": bytes(HexBytes(data)),
    }
