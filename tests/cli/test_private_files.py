"""Permissions of the data directory, for every umask."""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from kindpakket.backup import backup
from kindpakket.domain import capacities
from kindpakket.domain.ids import Address
from kindpakket.main import build_app, serving
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base import sessions
from kindpakket.services.base.keyring import new_key, save_key
from kindpakket.settings import Settings
from kindpakket.workspace import DataDamaged, Workspace


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "town")
    officials: dict[Address, int] = {address_of(new_key()): capacities.ALL for _ in range(3)}
    Workspace.create(settings, officials, sync=False).close()
    return settings


def only_the_owners(directory: Path) -> set[str]:
    """Check that only the owner can read the directory and its files; return their names."""
    for path in (directory, *directory.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), f"{path}: {mode:o}"
    return {path.name for path in directory.rglob("*")}


def test_only_its_owner_reads_a_data_directory_also_while_it_is_served(settings: Settings) -> None:
    save_key(settings.data / "keys" / "anna.json", new_key(), "lang", work=2)
    with (
        Workspace.open(settings, apart=True) as workspace,
        serving(build_app(workspace, settings), settings.data),
    ):
        sessions.challenge(workspace.context)
        names = only_the_owners(settings.data)
    assert {"store.sqlite3-wal", "store.sqlite3-shm", "server.json", "lock.mdb"} <= names
    assert {
        "data.mdb",
        "writer.lock",
        "contract.json",
        "relay.key",
        "changes.key",
        "anna.json",
    } <= names


def test_the_secret_of_changes_is_made_once_and_stays(settings: Settings) -> None:
    secret = (settings.data / "changes.key").read_text()
    assert re.fullmatch("0x[0-9a-f]{64}", secret)
    with Workspace.open(settings, sync=False) as workspace:
        first = workspace.context.month_keys.secret_sha256
        assert secret not in repr(workspace.context)
        with Workspace.open(settings, read_only=True) as beside:
            assert beside.context.month_keys.secret_sha256 == first
    assert (settings.data / "changes.key").read_text() == secret


def test_a_missing_secret_of_changes_is_made_by_a_server_only(settings: Settings) -> None:
    secret = settings.data / "changes.key"
    before = secret.read_text()
    secret.unlink()
    with pytest.raises(DataDamaged, match=r"changes\.key"):
        Workspace.open(settings, read_only=True)
    assert not secret.exists()
    Workspace.open(settings, sync=False).close()
    assert secret.read_text() != before
    only_the_owners(settings.data)


def test_a_damaged_secret_of_changes_is_named_and_left(settings: Settings) -> None:
    secret = settings.data / "changes.key"
    for text in ("", "0x" + "00" * 31, "0x" + "zz" * 32):
        secret.write_text(text)
        with pytest.raises(DataDamaged, match=r"changes\.key"):
            Workspace.open(settings, sync=False)
        assert secret.read_text() == text


def test_only_its_owner_reads_a_copy(settings: Settings, tmp_path: Path) -> None:
    backup(settings, tmp_path / "copy")
    assert "store.sqlite3" in only_the_owners(tmp_path / "copy")


def test_what_others_could_read_they_cannot_once_it_is_opened(
    settings: Settings, tmp_path: Path
) -> None:
    loose = Path(shutil.copytree(settings.data, tmp_path / "loose"))
    for path in (loose, *loose.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    with Workspace.open(Settings(data=loose), sync=False):
        only_the_owners(loose)
