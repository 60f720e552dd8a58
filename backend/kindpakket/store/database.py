"""The database: SQLite in the data directory, or PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from kindpakket.store.personal import StoreKeys, ValueUnreadable, use_keys
from kindpakket.store.personal_tables import require_keys
from kindpakket.store.schema import Migration, StoreOutdated, list_missing, read_version, upgrade

_BUSY_MILLISECONDS = 5_000
"""Maximum time that a writer waits for another."""


class StoreUnavailable(Exception):
    """The database cannot be reached or its disk is full; the transaction was rolled back."""


class StoreUrlInvalid(ValueError):
    """The URL is not that of a SQLite or PostgreSQL database."""


class Store:
    """A database with the newest schema.

    Args:
        keys: of the personal data; None for a database that has none.
        migrate: whether to migrate an older schema; otherwise it must be up to date.

    Raises:
        StoreUrlInvalid: the URL is not supported.
        StoreOutdated: the schema is older, and ``migrate`` is false.
        StoreTooNew: the schema is newer.
        StoreKeyMissing, StoreKeyInvalid: the key of the personal data is not here.
        StoreUnavailable: on opening, reading or writing.
    """

    def __init__(self, url: str, keys: StoreKeys | None = None, *, migrate: bool = True) -> None:
        self._engine = make_engine(url)
        use_keys(self._engine, keys)
        if migrate and self._engine.dialect.name == "sqlite":
            _make_private(self._engine.url.database)
        with store_errors(), self._engine.connect() as connection:
            before, missing = read_version(connection), list_missing(connection)
        if missing and not migrate:
            raise StoreOutdated
        if missing:
            with store_errors(), self._connect(write=True) as connection, connection.begin():
                upgrade(connection, keys=keys)
        if missing and before is not None:
            _clean_up(url)
        if keys is not None:
            with store_errors(), self._engine.connect() as connection:
                require_keys(connection, keys)

    @contextmanager
    def read(self, *, views: bool = False) -> Iterator[Connection]:
        """Open a read transaction: a consistent snapshot.

        Args:
            views: whether view tables are used too. Only for code that keeps the views up to date,
                and for what opens them through the context after that.
        """
        with store_errors(), self._connect(snapshot=True, views=views) as connection:
            yield connection

    @contextmanager
    def write(self, *, views: bool = False) -> Iterator[Connection]:
        """Open a write transaction: commits at the end of the block, rolls back on an exception.

        Args:
            views: as for :meth:`read`.
        """
        with (
            store_errors(),
            self._connect(write=True, views=views) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _connect(self, **options: bool) -> Connection:
        return self._engine.connect().execution_options(**options)


def missing_migrations(url: str) -> list[Migration]:
    """Return the migrations that a database lacks, in order; the database is not changed.

    Raises:
        StoreUrlInvalid, StoreTooNew, StoreUnavailable: as for :class:`Store`.
    """
    engine = make_engine(url)
    try:
        with store_errors(), engine.connect() as connection:
            return list_missing(connection)
    finally:
        engine.dispose()


def _clean_up(url: str) -> None:
    """Remove from the files what a migration deleted, such as values that it encrypted."""
    engine = make_engine(url)
    full = " FULL" if engine.dialect.name == "postgresql" else ""
    alone = engine.execution_options(isolation_level="AUTOCOMMIT", bare=True)
    with store_errors(), alone.connect() as connection:
        connection.exec_driver_sql(f"VACUUM{full}")
    engine.dispose()


def make_engine(url: str) -> Engine:
    """Return an engine whose transactions are as :class:`Store` has them.

    Raises:
        StoreUrlInvalid: the URL is not supported.
    """
    try:
        engine = create_engine(url, hide_parameters=True)  # messages are logged
    except (ArgumentError, ImportError, ValueError) as error:
        raise StoreUrlInvalid from error
    if engine.dialect.name == "sqlite":
        _configure_sqlite(engine)
    elif engine.dialect.name == "postgresql":
        _configure_postgresql(engine)
    else:
        raise StoreUrlInvalid
    return engine


@contextmanager
def store_errors() -> Iterator[None]:
    """Raise StoreUnavailable for operational errors; errors in queries pass through."""
    try:
        yield
    except ValueUnreadable as error:
        raise StoreUnavailable(f"{error}: cannot be decrypted") from error
    except (OperationalError, NoneFree) as error:
        raise StoreUnavailable(str(getattr(error, "orig", error))) from error
    except DBAPIError as error:
        damaged = type(error) is DatabaseError  # the file is not a database or is corrupt
        if not (damaged or error.connection_invalidated):
            raise
        raise StoreUnavailable(str(error.orig)) from error


def _make_private(database: str | None) -> None:
    """Restrict the file to its owner; SQLite gives its journal files the same mode."""
    if database and database != ":memory:":
        try:
            os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreUnavailable(str(error)) from error


def _configure_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun explicitly below
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            f"busy_timeout = {_BUSY_MILLISECONDS}",
            "foreign_keys = ON",
            "secure_delete = ON",  # what is deleted is overwritten
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("bare"):
            return
        # BEGIN IMMEDIATE: a read transaction that is upgraded to a write fails instead of waiting.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _configure_postgresql(engine: Engine) -> None:
    """Serialise writers and give readers a snapshot, as SQLite does; the projection and all that
    read with several queries rely on it."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("snapshot"):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if _writes(connection):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_BUSY_MILLISECONDS}")
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(1)")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("write"))
