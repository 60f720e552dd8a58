"""What is read of a bank's file, and which files are not."""

from datetime import date

import pytest

from kindpakket.services.bank import camt
from kindpakket.services.bank.camt import StatementInvalid, read_statements
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

DAY = date(2027, 1, 19)


@pytest.mark.parametrize("version", ["02", "08"])
@pytest.mark.parametrize("write", [statement, notification])
def test_the_lines_of_a_file_are_read(write: type, version: str) -> None:
    (read,) = read_statements(
        write(
            paid(30_00, "KP-1-1", bank="B-1"),
            came_back(30_00, "KP-1-1"),
            Booked(-42_50, order="0011-2233"),
            Booked(-5_00, [Transfer("5.00", text="Uw betaling KP-1-1")]),
            version=version,
        )
    )
    assert (read.account, read.day) == (OWN, DAY)
    assert [
        (each.day, each.amount, each.reference, each.order, each.returned, each.bank_reference)
        for each in read.lines
    ] == [
        (DAY, -30_00, "KP-1-1", "", False, "B-1"),
        (DAY, 30_00, "KP-1-1", "", True, ""),
        (DAY, -42_50, "", "0011-2233", False, ""),
        (DAY, -5_00, "NOTPROVIDED", "", False, ""),
    ]
    assert [each.mentions_payouts for each in read.lines] == [True, True, False, True]
    assert read.lines[0].accounts == {BICYCLES_IBAN}


def test_a_statement_has_its_balances() -> None:
    (read,) = read_statements(statement(paid(30_00, "KP-1-1"), opening=-5_00))
    assert (read.opening, read.closing) == (-5_00, -35_00)


@pytest.mark.parametrize(
    ("elements", "number"),
    [
        ("<ElctrncSeqNb>14</ElctrncSeqNb>", 14),
        ("<LglSeqNb>7</LglSeqNb>", 7),
        ("<ElctrncSeqNb>14</ElctrncSeqNb><LglSeqNb>7</LglSeqNb>", 14),
        ("", None),
    ],
)
def test_a_statement_has_the_number_of_the_bank(elements: str, number: int | None) -> None:
    (read,) = read_statements(statement(sequence=elements))
    assert read.number == number


@pytest.mark.parametrize("number", ["-1", "1.5", "een", "1" * 19])
def test_a_number_with_other_characters_is_none(number: str) -> None:
    (read,) = read_statements(statement(sequence=f"<ElctrncSeqNb>{number}</ElctrncSeqNb>"))
    assert read.number is None


def test_the_opening_balance_counts_before_that_of_the_day_before() -> None:
    balance = GOOD.partition("<Bal>")[2].partition("</Bal>")[0]
    earlier = balance.replace("OPBD", "PRCD").replace("1000.00", "999.00")
    both = GOOD.replace("<Bal>", f"<Bal>{earlier}</Bal><Bal>", 1)
    assert [each.opening for each in read_statements(both.encode())] == [1_000_00]


@pytest.mark.parametrize(("value", "returned"), [("true", True), ("1", True), ("0", False)])
def test_a_reversal_is_a_return(value: str, returned: bool) -> None:
    marked = GOOD.replace("<Sts><Cd>BOOK", f"<RvslInd>{value}</RvslInd><Sts><Cd>BOOK")
    (read,) = read_statements(marked.encode())
    assert [each.returned for each in read.lines] == [returned]


def test_each_transfer_of_a_line_is_a_line() -> None:
    transfers = [Transfer("30.00", "KP-1-1"), Transfer("12.50", "KP-1-4", BOOKS_IBAN)]
    (read,) = read_statements(statement(Booked(-42_50, transfers)))
    assert [(each.amount, each.reference) for each in read.lines] == [
        (-30_00, "KP-1-1"),
        (-12_50, "KP-1-4"),
    ]


def test_transfers_that_do_not_add_up_are_not_believed() -> None:
    transfers = [Transfer("30.00", "KP-1-1"), Transfer("12.49", "KP-1-4")]
    (read,) = read_statements(statement(Booked(-42_50, transfers)))
    (line,) = read.lines
    assert (line.amount, line.reference, line.mentions_payouts) == (-42_50, "", True)


def test_a_notification_without_lines_is_of_the_day_on_which_it_was_made() -> None:
    (read,) = read_statements(notification())
    assert (read.day, read.lines) == (DAY, ())


def test_what_is_not_booked_is_left_out() -> None:
    (read,) = read_statements(statement(Booked(-30_00, [Transfer("30.00")], status="PDNG")))
    assert read.lines == ()


def test_no_name_is_read() -> None:
    content = statement(paid(30_00, "KP-1-1"))
    assert NAME in content.decode()
    assert NAME not in repr(read_statements(content))


GOOD = statement(paid(30_00, "KP-1-1")).decode()
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
BOMB = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
NO_CAMT = "Dit is geen afschrift in camt.053 of camt.054, versie 02 of 08."
NO_XML = "Dit bestand is geen leesbare XML."
NO_DOCTYPE = "Een afschrift mag geen DOCTYPE hebben."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", NO_XML),
        ("Datum;Bedrag\n", NO_XML),
        (GOOD[:-20], NO_XML),
        (GOOD.replace("053.001.08", "053.001.01"), NO_CAMT),
        (GOOD.replace("camt.053", "pain.001"), NO_CAMT),
        (GOOD.replace("<Stmt>", "<X>").replace("</Stmt>", "</X>"), "In dit bestand staat geen"),
        (GOOD.replace("<IBAN>NL91ABNA0417164300</IBAN>", "<X/>"), "mist Acct/Id/IBAN"),
        (GOOD.replace("<Cd>CLBD</Cd>", "<Cd>ITBD</Cd>"), "mist Bal"),
        (GOOD.replace("DBIT", "DEBT"), "mist CdtDbtInd"),
        (GOOD.replace('<Amt Ccy="EUR">30.00', '<Amt Ccy="USD">30.00', 1), "niet in euro's"),
        (GOOD.replace(">30.00<", ">30,00<"), "mist Amt"),
        (GOOD.replace(">30.00<", ">-30.00<"), "mist Amt"),
        (GOOD.replace(">30.00<", ">3e1<"), "mist Amt"),
        (GOOD.replace(">30.00<", ">999999999999.00<"), "mist Amt"),
        (GOOD.replace(">30.00<", ">30.001<"), "mist Amt"),
        (GOOD.replace("<Dt>2027-01-19</Dt>", "<Dt>2027-02-30</Dt>"), "mist"),
        (GOOD.replace("<Dt>2027-01-19</Dt>", "<Dt>morgen</Dt>"), "mist"),
        (GOOD.replace("<Dt>2027-01-19</Dt>", "<Dt>0001-01-01</Dt>"), "mist"),
        (GOOD.replace("<Id>2027-1</Id>", "<Id/>"), "mist Id"),
        (GOOD.replace(">970.00<", ">970.01<"), "niet het verschil"),
        (GOOD.replace(HEAD, f'{HEAD}<!DOCTYPE a SYSTEM "https://x.test/a.dtd">'), NO_DOCTYPE),
        (GOOD.replace(HEAD, f'{HEAD}<!DOCTYPE a [<!ENTITY a0 "ha">{BOMB}]>'), NO_DOCTYPE),
        (GOOD.replace("KP-1-1", "&leak;"), NO_XML),
        ("<a>" * 100_000, NO_XML),
    ],
)
def test_a_file_is_not_used(content: str, why: str) -> None:
    with pytest.raises(StatementInvalid, match=why):
        read_statements(content.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "utf-32"])
def test_a_document_type_does_not_hide_in_another_encoding(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    text = GOOD.replace(HEAD, f'{head}<!DOCTYPE a [<!ENTITY a "KP-1-1">]>').replace("KP-1-1", "&a;")
    with pytest.raises(StatementInvalid):
        read_statements(text.encode(encoding))


def test_a_file_is_measured_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camt.etree, "fromstring", lambda *_: pytest.fail("it was parsed"))
    with pytest.raises(StatementInvalid, match="groter dan 8 MB"):
        read_statements(b" " * (8 * 1024 * 1024 + 1))


def test_the_number_of_lines_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camt, "MOST_LINES", 1)
    with pytest.raises(StatementInvalid, match="te veel regels"):
        read_statements(statement(paid(1, "KP-1-1"), paid(1, "KP-1-1")))
