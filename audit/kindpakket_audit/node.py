"""A JSON-RPC node, asked in batches. Its answers are checked against the hashes of its headers."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import rlp
import urllib3
from rlp.exceptions import RLPException
from trie.hexary import HexaryTrie

from kindpakket_audit.chains import (
    Account,
    Block,
    ChainUnreadable,
    Header,
    Log,
    NotProved,
    Transaction,
    root_of,
)
from kindpakket_audit.hashing import hexed, keccak

Json = dict[str, Any]
T = TypeVar("T")
Ask = Callable[[list[Json]], Any]
"""Sends a batch of requests and returns the answers."""

_BATCH = 100
"""Requests in a batch: nodes limit them."""
_MAX_ANSWER_BYTES = 32 * 1024 * 1024
_PIECE = 64 * 1024
_SECONDS = 60
"""Within which a whole answer must have come."""
_SILENCE = 20
"""Seconds without a byte after which a node gives no answer."""
_HEX_BYTES = re.compile("0x(?:[0-9a-fA-F]{2})*")
_HEX_NUMBER = re.compile("0x[0-9a-fA-F]{1,64}")
_MALFORMED = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    RecursionError,
    RLPException,
)
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


class _Refused(ChainUnreadable):
    """The node answered a request with an error."""


class _TooLong(ChainUnreadable):
    """The answer to a batch is longer than is read."""


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
        self.name = host_of(url)
        self._ask = ask or _over_http(url)
        self._proves = proves
        self.chain_id = self._parsed("eth_chainId", _number, self._one("eth_chainId"))

    def close(self) -> None:
        """Do nothing: the connections close with the process."""

    def head(self) -> int:
        """Return the number of the last block."""
        return self._parsed("eth_blockNumber", _number, self._one("eth_blockNumber"))

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        """Return these blocks, in order."""
        for start in range(first, last + 1, _BATCH):
            numbers = [hex(number) for number in range(start, min(start + _BATCH, last + 1))]
            told = self._all("eth_getBlockByNumber", [[number, True] for number in numbers])
            full = [number for number, block in zip(numbers, told, strict=True) if _is_full(block)]
            receipts = dict(
                zip(full, self._all("eth_getBlockReceipts", [[each] for each in full]), strict=True)
            )
            for number, block in zip(numbers, told, strict=True):
                yield self._parsed(
                    f"block {number}", _block, block, receipts.get(number, []), int(number, 16)
                )

    def account(self, contract: str, block: Block) -> Account | None:
        """Return the account, proved by the state root of a block that was read; None when it
        commits to nothing, or no proof is to be asked.

        Raises:
            NotProved: the node refuses the proof, or gives a wrong one.
        """
        if not (self._proves and block.commits):
            return None
        try:
            proof = self._one("eth_getProof", contract, [], hex(block.number))
        except _Refused as error:
            raise NotProved(str(error)) from error
        try:
            return self._parsed("eth_getProof", _account, proof, contract, block.state_root)
        except ChainUnreadable as error:
            raise NotProved(str(error)) from error

    def code(self, contract: str, block: Block) -> bytes:
        """Return the code at an address."""
        told = self._one("eth_getCode", contract, hex(block.number))
        return self._parsed("eth_getCode", _bytes, told)

    def storage(self, contract: str, slots: Sequence[bytes], block: Block) -> list[bytes]:
        """Return the words in slots of the contract's storage."""
        asked = [[contract, hexed(slot), hex(block.number)] for slot in slots]
        told = self._all("eth_getStorageAt", asked)
        return [self._parsed("eth_getStorageAt", _word, each) for each in told]

    def _one(self, method: str, *params: Any) -> Any:
        (result,) = self._all(method, [list(params)])
        return result

    def _all(self, method: str, asked: Sequence[list[Any]]) -> list[Any]:
        results: list[Any] = []
        for start in range(0, len(asked), _BATCH):
            results += self._batch(method, asked[start : start + _BATCH])
        return results

    def _batch(self, method: str, asked: Sequence[list[Any]]) -> list[Any]:
        """Ask at once, or in halves when the answer is too long."""
        requests = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            for number, params in enumerate(asked)
        ]
        try:
            answers = self._ask(requests)
        except _TooLong:
            if len(asked) == 1:
                raise
            half = len(asked) // 2
            return self._batch(method, asked[:half]) + self._batch(method, asked[half:])
        return self._parsed(method, _results, answers, len(asked))

    def _parsed(self, what: str, parse: Callable[..., T], *told: Any) -> T:
        """Parse an answer of the node.

        Raises:
            ChainUnreadable: it is not of the form of the protocol.
        """
        try:
            return parse(*told)
        except _Refused as error:
            raise _Refused(f"{self.name}: {what}: {error}") from error
        except _MALFORMED as error:
            raise ChainUnreadable(f"{self.name}: {what}: {error!r:.200}") from error


def host_of(url: str) -> str:
    """Return the host and the port of a URL, without a user and a password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _results(answers: Any, count: int) -> list[Any]:
    """The results of a batch, in the order of its requests."""
    if isinstance(answers, dict):
        raise _Refused(f"{answers!r:.200}")
    by_id = {answer["id"]: answer for answer in answers}
    for number in range(count):
        if "result" not in by_id[number]:
            raise _Refused(f"{by_id[number]!r:.200}")
    return [by_id[number]["result"] for number in range(count)]


def _over_http(url: str) -> Ask:
    parts = urlsplit(url)
    headers = {"Content-Type": "application/json"}
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers |= dict(urllib3.make_headers(basic_auth=login))
    host = host_of(url)
    pool = urllib3.connection_from_url(f"{parts.scheme}://{host}", timeout=_SILENCE)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def send(body: bytes) -> bytes:
        response = pool.urlopen(
            "POST",
            path,
            body,
            headers,
            retries=False,  # the error after retries has the path, in which a key may be
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            content = _whole(response)
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return content

    def ask(requests: list[Json]) -> Any:
        try:
            body = json.dumps(requests).encode()
            return json.loads(_within(_SECONDS, lambda: send(body)))
        except TimeoutError as error:
            raise ChainUnreadable(f"{host}: no whole answer in {_SECONDS} seconds") from error
        except _TooLong as error:
            raise _TooLong(f"{host}: {error}") from error
        except (urllib3.exceptions.HTTPError, OSError, *_MALFORMED) as error:
            raise ChainUnreadable(f"{host}: {error!s:.200}") from error

    return ask


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Return the result of a function, run in a thread that is left behind after a time. The
    timeout of a socket would begin again at each byte.

    Raises:
        TimeoutError: it takes longer.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future.result(seconds)


def _whole(response: urllib3.BaseHTTPResponse) -> bytes:
    """Read an answer in pieces, of a limited size."""
    content = bytearray()
    while piece := response.read1(_PIECE):
        content += piece
        if len(content) > _MAX_ANSWER_BYTES:
            raise _TooLong("the answer is too long")
    return bytes(content)


def _is_full(block: Any) -> bool:
    return isinstance(block, dict) and bool(block.get("transactions"))


def _account(proof: Json, contract: str, state_root: bytes) -> Account:
    nodes = [rlp.decode(_bytes(node)) for node in proof["accountProof"]]
    try:
        raw = HexaryTrie.get_from_proof(  # type: ignore[no-untyped-call]
            state_root, keccak(_bytes(contract)), nodes
        )
    except Exception as error:  # the library has many, of which some have no common base
        raise ValueError("the proof is not one of the block's state root") from error
    _, _, storage_root, code_hash = rlp.decode(raw)
    return Account(code_hash, storage_root)


def _block(block: Json, receipts: list[Json], number: int) -> Block:
    if _number(block["number"]) != number:
        raise ValueError("another block")
    header = _header(block)
    transactions = block["transactions"]
    if len(receipts) != len(transactions):
        raise ValueError("not as many receipts as transactions")
    raw = list(map(_raw_transaction, transactions, receipts)) if header else []
    faults = list(_faults(header, transactions, receipts, raw)) if header else []
    return Block(
        number,
        _bytes(block["hash"]),
        _bytes(block["parentHash"]),
        _number(block["timestamp"]),
        tuple(map(_transaction, transactions, receipts)),
        tuple(faults),
        header is not None,
        header.state_root if header else b"",
        None in raw,
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


def _faults(
    header: Header, transactions: list[Json], receipts: list[Json], raw: list[bytes | None]
) -> Iterator[str]:
    known = [each for each in raw if each is not None]
    if len(known) == len(raw) and header.transactions_root != root_of(known):
        yield "de transacties zijn niet die van de kop van het blok"
    if any(
        each is not None and keccak(each) != _bytes(told["hash"])
        for each, told in zip(raw, transactions, strict=True)
    ):
        yield "de hash van een transactie is niet die van haar inhoud"
    if header.receipts_root != root_of(list(map(_raw_receipt, receipts))):
        yield "de gebeurtenissen zijn niet die van de kop van het blok"


def _transaction(transaction: Json, receipt: Json) -> Transaction:
    if receipt["transactionHash"] != transaction["hash"]:
        raise ValueError("a receipt of another transaction")
    to = transaction["to"]
    return Transaction(
        _bytes(transaction["hash"]),
        "" if to is None else address(to),
        _bytes(transaction["input"]),
        _number(receipt["status"]) == 1,
        tuple(
            Log(address(log["address"]), tuple(map(_bytes, log["topics"])), _bytes(log["data"]))
            for log in receipt["logs"]
        ),
    )


def _raw_transaction(told: Json, receipt: Json) -> bytes | None:
    """The transaction as its hash is computed of; None of a type that is not known here.

    A known one cannot be told as another: the receipts root commits to the type in the receipt.
    """
    kind = _number(told.get("type") or "0x0")
    if kind != _number(receipt.get("type") or "0x0"):
        raise ValueError("a receipt of another type")
    if kind == 0:
        return bytes(rlp.encode([_field(told, name) for name in _LEGACY]))
    if kind not in _TYPED:
        return None
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
    if name == "to" and told[name] is None:
        return b""
    return _bytes(told[name]) if name in _BYTES else _integer(told[name])


def _number(value: Any) -> int:
    """A number of at most 256 bits: hexadecimal digits after 0x."""
    if not _HEX_NUMBER.fullmatch(value):
        raise ValueError(f"no number: {value:.80}")
    return int(value, 16)


def _integer(value: Any) -> bytes:
    """A number as RLP has it: without leading zeros."""
    number = _number(value)
    return number.to_bytes((number.bit_length() + 7) // 8)


def _bytes(value: Any) -> bytes:
    """Bytes: pairs of hexadecimal digits after 0x."""
    if not _HEX_BYTES.fullmatch(value):
        raise ValueError(f"no bytes: {value:.80}")
    return bytes.fromhex(value[2:])


def _word(value: Any) -> bytes:
    word = _bytes(value)
    if len(word) > 32:
        raise ValueError("a word of more than 32 bytes")
    return word.rjust(32, b"\0")


def address(value: Any) -> str:
    """Return an address in the spelling in which addresses are compared: lower-case hex.

    Raises:
        ValueError: it is no address.
    """
    parsed = _bytes(value)
    if len(parsed) != 20:
        raise ValueError(f"no address: {value:.80}")
    return hexed(parsed)
