"""Copies of both kinds of databases, put back into either."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from kindpakket.backup import backup
from kindpakket.backup.manifest import digest_of, write_manifest
from kindpakket.backup.restore import Restored, restore, try_out
from kindpakket.domain.times import day_of
from kindpakket.protocol.signatures import address_of
from kindpakket.services.oversight.inspections import open_inspection
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from kindpakket.store.copying import StoreNotEmpty, require_empty
from kindpakket.store.database import Store
from kindpakket.store.personal import StoreKeys
from kindpakket.store_access import DATABASE, STORE_KEY
from kindpakket.workspace import DataDamaged
from kindpakket_audit.findings import Finding, Level
from tests.support.payouts import HOLDERS, IBANS, get_file, give_account, pay_out, sell
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, Clock, Town, copied, opened


@pytest.fixture
def town(founded: Path, tmp_path: Path, database_url: str) -> Iterator[Town]:
    """A town with a payout and an inspection, in this kind of database."""
    clock = Clock()
    clock.time += 3600
    Store(database_url).close()
    with opened(copied(founded, tmp_path / "town"), clock, database_url=database_url) as town:
        for shop, iban in IBANS.items():
            give_account(town, shop, iban, HOLDERS[shop])
            sell(town, shop, 10_00)
        get_file(town, pay_out(town))
        inspect(town)
        yield town


def inspect(town: Town) -> int:
    context, today = town.workspace.context, day_of(town.now())
    who = address_of(EVERYTHING[0])
    return open_inspection(context, who, BICYCLES, today, today, "een klacht").number


def content(url: str, key: Path) -> dict[str, list[Any]]:
    """All rows of all tables, decrypted with the key of a directory."""
    store = Store(url, StoreKeys(key / STORE_KEY))
    with store.read(views=True) as db:
        rows = {
            table.name: sorted(map(tuple, db.execute(select(table))), key=str)
            for tables in (t.facts, t.views)
            for table in tables.sorted_tables
        }
    store.close()
    return rows


def differences(done: Restored) -> list[Finding]:
    return [finding for finding in done.findings if finding.level is Level.DIFFERENCE]


def test_a_copy_has_every_row_whatever_the_database(
    town: Town, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(data=town.directory, database_url=database_url)
    manifest = backup(settings, tmp_path / "copy")
    assert (tmp_path / "copy" / DATABASE).exists()
    assert DATABASE in manifest.files
    rows = content(database_url, town.directory)
    assert rows["payment_files"]
    assert content(f"sqlite:///{tmp_path / 'copy' / DATABASE}", tmp_path / "copy") == rows
    assert differences(try_out(settings, tmp_path / "copy")) == []


def test_a_copy_is_put_back_into_an_empty_database_and_numbers_go_on(
    town: Town, database_url: str, tmp_path: Path, empty_database: str
) -> None:
    backup(Settings(data=town.directory, database_url=database_url), tmp_path / "copy")
    place = Settings(data=tmp_path / "restored", database_url=empty_database)
    assert differences(restore(place, tmp_path / "copy")) == []
    clock = Clock()
    clock.time = town.clock.time + 3600
    with opened(place.data, clock, database_url=empty_database) as restored:
        assert inspect(restored) == 2
        assert sell(restored, BOOKS, 1_00)["amount"] == 1_00
        rows = content(empty_database, place.data)
        before = content(database_url, town.directory)
        assert rows["payment_files"] == before["payment_files"]
        assert rows["bank_accounts"] == before["bank_accounts"]


def test_a_database_with_something_in_it_is_left_as_it_was(
    town: Town, database_url: str, tmp_path: Path, empty_database: str
) -> None:
    backup(Settings(data=town.directory, database_url=database_url), tmp_path / "copy")
    with create_engine(empty_database).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE other (a integer)")
    place = Settings(data=tmp_path / "restored", database_url=empty_database)
    with pytest.raises(StoreNotEmpty):
        restore(place, tmp_path / "copy")
    assert not place.data.exists()
    with create_engine(empty_database).begin() as connection:
        connection.exec_driver_sql("SELECT a FROM other")


def test_a_restore_that_fails_leaves_nothing(
    town: Town, database_url: str, tmp_path: Path, empty_database: str
) -> None:
    copy = tmp_path / "copy"
    manifest = backup(Settings(data=town.directory, database_url=database_url), copy)
    (copy / "changes.key").write_text("no key")
    files = manifest.files | {"changes.key": digest_of(copy / "changes.key")}
    write_manifest(copy, manifest.model_copy(update={"files": files}))
    place = Settings(data=tmp_path / "restored", database_url=empty_database)
    with pytest.raises(DataDamaged):
        restore(place, copy)
    assert not place.data.exists()
    require_empty(empty_database)
