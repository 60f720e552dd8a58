"""What the audit reads of a chain, and how a header commits to it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import rlp
from trie.hexary import HexaryTrie

from kindpakket_audit.hashing import keccak

EMPTY_ROOT = keccak(rlp.encode(b""))
"""The root of a trie without entries."""


class ChainUnreadable(Exception):
    """The chain cannot be read at all: no answer, no directory, no such block."""


class NotProved(Exception):
    """A node refused the proof of the contract's account, or gave a wrong one."""


@dataclass(frozen=True)
class Log:
    """What a contract recorded; the address is lower-case hex."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True)
class Transaction:
    """A transaction with its receipt."""

    hash: bytes
    to: str
    """The address that was called, in lower-case hex; empty when a contract was created."""
    input: bytes
    succeeded: bool
    logs: tuple[Log, ...]


@dataclass(frozen=True)
class Block:
    """A block; ``time`` in unix seconds."""

    number: int
    hash: bytes
    parent: bytes
    time: int
    transactions: tuple[Transaction, ...]
    faults: tuple[str, ...] = ()
    """Dutch sentences: what is not what the header commits to."""
    commits: bool = True
    """Whether the block's hash is that of a header, with roots of transactions and receipts."""
    state_root: bytes = b""
    """As in the header; empty when the block commits to nothing."""
    has_unknown: bool = False
    """Whether it has a transaction of an unknown type, so that the root of its transactions cannot
    be computed."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of everything that was read."""
        told = (self.number, self.hash, self.parent, self.time, self.transactions)
        return hashlib.sha256(repr(told).encode()).digest()


@dataclass(frozen=True)
class Account:
    """The contract's account in the state that a header commits to."""

    code_hash: bytes
    storage_root: bytes


class Source(Protocol):
    """A chain: a directory, or a node."""

    name: str
    chain_id: int

    def close(self) -> None:
        """Close files and connections."""

    def head(self) -> int:
        """Return the number of the last block.

        Raises:
            ChainUnreadable: no answer.
        """

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        """Return these blocks, in order, each checked against its header.

        Raises:
            ChainUnreadable: no answer, or no such block.
        """

    def account(self, contract: str, block: Block) -> Account | None:
        """Return the account, proved by the state root of a block that was read; None when that
        block commits to nothing, or when no proof was to be asked.

        Raises:
            NotProved: there is no right proof.
            ChainUnreadable: no answer.
        """

    def code(self, contract: str, block: Block) -> bytes:
        """Return the code at an address.

        Raises:
            ChainUnreadable: no answer.
        """

    def storage(self, contract: str, slots: Sequence[bytes], block: Block) -> list[bytes]:
        """Return the words, of 32 bytes, in slots of the contract's storage after a block.

        Raises:
            ChainUnreadable: no answer.
        """


@dataclass
class Header:
    """The parts of a header that the audit uses; time in unix seconds."""

    fields: list[bytes]
    parent: bytes = field(init=False)
    state_root: bytes = field(init=False)
    transactions_root: bytes = field(init=False)
    receipts_root: bytes = field(init=False)
    number: int = field(init=False)
    time: int = field(init=False)

    def __post_init__(self) -> None:
        """Name the fields, which are in the order of the protocol."""
        self.parent, _, _, self.state_root, self.transactions_root, self.receipts_root = (
            self.fields[:6]
        )
        _, _, number, _, _, time = self.fields[6:12]
        self.number, self.time = int.from_bytes(number), int.from_bytes(time)

    @property
    def hash(self) -> bytes:
        """The block's hash."""
        return keccak(rlp.encode(self.fields))


def root_of(items: Sequence[bytes]) -> bytes:
    """Return the root of the trie of a block's transactions or receipts."""
    made = HexaryTrie({})
    for index, item in enumerate(items):
        made[rlp.encode(index)] = item
    return made.root_hash


def read_trie(nodes: Mapping[bytes, bytes], root: bytes, key: bytes) -> bytes:
    """Return the value of a key, empty when it has none.

    Raises:
        KeyError: a node on its path is not there.
    """
    return bytes(HexaryTrie(nodes, root)[key])


def decode_typed(raw: bytes) -> list[Any]:
    """Decode a transaction or a receipt: the type's byte comes first, if it has one."""
    decoded: list[Any] = rlp.decode(raw if raw[0] >= 0xC0 else raw[1:])
    return decoded


def called(first_byte: int, fields: list[Any]) -> tuple[bytes, bytes]:
    """Return who was called with which data, of a decoded transaction: of a legacy one, or of type
    1 or 2.

    Raises:
        ValueError: a type that this audit does not know.
    """
    at = 3 if first_byte >= 0xC0 else {1: 4, 2: 5}.get(first_byte)
    if at is None:
        raise ValueError("unknown type of transaction")
    return fields[at], fields[at + 2]
