"""The lines to which a payout's decision commits: their bytes, and detection of changes."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, update

from kindpakket.domain.ids import ShopId
from kindpakket.protocol.payout_lines import PayoutLine, lines_bytes, lines_sha256
from kindpakket.services.base.names import Names
from kindpakket.services.decisions.prepare import find_prepared
from kindpakket.services.payouts.lists import PayoutRefused, list_payouts
from kindpakket.services.payouts.review import say_waiting
from kindpakket.services.signing.approvals import approve_all
from kindpakket.store import tables as t
from tests.support.payouts import decide, get_file, pay_out, prepare
from tests.support.town import EVERYTHING, Town

PROTOCOL = (Path(__file__).parents[2] / "docs/protocol.md").read_text()
SALT = bytes(range(32))
LINES = [
    PayoutLine(ShopId(1), 'Çağlar "& Zn."', "NL20INGB0001234567", 3000, "KP-7-1"),
    PayoutLine(ShopId(4), "北京\\", "DE89370400440532013000", 1250, "KP-7-4"),
]
WRITTEN = (
    '{"lines":[[1,"Çağlar \\"& Zn.\\"","NL20INGB0001234567",3000,"KP-7-1"],'
    '[4,"北京\\\\","DE89370400440532013000",1250,"KP-7-4"]],'
    '"salt":"0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}'
)
HASH = "0xcbac2834abce0a6007c6960b7645463d5d0545ebf6fe9d751b82ebe086dfa294"

Harm = Callable[[Connection], object]
HARMS: dict[str, Harm] = {
    "the account of a line": lambda db: db.execute(
        update(t.payout_lines).where(t.payout_lines.c.shop == 1).values(iban="BE68539007547034")
    ),
    "the holder of a line": lambda db: db.execute(
        update(t.payout_lines).values(holder="Iemand anders")
    ),
    "the amount of a line": lambda db: db.execute(update(t.payout_lines).values(amount=12_50)),
    "the reference of a line": lambda db: db.execute(
        update(t.payout_lines).values(reference="KP-1-9")
    ),
    "the shop of a line": lambda db: db.execute(
        update(t.payout_lines).where(t.payout_lines.c.shop == 4).values(shop=2)
    ),
    "a line that is gone": lambda db: db.execute(
        delete(t.payout_lines).where(t.payout_lines.c.shop == 4)
    ),
    "the salt": lambda db: db.execute(update(t.payouts).values(salt=b"\x01" * 32)),
}


def harm(town: Town, how: Harm) -> None:
    with town.workspace.context.store.write() as db:
        how(db)


def test_the_bytes_are_those_of_the_protocol() -> None:
    assert lines_bytes(SALT, LINES).decode() == WRITTEN
    assert lines_sha256(SALT, LINES) == HASH == "0x" + hashlib.sha256(WRITTEN.encode()).hexdigest()
    assert WRITTEN in PROTOCOL
    assert HASH in PROTOCOL


def test_the_same_lines_with_another_salt_have_another_hash(paid: Town) -> None:
    assert lines_sha256(b"\x01" * 32, LINES) != HASH
    first, _ = prepare(paid)
    with paid.workspace.context.store.read() as db:
        (row,) = db.execute(t.payouts.select())
    assert len(row.salt) == 32
    assert row.salt != bytes(32)
    assert first.sha256 == row.sha256


def test_the_ledger_has_the_hash_of_the_lines_and_nothing_else_of_them(paid: Town) -> None:
    payout, prepared = prepare(paid)
    decide(paid, prepared)
    assert "0x" + paid.view("batches", 1).hex() == payout.sha256
    assert b"INGB" not in prepared.message.call


@pytest.mark.parametrize("how", HARMS.values(), ids=HARMS)
def test_lines_that_were_changed_are_not_signed(paid: Town, how: Harm) -> None:
    context = paid.workspace.context
    _, prepared = prepare(paid)
    harm(paid, how)
    with pytest.raises(PayoutRefused, match="zijn niet die van het besluit"):
        signature = prepared.message.sign(context.ledger.domain, EVERYTHING[0])
        approve_all(context, [prepared], [signature])
    assert find_prepared(context, prepared.id).approvals == {}
    assert "Teken dit niet." in say_waiting(context, Names({}, {}, {}), prepared.message.call)


@pytest.mark.parametrize("how", HARMS.values(), ids=HARMS)
def test_lines_that_were_changed_after_signing_make_no_file(paid: Town, how: Harm) -> None:
    batch = pay_out(paid)
    harm(paid, how)
    with pytest.raises(PayoutRefused, match="zijn hier niet"):
        get_file(paid, batch)


def test_lines_and_hash_that_were_changed_together_make_no_file(paid: Town) -> None:
    """Whoever can write to the database can make its contents agree with each other, but not with
    the ledger."""
    batch, context = pay_out(paid), paid.workspace.context
    (payout,) = list_payouts(context)
    salt = b"\x01" * 32
    forged = [
        PayoutLine(ShopId(1), "Dief", "BE68539007547034", 30_00, "KP-1-1"),
        PayoutLine(ShopId(4), "Dief", "BE68539007547034", 12_50, "KP-1-4"),
    ]
    digest = lines_sha256(salt, forged)
    with context.store.write(views=True) as db:
        db.execute(delete(t.payout_lines))
        kept = dict(db.execute(t.payouts.select()).mappings().one())
        db.execute(delete(t.payouts))
        db.execute(t.payouts.insert().values(kept | {"salt": salt, "sha256": digest}))
        for position, line in enumerate(forged):
            values = vars(line) | {"payout": digest, "position": position}
            db.execute(t.payout_lines.insert().values(values))
        db.execute(update(t.settlements).values(sha256=digest))
    with pytest.raises(PayoutRefused, match="zijn hier niet"):
        get_file(paid, batch)
    assert payout.sha256 != digest


def test_a_settlement_that_was_changed_in_the_views_changes_no_file(paid: Town) -> None:
    batch = pay_out(paid)
    with paid.workspace.context.store.write(views=True) as db:
        db.execute(update(t.settlements).values(amount=99_00))
    assert b"99.00" not in get_file(paid, batch)
    with paid.workspace.context.store.write(views=True) as db:
        db.execute(update(t.settlements).values(block=10**6))
    with pytest.raises(PayoutRefused, match="zijn hier niet"):
        get_file(paid, batch)
