"""A JSON-RPC node, asked in batches. What it tells is checked against the hashes of its headers."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import rlp
import urllib3
from rlp.exceptions import RLPException
from trie.exceptions import BadTrieProof
from trie.hexary import HexaryTrie

from kindpakket_audit.chains import (
    Account,
    Block,
    ChainUnreadable,
    Header,
    Log,
    Transaction,
    root_of,
)
from kindpakket_audit.hashing import hexed, keccak

Json = dict[str, Any]
Ask = Callable[[list[Json]], Any]
"""Sends a batch of requests and returns the answers."""

_BATCH = 100
"""Requests in a batch: nodes limit them."""
_MAX_ANSWER_BYTES = 256 * 1024 * 1024
_SECONDS = 60
_HEADER = (
    "parentHash",
    "sha3Uncles",
    "miner",
    "stateRoot",
    "transactionsRoot",
    "receiptsRoot",
    "logsBloom",
    "difficulty",
    "number",
    "gasLimit",
    "gasUsed",
    "timestamp",
    "extraData",
    "mixHash",
    "nonce",
    "baseFeePerGas",
    "withdrawalsRoot",
    "blobGasUsed",
    "excessBlobGas",
    "parentBeaconBlockRoot",
    "requestsHash",
)
"""Fields of a header, in the order of the protocol; older ones have fewer."""
_NUMBERS = {
    "difficulty",
    "number",
    "gasLimit",
    "gasUsed",
    "timestamp",
    "baseFeePerGas",
    "blobGasUsed",
    "excessBlobGas",
}
_LEGACY = ("nonce", "gasPrice", "gas", "to", "value", "input", "v", "r", "s")
_TYPED = {
    1: ("chainId", "nonce", "gasPrice", "gas", "to", "value", "input"),
    2: (
        "chainId",
        "nonce",
        "maxPriorityFeePerGas",
        "maxFeePerGas",
        "gas",
        "to",
        "value",
        "input",
    ),
}
_BYTES = {"to", "input"}


class Node:
    """One node of a chain.

    Args:
        ask: sends a batch to it; by default over HTTP.
        proves: whether its proofs are those of the protocol. Anvil's are not: it also puts slots
            with zeros in the trie.

    Raises:
        ChainUnreadable: no answer.
    """

    def __init__(self, url: str, ask: Ask | None = None, *, proves: bool = True) -> None:
        self.name = urlsplit(url).netloc.rpartition("@")[2]
        self._ask = ask or _over_http(url)
        self._proves = proves
        self.chain_id = _number(self._one("eth_chainId"))

    def close(self) -> None:
        """Nothing is kept open that matters."""

    def head(self) -> int:
        """Return the number of the last block."""
        return _number(self._one("eth_blockNumber"))

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        """Return these blocks, in order."""
        for start in range(first, last + 1, _BATCH):
            numbers = [hex(number) for number in range(start, min(start + _BATCH, last + 1))]
            told = self._all("eth_getBlockByNumber", [[number, True] for number in numbers])
            full = [block for block in told if block and block["transactions"]]
            asked = [[block["number"]] for block in full]
            receipts = dict(
                zip(map(id, full), self._all("eth_getBlockReceipts", asked), strict=True)
            )
            for number, block in zip(numbers, told, strict=True):
                try:
                    yield _block(block, receipts.get(id(block), []), int(number, 16))
                except (KeyError, TypeError, ValueError) as error:
                    raise ChainUnreadable(f"{self.name}: block {number}: {error!r}") from error

    def account(self, contract: str, number: int) -> Account | None:
        """Return the account, if the node proves it by the state root of the header."""
        if not self._proves:
            return None
        (block,) = self._all("eth_getBlockByNumber", [[hex(number), False]])
        try:
            proof = self._one("eth_getProof", contract, [], hex(number))
            nodes = [rlp.decode(_bytes(node)) for node in proof["accountProof"]]
            header = _header(block)
            key = keccak(_bytes(contract))
            if header is None:
                return None
            raw = HexaryTrie.get_from_proof(  # type: ignore[no-untyped-call]
                header.state_root, key, nodes
            )
            _, _, storage_root, code_hash = rlp.decode(raw)
        except (ChainUnreadable, KeyError, TypeError, ValueError, BadTrieProof, RLPException):
            return None
        return Account(code_hash, storage_root)

    def code(self, contract: str, number: int) -> bytes:
        """Return the code at an address."""
        return _bytes(self._one("eth_getCode", contract, hex(number)))

    def storage(self, contract: str, slots: Sequence[bytes], number: int) -> list[bytes]:
        """Return the words in slots of the contract's storage."""
        asked = [[contract, hexed(slot), hex(number)] for slot in slots]
        return [_bytes(each).rjust(32, b"\0") for each in self._all("eth_getStorageAt", asked)]

    def _one(self, method: str, *params: Any) -> Any:
        (result,) = self._all(method, [list(params)])
        return result

    def _all(self, method: str, asked: Sequence[list[Any]]) -> list[Any]:
        results: list[Any] = []
        for start in range(0, len(asked), _BATCH):
            requests = [
                {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
                for number, params in enumerate(asked[start : start + _BATCH])
            ]
            results += self._answers(requests)
        return results

    def _answers(self, requests: list[Json]) -> list[Any]:
        answers = self._ask(requests)
        try:
            by_id = {answer["id"]: answer for answer in answers}
            return [by_id[request["id"]]["result"] for request in requests]
        except (KeyError, TypeError) as error:
            told = str(answers)[:200]
            raise ChainUnreadable(f"{self.name}: {requests[0]['method']}: {told}") from error


def _over_http(url: str) -> Ask:
    parts = urlsplit(url)
    headers = {"Content-Type": "application/json"}
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers |= dict(urllib3.make_headers(basic_auth=login))
    host = parts.netloc.rpartition("@")[2]
    pool = urllib3.connection_from_url(f"{parts.scheme}://{host}", timeout=_SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def ask(requests: list[Json]) -> Any:
        try:
            body = json.dumps(requests).encode()
            response = pool.urlopen("POST", path, body, headers, preload_content=False)
            content = response.read(_MAX_ANSWER_BYTES + 1)
            if len(content) > _MAX_ANSWER_BYTES:
                response.close()
                raise ChainUnreadable(f"{host}: the answer is too long")
            response.release_conn()
            return json.loads(content)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise ChainUnreadable(f"{host}: {error}") from error

    return ask


def _block(block: Json, receipts: list[Json], number: int) -> Block:
    if _number(block["number"]) != number:
        raise ValueError("another block")
    header = _header(block)
    transactions = block["transactions"]
    if len(receipts) != len(transactions):
        raise ValueError("not as many receipts as transactions")
    faults = list(_faults(header, transactions, receipts)) if header else []
    return Block(
        number,
        _bytes(block["hash"]),
        _bytes(block["parentHash"]),
        _number(block["timestamp"]),
        tuple(map(_transaction, transactions, receipts)),
        tuple(faults),
        header is not None,
    )


def _header(block: Json) -> Header | None:
    """The header; None when the block's hash is not that of one."""
    header = Header(
        [
            (_integer if name in _NUMBERS else _bytes)(block[name])
            for name in _HEADER
            if block.get(name) is not None
        ]
    )
    return header if header.hash == _bytes(block["hash"]) else None


def _faults(header: Header, transactions: list[Json], receipts: list[Json]) -> Iterator[str]:
    if header.transactions_root != root_of(list(map(_raw_transaction, transactions))):
        yield "de transacties zijn niet die van de kop van het blok"
    if header.receipts_root != root_of(list(map(_raw_receipt, receipts))):
        yield "de gebeurtenissen zijn niet die van de kop van het blok"


def _transaction(transaction: Json, receipt: Json) -> Transaction:
    if receipt["transactionHash"] != transaction["hash"]:
        raise ValueError("a receipt of another transaction")
    return Transaction(
        _bytes(transaction["hash"]),
        (transaction["to"] or "").lower(),
        _bytes(transaction["input"]),
        _number(receipt["status"]) == 1,
        tuple(
            Log(log["address"].lower(), tuple(map(_bytes, log["topics"])), _bytes(log["data"]))
            for log in receipt["logs"]
        ),
    )


def _raw_transaction(told: Json) -> bytes:
    kind = _number(told.get("type") or "0x0")
    if kind == 0:
        return bytes(rlp.encode([_field(told, name) for name in _LEGACY]))
    if kind not in _TYPED:
        raise ValueError(f"a transaction of type {kind}")
    access = [
        [_bytes(each["address"]), [_bytes(key) for key in each["storageKeys"]]]
        for each in told.get("accessList") or ()
    ]
    parity = _integer(told.get("yParity") or told["v"])
    signature = [parity, _integer(told["r"]), _integer(told["s"])]
    fields = [_field(told, name) for name in _TYPED[kind]]
    return bytes([kind]) + bytes(rlp.encode([*fields, access, *signature]))


def _raw_receipt(told: Json) -> bytes:
    logs = [
        [_bytes(log["address"]), [_bytes(topic) for topic in log["topics"]], _bytes(log["data"])]
        for log in told["logs"]
    ]
    numbers = (_integer(told["status"]), _integer(told["cumulativeGasUsed"]))
    raw = bytes(rlp.encode([*numbers, _bytes(told["logsBloom"]), logs]))
    kind = _number(told.get("type") or "0x0")
    return (bytes([kind]) if kind else b"") + raw


def _field(told: Json, name: str) -> bytes:
    return _bytes(told[name] or "0x") if name in _BYTES else _integer(told[name])


def _number(value: Any) -> int:
    return int(value, 16)


def _integer(value: Any) -> bytes:
    """A number as RLP has it: without leading zeros."""
    number = _number(value)
    return number.to_bytes((number.bit_length() + 7) // 8)


def _bytes(value: Any) -> bytes:
    return bytes.fromhex(str(value)[2:])
