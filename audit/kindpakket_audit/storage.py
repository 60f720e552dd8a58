"""What the contract's storage must hold, kept in SQLite by the compiler's layout.

Memory does not grow with the chain. The file also holds how far the audit came, so that a later
one goes on from there.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import rlp

from kindpakket_audit.chains import EMPTY_ROOT
from kindpakket_audit.contract import LAYOUT
from kindpakket_audit.hashing import keccak, word

Key = int | str | bytes
Record = dict[str, Any]

_CACHED = 20_000
"""Most records in memory, before those are forgotten that are in the file."""
_IN_MEMORY = 4_096
"""Most slots of which a part of the trie is computed at once."""
_VALUE = "value"
"""The name of the only member of a record that is no struct."""
_TABLES = """
CREATE TABLE IF NOT EXISTS slots (
    hash BLOB PRIMARY KEY, slot BLOB NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS facts (
    name TEXT PRIMARY KEY, value TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS blocks (number INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
"""
_OF_DISK = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
}
"""Errors of SQLite that say nothing about what is in the file."""


class StateDamaged(Exception):
    """The kept state cannot be read."""

    def __init__(self) -> None:
        super().__init__("de bewaarde stand was niet te lezen")


@contextmanager
def errors_of_state() -> Iterator[None]:
    """Translate errors of SQLite.

    Raises:
        StateDamaged: what is in the file is not what was kept.
        OSError: it cannot be opened or written, as when the disk is full.
    """
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_DISK:
            raise OSError(f"de stand is niet te bewaren: {error}") from error
        raise StateDamaged from error


@dataclass(frozen=True)
class _Member:
    name: str
    slot: int
    shift: int
    """Bits below it in its slot."""
    bits: int
    kind: str


@dataclass(frozen=True)
class _Variable:
    base: bytes
    is_mapping: bool
    members: tuple[_Member, ...]

    @property
    def slots(self) -> int:
        return self.members[-1].slot + 1


@dataclass(frozen=True)
class Slot:
    """A slot that the history wrote, and the 32 bytes that it must hold."""

    slot: bytes
    name: str
    value: bytes


def _variables() -> dict[str, _Variable]:
    types = LAYOUT["types"]
    found = {}
    for each in LAYOUT["storage"]:
        kind = types[each["type"]]
        held = types[kind["value"]] if kind["encoding"] == "mapping" else kind
        plain = {"label": _VALUE, "slot": "0", "offset": 0, "type": kind.get("value", each["type"])}
        members = tuple(
            _Member(
                member["label"],
                int(member["slot"]),
                8 * member["offset"],
                8 * int(types[member["type"]]["numberOfBytes"]),
                types[member["type"]]["label"],
            )
            for member in held.get("members", [plain])
        )
        base = int(each["slot"]).to_bytes(32)
        found[each["label"]] = _Variable(base, kind["encoding"] == "mapping", members)
    return found


_VARIABLES = _variables()


class Storage:
    """The expected storage of one contract. Missing records read as zero, as in the contract.

    Args:
        path: the file; None for a temporary one.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._db = sqlite3.connect(path or "")
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_TABLES)
        except sqlite3.Error:
            self._db.close()
            raise
        self._cache: dict[tuple[str, Key], Record] = {}
        self._changed: set[tuple[str, Key]] = set()

    def close(self) -> None:
        """Close the file; what was not committed is lost."""
        self._db.close()

    def check(self) -> None:
        """Check the form of the whole file.

        Raises:
            StateDamaged: it is not right.
        """
        if self._db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise StateDamaged

    def record(self, variable: str, key: Key = b"") -> Record:
        """Return a record by the names of its members; not to be changed."""
        place = (variable, key)
        if place not in self._cache:
            self._cache[place] = self._load(variable, key)
        return self._cache[place]

    def value(self, variable: str, key: Key = b"") -> Any:
        """Return a record that has one member."""
        return self.record(variable, key)[_VALUE]

    def set(self, variable: str, key: Key = b"", **members: Any) -> None:
        """Change members of a record."""
        self._cache[variable, key] = {**self.record(variable, key), **members}
        self._changed.add((variable, key))

    def fact(self, name: str) -> Any:
        """Return something else that was kept, as JSON has it; None when it was not kept.

        Raises:
            StateDamaged: it is not JSON.
        """
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        try:
            return json.loads(row[0]) if row else None
        except ValueError as error:
            raise StateDamaged from error

    def commit(self, **facts: Any) -> None:
        """Keep all changes and these facts."""
        for variable, key in self._changed:
            self._store(variable, key)
        self._db.executemany(
            "REPLACE INTO facts VALUES (?, ?)",
            [(name, json.dumps(value)) for name, value in facts.items()],
        )
        self._db.commit()
        self._changed.clear()
        if len(self._cache) > _CACHED:
            self._cache.clear()

    def keep_block(self, number: int, block_hash: bytes) -> None:
        """Keep the hash of a block that was read, until the next commit."""
        self._db.execute("REPLACE INTO blocks VALUES (?, ?)", (number, block_hash))

    def block_hash(self, number: int) -> bytes | None:
        """Return the hash of a block that was read; None when it was not."""
        asked = "SELECT hash FROM blocks WHERE number = ?"
        row = self._db.execute(asked, (number,)).fetchone()
        return bytes(row[0]) if row else None

    def slots(self) -> Iterator[list[Slot]]:
        """Return all slots that the history wrote, in lists of at most a thousand. Some must be
        zero."""
        rows = self._db.execute("SELECT slot, name, value FROM slots ORDER BY hash")
        while some := rows.fetchmany(1_000):
            yield [Slot(slot, name, value.rjust(32, b"\0")) for slot, name, value in some]

    def root(self) -> bytes:
        """Return the root of the trie of these slots, as the contract's account must have it."""
        count = self.count()
        return keccak(rlp.encode(self._node("", count))) if count else EMPTY_ROOT

    def count(self) -> int:
        """Return the number of slots that must not be zero."""
        return self._count("")

    def records(self, variable: str) -> Iterator[tuple[str, Record]]:
        """Return all records of a mapping with their keys as text, in no order."""
        known = _VARIABLES[variable]
        asked = "SELECT name, value FROM slots WHERE name >= ? AND name < ? ORDER BY name"
        rows = self._db.execute(asked, (f"{variable}[", f"{variable}\\"))
        for place, some in groupby(rows, key=lambda row: row[0].rpartition("+")[0]):
            words = [0] * known.slots
            for name, value in some:
                words[int(name.rpartition("+")[2])] = int.from_bytes(value)
            record = {each.name: _read(each, words[each.slot]) for each in known.members}
            yield place.partition("[")[2].removesuffix("]"), record

    def _node(self, prefix: str, count: int) -> list[Any]:
        """A node of the trie, of the keys that begin with these hexadecimal digits."""
        if count > _IN_MEMORY:
            counts = [self._count(prefix + digit) for digit in _DIGITS]
            if sum(map(bool, counts)) > 1:
                parts = zip(_DIGITS, counts, strict=True)
                children = [_child(self._node(prefix + d, n)) if n else b"" for d, n in parts]
                return [*children, b""]
        rows = self._db.execute(
            "SELECT hash, value FROM slots WHERE hash >= ? AND hash <= ? AND value != x''"
            " ORDER BY hash",
            _bounds(prefix),
        )
        return _built([(hash_.hex(), rlp.encode(value)) for hash_, value in rows], len(prefix))

    def _count(self, prefix: str) -> int:
        asked = "SELECT count(*) FROM slots WHERE hash >= ? AND hash <= ? AND value != x''"
        (count,) = self._db.execute(asked, _bounds(prefix)).fetchone()
        return int(count)

    def _load(self, variable: str, key: Key) -> Record:
        known = _VARIABLES[variable]
        words = []
        for slot in _slots(known, key):
            row = self._db.execute("SELECT value FROM slots WHERE hash = ?", (keccak(slot),))
            found = row.fetchone()
            words.append(int.from_bytes(found[0]) if found else 0)
        return {each.name: _read(each, words[each.slot]) for each in known.members}

    def _store(self, variable: str, key: Key) -> None:
        known, record = _VARIABLES[variable], self._cache[variable, key]
        words = [0] * known.slots
        for member in known.members:
            words[member.slot] |= _written(member, record[member.name]) << member.shift
        shown = f"0x{key.hex()}" if isinstance(key, bytes) else key
        for number, (slot, value) in enumerate(zip(_slots(known, key), words, strict=True)):
            raw = value.to_bytes(32).lstrip(b"\0")
            row = (keccak(slot), slot, f"{variable}[{shown}]+{number}", raw)
            self._db.execute("REPLACE INTO slots VALUES (?, ?, ?, ?)", row)


def members_of(name: str, value: bytes) -> dict[str, Any]:
    """Return what a slot with this name holds, by the names of the members in it."""
    variable, _, rest = name.partition("[")
    number = int(rest.rpartition("+")[2])
    return {
        member.name: _read(member, int.from_bytes(value))
        for member in _VARIABLES[variable].members
        if member.slot == number
    }


def _slots(variable: _Variable, key: Key) -> list[bytes]:
    first = keccak(word(key) + variable.base) if variable.is_mapping else variable.base
    return [(int.from_bytes(first) + n).to_bytes(32) for n in range(variable.slots)]


def _read(member: _Member, word_: int) -> Any:
    value = word_ >> member.shift & ((1 << member.bits) - 1)
    match member.kind:
        case "address":
            return f"0x{value:040x}"
        case "bool":
            return bool(value)
        case "bytes32":
            return value.to_bytes(32)
        case "int64":
            return value - (1 << member.bits) if value >> (member.bits - 1) else value
        case _:
            return value


def _written(member: _Member, value: Any) -> int:
    match value:
        case bytes():
            number = int.from_bytes(value)
        case str():
            number = int(value, 16)
        case _:
            number = int(value)
    return number & ((1 << member.bits) - 1)


# the trie of slots

_DIGITS = "0123456789abcdef"


def _bounds(prefix: str) -> tuple[bytes, bytes]:
    return bytes.fromhex(prefix.ljust(64, "0")), bytes.fromhex(prefix.ljust(64, "f"))


def _built(items: Sequence[tuple[str, bytes]], depth: int) -> list[Any]:
    """The node of sorted keys, in hexadecimal digits, that are equal up to a depth."""
    first, last = items[0][0], items[-1][0]
    if len(items) == 1:
        return [_path(first[depth:], leaf=True), items[0][1]]
    common = depth
    while first[common] == last[common]:
        common += 1
    if common > depth:
        return [_path(first[depth:common], leaf=False), _child(_built(items, common))]
    children = []
    for digit in _DIGITS:
        below = [item for item in items if item[0][depth] == digit]
        children.append(_child(_built(below, depth + 1)) if below else b"")
    return [*children, b""]


def _child(node: list[Any]) -> Any:
    """A node as its parent in the trie refers to it: itself below 32 bytes, else its hash."""
    raw = rlp.encode(node)
    return node if len(raw) < 32 else keccak(raw)


def _path(digits: str, *, leaf: bool) -> bytes:
    flag = (2 if leaf else 0) + len(digits) % 2
    return bytes.fromhex(f"{flag:x}{'' if len(digits) % 2 else '0'}{digits}")
