"""The tables with personal data: whether their values can be read, and encrypting them again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection, Table, Text, and_, func, select, type_coerce, update

from kindpakket.store.personal import (
    ID_LENGTH,
    Personal,
    StoreKeyMissing,
    StoreKeys,
    personal_columns,
    place_of,
)
from kindpakket.store.tables import facts

Write = Callable[[], AbstractContextManager[Connection]]
"""Opens a write transaction of a store."""

_BATCH = 200


def require_keys(connection: Connection, keys: StoreKeys, *, of_all: bool = False) -> None:
    """Check that the values of each column, by default one of them, are of keys that are here.

    Raises:
        StoreKeyMissing, StoreKeyInvalid: they are not.
    """
    if not ids_in_use(connection, of_all=of_all) <= {*keys.ids}:
        raise StoreKeyMissing(keys.where)


def ids_in_use(connection: Connection, *, of_all: bool = True) -> set[str]:
    """Return the ids of the keys of all values, or of one of each column."""
    found: set[str] = set()
    for table, name, _ in _columns():
        ids = select(func.substr(type_coerce(table.c[name], Text), 1, ID_LENGTH))
        ids = ids.where(table.c[name].is_not(None))
        found.update(connection.scalars(ids.distinct() if of_all else ids.limit(1)))
    return found


def seal_again(write: Write, keys: StoreKeys) -> Iterator[int]:
    """Encrypt with the first key what was encrypted with another, in batches.

    Stopped at any moment, it goes on where it was the next time.

    Yields:
        the number of values, after each batch.

    Raises:
        StoreUnavailable: a value cannot be decrypted, or the database cannot be written.
    """
    for table, name, kind in _columns():
        while count := _seal_some(write, keys, table, name, kind):
            yield count


def _seal_some(write: Write, keys: StoreKeys, table: Table, name: str, kind: Personal) -> int:
    value, named = type_coerce(table.c[name], Text), kind.row_of(table)
    old = func.substr(value, 1, ID_LENGTH) != keys.ids[0]
    with write() as db:
        rows = db.execute(select(*named, value).where(old).limit(_BATCH)).all()
        for *row, sealed in rows:
            place = place_of(table.name, name, row)
            this = and_(*(each == found for each, found in zip(named, row, strict=True)))
            again = keys.seal(place, keys.open(place, sealed))
            db.execute(update(table).where(this).values({name: again}))
    return len(rows)


def _columns() -> Iterator[tuple[Table, str, Personal]]:
    for table in facts.sorted_tables:
        for name, kind in personal_columns(table).items():
            yield table, name, kind
