"""Ledger, store and bank are compared, and what the bank returned is owed again by decision."""

from typing import Any

import pytest
from sqlalchemy import update

from kindpakket.domain.ids import ShopId
from kindpakket.ledger.abi import decode_call, encode_call
from kindpakket.services.bank.prepare_returns import prepare_returns
from kindpakket.services.bank.reconcile import Progress, Reconciliation, reconcile
from kindpakket.services.bank.statements import (
    list_statements,
    mark_seen,
    record_statements,
)
from kindpakket.services.decisions.prepare import Prepared, Preparer, prepare_with
from kindpakket.store import tables as t
from tests.bank.test_matching import ANNA, BOTH, BRAM
from tests.support.payouts import DAY, cancel, decide, get_file, pay_out, sell
from tests.support.statements import (
    BOOKS_IBAN,
    OWN,
    Booked,
    Transfer,
    came_back,
    notification,
    paid,
    statement,
)
from tests.support.town import BICYCLES, BOOKS, Town

NEXT = {"day": "2027-01-20", "number": "2027-2"}


def read(town: Town, content: bytes) -> None:
    record_statements(town.workspace.context, OWN, content, ANNA)


def look(town: Town) -> Reconciliation:
    return reconcile(town.workspace.context)


def progress(town: Town) -> list[Progress]:
    found = look(town)
    return [each.progress(found.until) for each in found.lines]


def findings(town: Town) -> list[tuple[str, str, int]]:
    return [(each.about, each.what, each.difference) for each in look(town).findings]


def returns(town: Town) -> list[Prepared]:
    return prepare_returns(town.workspace.context, Preparer(ANNA))


def owed(town: Town, shop: ShopId) -> int:
    return int(town.view("shops", shop)["owed"])


def returned(town: Town) -> Town:
    """Both were paid, and the bicycle shop's money came back a day later."""
    read(town, statement(*BOTH))
    read(town, statement(came_back(30_00, "KP-1-1"), opening=957_50, **NEXT))  # type: ignore[arg-type]
    return town


def test_all_three_agree(settled: Town) -> None:
    read(settled, statement(*BOTH))
    found = look(settled)
    assert [
        (each.reference, each.settled, each.in_views, each.in_file, each.booked.paid)
        for each in found.lines
    ] == [("KP-1-1", 30_00, 30_00, 30_00, 30_00), ("KP-1-4", 12_50, 12_50, 12_50, 12_50)]
    assert progress(settled) == [Progress.AGREES, Progress.AGREES]
    assert (found.findings, found.until) == ([], "2027-01-19")


def test_what_the_bank_has_not_booked_waits_until_its_day_is_over(paid: Town) -> None:
    pay_out(paid)
    assert progress(paid) == [Progress.NO_FILE, Progress.NO_FILE]
    get_file(paid, 1)  # for Monday 18 January
    assert progress(paid) == [Progress.WAITS, Progress.WAITS]
    paid.clock.time += 7 * DAY
    read(paid, statement(day="2027-01-17", number="1"))
    assert progress(paid) == [Progress.WAITS, Progress.WAITS]
    assert findings(paid) == []
    read(paid, statement(day="2027-01-18", number="2"))
    assert findings(paid) == [
        ("KP-1-1", "het grootboek zegt € 30,00, de bank € 0,00", 30_00),
        ("KP-1-4", "het grootboek zegt € 12,50, de bank € 0,00", 12_50),
    ]


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        ([paid(29_99, "KP-1-1")], ("het grootboek zegt € 30,00, de bank € 29,99", 1)),
        ([paid(30_01, "KP-1-1")], ("het grootboek zegt € 30,00, de bank € 30,01", -1)),
        ([paid(30_00, "KP-1-1")] * 2, ("het grootboek zegt € 30,00, de bank € 60,00", -30_00)),
    ],
)
def test_each_cent_that_differs_is_found(
    settled: Town, lines: list[Booked], finding: tuple[str, int]
) -> None:
    read(settled, statement(*lines, paid(12_50, "KP-1-4", BOOKS_IBAN)))
    assert findings(settled)[0] == ("KP-1-1", *finding)


def test_money_that_the_ledger_does_not_know_is_found_until_a_person_looked(settled: Town) -> None:
    read(settled, statement(*BOTH, paid(5_00, "KP-2-1")))
    assert findings(settled) == [("KP-2-1", "het grootboek kent dit kenmerk niet", -5_00)]
    (line,) = [each.line.line for each in look(settled).matched.lines if each.for_person]
    mark_seen(settled.workspace.context, line, ANNA)
    assert findings(settled) == []


def test_a_statement_that_is_missing_is_found(settled: Town) -> None:
    read(settled, statement(*BOTH))
    read(settled, statement(opening=957_50, **NEXT))  # type: ignore[arg-type]
    assert findings(settled) == []
    read(settled, statement(opening=950_00, day="2027-01-22", number="2027-4"))
    assert findings(settled) == [
        (
            "Afschrift van 22-01-2027",
            "begint niet met het eindsaldo van 20-01-2027: er ontbreekt een afschrift, of er is "
            "er een te veel",
            -7_50,
        )
    ]


def test_a_made_up_statement_does_not_fit_between_the_others(settled: Town) -> None:
    read(settled, statement(*BOTH))
    made_up = statement(came_back(30_00, "KP-1-1"), opening=957_50, day="2027-01-20", number="x")
    read(settled, made_up)
    read(settled, statement(opening=957_50, **NEXT))  # type: ignore[arg-type]
    assert "begint niet met het eindsaldo" in findings(settled)[-1][1]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            update(t.settlements).where(t.settlements.c.shop == BICYCLES).values(amount=29_00),
            ("KP-1-1", "het grootboek zegt € 30,00, de administratie € 29,00", 1_00),
        ),
        (
            update(t.shops).where(t.shops.c.shop == BOOKS).values(owed=7),
            ("winkel 4", "de administratie zegt iets anders dan het grootboek", -7),
        ),
    ],
)
def test_views_that_were_changed_are_found(
    settled: Town, change: Any, found: tuple[str, str, int]
) -> None:
    read(settled, statement(*BOTH))
    with settled.workspace.context.store.write(views=True) as db:
        db.execute(change)
    assert found in findings(settled)


def test_a_payment_file_that_was_changed_is_found(settled: Town) -> None:
    read(settled, statement(*BOTH))
    files = t.payment_files
    with settled.workspace.context.store.write() as db:
        content = get_file(settled, 1).replace(b">30.00<", b">30.01<")
        db.execute(update(files).where(files.c.number == 1).values(bytes=content))
    assert findings(settled) == [
        ("KP-1-1", "het grootboek zegt € 30,00, het bestand voor de bank € 30,01", -1)
    ]


# ------------------------------------------------------------------------------ returned money


def test_what_the_bank_returned_is_prepared_and_owed_again_by_two(settled: Town) -> None:
    returned(settled)
    assert findings(settled) == [
        ("KP-1-1", "de bank stuurde € 30,00 terug; er is een besluit nodig", 30_00)
    ]
    (prepared,) = returns(settled)
    assert owed(settled, BICYCLES) == 0
    decide(settled, prepared)
    assert owed(settled, BICYCLES) == 30_00
    assert (findings(settled), returns(settled)) == ([], [])


def test_a_returned_line_is_prepared_once(settled: Town) -> None:
    returned(settled)
    (first,) = returns(settled)
    assert returns(settled) == []
    decide(settled, first)
    read(settled, notification(came_back(30_00, "KP-1-1"), day="2027-01-20"))
    assert returns(settled) == []
    assert owed(settled, BICYCLES) == 30_00


def test_a_line_that_came_back_twice_is_owed_again_once(settled: Town) -> None:
    returned(settled)
    more = statement(came_back(30_00, "KP-1-1"), opening=987_50, day="2027-01-21", number="2027-3")
    read(settled, more)
    (prepared,) = returns(settled)
    decide(settled, prepared)
    assert owed(settled, BICYCLES) == 30_00
    assert returns(settled) == []
    assert findings(settled) == [("KP-1-1", "het grootboek zegt € 0,00, de bank € -30,00", 30_00)]


def test_what_was_paid_twice_and_came_back_once_is_not_owed_again(settled: Town) -> None:
    read(settled, statement(*BOTH, paid(30_00, "KP-1-1"), came_back(30_00, "KP-1-1")))
    assert returns(settled) == []
    assert findings(settled) == [("KP-1-1", "nog een keer betaald", -30_00)]


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        (
            [paid(30_00, "KP-1-1", BOOKS_IBAN), BOTH[1]],
            ("KP-1-1", "een andere rekening dan is vastgelegd", -30_00),
        ),
        (
            [*BOTH, BOTH[0], came_back(30_00, "KP-1-1")],
            ("KP-1-1", "nog een keer betaald", -30_00),
        ),
    ],
)
def test_another_account_and_twice_are_found_until_another_official_looked(
    settled: Town, lines: list[Booked], finding: tuple[str, str, int]
) -> None:
    read(settled, statement(*lines))
    assert findings(settled) == [finding]
    (line,) = [each.line.line for each in look(settled).matched.lines if each.for_person]
    assert not mark_seen(settled.workspace.context, line, ANNA), "who read the statement"
    assert findings(settled) == [finding]
    assert mark_seen(settled.workspace.context, line, BRAM)
    assert findings(settled) == []


def test_money_by_a_notification_only_is_found_when_its_day_is_over(settled: Town) -> None:
    read(settled, statement(*BOTH))
    read(settled, notification(came_back(30_00, "KP-1-1"), day="2027-01-20"))
    (prepared,) = returns(settled)
    decide(settled, prepared)
    assert findings(settled) == []
    read(settled, statement(opening=957_50, day="2027-01-21", number="2027-2"))
    only = "alleen een melding zegt dat dit terugkwam; het is in geen afschrift"
    assert findings(settled) == [("KP-1-1", only, 30_00)]
    late = statement(came_back(30_00, "KP-1-1"), opening=957_50, day="2027-01-22", number="2027-3")
    read(settled, late)
    assert findings(settled) == []


def test_what_is_owed_again_from_no_payout_is_found(settled: Town) -> None:
    read(settled, statement(*BOTH))
    context = settled.workspace.context
    call = encode_call("settle", 2, [BICYCLES], [-5_00], b"\x07" * 32)
    with context.write_with_views() as db:
        raw = prepare_with(db, context, call)
    decide(settled, raw)
    assert findings(settled) == [("KP-2", "weer te goed, maar uit geen uitbetaling", 5_00)]


def test_two_parts_that_came_back_are_owed_again_together(settled: Town) -> None:
    read(settled, statement(*BOTH, came_back(10_00, "KP-1-1")))
    (first,) = returns(settled)
    read(settled, statement(came_back(20_00, "KP-1-1"), opening=967_50, **NEXT))  # type: ignore[arg-type]
    assert returns(settled) == [], "one decision of a line waits at a time"
    decide(settled, first)
    (second,) = returns(settled)
    decide(settled, second)
    assert owed(settled, BICYCLES) == 30_00
    assert (returns(settled), findings(settled)) == ([], [])


def test_money_that_the_bank_does_not_call_returned_prepares_nothing(settled: Town) -> None:
    line = Booked(30_00, [Transfer("30.00", "KP-1-1")])
    read(settled, statement(*BOTH, line))
    assert returns(settled) == []
    assert findings(settled) == [("KP-1-1", "het grootboek zegt € 30,00, de bank € 0,00", 30_00)]


def test_a_return_of_another_shops_line_makes_nobody_richer(settled: Town) -> None:
    read(settled, statement(*BOTH, came_back(30_00, "KP-1-4", BOOKS_IBAN)))
    read(settled, statement(came_back(12_50, "KP-1-1", BOOKS_IBAN), opening=987_50, **NEXT))  # type: ignore[arg-type]
    assert returns(settled) == []


def test_a_decision_that_was_cancelled_is_prepared_again(settled: Town) -> None:
    returned(settled)
    (prepared,) = returns(settled)
    cancel(settled, prepared)
    settled.clock.time += 1
    (again,) = returns(settled)
    assert again.id != prepared.id


def test_a_decision_that_was_overtaken_does_not_wait(settled: Town) -> None:
    returned(settled)
    (overtaken,) = returns(settled)
    decide(settled, overtake(settled, overtaken))
    settled.clock.time += 1
    (again,) = returns(settled)
    assert again.id != overtaken.id


def overtake(town: Town, waiting: Prepared) -> Prepared:
    """Prepare another decision on the same subject, with a newer nonce."""
    context = town.workspace.context
    batch = decode_call(waiting.message.call)[1]["batch"]
    call = encode_call("settle", batch, [BICYCLES], [-1], b"\x07" * 32)
    with context.write_with_views() as db:
        return prepare_with(db, context, call)


def test_returns_of_several_shops_have_batches_of_their_own(settled: Town) -> None:
    back = came_back(30_00, "KP-1-1"), came_back(12_50, "KP-1-4", BOOKS_IBAN)
    read(settled, statement(*BOTH, *back))
    for prepared in returns(settled):
        decide(settled, prepared)
    assert (owed(settled, BICYCLES), owed(settled, BOOKS)) == (30_00, 12_50)
    sell(settled, BICYCLES, 1_00)
    assert pay_out(settled) == 4


def test_who_read_a_statement_is_kept(settled: Town) -> None:
    read(settled, statement(*BOTH))
    assert [each.read_by for each in list_statements(settled.workspace.context)] == [ANNA]
