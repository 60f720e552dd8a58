"""Copies put back into an empty place, and tried."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete

from kindpakket.backup import make_lasting, sync
from kindpakket.backup.manifest import CopyDamaged, Manifest, check_files, read_manifest
from kindpakket.services.children.deletion import repeat_deletions
from kindpakket.services.oversight.retention import delete_expired
from kindpakket.services.oversight.whole_audit import audit_whole, compare_stored
from kindpakket.settings import DELETIONS, Settings
from kindpakket.store import tables as t
from kindpakket.store.copying import drop_tables, load_database, require_empty, sqlite_file
from kindpakket.store.schema import require_known
from kindpakket.store_access import DATABASE, open_store, store_url
from kindpakket.workspace import CONTRACT, Workspace
from kindpakket_audit.findings import Finding


class ChainElsewhere(Exception):
    """The copy has no chain, and the settings name no node that has it."""


class DirectoryNotEmpty(Exception):
    """There is something in the directory that a copy should be restored into."""


@dataclass(frozen=True)
class Restored:
    """A copy that was put back."""

    manifest: Manifest
    findings: list[Finding]
    """Of the audit of the chain, unless a node has it, and of what is stored."""
    chain_audited: bool


def restore(settings: Settings, copy: Path) -> Restored:
    """Put a copy into an empty data directory and an empty database, and audit it.

    The manifest and the hash of every file are checked first. The database is migrated to this
    version. Sessions end, and what is past its retention period is deleted again, and every child
    that was deleted since, before anything is served. When anything fails, what was put there is
    removed.

    Raises:
        CopyDamaged, CopyTooNew, StoreTooNew, ChainElsewhere: the copy cannot be restored.
        DirectoryNotEmpty, StoreNotEmpty: the place is not empty; a file of deleted children may be
            there.
        DeletionsUnknown: the copy has children, and no file of deleted children is here.
        StoreUnavailable: the database cannot be written.
        OSError: the copy cannot be read, or the data directory not be written.
        LedgerUnavailable, ContractDiffers, DataDamaged: the restored ledger cannot be opened.
    """
    manifest = read_manifest(copy)
    require_known(manifest.schema_version)
    if CONTRACT not in manifest.files or DATABASE not in manifest.files:
        raise CopyDamaged(CONTRACT if CONTRACT not in manifest.files else DATABASE)
    data = settings.data
    if data.exists() and (not data.is_dir() or _content(data)):
        raise DirectoryNotEmpty(data)
    if settings.database_url is not None:
        require_empty(settings.database_url)
    check_files(copy, manifest)
    if manifest.block is None and settings.node_url is None:
        raise ChainElsewhere
    with _all_or_nothing(settings):
        _put(copy, manifest, settings)
        return Restored(manifest, _revive(settings), settings.node_url is None)


def _content(data: Path) -> list[Path]:
    """What a directory has besides the file of deleted children."""
    return [path for path in data.iterdir() if path.name != DELETIONS]


def try_out(settings: Settings, copy: Path) -> Restored:
    """Restore a copy into a temporary directory, audit it, and delete it.

    Raises:
        as for :func:`restore`.
    """
    with tempfile.TemporaryDirectory(prefix="kindpakket-drill-") as directory:
        place = {"data": Path(directory, "data"), "database_url": None}
        place["deletions_file"] = deletions = Path(directory, DELETIONS)
        if settings.deletions.exists():
            shutil.copyfile(settings.deletions, deletions)  # a drill adds to it
        return restore(settings.model_copy(update=place), copy)


def _put(copy: Path, manifest: Manifest, settings: Settings) -> None:
    """Copy the files of a manifest, the contract last: without it a directory has no ledger."""
    data = settings.data
    for name in sorted(manifest.files, key=lambda each: each == CONTRACT):
        target = data / name
        if name == DATABASE:
            target = _database_file(settings)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(copy / name, target)
        target.chmod(0o600)
        sync(target)
    make_lasting(data)
    if settings.database_url is not None and sqlite_file(settings.database_url) is None:
        load_database(data / DATABASE, settings.database_url)
        (data / DATABASE).unlink()


def _database_file(settings: Settings) -> Path:
    """The file of a SQLite database; for another kind, a place to load it from."""
    return sqlite_file(store_url(settings)) or settings.data / DATABASE


def _revive(settings: Settings) -> list[Finding]:
    open_store(settings, migrate=True).close()
    with Workspace.open(settings, read_only=True) as workspace:
        context = workspace.context
        context.projection.catch_up()
        with context.store.write() as db:
            for table in (t.sessions, t.challenges, t.confirmed_accounts, t.request_counts):
                db.execute(delete(table))
        repeat_deletions(context)
        delete_expired(context)
        parts = context.ledger, context.store, context.month_keys
        if settings.node_url is not None:
            return compare_stored(*parts)
        return audit_whole(*parts).findings


@contextmanager
def _all_or_nothing(settings: Settings) -> Iterator[None]:
    """On an error, remove what was put into the data directory and the database."""
    data, was_there = settings.data, settings.data.exists()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if settings.database_url is not None:
            drop_tables(settings.database_url)
        for path in _content(data):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not was_there:
            shutil.rmtree(data)
        raise
