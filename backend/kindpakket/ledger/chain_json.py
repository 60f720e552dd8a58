"""The JSON-RPC shapes of py-evm's blocks, transactions and receipts."""

from typing import Any

import rlp
from eth._utils.address import generate_contract_address
from eth.abc import BlockAPI, ReceiptAPI, SignedTransactionAPI

Json = dict[str, Any]


def hexed(data: bytes) -> str:
    """Bytes of any length as JSON-RPC writes data."""
    return "0x" + data.hex()


def block_json(block: BlockAPI, full_transactions: bool) -> Json:
    """The answer of eth_getBlockByNumber and eth_getBlockByHash."""
    header = block.header
    return {
        "number": hex(header.block_number),
        "hash": hexed(header.hash),
        "parentHash": hexed(header.parent_hash),
        "nonce": hexed(header.nonce),
        "sha3Uncles": hexed(header.uncles_hash),
        "logsBloom": f"0x{header.bloom:0512x}",
        "transactionsRoot": hexed(header.transaction_root),
        "stateRoot": hexed(header.state_root),
        "receiptsRoot": hexed(header.receipt_root),
        "miner": hexed(header.coinbase),
        "difficulty": hex(header.difficulty),
        "extraData": hexed(header.extra_data),
        "mixHash": hexed(header.mix_hash),
        "size": hex(len(rlp.encode(block))),
        "gasLimit": hex(header.gas_limit),
        "gasUsed": hex(header.gas_used),
        "timestamp": hex(header.timestamp),
        "baseFeePerGas": hex(header.base_fee_per_gas),
        "withdrawalsRoot": hexed(header.withdrawals_root),
        "withdrawals": [],
        "blobGasUsed": hex(header.blob_gas_used),
        "excessBlobGas": hex(header.excess_blob_gas),
        "parentBeaconBlockRoot": hexed(header.parent_beacon_block_root),
        "uncles": [],
        "transactions": [
            transaction_json(block, index) if full_transactions else hexed(transaction.hash)
            for index, transaction in enumerate(block.transactions)
        ],
    }


def transaction_json(block: BlockAPI, index: int) -> Json:
    """The answer of eth_getTransactionByHash."""
    transaction = block.transactions[index]
    answer = _place(block, index) | {
        "hash": hexed(transaction.hash),
        "type": hex(transaction.type_id or 0),
        "nonce": hex(transaction.nonce),
        "from": hexed(transaction.sender),
        "to": hexed(transaction.to) if transaction.to else None,
        "value": hex(transaction.value),
        "gas": hex(transaction.gas),
        "gasPrice": hex(_effective_gas_price(block, transaction)),
        "input": hexed(transaction.data),
        "chainId": hex(transaction.chain_id or 0),
        "v": hex(transaction.y_parity),
        "r": hex(transaction.r),
        "s": hex(transaction.s),
    }
    if transaction.type_id:
        answer["yParity"] = hex(transaction.y_parity)
        answer["maxFeePerGas"] = hex(transaction.max_fee_per_gas)
        answer["maxPriorityFeePerGas"] = hex(transaction.max_priority_fee_per_gas)
        answer["accessList"] = [
            {"address": hexed(address), "storageKeys": [f"0x{key:064x}" for key in keys]}
            for address, keys in transaction.access_list
        ]
    else:
        answer["v"] = hex(transaction.v)
    return answer


def receipt_json(block: BlockAPI, receipts: tuple[ReceiptAPI, ...], index: int) -> Json:
    """The answer of eth_getTransactionReceipt."""
    transaction, receipt = block.transactions[index], receipts[index]
    place = _place(block, index) | {"transactionHash": hexed(transaction.hash)}
    gas_before = receipts[index - 1].gas_used if index else 0
    first_log = sum(len(earlier.logs) for earlier in receipts[:index])
    created = None
    if not transaction.to:
        created = hexed(generate_contract_address(transaction.sender, transaction.nonce))
    return place | {
        "type": hex(transaction.type_id or 0),
        "status": hex(int.from_bytes(receipt.state_root)),
        "from": hexed(transaction.sender),
        "to": hexed(transaction.to) if transaction.to else None,
        "contractAddress": created,
        "cumulativeGasUsed": hex(receipt.gas_used),
        "gasUsed": hex(receipt.gas_used - gas_before),
        "effectiveGasPrice": hex(_effective_gas_price(block, transaction)),
        "logsBloom": f"0x{receipt.bloom:0512x}",
        "logs": [
            place
            | {
                "logIndex": hex(log_index),
                "address": hexed(log.address),
                "topics": [f"0x{topic:064x}" for topic in log.topics],
                "data": hexed(log.data),
                "removed": False,
            }
            for log_index, log in enumerate(receipt.logs, first_log)
        ],
    }


def _place(block: BlockAPI, index: int) -> Json:
    return {
        "blockHash": hexed(block.hash),
        "blockNumber": hex(block.number),
        "transactionIndex": hex(index),
    }


def _effective_gas_price(block: BlockAPI, transaction: SignedTransactionAPI) -> int:
    base_fee = block.header.base_fee_per_gas
    return min(transaction.max_fee_per_gas, transaction.max_priority_fee_per_gas + base_fee)
