"""The numbers by which a bank counts its statements, which a person looks at when they are odd."""

import pytest

from kindpakket.domain.ids import Address
from kindpakket.protocol.signatures import address_of
from kindpakket.services.bank.camt import StatementInvalid
from kindpakket.services.bank.numbers import mark_number_seen
from kindpakket.services.bank.statements import (
    list_statements,
    record_statements,
    remove_statement,
)
from tests.bank.test_matching import ANNA, BOTH, BRAM
from tests.bank.test_reconciliation import findings, look, read
from tests.support.payouts import DAY
from tests.support.statements import OWN, Booked, came_back, statement
from tests.support.town import EVERYTHING, Town


def counted(town: Town, day: str, number: int | None, *lines: Booked) -> None:
    """Read a statement with this number of the bank, whose lines sum to zero."""
    sequence = "" if number is None else f"<ElctrncSeqNb>{number}</ElctrncSeqNb>"
    name = f"{day} {number} {len(lines)}"
    read(town, statement(*lines, opening=957_50, day=day, number=name, sequence=sequence))


def odd(town: Town) -> list[str]:
    """What is found of numbers."""
    return [what for _about, what, _difference in findings(town) if "nummer" in what]


MISSING = "er ontbreekt een afschrift, er is er een te veel, of de bank telt opnieuw"


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        (
            [("2026-12-31", 250), ("2027-01-04", 1), ("2027-01-05", 2)],
            [f"heeft nummer 1, en dat van 31-12-2026 nummer 250: {MISSING}"],
        ),
        ([("2026-12-31", 250), ("2027-01-04", 251)], []),
        ([("2027-01-15", 15), ("2027-01-18", 18)], []),
        ([("2027-01-04", 0), ("2027-01-05", 0), ("2027-01-06", 0)], []),
        ([("2027-01-04", None), ("2027-01-05", 3), ("2027-01-06", 4)], []),
        ([("2027-01-04", None), ("2027-01-05", None)], []),
        (
            [("2027-01-04", 1), ("2027-01-05", 3)],
            [f"heeft nummer 3, en dat van 04-01-2027 nummer 1: {MISSING}"],
        ),
        (
            [("2027-01-04", 7), ("2027-01-05", 1)],
            [f"heeft nummer 1, en dat van 04-01-2027 nummer 7: {MISSING}"],
        ),
        (
            [("2026-12-31", 250), ("2027-01-04", 2)],
            [f"heeft nummer 2, en dat van 31-12-2026 nummer 250: {MISSING}"],
        ),
        (
            [("2027-01-04", 1), ("2027-01-05", 1), ("2027-01-06", 2)],
            ["heeft hetzelfde nummer als dat van 04-01-2027"],
        ),
        (
            [("2027-01-04", 1), ("2027-01-05", None), ("2027-01-06", 2)],
            ["heeft geen nummer, en dat van 04-01-2027 wel"],
        ),
        (
            [("2027-01-04", None), ("2027-01-04", 1), ("2027-01-05", 2)],
            ["heeft geen nummer, en dat van 04-01-2027 wel"],
        ),
    ],
)
def test_numbers_of_the_bank_that_do_not_follow_each_other_are_found(
    town: Town, numbers: list[tuple[str, int | None]], found: list[str]
) -> None:
    town.clock.time += 7 * DAY
    for day, number in numbers:
        counted(town, day, number)
    assert [what for _about, what, _difference in findings(town)] == found


def look_at_number(town: Town, official: Address) -> bool:
    """Mark the only number that nobody looked at."""
    (odd,) = [each for each in look(town).numbers if not each.seen]
    return mark_number_seen(town.workspace.context, odd.statement.statement, official)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("2026-12-31", 250), ("2027-01-04", 1)),
        (("2026-12-30", 250), ("2026-12-31", 1)),
        (("2026-12-31", 26250), ("2027-01-04", 27001)),
        (("2026-12-31", 2026250), ("2027-01-04", 2027001)),
    ],
)
def test_a_bank_that_counts_anew_is_looked_at_once_by_who_read_neither_statement(
    settled: Town, before: tuple[str, int], after: tuple[str, int]
) -> None:
    counted(settled, *before)
    counted(settled, *after)
    assert len(odd(settled)) == 1
    assert not look_at_number(settled, ANNA), "who read them"
    assert look_at_number(settled, BRAM)
    assert odd(settled) == []
    ((seen_by, seen_at),) = [
        (each.statement.seen_by, each.statement.seen_at) for each in look(settled).numbers
    ]
    assert (seen_by, seen_at) == (BRAM, settled.clock.time)
    counted(settled, "2027-01-05", after[1] + 1)
    assert odd(settled) == []


def test_a_made_up_last_statement_of_the_year_is_looked_at(settled: Town) -> None:
    """Also when it is read after somebody looked at the year's beginning."""
    counted(settled, "2026-12-30", 250)
    counted(settled, "2027-01-04", 1)
    look_at_number(settled, BRAM)
    counted(settled, "2026-12-31", 251, came_back(30_00, "KP-1-1"), Booked(-30_00))
    assert odd(settled) == [f"heeft nummer 1, en dat van 31-12-2026 nummer 251: {MISSING}"]


def test_nobody_looks_at_a_number_after_a_statement_of_their_own(settled: Town) -> None:
    counted(settled, "2026-12-31", 250)
    context, sequence = settled.workspace.context, "<ElctrncSeqNb>1</ElctrncSeqNb>"
    real = statement(opening=957_50, day="2027-01-04", number="r", sequence=sequence)
    record_statements(context, OWN, real, BRAM)
    assert not look_at_number(settled, ANNA)
    assert not look_at_number(settled, BRAM)
    assert look_at_number(settled, address_of(EVERYTHING[2]))


def test_a_statement_that_is_read_again_after_its_removal_is_looked_at_again(
    settled: Town,
) -> None:
    counted(settled, "2026-12-31", 250)
    counted(settled, "2027-01-04", 1)
    look_at_number(settled, BRAM)
    context = settled.workspace.context
    remove_statement(context, list_statements(context)[-1].statement, ANNA)
    counted(settled, "2027-01-04", 1)
    assert len(odd(settled)) == 1


@pytest.mark.parametrize("number", [1, 2, 3, None])
def test_a_made_up_statement_that_sums_to_zero_fits_the_balances_and_not_the_numbers(
    settled: Town, number: int | None
) -> None:
    """It says that money came back, and that as much was paid to somebody."""
    read(settled, statement(*BOTH, sequence="<ElctrncSeqNb>1</ElctrncSeqNb>"))
    counted(settled, "2027-01-20", number, came_back(30_00, "KP-1-1"), Booked(-30_00))
    counted(settled, "2027-01-21", 2)
    found = odd(settled)
    assert len(found) == {1: 1, 2: 1, 3: 2, None: 1}[number], found
    assert not any("eindsaldo" in what for _about, what, _difference in findings(settled))


@pytest.mark.parametrize(
    ("numbers", "without"),
    [((None, 5), 1), ((5, 6), 0), ((0, 0), 2), ((20, 21), 2)],
)
def test_statements_without_a_number_that_counts_are_told(
    settled: Town, numbers: tuple[int | None, int], without: int
) -> None:
    """The same number each time and the day of the year do not count them."""
    for day, number in zip(("2027-01-20", "2027-01-21"), numbers, strict=True):
        counted(settled, day, number)
    assert look(settled).without_number == without


def test_a_statement_gets_another_number_only_after_its_removal(settled: Town) -> None:
    """Who read its number is who read it."""
    context = settled.workspace.context
    number = "<ElctrncSeqNb>1</ElctrncSeqNb>"
    read(settled, statement(*BOTH))
    with pytest.raises(StatementInvalid, match="een ander nummer"):
        record_statements(context, OWN, statement(*BOTH, sequence=number), BRAM)
    remove_statement(context, list_statements(context)[0].statement, ANNA)
    record_statements(context, OWN, statement(*BOTH, sequence=number), BRAM)
    assert [(each.number, each.read_by) for each in list_statements(context)] == [(1, BRAM)]
    for other in ("", number.replace("1", "2")):
        with pytest.raises(StatementInvalid, match="een ander nummer"):
            read(settled, statement(*BOTH, sequence=other))
