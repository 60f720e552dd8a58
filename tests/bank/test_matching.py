"""Statements that are read, and what their lines are."""

import pytest
from sqlalchemy import delete, insert, select, text

from kindpakket.protocol.signatures import address_of
from kindpakket.services.bank.camt import StatementInvalid
from kindpakket.services.bank.matching import Booked as BookedLine
from kindpakket.services.bank.statements import (
    Reading,
    list_statements,
    mark_seen,
    match_lines,
    record_statements,
    remove_statement,
)
from kindpakket.store import tables as t
from tests.support.payouts import DAY, get_file, pay_out, told
from tests.support.statements import (
    BICYCLES_IBAN,
    BOOKS_IBAN,
    NAME,
    OWN,
    Booked,
    Transfer,
    came_back,
    notification,
    paid,
    statement,
)
from tests.support.town import EVERYTHING, Town

ANNA, BRAM = map(address_of, EVERYTHING[:2])
BOTH = (paid(30_00, "KP-1-1"), paid(12_50, "KP-1-4", BOOKS_IBAN))


@pytest.fixture
def settled(paid: Town) -> Town:
    """A town that paid out € 30.00 to the bicycle shop and € 12.50 to the bookshop; it is now 22
    January."""
    pay_out(paid)
    paid.clock.time += 7 * DAY
    return paid


def read(town: Town, content: bytes) -> Reading:
    return record_statements(town.workspace.context, OWN, content, ANNA)


def before_its_file(town: Town) -> list[dict[str, object]]:
    """Take the payment files out of the store; return their rows."""
    with town.workspace.context.store.write() as db:
        rows = [row._asdict() for row in db.execute(select(t.payment_files))]
        db.execute(delete(t.payment_files))
    return rows


def verdicts(town: Town) -> list[tuple[str, int, str]]:
    """Of each line: what it is about, its amount in cents, and what it is."""
    with town.workspace.context.read_views() as db:
        lines = match_lines(db).lines
    return [(each.about, each.line.amount, each.verdict) for each in lines]


def booked(town: Town) -> dict[tuple[int, int], tuple[int, int, int]]:
    with town.workspace.context.read_views() as db:
        found: dict[tuple[int, int], BookedLine] = dict(match_lines(db).booked)
    return {place: (each.paid, each.back, each.returned) for place, each in found.items()}


def test_lines_are_matched_by_reference_and_amount(settled: Town) -> None:
    assert read(settled, statement(*BOTH)) == Reading(1, 0, 2)
    assert verdicts(settled) == [("KP-1-1", -30_00, "paid"), ("KP-1-4", -12_50, "paid")]
    assert booked(settled) == {(1, 1): (30_00, 0, 0), (1, 4): (12_50, 0, 0)}


def test_a_payment_order_that_is_booked_as_a_whole_pays_all_its_lines(settled: Town) -> None:
    order = told(get_file(settled, 1), "PmtInf/PmtInfId")
    read(settled, statement(Booked(-42_50, order=order)))
    assert verdicts(settled) == [("KP-1", -42_50, "paid")]
    assert booked(settled) == {(1, 1): (30_00, 0, 0), (1, 4): (12_50, 0, 0)}


def test_an_order_of_another_amount_is_for_a_person(settled: Town) -> None:
    order = told(get_file(settled, 1), "PmtInf/PmtInfId")
    read(settled, statement(Booked(-42_49, order=order)))
    assert verdicts(settled) == [("KP-1", -42_49, "partial")]
    assert booked(settled) == {}


def test_the_same_statement_twice_changes_nothing(settled: Town) -> None:
    read(settled, statement(*BOTH))
    assert read(settled, statement(*BOTH)) == Reading(0, 1, 0)
    again = statement(*BOTH, created="2027-01-25T09:00:00")
    assert read(settled, again) == Reading(0, 1, 0)
    assert len(verdicts(settled)) == 2


def test_a_line_in_two_statements_counts_once(settled: Town) -> None:
    read(settled, statement(*BOTH))
    week = statement(*BOTH, number="2027-W3")
    assert read(settled, week) == Reading(1, 0, 0)
    assert booked(settled) == {(1, 1): (30_00, 0, 0), (1, 4): (12_50, 0, 0)}


def test_a_notification_and_a_statement_tell_of_the_same_money(settled: Town) -> None:
    read(settled, notification(*BOTH))
    assert booked(settled) == {(1, 1): (30_00, 0, 0), (1, 4): (12_50, 0, 0)}
    order = told(get_file(settled, 1), "PmtInf/PmtInfId")
    read(settled, statement(Booked(-42_50, order=order)))
    assert booked(settled) == {(1, 1): (30_00, 0, 0), (1, 4): (12_50, 0, 0)}
    assert {verdict for _, _, verdict in verdicts(settled)} == {"paid"}


def test_the_same_amount_twice_on_a_day_is_paid_twice(settled: Town) -> None:
    read(settled, statement(paid(30_00, "KP-1-1"), paid(30_00, "KP-1-1")))
    assert [verdict for _, _, verdict in verdicts(settled)] == ["paid", "twice"]
    assert booked(settled)[1, 1] == (60_00, 0, 0)


def test_what_came_back_can_be_paid_again(settled: Town) -> None:
    read(settled, statement(paid(30_00, "KP-1-1"), came_back(30_00, "KP-1-1")))
    read(settled, statement(paid(30_00, "KP-1-1"), number="2", day="2027-01-21"))
    assert [verdict for _, _, verdict in verdicts(settled)] == ["paid", "returned", "paid"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (paid(29_99, "KP-1-1"), "partial"),
        (paid(30_01, "KP-1-1"), "too_much"),
        (paid(30_00, "KP-1-1", BOOKS_IBAN), "other_account"),
        (paid(30_00, "KP-2-1"), "unknown"),
        (paid(30_00, "KP-1-2"), "unknown"),
        (came_back(30_01, "KP-1-1"), "too_much"),
        (came_back(30_00, "KP-1-1", BOOKS_IBAN), "other_account"),
        (Booked(30_00, [Transfer("30.00", "KP-1-1")]), "not_returned"),
        (Booked(-30_00, [Transfer("30.00", text="Voor KP-1-1")]), "unclear"),
        (Booked(-30_00, [Transfer("30.00", "KP-1-1 bis")]), "unclear"),
        (Booked(-30_00, [Transfer("30.00", "KP-99999999999-1")]), "unclear"),
    ],
)
def test_a_person_looks_at_a_line_that_does_not_fit(
    settled: Town, line: Booked, verdict: str
) -> None:
    read(settled, statement(line))
    context = settled.workspace.context
    with context.read_views() as db:
        (judged,) = match_lines(db).lines
    assert (judged.verdict, judged.for_person) == (verdict, True)
    assert mark_seen(context, judged.line.line, BRAM)
    with context.read_views() as db:
        (judged,) = match_lines(db).lines
    assert (judged.line.seen_by, judged.for_person) == (BRAM, False)
    assert not mark_seen(context, judged.line.line, ANNA), "the first one stays"


def test_what_is_as_decided_is_not_marked_as_seen(settled: Town) -> None:
    context = settled.workspace.context
    read(settled, statement(paid(30_00, "KP-1-1")))
    with context.read_views() as db:
        (judged,) = match_lines(db).lines
    assert not mark_seen(context, judged.line.line, BRAM)


def test_a_part_and_the_rest_are_both_for_a_person_and_add_up(settled: Town) -> None:
    read(settled, statement(paid(10_00, "KP-1-1"), paid(20_00, "KP-1-1")))
    assert [verdict for _, _, verdict in verdicts(settled)] == ["partial", "twice"]
    assert booked(settled)[1, 1] == (30_00, 0, 0)


def test_other_lines_are_counted_and_not_stored(settled: Town) -> None:
    salary = Booked(-2_500_00, [Transfer("2500.00", "SALARIS", "NL02ABNA0123456789", NAME)])
    tax = Booked(40_00, [Transfer("40.00", text="Hondenbelasting")])
    read(settled, statement(salary, tax, *BOTH, opening=5_000_00))
    (kept,) = list_statements(settled.workspace.context)
    assert (kept.others, kept.others_amount) == (2, -2_460_00)
    assert (kept.opening, kept.closing) == (5_000_00, 5_000_00 - 2_460_00 - 42_50)
    assert len(verdicts(settled)) == 2


def test_no_name_or_account_of_another_is_in_the_database(settled: Town) -> None:
    read(settled, statement(*BOTH, paid(5_00, "KP-9-9", "NL02ABNA0123456789", bank="BR-77")))
    with settled.workspace.context.store.read() as db:
        rows = [*db.execute(select(t.bank_statements)), *db.execute(select(t.bank_lines))]
        stored = str(db.execute(text("select bank_reference, amount from bank_lines")).all())
    assert "KP-9-9" not in str(rows)
    assert not any(each in str(rows) for each in (NAME, BICYCLES_IBAN, "NL02ABNA0123456789"))
    assert "BR-77" in str(rows)
    assert "BR-77" not in stored, "it is encrypted"


def test_a_statement_of_another_account_is_not_read(settled: Town) -> None:
    with pytest.raises(StatementInvalid, match="is van rekening NL20 •••• 4567"):
        read(settled, statement(*BOTH, account=BICYCLES_IBAN))
    assert verdicts(settled) == []


def test_a_statement_of_a_future_day_is_not_read(settled: Town) -> None:
    with pytest.raises(StatementInvalid, match="van 23-01-2027"):
        read(settled, statement(*BOTH, day="2027-01-23"))
    assert read(settled, statement(*BOTH, day="2027-01-22")).statements == 1


def test_another_content_of_the_same_statement_is_not_read(settled: Town) -> None:
    read(settled, statement(paid(30_00, "KP-1-1")))
    with pytest.raises(StatementInvalid, match="Het afschrift van 19-01-2027 is al gelezen"):
        read(settled, statement(*BOTH))
    assert len(verdicts(settled)) == 1


def test_a_statement_that_should_not_have_been_read_is_removed(settled: Town) -> None:
    context = settled.workspace.context
    read(settled, statement(paid(30_00, "KP-1-1")))
    read(settled, statement(paid(30_00, "KP-1-1"), number="forged"))
    forged = list_statements(context)[-1]
    remove_statement(context, forged.statement, ANNA)
    assert booked(settled)[1, 1] == (30_00, 0, 0)
    assert [each.removed_by for each in list_statements(context)] == [None, ANNA], "who is kept"
    read(settled, statement(paid(30_00, "KP-1-1"), paid(1_00, "KP-1-1"), number="forged"))
    assert [each.removed_at for each in list_statements(context)] == [None, None]

    assert [each.removed_by for each in list_statements(context)] == [None, ANNA], "as before"


def test_another_account_is_not_hidden_by_a_statement_that_was_read(settled: Town) -> None:
    changed = statement(paid(30_00, "KP-1-1", BOOKS_IBAN))
    read(settled, statement(paid(30_00, "KP-1-1")))
    assert read(settled, changed) == Reading(0, 1, 0)
    assert verdicts(settled) == [("KP-1-1", -30_00, "other_account")]
    read(settled, statement(paid(30_00, "KP-1-1")))
    read(settled, statement(paid(30_00, "KP-1-1"), number="2027-W3"))
    assert verdicts(settled) == [("KP-1-1", -30_00, "other_account")], "it is not taken back"


def test_another_account_is_looked_at_anew(settled: Town) -> None:
    context = settled.workspace.context
    read(settled, statement(paid(29_00, "KP-1-1")))
    with context.read_views() as db:
        (judged,) = match_lines(db).lines
    assert mark_seen(context, judged.line.line, ANNA)
    read(settled, statement(paid(29_00, "KP-1-1", BOOKS_IBAN), number="2027-W3"))
    with context.read_views() as db:
        (judged,) = match_lines(db).lines
    assert (judged.verdict, judged.line.seen_by) == ("other_account", None)


@pytest.mark.parametrize("transfers", [[], [Transfer("1.00", text="KP-1-1")]])
def test_a_line_of_before_its_payout_is_completed_when_it_is_read_again(
    settled: Town, transfers: list[Transfer]
) -> None:
    order = told(get_file(settled, 1), "PmtInf/PmtInfId")
    wrong = statement(paid(12_50, "KP-1-4"), Booked(-42_50, transfers, order=order))
    context = settled.workspace.context
    with context.store.write(views=True) as db:
        rows = [row._asdict() for row in db.execute(select(t.settlements))]
        db.execute(delete(t.settlements))
    files = before_its_file(settled)
    read(settled, wrong)
    assert ("KP-1-4", -12_50, "unknown") in verdicts(settled)
    with context.store.write(views=True) as db:
        db.execute(insert(t.settlements), rows)
        db.execute(insert(t.payment_files), files)
    assert read(settled, wrong).before == 1
    assert verdicts(settled) == [("KP-1", -42_50, "paid"), ("KP-1-4", -12_50, "other_account")]
    assert [each.others for each in list_statements(context)] == [0]


def test_a_file_is_read_whole_or_not_at_all(settled: Town) -> None:
    read(settled, statement(paid(30_00, "KP-1-1"), number="2"))
    part = statement(*BOTH).decode().partition("<Stmt>")[2].partition("</Stmt>")[0]
    other = statement(*BOTH, number="2").decode().replace("<Stmt>", f"<Stmt>{part}</Stmt><Stmt>", 1)
    with pytest.raises(StatementInvalid, match="al gelezen"):
        read(settled, other.encode())
    assert len(list_statements(settled.workspace.context)) == 1
