"""Copying a data directory, also while a server uses it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from kindpakket.ledger.comparison import STATES
from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.main import CHAIN, CONTRACT, DATABASE, FOLLOWER, SERVER, open_ledger
from kindpakket.settings import Settings
from kindpakket.store.database import copy_sqlite


@dataclass(frozen=True)
class Backup:
    """A summary of a backup."""

    block: int | None
    """The last block in the backup; None when the chain is on a node."""
    database: bool
    """False when the database is not a file, which must be backed up by its own tools."""


def backup(settings: Settings, target: Path) -> Backup:
    """Copy the data directory; each part is a consistent snapshot.

    The store is copied first: views that lag behind the chain catch up when the copy is opened, but
    views ahead of it would be rebuilt from the first block. The copy is written to a temporary
    directory and renamed once it is complete and on disk.

    Raises:
        FileNotFoundError: the data directory has no ledger.
        FileExistsError: the target exists and is not empty.
        ValueError: the target is inside the data directory.
        OSError: the chain cannot be copied, or the copy cannot be written.
        StoreUnavailable: the database cannot be copied.
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
        made = _copy(settings, part)
        _make_lasting(part)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part)
        raise
    _sync(target.parent)
    return made


def _copy(settings: Settings, part: Path) -> Backup:
    if database := _sqlite(settings):
        copy_sqlite(database, part / DATABASE)
    if embedded := settings.node_url is None:
        with EmbeddedChain(settings.data / CHAIN, read_only=True) as original:
            original.copy_to(part / CHAIN)
    for path in _others(settings.data):
        copied = part / path.relative_to(settings.data)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copied)
    return Backup(_head(settings, part) if embedded else None, database is not None)


def _head(settings: Settings, part: Path) -> int:
    """Return the last block of the copied chain, without leaving files behind."""
    with open_ledger(settings.model_copy(update={"data": part})) as ledger:
        block = ledger.head()
    (part / CHAIN / "lock.mdb").unlink()
    return block


def _sqlite(settings: Settings) -> Path | None:
    """The path of the database if it is a file."""
    if settings.database_url is None:
        return settings.data / DATABASE
    url = make_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _others(data: Path) -> Iterator[Path]:
    """All files other than the two databases and the server's runtime files."""
    others = (CHAIN, SERVER, FOLLOWER, STATES)
    for path in sorted(data.rglob("*")):
        first = path.relative_to(data).parts[0]
        if path.is_file() and first not in others and not first.startswith(DATABASE):
            yield path


def _make_lasting(part: Path) -> None:
    """Restrict the files to their owner and sync them to disk, before the rename."""
    for path in (*part.rglob("*"), part):
        path.chmod(0o700 if path.is_dir() else 0o600)
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
