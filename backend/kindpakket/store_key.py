"""Replacing the key of the personal data in the database, while servers go on."""

import os
import secrets
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from kindpakket.services.base.private_files import write_new
from kindpakket.settings import Settings
from kindpakket.store.personal import KEY_BYTES
from kindpakket.store.personal_tables import ids_in_use, seal_again
from kindpakket.store_access import open_store, store_key_file, store_keys


class NoNewKey(Exception):
    """The setting has one key only."""


def rotate_key(settings: Settings, progress: Callable[[int], None]) -> int:
    """Encrypt all personal data with a new key; return the number of values.

    With a file, a new key is put in front of the present one, and that one is removed at the end.
    Servers that read the file use the new key at once. When this was stopped, it goes on the next
    time with the same new key. With a setting, the operator puts the new key in front, and removes
    the present one afterwards.

    Args:
        progress: called with the number of values so far, after each batch.

    Raises:
        NoNewKey: the setting has one key only.
        StoreKeyMissing, StoreKeyInvalid: there is no key.
        StoreOutdated, StoreUnavailable: the database cannot be used.
        OSError: the file cannot be written.
    """
    file = None if settings.store_key else store_key_file(settings)
    keys, count = store_keys(settings), 0
    with closing(open_store(settings)) as store:
        # The file is replaced in write transactions only, which exclude each other and those in
        # which servers encrypt: so none encrypts with a key that another is removing.
        with store.write():
            if len(keys.ids) == 1:
                if file is None:
                    raise NoNewKey
                _replace(file, f"0x{secrets.token_hex(KEY_BYTES)}\n{file.read_text()}")
        while True:
            for some in seal_again(store.write, keys):
                count += some
                progress(count)
            with store.write() as db:
                if ids_in_use(db) <= {keys.ids[0]}:
                    if file is not None:
                        _replace(file, file.read_text().split()[0] + "\n")
                    return count


def _replace(file: Path, text: str) -> None:
    """Replace a file in one step that lasts."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    write_new(part, text.encode())
    part.replace(file)
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
