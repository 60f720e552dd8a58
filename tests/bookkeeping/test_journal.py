"""The journal for the municipality's own ledger balances, and equals the chain."""

from collections import Counter
from datetime import date
from importlib.resources import as_file, files
from types import SimpleNamespace

import pytest
from lxml import etree

from kindpakket.domain.ids import ShopId
from kindpakket.domain.language import Catalogue, use_catalogue
from kindpakket.ledger.abi import encode_call
from kindpakket.services.bookkeeping.journal import (
    JournalRefused,
    MunicipalJournal,
    as_csv,
    make_journal,
)
from kindpakket.services.bookkeeping.xaf import as_xaf
from kindpakket.services.decisions.prepare import Preparer, prepare_with
from kindpakket.services.payouts.returns import prepare_return
from tests.bank.test_matching import ANNA
from tests.support.payouts import DAY, decide, pay_out, sell
from tests.support.town import BICYCLES, BOOKS, SCHEME, Town, till_of

SETTINGS = SimpleNamespace(
    journal_expenses="4430",
    journal_payable="1600",
    journal_in_transit="1900",
    journal_cost_centre="6.1-KP",
    journal_tax_id="001234567",
)
TODAY = date(2027, 3, 3)
XAF = "{http://www.auditfiles.nl/XAF/3.2}"


@pytest.fixture
def lived(paid: Town) -> Town:
    """January: € 47.50 was paid at shops, € 5 of that refunded, and € 42.50 paid out; February:
    € 7 was paid at shops, and € 12.50 came back. It is now 3 March 2027."""
    payment = sell(paid, BICYCLES, 5_00)
    paid.api.refund(till_of(BICYCLES), payment["id"], 5_00, paid.now())
    pay_out(paid)
    paid.clock.time += 20 * DAY  # 4 February
    sell(paid, BICYCLES, 7_00)
    context = paid.workspace.context
    decide(paid, prepare_return(context, 1, BOOKS, 12_50, Preparer(ANNA)))
    paid.clock.time += 27 * DAY
    return paid


def journal(town: Town, month: int | None = None) -> MunicipalJournal:
    return make_journal(town.workspace.context, SETTINGS, 2027, month)


def told(found: MunicipalJournal) -> list[tuple[str, str, list[tuple[str, int, int, str | None]]]]:
    return [
        (
            each.number,
            each.day.isoformat(),
            [(line.account, line.debit, line.credit, line.cost_centre) for line in each.lines],
        )
        for each in found.entries
    ]


def test_what_was_paid_is_expenses_and_owed_and_a_payout_is_in_transit(lived: Town) -> None:
    assert told(journal(lived)) == [
        ("KP-1", "2027-01-15", [("1600", 42_50, 0, None), ("1900", 0, 42_50, None)]),
        ("B202701-1", "2027-01-31", [("4430", 47_50, 0, "6.1-KP"), ("1600", 0, 47_50, None)]),
        ("T202701-1", "2027-01-31", [("1600", 5_00, 0, None), ("4430", 0, 5_00, "6.1-KP")]),
        ("KP-2", "2027-02-04", [("1900", 12_50, 0, None), ("1600", 0, 12_50, None)]),
        ("B202702-1", "2027-02-28", [("4430", 7_00, 0, "6.1-KP"), ("1600", 0, 7_00, None)]),
    ]


def test_the_years_journal_equals_the_chain(lived: Town) -> None:
    sums = Counter[str]()
    for entry in journal(lived).entries:
        assert sum(line.debit for line in entry.lines) == sum(line.credit for line in entry.lines)
        for line in entry.lines:
            sums[line.account] += line.debit - line.credit
    scheme = lived.view("schemes", SCHEME)
    shops = [lived.view("shops", ShopId(number)) for number in range(1, 6)]
    assert sums["4430"] == scheme["spent"] - scheme["refunded"] == 49_50
    assert -sums["1600"] == sum(shop["owed"] for shop in shops) == 19_50
    assert -sums["1900"] == sum(shop["settled"] for shop in shops) == 30_00


def test_a_decision_that_pays_and_takes_back_is_two_entries(lived: Town) -> None:
    context = lived.workspace.context
    call = encode_call("settle", 3, [BICYCLES, BOOKS], [-1_00, 7_00], b"\x07" * 32)
    with context.write_with_views() as db:
        raw = prepare_with(db, context, call)
    decide(lived, raw)
    lived.clock.time += 30 * DAY
    assert told(journal(lived, 3)) == [
        ("KP-3", "2027-03-03", [("1600", 7_00, 0, None), ("1900", 0, 7_00, None)]),
        ("KP-3-T", "2027-03-03", [("1900", 1_00, 0, None), ("1600", 0, 1_00, None)]),
    ]


def test_it_is_in_dutch_whatever_the_language(lived: Town) -> None:
    dutch = as_csv(journal(lived)), as_xaf(journal(lived), "Zuidhorn", None, TODAY)
    english = Catalogue("en", lambda text: f"english {text}", lambda one, _more, _n: one)
    with use_catalogue(english):
        found = journal(lived)
        assert (as_csv(found), as_xaf(found, "Zuidhorn", None, TODAY)) == dutch


def test_a_month_is_a_part_of_its_year(lived: Town) -> None:
    parts = [each for month in (1, 2) for each in journal(lived, month).entries]
    assert parts == journal(lived).entries


def test_a_month_that_is_not_over_is_left_out(lived: Town) -> None:
    sell(lived, BICYCLES, 1_00)
    assert (journal(lived).first, journal(lived).last) == (date(2027, 1, 1), date(2027, 2, 28))
    for year, month in ((2027, 3), (2028, None)):
        with pytest.raises(JournalRefused, match="vanaf de 2e van de maand erna"):
            make_journal(lived.workspace.context, SETTINGS, year, month)


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [
        ("journal_expenses", None, "Stel KINDPAKKET_JOURNAL_EXPENSES in"),
        ("journal_payable", None, "Stel KINDPAKKET_JOURNAL_PAYABLE in"),
        ("journal_in_transit", "1600", "moeten verschillend zijn"),
    ],
)
def test_accounts_are_asked_for(lived: Town, setting: str, value: str | None, why: str) -> None:
    settings = SimpleNamespace(**vars(SETTINGS) | {setting: value})
    with pytest.raises(JournalRefused, match=why):
        make_journal(lived.workspace.context, settings, 2027)


def test_the_csv_has_a_row_for_each_line(lived: Town) -> None:
    rows = as_csv(journal(lived, 2)).decode("utf-8-sig").splitlines()
    assert rows == [
        "Boekstuk;Datum;Periode;Rekening;Kostenplaats;Omschrijving;Debet;Credit",
        "KP-2;04-02-2027;2027-02;1900;;Teruggekomen van de bank, besluit KP-2;12,50;0,00",
        "KP-2;04-02-2027;2027-02;1600;;Teruggekomen van de bank, besluit KP-2;0,00;12,50",
        "B202702-1;28-02-2027;2027-02;4430;6.1-KP;Betaald bij winkels uit regeling 1;7,00;0,00",
        "B202702-1;28-02-2027;2027-02;1600;;Betaald bij winkels uit regeling 1;0,00;7,00",
    ]


def test_no_shop_is_in_it(lived: Town) -> None:
    content = as_csv(journal(lived)) + as_xaf(journal(lived), "Zuidhorn", None, TODAY)
    assert not any(name in content for name in (b"Winkel 1", b"Ketting", b"Kaft", b"NL20"))


# ------------------------------------------------------------------- XML Auditfile Financieel


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    """The published schema, as a library has it."""
    with as_file(files("pyxaf") / "schemas/XmlAuditfileFinancieel3.2.xsd") as path:
        return etree.XMLSchema(file=str(path))


@pytest.mark.parametrize("month", [None, 1])
@pytest.mark.parametrize("tax_id", [None, "001234567"])
def test_an_audit_file_is_valid_by_the_schema_of_xaf(
    lived: Town, schema: etree.XMLSchema, month: int | None, tax_id: str | None
) -> None:
    schema.assertValid(etree.fromstring(as_xaf(journal(lived, month), "Gemeente X", tax_id, TODAY)))


def test_an_audit_file_tells_the_same_as_the_journal(lived: Town) -> None:
    found = journal(lived)
    root = etree.fromstring(as_xaf(found, "Gemeente X", "001234567", TODAY))

    def texts(path: str) -> list[str]:
        return [
            each.text for each in root.iterfind("/".join(XAF + part for part in path.split("/")))
        ]

    assert texts("company/companyName") == ["Gemeente X"]
    assert texts("company/periods/period/periodDesc") == ["2027-01", "2027-02"]
    assert texts("company/periods/period/endDatePeriod") == ["2027-01-31", "2027-02-28"]
    assert texts("company/transactions/linesCount") == ["10"]
    assert texts("company/transactions/totalDebit") == ["114.50"]
    assert texts("company/transactions/totalCredit") == ["114.50"]
    line = "company/transactions/journal/transaction/trLine"
    columns = (texts(f"{line}/{name}") for name in ("accID", "amnt", "amntTp"))
    assert list(zip(*columns, strict=True))[:4] == [
        ("1600", "42.50", "D"),
        ("1900", "42.50", "C"),
        ("4430", "47.50", "D"),
        ("1600", "47.50", "C"),
    ]
