"""The database of the settings, with the key of its personal data."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from kindpakket.services.base.private_files import write_new
from kindpakket.settings import Settings
from kindpakket.store.database import Store, missing_migrations
from kindpakket.store.personal import KEY_BYTES, StoreKeys
from kindpakket.store.schema import StoreOutdated

DATABASE = "store.sqlite3"
STORE_KEY = "store.key"


def open_store(settings: Settings, *, migrate: bool = False) -> Store:
    """Open the database of the settings, by default the one in the data directory.

    Raises:
        StoreUrlInvalid, StoreOutdated, StoreTooNew, StoreUnavailable: as for :class:`Store`.
    """
    if not (migrate or has_database(settings)):
        raise StoreOutdated
    if migrate and any(each.encrypts for each in missing_migrations(store_url(settings))):
        _make_store_key(settings)
    return Store(store_url(settings), store_keys(settings), migrate=migrate)


def store_keys(settings: Settings) -> StoreKeys:
    """Return the keys of the personal data; they are read when they are used."""
    return StoreKeys(settings.store_key or store_key_file(settings))


def store_key_file(settings: Settings) -> Path:
    """Return the file of those keys, which is not used when a setting has them."""
    return settings.store_key_file or settings.data / STORE_KEY


def _make_store_key(settings: Settings) -> None:
    """Make the key of the personal data, unless there is one."""
    if settings.store_key is None:
        with suppress(FileExistsError):
            write_new(store_key_file(settings), f"0x{secrets.token_hex(KEY_BYTES)}\n".encode())


def has_database(settings: Settings) -> bool:
    """Whether the data directory has its database; another one is elsewhere."""
    return settings.database_url is not None or (settings.data / DATABASE).exists()


def store_url(settings: Settings) -> str:
    """Return the address of the database, by default that of the one in the data directory."""
    return settings.database_url or f"sqlite:///{settings.data / DATABASE}"


@contextmanager
def open_store_if_present(settings: Settings) -> Iterator[Store | None]:
    """Open the database if there is one; an audit of the chain does not need it.

    Raises:
        StoreUrlInvalid, StoreOutdated, StoreTooNew, StoreUnavailable: as for :func:`open_store`.
    """
    if not has_database(settings):
        yield None
        return
    with closing(open_store(settings)) as store:
        yield store
