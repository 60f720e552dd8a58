"""The embedded chain's directory: LMDB with py-evm's keys.

Everything is read by its hash and checked against it, from the hashes of the headers down.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import lmdb
import rlp
from rlp.exceptions import RLPException
from trie.exceptions import MissingTraversalNode, MissingTrieNode

from kindpakket_audit.chains import (
    EMPTY_ROOT,
    Account,
    Block,
    ChainUnreadable,
    Header,
    Log,
    Transaction,
    called,
    decode_typed,
    read_trie,
)
from kindpakket_audit.hashing import hexed, keccak

_MAP_SIZE = 1 << 40
_CHAIN_ID = b"kindpakket:chain-id"
_HEAD = b"v1:canonical_head_hash"
_NUMBER = b"block-number-to-hash:%d"
_UNREADABLE = (KeyError, ValueError, IndexError, RLPException)


class Damaged(KeyError):
    """A value is not there, or is not the one with its hash."""


class _ByHash(dict[bytes, bytes]):
    """The values that are stored under their own hash, without a cache."""

    def __init__(self, transaction: Any) -> None:
        super().__init__()
        self._transaction = transaction

    def __missing__(self, key: bytes) -> bytes:
        value: bytes | None = self._transaction.get(key)
        if value is None or keccak(value) != key:
            raise Damaged(hexed(key))
        return value


class ChainSnapshot:
    """A snapshot of a chain, in an open transaction of LMDB.

    Args:
        name: how findings name it.
        transaction: reads the snapshot; the caller closes it.

    Raises:
        ChainUnreadable: there is no chain.
    """

    def __init__(self, name: str, transaction: Any) -> None:
        self.name = name
        self._transaction = transaction
        self._by_hash = _ByHash(transaction)
        chain_id, head = (transaction.get(key) for key in (_CHAIN_ID, _HEAD))
        if chain_id is None or head is None:
            raise ChainUnreadable(f"{name}: no chain")
        self.chain_id = int.from_bytes(chain_id)
        self._head = self._header(head)

    def close(self) -> None:
        """Do nothing: the caller closes the transaction."""

    def head(self) -> int:
        """Return the number of the last block."""
        return self._head.number

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        """Return these blocks, in order.

        Raises:
            ChainUnreadable: a header is not there, or is not the one with its hash.
        """
        for number in range(first, last + 1):
            block_hash = self._hash(number)
            yield self._block(number, block_hash, self._header(block_hash))

    def account(self, contract: str, block: Block) -> Account:
        """Return the account of the contract.

        Raises:
            ChainUnreadable: the state of that block is not whole.
        """
        raw = self._read(block.state_root, keccak(bytes.fromhex(contract[2:])))
        if not raw:
            raise ChainUnreadable(f"block {block.number} has no contract {contract}")
        _, _, storage_root, code_hash = rlp.decode(raw)
        return Account(code_hash, storage_root)

    def code(self, contract: str, block: Block) -> bytes:
        """Return the code of the contract.

        Raises:
            ChainUnreadable: it is not there, or is not the code with its hash.
        """
        account = self.account(contract, block)
        try:
            return self._by_hash[account.code_hash]
        except Damaged as error:
            raise ChainUnreadable(f"no code {error}") from error

    def storage(self, contract: str, slots: Sequence[bytes], block: Block) -> list[bytes]:
        """Return the words in slots of the contract's storage.

        Raises:
            ChainUnreadable: the state of that block is not whole.
        """
        root = self.account(contract, block).storage_root
        raw = (self._read(root, keccak(slot)) for slot in slots)
        return [(rlp.decode(each) if each else b"").rjust(32, b"\0") for each in raw]

    def _hash(self, number: int) -> bytes:
        raw = self._transaction.get(_NUMBER % number)
        if raw is None:
            raise ChainUnreadable(f"no block {number}")
        return bytes(rlp.decode(raw))

    def _header(self, block_hash: bytes) -> Header:
        try:
            return Header(rlp.decode(self._by_hash[block_hash]))
        except _UNREADABLE as error:
            raise ChainUnreadable(f"no header {hexed(block_hash)}") from error

    def _block(self, number: int, block_hash: bytes, header: Header) -> Block:
        faults: list[str] = []
        if header.number != number:
            faults.append("heeft een ander nummer")
        transactions: tuple[Transaction, ...] = ()
        try:
            transactions = tuple(self._transactions(header))
        except (*_UNREADABLE, MissingTrieNode, MissingTraversalNode):
            faults.append("de transacties en hun uitkomst zijn niet die van de kop van het blok")
        return Block(
            number,
            block_hash,
            header.parent,
            header.time,
            transactions,
            tuple(faults),
            state_root=header.state_root,
        )

    def _transactions(self, header: Header) -> Iterator[Transaction]:
        for raw, receipt in zip(
            self._items(header.transactions_root), self._items(header.receipts_root), strict=True
        ):
            fields = decode_typed(raw)
            to, data = called(raw[0], fields)
            status, _, _, logs = decode_typed(receipt)
            yield Transaction(
                keccak(raw),
                hexed(to) if to else "",
                data,
                status == b"\x01",
                tuple(Log(hexed(address), tuple(topics), told) for address, topics, told in logs),
            )

    def _items(self, root: bytes) -> Iterator[bytes]:
        index = 0
        while root != EMPTY_ROOT and (item := read_trie(self._by_hash, root, rlp.encode(index))):
            yield item
            index += 1

    def _read(self, root: bytes, key: bytes) -> bytes:
        try:
            return read_trie(self._by_hash, root, key)
        except (KeyError, MissingTrieNode, MissingTraversalNode) as error:
            raise ChainUnreadable(f"the state is not whole: {error}") from error


class ChainDirectory(ChainSnapshot):
    """A snapshot of a chain in a directory, which may be in use, or be a copy. Close it.

    Raises:
        ChainUnreadable: there is no chain in the directory.
    """

    def __init__(self, path: Path) -> None:
        path = path / "chain" if (path / "chain").is_dir() else path
        lock = path / "lock.mdb"
        try:
            self._env: Any = lmdb.open(
                str(path),
                map_size=_MAP_SIZE,
                readonly=True,
                create=False,
                lock=lock.exists() and os.access(lock, os.W_OK),
            )
        except lmdb.Error as error:
            raise ChainUnreadable(f"{path}: {error}") from error
        super().__init__(str(path), self._env.begin())

    def close(self) -> None:
        """Close the directory."""
        self._transaction.abort()
        self._env.close()
