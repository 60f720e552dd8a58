"""Personal data is deleted at the end of its retention period, and the deletion is recorded."""

import re
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, insert, select

from kindpakket.services.oversight.retention import (
    DAYS_30,
    MONTHS_13,
    PERIODS,
    YEARS_7,
    RetentionRun,
    delete_expired,
    last_run,
)
from kindpakket.store import tables as t
from tests.support.town import Town

DAY = 24 * 3600
DOCUMENT = Path(__file__).parents[2] / "docs/data-protection/retention.nl.md"
OFFICIAL = "0x" + "a1" * 20


def add(town: Town, table: Table, **row: object) -> None:
    with town.workspace.context.store.write() as db:
        db.execute(insert(table).values(**row))


def invite(town: Town, secret: str, expires_at: int, official: str | None = None) -> None:
    add(
        town,
        t.official_invitations,
        secret_sha256=secret,
        name="S. Jansen",
        capacities=1,
        expires_at=expires_at,
        invited_by=OFFICIAL,
        official=official,
    )


def inspect(town: Town, opened_at: int) -> None:
    add(
        town,
        t.inspections,
        official=OFFICIAL,
        shop=1,
        first="2027-01-01",
        last="2027-01-31",
        reason="controle van een melding",
        opened_at=opened_at,
        expires_at=opened_at + 1800,
    )


def propose(town: Town, message: str, prepared_at: int) -> None:
    """A bank account that one official signed."""
    add(
        town,
        t.waiting_messages,
        message=message,
        kind="BankAccount",
        fields="{}",
        prepared_by=OFFICIAL,
        prepared_at=prepared_at,
    )
    add(town, t.waiting_signatures, message=message, signer=OFFICIAL, signature=b"1")


def rename_shop(town: Town, shop: int, until: int) -> None:
    add(town, t.former_names, kind="shop", number=shop, name="De Fiets", until=until)


def count(town: Town, table: Table) -> int:
    with town.workspace.context.store.read() as db:
        return len(db.execute(select(table)).all())


def test_what_is_past_its_period_is_deleted_and_what_is_not_stays(town: Town) -> None:
    now = int(town.clock.time)
    for age in (YEARS_7 + 1, YEARS_7):
        inspect(town, now - age)
        rename_shop(town, 1, now - age)
        add(town, t.audits, started_by=OFFICIAL, started_at=now - age)
    invite(town, "unused, past its period", now - DAYS_30 - 1)
    invite(town, "unused", now - DAYS_30)
    invite(town, "used long ago", now - YEARS_7 - 1, OFFICIAL)
    propose(town, "0x01", now - MONTHS_13 - 1)
    propose(town, "0x02", now - MONTHS_13)
    used = count(town, t.official_invitations)
    delete_expired(town.workspace.context)
    assert last_run(town.workspace.context) == RetentionRun(
        now,
        {
            "unused_official_invitations": 1,
            "unsigned_messages": 1,
            "inspections": 1,
            "former_names": 1,
            "audits": 1,
        },
    )
    assert count(town, t.inspections) == count(town, t.former_names) == count(town, t.audits) == 1
    assert count(town, t.official_invitations) == used - 1
    assert count(town, t.waiting_messages) == count(town, t.waiting_signatures) == 1


def test_it_runs_once_a_day(town: Town) -> None:
    context = town.workspace.context
    delete_expired(context)
    inspect(town, int(town.clock.time) - YEARS_7 - 1)
    delete_expired(context)
    assert count(town, t.inspections) == 1
    town.clock.time += DAY
    delete_expired(context)
    assert count(town, t.inspections) == 0
    assert count(town, t.retention_runs) == 2


def test_of_two_followers_on_one_database_one_deletes(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both found that none did today."""
    context = town.workspace.context
    context.projection.catch_up()
    write = context.store.write

    def after_the_other(**options: bool) -> AbstractContextManager[Connection]:
        monkeypatch.undo()
        delete_expired(context)
        return write(**options)

    monkeypatch.setattr(context.store, "write", after_the_other)
    delete_expired(context)
    assert count(town, t.retention_runs) == 1


def test_the_document_names_every_table_that_is_deleted_from() -> None:
    text = DOCUMENT.read_text().split("## Blijft")[0]
    books = (t.payout_lines, t.payment_files, t.bank_accounts, t.shop_details, t.official_names)
    for table in (*(each.table for each in PERIODS), *books):
        assert f"`{table.name}`" in text


def test_the_document_says_of_every_table_of_facts_how_long_it_is_kept() -> None:
    told = set(re.findall(r"`(\w+)`", DOCUMENT.read_text()))
    assert {table.name for table in t.facts.sorted_tables} <= told
