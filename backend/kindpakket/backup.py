"""Copy a data directory while a server works in it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.main import CHAIN, CONTRACT, DATABASE, SERVER, chain_alone
from kindpakket.settings import Settings
from kindpakket.store.database import copy_sqlite


@dataclass(frozen=True)
class Backup:
    """What a copy holds."""

    block: int | None
    """The last block in it; None when the chain is on a node, which keeps it."""
    database: bool
    """False when the database is no file of ours, and is copied by its own means."""


def backup(settings: Settings, target: Path) -> Backup:
    """Make a directory with a copy of the data, each part as it was at one moment.

    The store first: its views then lag behind the copied chain, and catch up when it is opened.
    Views ahead of their chain would be thrown away and read again from the first block.

    The copy appears under its name when it is whole and on disk, and not before.

    Raises:
        FileNotFoundError: there is no town to copy.
        FileExistsError: there is something in the target already.
        ValueError: the target lies in the data directory itself.
        OSError: the chain cannot be copied, or the copy not be written.
        StoreUnavailable: the database cannot be copied.
    """
    if not (settings.data / CONTRACT).exists():
        raise FileNotFoundError(f"no town in {settings.data}")
    if target.resolve().is_relative_to(settings.data.resolve()):
        raise ValueError(f"{target} lies in {settings.data}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(f"there is something in {target}")
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
    """Open the copy, and leave no trace of that."""
    with chain_alone(settings.model_copy(update={"data": part})) as ledger:
        block = ledger.head()
    (part / CHAIN / "lock.mdb").unlink()
    return block


def _sqlite(settings: Settings) -> Path | None:
    """Where the database is a file."""
    if settings.database_url is None:
        return settings.data / DATABASE
    url = make_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _others(data: Path) -> Iterator[Path]:
    """Everything but the two databases, and what a server notes for as long as it runs."""
    for path in sorted(data.rglob("*")):
        first = path.relative_to(data).parts[0]
        if path.is_file() and first not in (CHAIN, SERVER) and not first.startswith(DATABASE):
            yield path


def _make_lasting(part: Path) -> None:
    """Let nobody else read it, and have it all on disk before it gets its name."""
    for path in (*part.rglob("*"), part):
        path.chmod(0o700 if path.is_dir() else 0o600)
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
