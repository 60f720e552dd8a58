"""Copies of a whole database: always as SQLite, whichever kind the database is.

Rows of another kind of database are read in one read transaction, a consistent snapshot, and put
into the tables that the migrations make.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, func, insert, inspect, select

from kindpakket.store.database import StoreUnavailable, make_engine, store_errors
from kindpakket.store.schema import StoreOutdated, read_version, upgrade

_ROWS = 500
_VERSION = "alembic_version"


class StoreNotEmpty(Exception):
    """The database has tables."""


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite database; None for another kind of database."""
    with _opened(url) as engine:
        database = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(database) if database else None


def copy_database(url: str, target: Path) -> None:
    """Copy a snapshot of a database to a new SQLite file, while it is in use.

    Raises:
        StoreUnavailable: the original cannot be read, or the copy cannot be written.
        StoreOutdated: the original has no tables.
    """
    if source := sqlite_file(url):
        return _copy_file(source, target)
    with _opened(url) as original, _opened(f"sqlite:///{target}") as copy, store_errors():
        reading = original.connect().execution_options(snapshot=True)
        writing = copy.connect().execution_options(write=True)
        with reading as source_rows, writing as rows, rows.begin():
            _copy_rows(source_rows, rows, source_rows)
    return None


def load_database(source: Path, url: str) -> None:
    """Put the content of a SQLite file into an empty database of another kind.

    Raises:
        StoreNotEmpty: the database has tables.
        StoreUnavailable: the file cannot be read, or the database cannot be written.
    """
    with _opened(f"sqlite:///{source}") as original, _opened(url) as database, store_errors():
        writing = database.connect().execution_options(write=True)
        with original.connect() as rows, writing as target, target.begin():
            if inspect(target).get_table_names():
                raise StoreNotEmpty
            _copy_rows(rows, target, target)


def require_empty(url: str) -> None:
    """Check that a database has no tables.

    Raises:
        StoreNotEmpty: it has.
        StoreUrlInvalid, StoreUnavailable: as for :class:`Store`.
    """
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return
    with _opened(url) as engine, store_errors():
        if inspect(engine).get_table_names():
            raise StoreNotEmpty


def drop_tables(url: str) -> None:
    """Delete all tables of a database.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    with _opened(url) as engine, store_errors(), engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        tables.drop_all(connection)


def version_of(file: Path) -> str:
    """Return the version of the schema of a SQLite file.

    Raises:
        StoreUnavailable: it cannot be read.
        StoreOutdated: it has no tables.
    """
    with _opened(f"sqlite:///{file}") as engine, store_errors(), engine.connect() as connection:
        version = read_version(connection)
    if version is None:
        raise StoreOutdated
    return version


def _copy_rows(source: Connection, target: Connection, typed: Connection) -> None:
    """Make the tables of the source's version in the target, and copy all rows.

    Args:
        typed: the one of the two whose types are used: PostgreSQL has more of them than SQLite.
    """
    version = read_version(source)
    if version is None:
        raise StoreOutdated
    upgrade(target, version)
    tables = MetaData()
    tables.reflect(typed)
    for table in tables.sorted_tables:
        if table.name == _VERSION:
            continue
        found = source.execution_options(yield_per=_ROWS).execute(select(table))
        for rows in found.mappings().partitions(_ROWS):
            target.execute(insert(table), [dict(row) for row in rows])
        if target.dialect.name == "postgresql":
            _continue_numbers(target, table)


def _continue_numbers(target: Connection, table: Table) -> None:
    """Have PostgreSQL number new rows after those that were copied."""
    for column in table.primary_key:
        if column.server_default is not None:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            last = target.scalar(select(func.max(column)))
            if last is not None:
                target.execute(select(func.setval(sequence, last)))


def _copy_file(source: Path, target: Path) -> None:
    try:
        with (
            # Read only, so that the original is never changed.
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy)
    except sqlite3.OperationalError as error:
        raise StoreUnavailable(str(error)) from error


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
