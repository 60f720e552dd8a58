"""Data directories that earlier versions made are migrated; see ``scripts/make_version.py``."""

import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, insert, select

from kindpakket.domain.locations import Location
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.names import read_names
from kindpakket.services.decisions.invitations import list_newcomers
from kindpakket.services.decisions.prepare import list_prepared
from kindpakket.services.oversight.inspections import list_inspections
from kindpakket.services.oversight.kept_payouts import audit_payouts
from kindpakket.services.payouts.give_file import list_payment_files
from kindpakket.services.payouts.lists import list_payouts
from kindpakket.services.shops.bank_accounts import AccountValidity, find_account
from kindpakket.services.shops.books import list_tills
from kindpakket.services.shops.register import ShopDetails, find_shop_file
from kindpakket.services.signing.messages import list_messages
from kindpakket.settings import Settings
from kindpakket.store import schema
from kindpakket.store.database import Store, missing_migrations
from kindpakket.store.schema import StoreOutdated
from kindpakket.store_access import DATABASE
from kindpakket.workspace import Workspace
from kindpakket_audit.findings import Level
from scripts import make_version as made
from tests.support.demo_town import run
from tests.support.payouts import HOLDERS, IBANS
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, Clock, Town, opened, till_of

ARCHIVES = sorted(made.VERSIONS.glob("*.tar.xz"))


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name[:4])
def earlier(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Settings:
    """A data directory that an earlier version made, with its rows in this kind of database."""
    data = tmp_path / "town"
    with tarfile.open(request.param) as archive:
        archive.extractall(data, filter="data")
    if database_url.startswith("sqlite"):
        return Settings(data=data)
    _load(data / DATABASE, database_url, request.param.name[:4])
    (data / DATABASE).unlink()
    return Settings(data=data, database_url=database_url)


def _load(source: Path, url: str, version: str) -> None:
    """Copy the rows of a database into an empty one, at the version of its schema."""
    with (
        closing(create_engine(f"sqlite:///{source}").connect()) as original,
        create_engine(url).begin() as target,
    ):
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = target
        command.upgrade(config, version)
        tables = MetaData()
        tables.reflect(target)
        for table in tables.sorted_tables:
            rows = [dict(row) for row in original.execute(select(table)).mappings()]
            if rows and table.name != "alembic_version":
                target.execute(insert(table), rows)


def test_there_is_a_directory_of_an_earlier_version() -> None:
    assert ARCHIVES


def test_a_directory_of_this_version_can_be_kept(tmp_path: Path) -> None:
    archive = made.make(tmp_path)
    newest = missing_migrations(f"sqlite:///{tmp_path / DATABASE}")[-1]
    assert archive.name == f"{newest.revision}.tar.xz"


def test_nothing_opens_before_it_is_migrated(earlier: Settings) -> None:
    url = earlier.database_url or f"sqlite:///{earlier.data / DATABASE}"
    if missing_migrations(url):  # a directory of the newest version needs none
        with pytest.raises(StoreOutdated):
            Workspace.open(earlier)


def test_an_earlier_directory_is_migrated_with_everything_and_pays(
    earlier: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if earlier.database_url:
        monkeypatch.setenv("KINDPAKKET_DATABASE_URL", earlier.database_url)
    _is_migrated_by_the_command_only(earlier)
    clock = Clock()
    clock.time += 25 * 3600
    with opened(earlier.data, clock, database_url=earlier.database_url) as town:
        _everything_is_there(town)
        _money_and_history_agree(town)
        assert town.api.pay(till_of(BOOKS), town.code(1_00), 1_00)["amount"] == 1_00
    _nothing_about_persons_is_in_the_clear(earlier)


def _is_migrated_by_the_command_only(earlier: Settings) -> None:
    """A backup from before the migration is then beside the database."""
    url = earlier.database_url or f"sqlite:///{earlier.data / DATABASE}"
    steps = missing_migrations(url)
    told = run("migrate", "--data", earlier.data, "--check").stdout
    assert missing_migrations(url) == steps  # looking changes nothing
    assert all(each.revision in told and each.in_dutch in told for each in steps)
    done = run("migrate", "--data", earlier.data)
    assert done.exit_code == 0, done.output
    assert len(list(earlier.data.parent.glob("town-voor-migratie-*"))) == bool(steps)
    assert missing_migrations(url) == []


def _everything_is_there(town: Town) -> None:
    context = town.workspace.context
    names = read_names(context)
    keys = map(address_of, EVERYTHING)
    assert [names.officials[key] for key in keys] == list(made.OFFICIALS)
    assert [names.shops[shop] for shop in made.SHOPS] == ["De Ketting", "De Kaft"]
    assert names.at(town.now() - 7200).shops[BICYCLES] == "De Ketting (oud)"
    assert [each.name for each in list_newcomers(context)] == [made.NEWCOMER]
    assert [each.reason for each in list_inspections(context)] == [made.WHY_INSPECTED]
    (prepared,) = list_prepared(context)
    assert prepared.reason == made.WHY_SUSPENDED
    for shop, (name, address, kvk) in made.SHOPS.items():
        file = find_shop_file(context, shop)
        assert file
        assert file.details == ShopDetails(name, address, Location(53.247, 6.402), kvk)
        account, validity = find_account(context, shop) or (None, None)
        assert account and validity is AccountValidity.VALID
        assert (account.iban, account.holder) == (IBANS[shop].replace(" ", ""), HOLDERS[shop])
    (waiting,) = list_messages(context)
    message: Any = waiting.message
    assert (message.iban, message.holder) == made.WAITING
    assert list(waiting.signatures) == [address_of(EVERYTHING[0])]
    assert {till.name for till in list_tills(context, BICYCLES)} == {made.TILL}


def _money_and_history_agree(town: Town) -> None:
    context = town.workspace.context
    assert Level.DIFFERENCE not in context.ledger.audit().found
    assert audit_payouts(context.ledger, context.store, context.now()) == []
    (payout,) = list_payouts(context)
    assert (payout.shops, payout.amount) == (2, 42_50)
    (file,) = list_payment_files(context, payout)
    assert file.sha256.startswith("0x")


def _nothing_about_persons_is_in_the_clear(earlier: Settings) -> None:
    said = [*made.OFFICIALS, made.NEWCOMER, made.TILL, made.WHY_INSPECTED, made.WHY_SUSPENDED]
    said += [text for shop in made.SHOPS.values() for text in shop if text]
    said += [
        "pain.001.001.09",
        *made.WAITING,
        *HOLDERS.values(),
        *(iban.replace(" ", "") for iban in IBANS.values()),
    ]
    content = _everything_in(earlier)
    assert [text for text in said if text in content] == []
    assert "Kindpakket 2027" in content  # so it would be found


def _everything_in(settings: Settings) -> str:
    """The files of a SQLite database, or all rows of another."""
    if settings.database_url is None:
        files = settings.data.glob(f"{DATABASE}*")
        return b"".join(path.read_bytes() for path in files).decode(errors="replace")
    engine, tables = create_engine(settings.database_url), MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        rows = [connection.execute(select(table)).all() for table in tables.sorted_tables]
    engine.dispose()
    return str(rows)


def test_every_migration_is_told_in_words(database_url: str) -> None:
    steps = missing_migrations(database_url)
    assert [int(each.revision) for each in steps] == list(range(1, len(steps) + 1))
    assert all(each.in_dutch for each in steps)
    Store(database_url).close()
    assert missing_migrations(database_url) == []
