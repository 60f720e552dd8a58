"""The audit with the store: what wallets read follows from the chain."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, update

from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.protocol.changes import MonthKeys
from kindpakket.protocol.signatures import address_of
from kindpakket.services.oversight import requested_audits
from kindpakket.services.oversight.kept_changes import audit_changes
from kindpakket.services.oversight.requested_audits import ask_audit, list_audits, run_audits
from kindpakket.store import tables as t
from kindpakket_audit import replay
from kindpakket_audit.chains import ChainUnreadable
from kindpakket_audit.findings import Level
from tests.audit.test_audit_command import run
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, Town, till_of

HARMS: dict[str, tuple[Callable[[Connection], object], str]] = {
    "a change that is missing": (
        lambda db: db.execute(delete(t.coupon_changes).where(t.coupon_changes.c.block == 19)),
        "van regeling 1 zijn niet die van de keten",
    ),
    "another change": (
        lambda db: db.execute(update(t.coupon_changes).values(groups=b"\x00" * 62)),
        "van regeling 1 zijn niet die van de keten",
    ),
    "another time": (
        lambda db: db.execute(update(t.coupon_changes).values(time=1_800_090_000)),
        "van regeling 1 zijn niet die van de keten",
    ),
    "another scheme": (
        lambda db: db.execute(update(t.coupon_changes).values(scheme=2)),
        "van regeling 2 zijn niet die van de keten",
    ),
    "another value": (
        lambda db: db.execute(
            update(t.issued_coupons).where(t.issued_coupons.c.value == 5_000).values(value=5_001)
        ),
        "de lijst van toegekende tegoeden is niet die van de keten",
    ),
    "fewer coupons": (
        lambda db: db.execute(update(t.issued_coupons).values(prefixes=b"")),
        "de lijst van toegekende tegoeden is niet die van de keten",
    ),
}


@pytest.fixture
def paid(town: Town) -> Town:
    town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)
    town.api.pay(till_of(BOOKS), town.code(500, coupons=(0, 1)), 500)
    town.workspace.context.projection.catch_up()
    return town


def test_what_was_not_changed_is_sound(paid: Town) -> None:
    context = paid.workspace.context
    assert audit_changes(context.ledger, context.store, context.month_keys) == []


@pytest.mark.parametrize("harm", HARMS)
def test_what_was_changed_is_found(paid: Town, harm: str) -> None:
    context = paid.workspace.context
    change, told = HARMS[harm]
    with context.store.write(views=True) as db:
        change(db)
    found = audit_changes(context.ledger, context.store, context.month_keys)
    assert {finding.level for finding in found} == {Level.DIFFERENCE}
    assert told in {finding.difference for finding in found}


def test_blocks_that_the_store_does_not_have_yet_are_no_difference(paid: Town) -> None:
    context = paid.workspace.context
    paid.api.pay(till_of(BICYCLES), paid.code(100, coupons=(2,)), 100)
    assert audit_changes(context.ledger, context.store, context.month_keys) == []


def test_another_secret_is_said(paid: Town) -> None:
    context = paid.workspace.context
    other = MonthKeys(b"\x07" * 32, context.ledger.domain)
    (found,) = audit_changes(context.ledger, context.store, other)
    assert (found.level, found.difference) == (
        Level.WARNING,
        "zijn met een ander geheim verzegeld",
    )


def test_a_requested_audit_compares_them_too(paid: Town) -> None:
    context = paid.workspace.context
    with context.store.write(views=True) as db:
        db.execute(update(t.coupon_changes).values(groups=b""))
    ask_audit(context, address_of(EVERYTHING[0]))
    run_audits(context)
    (audit,) = list_audits(context)
    assert audit.differences == 2


def test_a_requested_audit_of_a_long_chain_goes_on_the_next_time(
    paid: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The follower also has other work."""
    monkeypatch.setattr(replay, "CHUNK", 5)
    monkeypatch.setattr(requested_audits, "MOST_BLOCKS", 10)
    context = paid.workspace.context
    assert context.ledger.head() == 19
    ask_audit(context, address_of(EVERYTHING[0]))
    run_audits(context)
    assert [audit.finished_at for audit in list_audits(context)] == [None]
    run_audits(context)
    (audit,) = list_audits(context)
    assert (audit.block, audit.differences) == (19, 0)


def test_a_requested_audit_that_cannot_be_done_comes_to_an_end(
    paid: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within an hour it is tried again; afterwards another one can be asked for."""

    def unreadable(*_: object) -> None:
        raise LedgerUnavailable("node: busy") from ChainUnreadable("node: busy")

    context = paid.workspace.context
    ask_audit(context, address_of(EVERYTHING[0]))
    with monkeypatch.context() as patched:
        patched.setattr(requested_audits, "audit_whole", unreadable)
        paid.clock.time += 3_599
        with pytest.raises(LedgerUnavailable):
            run_audits(context)
        assert list_audits(context)[0].finished_at is None
        paid.clock.time += 1
        run_audits(context)
    (audit,) = list_audits(context)
    assert (audit.finished_at, audit.block, audit.differences) == (context.now(), None, 1)
    assert [each.difference for each in audit.findings] == ["de keten is niet te lezen: node: busy"]
    ask_audit(context, address_of(EVERYTHING[0]))
    run_audits(context)
    assert list_audits(context)[0].differences == 0


def test_a_run_of_a_requested_audit_also_ends_after_some_time(
    paid: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "CHUNK", 10)
    monkeypatch.setattr(requested_audits, "MOST_SECONDS", 0)
    context = paid.workspace.context
    ask_audit(context, address_of(EVERYTHING[0]))
    run_audits(context)
    assert list_audits(context)[0].finished_at is None
    run_audits(context)
    assert list_audits(context)[0].block == 19


def test_a_requested_audit_of_a_chain_that_was_made_again_says_so(paid: Town) -> None:
    """It reads the chain from the first block, and so does the next one."""
    context = paid.workspace.context
    ask_audit(context, address_of(EVERYTHING[0]))
    run_audits(context)
    (state,) = context.reports.glob("state-*")
    with closing(sqlite3.connect(state)) as db, db:
        db.execute(
            "UPDATE facts SET value = json_set(value, '$.last_hash', '0x') WHERE name = 'audit'"
        )
    ask_audit(context, address_of(EVERYTHING[0]))
    run_audits(context)
    assert list_audits(context)[0].finished_at is None
    run_audits(context)
    done = list_audits(context)[0]
    why = "blok 19 is nu een ander dan bij de vorige controle"
    assert (done.block, done.differences, done.findings[0].difference) == (19, 1, why)
    assert state.with_name(f"{state.name}.aside").exists()
    paid.api.pay(till_of(BICYCLES), paid.code(100, coupons=(2,)), 100)
    ask_audit(context, address_of(EVERYTHING[0]))
    run_audits(context)
    done = list_audits(context)[0]
    assert (done.block, done.differences) == (20, 0)


def garbage(state: Path) -> None:
    state.write_bytes(b"garbage" * 1_000)


def truncated(state: Path) -> None:
    state.write_bytes(state.read_bytes()[:9_000])


def in_facts(value: str) -> Callable[[Path], None]:
    def harm(state: Path) -> None:
        with closing(sqlite3.connect(state)) as db, db:
            db.execute("UPDATE facts SET value = ? WHERE name = 'audit'", (value,))

    return harm


@pytest.mark.parametrize(
    "harm",
    [garbage, truncated, *map(in_facts, ["", "{", "{}", "[]", "7"])],
    ids=["garbage", "truncated", "nothing", "cut off", "no fields", "a list", "a number"],
)
def test_a_requested_audit_whose_state_is_damaged_begins_again_and_says_so(
    paid: Town, harm: Callable[[Path], None]
) -> None:
    context = paid.workspace.context
    ask_audit(context, address_of(EVERYTHING[0]))
    run_audits(context)
    (state,) = context.reports.glob("state-*.sqlite3")
    harm(state)
    ask_audit(context, address_of(EVERYTHING[0]))
    run_audits(context)
    run_audits(context)
    done = list_audits(context)[0]
    first = done.findings[0]
    assert (done.block, done.differences) == (19, 0)
    assert (first.level, first.difference) == (
        Level.WARNING,
        "de bewaarde stand was niet te lezen",
    )
    assert state.with_name(f"{state.name}.aside").exists()


def test_the_command_compares_them_if_the_secret_is_here(paid: Town) -> None:
    with paid.workspace.context.store.write(views=True) as db:
        db.execute(update(t.coupon_changes).values(groups=b""))
    told = run(paid.directory)
    assert told.exit_code == 1
    assert "Bewaarde wijzigingen van tegoeden" in told.stdout
    (paid.directory / "changes.key").rename(paid.directory / "elsewhere.key")
    assert run(paid.directory).exit_code == 0
