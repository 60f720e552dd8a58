"""The store: facts of its own, and views that can be rebuilt."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import (
    Connection,
    Executable,
    MetaData,
    create_engine,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from kindpakket.ledger.abi import encode_call
from kindpakket.ledger.port import Settled
from kindpakket.protocol.changes import MonthKeys
from kindpakket.protocol.messages import Decision
from kindpakket.services.base.project import Projection
from kindpakket.store import database, views
from kindpakket.store import tables as t
from kindpakket.store.database import Store, StoreUnavailable
from kindpakket.store.personal import StoreKeys
from tests.support import fresh_views
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, Clock, Town, copied, opened, till_of


@pytest.fixture
def town(founded: Path, tmp_path: Path, database_url: str) -> Iterator[Town]:
    """A town with another store, which starts empty."""
    clock = Clock()
    clock.time += 3600
    Store(database_url).close()
    with opened(copied(founded, tmp_path / "town"), clock, database_url=database_url) as town:
        yield town


def test_migrations_make_exactly_the_tables(database_url: str) -> None:
    Store(database_url).close()
    expected = MetaData()
    for metadata in (t.facts, t.views):
        for table in metadata.sorted_tables:
            table.to_metadata(expected)
    with create_engine(database_url).connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, expected) == []


def test_shops_of_before_locations_are_nowhere(database_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    engine = create_engine(database_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        columns = "(shop, name, address, invited_at)"
        connection.execute(text(f"INSERT INTO shop_details {columns} VALUES (1, 'A', 'B', 2)"))
    engine.dispose()
    store = Store(database_url, StoreKeys("11" * 32))
    with store.read() as db:
        (row,) = db.execute(select(t.shop_details))
    store.close()
    assert (row.name, row.latitude, row.longitude) == ("A", None, None)


def content(town: Town) -> dict[str, list[tuple[object, ...]]]:
    """All views."""
    with town.workspace.context.store.read(views=True) as db:
        return {
            table.name: sorted(map(tuple, db.execute(select(table))))
            for table in t.views.sorted_tables
        }


def busy(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250, coupons=(0, 1)), 4_250)
    town.api.refund(till_of(BICYCLES), payment["id"], 250, town.now())
    town.api.pay(till_of(BOOKS), town.code(500, coupons=(2,)), 500)
    town.decide("settle", 1, [BICYCLES], [4_000], b"\x01" * 32)


def test_views_follow_the_ledger(town: Town) -> None:
    busy(town)
    town.workspace.context.projection.catch_up()
    views_now = content(town)
    assert [row[4:6] for row in views_now["payments"]] in (
        [(4_250, 250), (500, 0)],
        [(500, 0), (4_250, 250)],
    )
    shops = {row[0]: row[5:] for row in views_now["shops"]}
    assert shops[BICYCLES] == (0, 4_000)
    assert shops[BOOKS] == (500, 0)


def test_what_the_context_opens_has_views_as_the_ledger_is(town: Town) -> None:
    context = town.workspace.context
    owed = select(t.shops.c.owed).where(t.shops.c.shop == BICYCLES)
    town.api.pay(till_of(BICYCLES), town.code(4_250, coupons=(0, 1)), 4_250)
    with context.read_views() as db:
        assert db.scalar(owed) == 4_250
    town.api.pay(till_of(BICYCLES), town.code(500, coupons=(2,)), 500)
    with context.write_with_views() as db:
        assert db.scalar(owed) == 4_750


@pytest.mark.parametrize(
    "statement",
    [
        select(t.shops.c.owed),
        select(t.prepared_decisions).where(
            t.prepared_decisions.c.decision.not_in(select(t.decisions.c.decision))
        ),
        insert(t.letter_runs).from_select(["scheme"], select(t.schemes.c.scheme)),
    ],
)
def test_views_that_nobody_brought_up_to_date_fail_a_test(
    town: Town, statement: Executable
) -> None:
    with (
        pytest.raises(AssertionError, match="not opened"),
        town.workspace.context.store.read() as db,
    ):
        db.execute(statement)
    assert len(fresh_views.forgotten) == 1
    fresh_views.forgotten.clear()


def test_catching_up_twice_changes_nothing(town: Town) -> None:
    busy(town)
    context = town.workspace.context
    context.projection.catch_up()
    before = content(town)
    context.projection.catch_up()
    Projection(context.ledger, context.store, context.month_keys).catch_up()
    assert content(town) == before


def test_views_are_rebuilt_when_they_are_of_another_chain(town: Town) -> None:
    busy(town)
    context = town.workspace.context
    context.projection.catch_up()
    before = content(town)
    with context.store.write(views=True) as db:
        db.execute(update(t.payments).values(amount=1))
        db.execute(update(t.cursor).values(hash="0x" + "00" * 32))
    context.projection.catch_up()
    assert content(town) == before


def test_views_are_rebuilt_from_nothing(town: Town) -> None:
    busy(town)
    context = town.workspace.context
    context.projection.catch_up()
    before = content(town)
    with context.store.write(views=True) as db:
        views.clear(db)
    context.projection.catch_up()
    assert content(town) == before


def test_many_coupons_are_issued_in_a_transaction_of_their_own(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that other writers, which wait for a few seconds, get their turn."""
    context, made = town.workspace.context, list[int]()
    town.decide("fund", 1, 20_000)
    for first in ("0xa1", "0xa2"):
        town.decide("issue", 1, 100, [f"{first}{number:038x}" for number in range(100)])
    with context.store.write(views=True) as db:
        views.clear(db)
    write, count = context.store.write, select(func.count()).select_from(t.coupons)

    @contextmanager
    def counted(**options: bool) -> Iterator[Connection]:
        with write(**options) as db:
            before = db.scalar(count) or 0
            yield db
            made.append((db.scalar(count) or 0) - before)

    monkeypatch.setattr(context.store, "write", counted)
    context.projection.catch_up()
    assert made[-2:] == [100, 100]


def test_changes_are_sealed_anew_with_another_secret(town: Town) -> None:
    busy(town)
    context = town.workspace.context
    context.projection.catch_up()
    before = content(town)
    other = MonthKeys(b"\x07" * 32, context.ledger.domain)
    Projection(context.ledger, context.store, other).catch_up()
    after = content(town)
    differing = {name for name in before if before[name] != after[name]}
    assert differing == {"cursor", "coupon_changes"}
    assert len(before["coupon_changes"]) == len(after["coupon_changes"]) == 3
    context.projection.catch_up()
    assert content(town) == before


def test_a_call_with_dirty_padding_does_not_stop_the_views(town: Town) -> None:
    """Solidity ignores the padding of bytes, and anyone may relay."""
    pause = encode_call("setPaused", 1, True)
    message = Decision(pause, town.now() + 3600, town.now())
    approval = message.sign(town.api.domain, EVERYTHING[0])
    call = bytearray(encode_call("execute", message.values, [approval]))
    call[call.index(pause) + len(pause)] = 1
    context = town.workspace.context
    assert isinstance(context.ledger.submit(bytes(call)), Settled)
    assert town.api.get("/schemes/1")["paused"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_line_that_was_cut_is_told_and_the_next_is_a_new_one(database_url: str) -> None:
    store, administrator = Store(database_url), create_engine(database_url)
    with administrator.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(StoreUnavailable), store.read() as db:
        db.execute(select(t.cursor))
    with store.read() as db:
        db.execute(select(t.cursor))
    store.close()
    administrator.dispose()


def test_a_database_that_cannot_be_opened_is_out_of_reach(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        Store(f"sqlite:///{tmp_path / 'nowhere' / 'store.sqlite3'}")


def test_a_reader_has_one_snapshot_whatever_is_written_meanwhile(database_url: str) -> None:
    names = select(t.scheme_names.c.name)
    with closing(Store(database_url)) as store:
        with store.read() as db:
            assert db.scalars(names).all() == []
            with store.write() as other:
                other.execute(insert(t.scheme_names).values(scheme=1, name="Kindpakket"))
            assert db.scalars(names).all() == []
        with store.read() as db:
            assert db.scalars(names).all() == ["Kindpakket"]


def test_a_mistake_in_a_question_is_not_a_store_out_of_reach(database_url: str) -> None:
    store = Store(database_url)
    rows = {"scheme": 1, "name": "twice"}
    with pytest.raises(IntegrityError), store.write() as db:
        db.execute(insert(t.scheme_names), [rows, rows])
    store.close()
