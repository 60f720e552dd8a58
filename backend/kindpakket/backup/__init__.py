"""Copies of a data directory and its database, made also while a server uses them.

The copy of the database is SQLite, whichever kind the database is, so that a copy is a data
directory by itself.
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kindpakket import __version__
from kindpakket.backup.manifest import (
    FORMAT,
    MANIFEST,
    CopyDamaged,
    CopyTooNew,
    Manifest,
    digest_files,
    read_manifest,
    write_manifest,
)
from kindpakket.ledger.comparison import STATES
from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.main import SERVER
from kindpakket.settings import DELETIONS, Settings
from kindpakket.store.copying import copy_database, version_of
from kindpakket.store.database import missing_migrations
from kindpakket.store.personal import StoreKeyMissing
from kindpakket.store.personal_tables import require_keys
from kindpakket.store_access import DATABASE, STORE_KEY, open_store, store_keys, store_url
from kindpakket.workspace import CHAIN, CONTRACT, FOLLOWER, open_ledger, read_contract

_STAMP, _STAMPED = "%Y%m%dT%H%M%SZ", re.compile(r"\d{8}T\d{6}Z")


def backup(settings: Settings, target: Path) -> Manifest:
    """Copy the data directory and the database; each part is a consistent snapshot.

    The database is copied first: views that lag behind the chain catch up when the copy is opened,
    but views ahead of it would be rebuilt from the first block. The copy is written to a temporary
    directory and renamed once it is complete and on disk.

    Raises:
        FileNotFoundError: the data directory has no ledger.
        FileExistsError: the target exists and is not empty.
        ValueError: the target is inside the data directory.
        OSError: the chain cannot be copied, or the copy cannot be written.
        StoreUnavailable: the database cannot be copied.
        StoreOutdated: the database has no tables.
        StoreUrlInvalid: the settings name no database.
        StoreKeyMissing, StoreKeyInvalid: the copied database cannot be read.
    """
    if not (settings.data / CONTRACT).exists():
        raise FileNotFoundError(f"no ledger in {settings.data}")
    if target.resolve().is_relative_to(settings.data.resolve()):
        raise ValueError(f"{target} is inside {settings.data}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(f"{target} is not empty")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        manifest = _copy(settings, part)
        write_manifest(part, manifest)
        make_lasting(part)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part)
        raise
    sync(target.parent)
    return manifest


def backup_into(settings: Settings, copies: Path, keep: int) -> tuple[Path, Manifest]:
    """Make a copy named after the time in a directory of copies, and delete all but the newest.

    Args:
        keep: how many copies stay, at least 1. Only copies that are named after a time are
            deleted, and only after the new one is complete.

    Returns:
        where the copy is, and its manifest.

    Raises:
        as for :func:`backup`.
    """
    target = copies / time.strftime(_STAMP, time.gmtime())
    manifest = backup(settings, target)
    timed = [copy for copy, _ in list_copies(copies) if _STAMPED.fullmatch(copy.name)]
    for copy in timed[keep:]:
        shutil.rmtree(copy)
    return target, manifest


def list_copies(copies: Path) -> list[tuple[Path, Manifest]]:
    """Return the copies in a directory with their manifests, newest first; others are passed over.

    Raises:
        OSError: the directory cannot be read.
    """
    found = []
    for path in copies.iterdir():
        if path.is_dir() and not path.name.startswith("."):
            try:
                found.append((path, read_manifest(path)))
            except (CopyDamaged, CopyTooNew):
                continue
    return sorted(found, key=lambda each: (each[1].made_at, each[0].name), reverse=True)


def _copy(settings: Settings, part: Path) -> Manifest:
    began = int(time.time())
    copy_database(store_url(settings), part / DATABASE)
    if embedded := settings.node_url is None:
        with EmbeddedChain(settings.data / CHAIN, read_only=True) as original:
            original.copy_to(part / CHAIN)
    for path in _others(settings.data):
        copied = part / path.relative_to(settings.data)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copied)
    _require_keys(settings, part)
    chain_id, block = _head(settings, part) if embedded else (None, None)
    return Manifest(
        format=FORMAT,
        made_at=began,
        program=__version__,
        schema_version=version_of(part / DATABASE),
        chain_id=chain_id,
        contract=read_contract(settings)[0],
        block=block,
        has_store_key=(part / STORE_KEY).exists(),
        files=digest_files(part),
    )


def _require_keys(settings: Settings, part: Path) -> None:
    """Check that all values in the copy can be read: the key may have been replaced meanwhile."""
    of_copy = settings.model_copy(update={"data": part, "database_url": None})
    if missing_migrations(store_url(of_copy)):  # a database of before may have no key
        return
    try:
        with closing(open_store(of_copy)) as store, store.read() as db:
            require_keys(db, store_keys(of_copy), of_all=True)
    except StoreKeyMissing as error:
        raise StoreKeyMissing(store_keys(settings).where) from error


def _head(settings: Settings, part: Path) -> tuple[int, int]:
    """Return the id and the last block of the copied chain, without leaving files behind."""
    with open_ledger(settings.model_copy(update={"data": part})) as ledger:
        chain_id, block = ledger.domain.chain_id, ledger.head()
    (part / CHAIN / "lock.mdb").unlink()
    return chain_id, block


def _others(data: Path) -> Iterator[Path]:
    """All files other than the two databases and the server's runtime files."""
    others = (CHAIN, SERVER, FOLLOWER, STATES, MANIFEST, DELETIONS)
    for path in sorted(data.rglob("*")):
        first = path.relative_to(data).parts[0]
        if path.is_file() and first not in others and not first.startswith(DATABASE):
            yield path


def make_lasting(part: Path) -> None:
    """Restrict the files of a directory to their owner and sync them to disk."""
    for path in (*part.rglob("*"), part):
        path.chmod(0o700 if path.is_dir() else 0o600)
        sync(path)


def sync(path: Path) -> None:
    """Wait until a file or directory is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
