"""The embedded chain as a JSON-RPC node in process, with the formats and errors of real nodes."""

from collections.abc import Callable
from typing import Any

import rlp
from eth._utils.address import generate_contract_address
from eth.abc import BlockAPI, ReceiptAPI, SignedTransactionAPI
from eth.constants import ZERO_ADDRESS
from eth.exceptions import HeaderNotFound, PyEVMError, Revert, TransactionNotFound, VMError
from eth_keys.exceptions import BadSignature
from eth_typing import Hash32
from eth_utils.address import to_canonical_address
from eth_utils.exceptions import ValidationError
from hexbytes import HexBytes
from rlp.exceptions import RLPException
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from kindpakket.ledger.embedded_engine import GAS_LIMIT, Backend, EngineDatabase

TIP = 10**9  # wei per gas that eth_gasPrice adds to the base fee
# what py-evm and its dependencies raise for invalid requests
REFUSALS = (ValidationError, PyEVMError, RLPException, BadSignature, ValueError, TypeError)
WRITES = SEND, SEND_SYNC = "eth_sendRawTransaction", "eth_sendRawTransactionSync"
"""The second returns the receipt (EIP-7966)."""

Json = dict[str, Any]
Hex = str | bytes


class EmbeddedProvider(BaseProvider):
    """The provider that web3 talks to."""

    def __init__(self, store: EngineDatabase, backend: Backend, *, read_only: bool) -> None:
        super().__init__()
        self.store = store
        self._backend = backend
        self._chain = backend.chain
        self._methods: dict[str, Callable[..., object]] = {
            "eth_blockNumber": lambda: hex(self._chain.get_canonical_head().block_number),
            "eth_call": self._call,
            "eth_chainId": lambda: hex(self._chain.chain_id),
            "eth_estimateGas": self._estimate_gas,
            "eth_gasPrice": lambda: hex(
                (self._backend.header("pending").base_fee_per_gas or 0) + TIP
            ),
            "eth_getBalance": self._balance,
            "eth_getBlockByHash": self._block_by_hash,
            "eth_getBlockByNumber": self._block_by_number,
            "eth_getBlockReceipts": self._block_receipts,
            "eth_getCode": self._code,
            "eth_getStorageAt": self._storage,
            "eth_getTransactionByHash": self._transaction,
            "eth_getTransactionCount": self._nonce,
            "eth_getTransactionReceipt": self._receipt,
            "eth_maxPriorityFeePerGas": lambda: hex(TIP),
            "net_version": lambda: str(self._chain.chain_id),
            "web3_clientVersion": lambda: "kindpakket/embedded",
        }
        if not read_only:
            self._methods |= {SEND: self._send, SEND_SYNC: self._send_sync}

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Answers one request. Raises ChainUnavailable; other failures are JSON-RPC errors."""
        answer: RPCResponse = {"jsonrpc": "2.0", "id": 1}
        handler = self._methods.get(method)
        if handler is None:
            answer["error"] = {"code": -32601, "message": f"method {method} is not available"}
            return answer
        try:
            with self.store.transaction(write=method in WRITES):
                result = handler(*params)
            answer["result"] = result
        except Revert as revert:
            data = _hex(revert.args[0])
            answer["error"] = {"code": 3, "message": "execution reverted", "data": data}
        except VMError as failure:
            message = f"{type(failure).__name__}: {failure}"
            answer["error"] = {"code": -32000, "message": message}
        except REFUSALS as refusal:
            answer["error"] = {"code": -32000, "message": str(refusal)}
        return answer

    def is_connected(self, show_traceback: bool = False) -> bool:  # noqa: ARG002
        """Always true: there is no connection."""
        return True

    def _send(self, raw: Hex) -> str:
        block, _ = self._backend.mine(HexBytes(raw))
        return _hex(block.transactions[0].hash)

    def _send_sync(self, raw: Hex) -> Json:
        block, receipt = self._backend.mine(HexBytes(raw))
        return _receipt_json(block, (receipt,), 0)

    def _call(self, message: Json, block: str = "latest") -> str:
        return _hex(self._backend.call(_message(message), _block(block)))

    def _estimate_gas(self, message: Json, block: str = "latest") -> str:
        return hex(self._backend.estimate_gas(_message(message), _block(block)))

    def _balance(self, account: str, block: str = "latest") -> str:
        return hex(self._backend.get_balance(to_canonical_address(account), _block(block)))

    def _nonce(self, account: str, block: str = "latest") -> str:
        return hex(self._backend.get_nonce(to_canonical_address(account), _block(block)))

    def _code(self, account: str, block: str = "latest") -> str:
        return _hex(self._backend.get_code(to_canonical_address(account), _block(block)))

    def _storage(self, account: str, slot: str, block: str = "latest") -> str:
        address = to_canonical_address(account)
        return f"0x{self._backend.get_storage(address, int(slot, 16), _block(block)):064x}"

    def _block_by_number(self, block: str, full: bool = False) -> Json | None:
        found = self._find_block(block)
        return _block_json(found, full) if found else None

    def _block_by_hash(self, block_hash: Hex, full: bool = False) -> Json | None:
        try:
            found = self._chain.get_block_by_hash(_hash(block_hash))
        except HeaderNotFound:
            return None
        return _block_json(found, full)

    def _block_receipts(self, block: str) -> list[Json] | None:
        found = self._find_block(block)
        if found is None:
            return None
        return [self._receipt_at(found, i) for i in range(len(found.transactions))]

    def _transaction(self, transaction_hash: Hex) -> Json | None:
        place = self._find_transaction(transaction_hash)
        return place and _transaction_json(*place)

    def _receipt(self, transaction_hash: Hex) -> Json | None:
        place = self._find_transaction(transaction_hash)
        return place and self._receipt_at(*place)

    def _receipt_at(self, block: BlockAPI, index: int) -> Json:
        return _receipt_json(block, block.get_receipts(self._chain.chaindb), index)

    def _find_block(self, block: str) -> BlockAPI | None:
        try:
            return self._chain.get_block_by_header(self._backend.header(_block(block)))
        except HeaderNotFound:
            return None

    def _find_transaction(self, transaction_hash: Hex) -> tuple[BlockAPI, int] | None:
        try:
            place = self._chain.get_canonical_transaction_index(_hash(transaction_hash))
        except TransactionNotFound:
            return None
        return self._chain.get_canonical_block_by_number(place[0]), place[1]


def _hex(data: bytes | None) -> str:
    return "0x" + (data or b"").hex()


def _hash(value: Hex) -> Hash32:
    return Hash32(bytes(HexBytes(value)))  # py-evm's keys use the repr; that of HexBytes differs


def _block(tag: str) -> int | str:
    if tag in {"latest", "pending", "safe", "finalized"}:
        return tag
    return 0 if tag == "earliest" else int(tag, 16)


def _message(message: Json) -> Json:
    to = message.get("to")
    return {
        "from": to_canonical_address(message.get("from", ZERO_ADDRESS)),
        "to": to_canonical_address(to) if to else b"",
        "gas": min(int(message.get("gas", hex(GAS_LIMIT)), 16), GAS_LIMIT),
        "value": int(message.get("value", "0x0"), 16),
        "data": bytes(HexBytes(message.get("input") or message.get("data") or b"")),
    }


def _block_json(block: BlockAPI, full: bool) -> Json:
    header: Any = block.header
    return {
        "number": hex(header.block_number),
        "hash": _hex(header.hash),
        "parentHash": _hex(header.parent_hash),
        "nonce": _hex(header.nonce),
        "sha3Uncles": _hex(header.uncles_hash),
        "logsBloom": f"0x{header.bloom:0512x}",
        "transactionsRoot": _hex(header.transaction_root),
        "stateRoot": _hex(header.state_root),
        "receiptsRoot": _hex(header.receipt_root),
        "miner": _hex(header.coinbase),
        "difficulty": hex(header.difficulty),
        "extraData": _hex(header.extra_data),
        "mixHash": _hex(header.mix_hash),
        "size": hex(len(rlp.encode(block))),
        "gasLimit": hex(header.gas_limit),
        "gasUsed": hex(header.gas_used),
        "timestamp": hex(header.timestamp),
        "baseFeePerGas": hex(header.base_fee_per_gas),
        "withdrawalsRoot": _hex(header.withdrawals_root),
        "withdrawals": [],
        "blobGasUsed": hex(header.blob_gas_used),
        "excessBlobGas": hex(header.excess_blob_gas),
        "parentBeaconBlockRoot": _hex(header.parent_beacon_block_root),
        "uncles": [],
        "transactions": [
            _transaction_json(block, index) if full else _hex(transaction.hash)
            for index, transaction in enumerate(block.transactions)
        ],
    }


def _transaction_json(block: BlockAPI, index: int) -> Json:
    transaction: Any = block.transactions[index]
    answer = _place_json(block, index) | {
        "hash": _hex(transaction.hash),
        "type": hex(transaction.type_id or 0),
        "nonce": hex(transaction.nonce),
        "from": _hex(transaction.sender),
        "to": _hex(transaction.to) if transaction.to else None,
        "value": hex(transaction.value),
        "gas": hex(transaction.gas),
        "gasPrice": hex(_gas_price(block, transaction)),
        "input": _hex(transaction.data),
        "chainId": hex(transaction.chain_id),
        "r": hex(transaction.r),
        "s": hex(transaction.s),
    }
    if transaction.type_id is None:
        return answer | {"v": hex(transaction.v)}
    return answer | {
        "v": hex(transaction.y_parity),
        "yParity": hex(transaction.y_parity),
        "maxFeePerGas": hex(transaction.max_fee_per_gas),
        "maxPriorityFeePerGas": hex(transaction.max_priority_fee_per_gas),
        "accessList": [
            {"address": _hex(address), "storageKeys": [f"0x{key:064x}" for key in keys]}
            for address, keys in transaction.access_list
        ],
    }


def _receipt_json(block: BlockAPI, receipts: tuple[ReceiptAPI, ...], index: int) -> Json:
    transaction, receipt = block.transactions[index], receipts[index]
    place = _place_json(block, index) | {"transactionHash": _hex(transaction.hash)}
    created = None
    if not transaction.to:
        created = _hex(generate_contract_address(transaction.sender, transaction.nonce))
    return place | {
        "type": hex(transaction.type_id or 0),
        "status": hex(int.from_bytes(receipt.state_root)),
        "from": _hex(transaction.sender),
        "to": _hex(transaction.to) if transaction.to else None,
        "contractAddress": created,
        "cumulativeGasUsed": hex(receipt.gas_used),
        "gasUsed": hex(receipt.gas_used),  # of the block's only transaction
        "effectiveGasPrice": hex(_gas_price(block, transaction)),
        "logsBloom": f"0x{receipt.bloom:0512x}",
        "logs": [
            place
            | {
                "logIndex": hex(log_index),
                "address": _hex(log.address),
                "topics": [f"0x{topic:064x}" for topic in log.topics],
                "data": _hex(log.data),
                "blockTimestamp": hex(block.header.timestamp),
                "removed": False,
            }
            for log_index, log in enumerate(receipt.logs)
        ],
    }


def _place_json(block: BlockAPI, index: int) -> Json:
    return {
        "blockHash": _hex(block.hash),
        "blockNumber": hex(block.number),
        "transactionIndex": hex(index),
    }


def _gas_price(block: BlockAPI, transaction: SignedTransactionAPI) -> int:
    tip = transaction.max_priority_fee_per_gas
    return min(transaction.max_fee_per_gas, tip + (block.header.base_fee_per_gas or 0))
