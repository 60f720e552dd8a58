"""The audit with the store: coupon list, payout lines, hash and payment files agree."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from sqlalchemy import Connection, delete, update

from kindpakket.protocol.signatures import address_of
from kindpakket.services.decisions.prepare import Preparer
from kindpakket.services.oversight.kept_payouts import audit_payouts
from kindpakket.services.oversight.requested_audits import ask_audit, list_audits, run_audits
from kindpakket.services.payouts.returns import prepare_return
from kindpakket.store import tables as t
from kindpakket_audit.findings import Finding, Level
from tests.support.payouts import decide, get_file, pay_out, sell
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, Town

ANNA = address_of(EVERYTHING[0])


def found(town: Town) -> list[Finding]:
    context = town.workspace.context
    return audit_payouts(context.ledger, context.store, context.now())


def other_file(db: Connection) -> None:
    (row,) = db.execute(t.payment_files.select())
    other = bytes(row.bytes).replace(b">12.50<", b">13.50<")
    digest = "0x" + sha256(other).hexdigest()
    db.execute(update(t.payment_files).values(bytes=other, sha256=digest))


HARMS: dict[str, tuple[Callable[[Connection], object], str]] = {
    "an account": (
        lambda db: db.execute(update(t.payout_lines).values(iban="BE68539007547034")),
        "zijn niet die van het besluit",
    ),
    "the salt": (
        lambda db: db.execute(update(t.payouts).values(salt=b"\x01" * 32)),
        "zijn niet die van het besluit",
    ),
    "a line": (
        lambda db: db.execute(delete(t.payout_lines).where(t.payout_lines.c.shop == BOOKS)),
        "zijn niet die van het besluit",
    ),
    "a file": (other_file, "bestand 1 voor de bank is niet wat is vastgelegd"),
}


def test_payouts_with_returns_and_files_agree(paid: Town) -> None:
    context = paid.workspace.context
    batch = pay_out(paid)
    get_file(paid, batch)
    decide(paid, prepare_return(context, batch, BOOKS, 12_50, Preparer(ANNA)))
    sell(paid, BICYCLES, 1_00)
    pay_out(paid)
    assert found(paid) == []


@pytest.mark.parametrize(("how", "told"), HARMS.values(), ids=HARMS)
def test_what_was_changed_is_found(
    paid: Town, how: Callable[[Connection], object], told: str
) -> None:
    get_file(paid, pay_out(paid))
    with paid.workspace.context.store.write() as db:
        how(db)
    (finding,) = found(paid)
    assert (finding.level, finding.about) == (Level.DIFFERENCE, "Uitbetaling 1")
    assert told in finding.difference


def test_a_payout_that_was_recorded_elsewhere_is_told(paid: Town) -> None:
    paid.decide("settle", 1, [BICYCLES], [1_00], b"\x22" * 32)
    paid.decide("settle", 2, [BICYCLES], [-1_00], b"\x33" * 32)
    first, second = found(paid)
    assert (first.level, second.level) == (Level.WARNING, Level.WARNING)
    assert "de regels zijn hier niet" in first.difference
    assert "hoort bij geen uitbetaling" in second.difference


def test_the_audit_of_the_desk_looks_too(paid: Town) -> None:
    context = paid.workspace.context
    pay_out(paid)
    with context.store.write() as db:
        db.execute(update(t.payouts).values(salt=b"\x01" * 32))
    ask_audit(context, ANNA)
    run_audits(context)
    (done,) = list_audits(context)
    assert done.differences == 1
