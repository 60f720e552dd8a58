"""Personal data in the database: encrypted, each value bound to its table, column and row.

A column of type :class:`Personal` is encrypted and decrypted by the connections of a
:class:`Store`. A value is ``ID.TEXT``: the first 4 bytes of the SHA-256 of the key, in hex, and in
URL-safe Base64 the nonce of 12 bytes and the ciphertext of AES-256-GCM (NIST SP 800-38D). The
associated data name the table, the column and the row, so that a value can be decrypted in its own
place only.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Insert,
    Table,
    Text,
    Update,
    and_,
    case,
    cast,
    event,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeDecorator

SETTING = "KINDPAKKET_STORE_KEY"
KEY_BYTES = 32
ID_LENGTH = 8
_NONCE_BYTES = 12
_SEPARATOR = "."

Row = Sequence[object]
"""The values of the columns that name a row."""


class StoreKeyMissing(Exception):
    """The key of the personal data is missing or another; the message names the file or setting
    that should have it."""


class StoreKeyInvalid(Exception):
    """The text is no key; the message names the file or setting that has it."""


class ValueUnreadable(Exception):
    """A value cannot be decrypted in its place; the message is the place."""


class Sealed(str):
    """An encrypted value."""


class StoreKeys:
    """Keys: the first encrypts, and every one decrypts.

    Args:
        source: the keys in hex with white space or commas between them, or the file that has them.
            A file is read again when it is replaced.
    """

    def __init__(self, source: str | Path) -> None:
        self._source = source
        self._stamp: object = None
        self._ciphers: dict[str, AESGCM] = {}

    @property
    def where(self) -> str:
        """The file of the keys, or the setting that has them."""
        return str(self._source) if isinstance(self._source, Path) else SETTING

    @property
    def ids(self) -> list[str]:
        """The ids of the keys; the first is that of the one that encrypts.

        Raises:
            StoreKeyMissing, StoreKeyInvalid: there are none.
        """
        return list(self._newest())

    def seal(self, place: str, data: bytes) -> Sealed:
        """Encrypt a value for its place, as :func:`place_of` returns it."""
        (key, cipher), *_ = self._newest().items()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        encrypted = nonce + cipher.encrypt(nonce, data, place.encode())
        return Sealed(key + _SEPARATOR + base64.urlsafe_b64encode(encrypted).decode())

    def open(self, place: str, sealed: str) -> bytes:
        """Decrypt the value of a place.

        Raises:
            ValueUnreadable: its key is not here, or it was changed or is of another place.
        """
        key, _, text = sealed.partition(_SEPARATOR)
        cipher = self._ciphers.get(key) or self._newest().get(key)
        if cipher is None:
            raise ValueUnreadable(place)
        try:
            encrypted = base64.urlsafe_b64decode(text)
            nonce, encrypted = encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:]
            return cipher.decrypt(nonce, encrypted, place.encode())
        except (InvalidTag, ValueError) as error:
            raise ValueUnreadable(place) from error

    def _newest(self) -> dict[str, AESGCM]:
        """The keys by their ids; a dict that is never changed, only replaced."""
        if isinstance(self._source, str):
            self._ciphers = self._ciphers or _ciphers(self._source, SETTING)
            return self._ciphers
        try:
            found = self._source.stat()
            stamp = (found.st_ino, found.st_mtime_ns)
            if stamp != self._stamp:
                self._ciphers = _ciphers(self._source.read_text(), str(self._source))
                self._stamp = stamp
        except FileNotFoundError as error:
            raise StoreKeyMissing(self._source) from error
        return self._ciphers


def place_of(table: str, column: str, row: Row) -> str:
    """Return the name of a place: table, column and row."""
    return " ".join([f"{table}.{column}", *map(str, row)])


class Personal(TypeDecorator[Any]):
    """Text, bytes or a number about a person, encrypted.

    Nothing can be compared with such a column in SQL: read and compare.

    Args:
        kind: ``str``, ``bytes`` or ``float``.
        row: the columns that name the row; its primary key by default.
    """

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[str | bytes | float] = str, row: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.kind = kind
        self.row = row

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Select a value together with its place."""
        table: Any = column.table
        name = getattr(table, "element", table).name
        place: ColumnElement[Any] = literal_column(f"'{name}.{column.key}'", Text)
        for each in self.row_of(table):
            place = place.concat(literal_column("' '", Text)).concat(cast(each, Text))
        together = place.concat(literal_column("'|'", Text)).concat(type_coerce(column, Text))
        return type_coerce(together, self)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Pass on what was encrypted for its place, and nothing else."""
        if value is None or isinstance(value, Sealed):
            return value
        raise TypeError("a personal value must be encrypted for its row")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decrypt a value that was selected with its place."""
        if value is None:
            return None
        place, _, sealed = value.rpartition("|")
        data = _keys_of(dialect).open(place, sealed)
        if self.kind is bytes:
            return data
        return float(data) if self.kind is float else data.decode()

    def encode(self, value: Any) -> bytes:
        """Return a value as bytes."""
        return value if isinstance(value, bytes) else str(value).encode()

    def row_of(self, table: Any) -> list[Column[Any]]:
        """Return the columns of a table that name a row."""
        return [table.c[name] for name in self.row] or list(table.primary_key)


def personal_columns(table: Table) -> dict[str, Personal]:
    """Return the types of the encrypted columns of a table by their names."""
    return {each.key: each.type for each in table.c if isinstance(each.type, Personal)}


_keys: WeakKeyDictionary[Dialect, StoreKeys] = WeakKeyDictionary()


def use_keys(engine: Engine, keys: StoreKeys | None) -> None:
    """Encrypt and decrypt with these keys; None for a database without personal data."""
    if keys is not None:
        _keys[engine.dialect] = keys

    @event.listens_for(engine, "before_execute", retval=True)
    def _seal(
        connection: Connection, statement: Any, many: Any, one: Any, _options: Any
    ) -> tuple[Any, Any, Any]:
        if isinstance(statement, Insert | Update) and isinstance(statement.table, Table):
            columns = personal_columns(statement.table)
            if columns and isinstance(statement, Insert):
                return _sealed_insert(connection.dialect, statement, many, one)
            if columns and isinstance(statement, Update):
                return _sealed_update(connection, statement), many, one
        return statement, many, one


def _sealed_insert(dialect: Dialect, statement: Insert, many: Any, one: Any) -> tuple[Any, ...]:
    table, named = _table(statement), [*(many[0] if many else one)]
    given = statement.compile(column_keys=named).params
    if many:
        return statement, [_sealed_row(dialect, table, given | row) for row in many], one
    if one:
        return statement, many, _sealed_row(dialect, table, given | one)
    return statement.values(_sealed_row(dialect, table, given)), many, one


def _sealed_row(dialect: Dialect, table: Table, row: dict[str, Any]) -> dict[str, Any]:
    sealed = {}
    for name, kind in personal_columns(table).items():
        if (value := row.get(name)) is not None:
            place = place_of(table.name, name, [row[each.key] for each in kind.row_of(table)])
            sealed[name] = _keys_of(dialect).seal(place, kind.encode(value))
    return row | sealed


def _sealed_update(connection: Connection, statement: Update) -> Update:
    """Encrypt the new value for each row that is updated; these are looked up first."""
    table, given = _table(statement), statement.compile(column_keys=[]).params
    condition = statement.whereclause
    for name, kind in personal_columns(table).items():
        named = kind.row_of(table)
        if any(each.key in given for each in named):
            raise TypeError("a row with personal values keeps what names it")
        value = given.get(name)
        if value is None or isinstance(value, Sealed):
            continue
        keys = _keys_of(connection.dialect)
        found = select(*named) if condition is None else select(*named).where(condition)
        cases = [
            (
                and_(*(each == of_row for each, of_row in zip(named, row, strict=True))),
                literal(keys.seal(place_of(table.name, name, row), kind.encode(value)), kind),
            )
            for row in connection.execute(found).all()
        ]
        statement = statement.values({name: case(*cases) if cases else None})
    return statement


def _table(statement: Insert | Update) -> Table:
    table = statement.table
    assert isinstance(table, Table)  # noqa: S101 (for mypy)
    return table


def _keys_of(dialect: Dialect) -> StoreKeys:
    if dialect not in _keys:
        raise StoreKeyMissing("none")
    return _keys[dialect]


def _ciphers(text: str, where: str) -> dict[str, AESGCM]:
    try:
        keys = [bytes.fromhex(each.removeprefix("0x")) for each in re.findall(r"[^\s,]+", text)]
    except ValueError as error:
        raise StoreKeyInvalid(where) from error
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise StoreKeyInvalid(where)
    return {hashlib.sha256(key).hexdigest()[:ID_LENGTH]: AESGCM(key) for key in keys}
