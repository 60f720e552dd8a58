"""A journal as XML Auditfile Financieel 3.2 (XAF), as Dutch bookkeeping packages read it."""

from datetime import date

from lxml import etree  # type: ignore[import-untyped]

from kindpakket import __version__
from kindpakket.services.bookkeeping.journal import MunicipalJournal

_SPACE = "http://www.auditfiles.nl/XAF/3.2"
_BALANCE, _PROFIT_AND_LOSS = "B", "P"
_MEMORIAL = "M"


def as_xaf(journal: MunicipalJournal, municipality: str, tax_id: str | None, today: date) -> bytes:
    """Write a journal as XAF 3.2, in UTF-8.

    Args:
        tax_id: the municipality's number at the tax authority; None leaves it empty.
        today: the day on which it is made.
    """
    root = etree.Element(f"{{{_SPACE}}}auditfile", nsmap={None: _SPACE})
    header = _add(root, "header")
    _add(header, "fiscalYear", f"{journal.first.year}")
    _add(header, "startDate", journal.first.isoformat())
    _add(header, "endDate", journal.last.isoformat())
    _add(header, "curCode", "EUR")
    _add(header, "dateCreated", today.isoformat())
    _add(header, "softwareDesc", "Kindpakket")
    _add(header, "softwareVersion", __version__[:20])
    company = _add(root, "company")
    _add(company, "companyName", municipality)
    _add(company, "taxRegistrationCountry", "NL")
    _add(company, "taxRegIdent", tax_id or "")
    _add_accounts(company, journal)
    _add_periods(company, journal)
    _add_transactions(company, journal)
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return content


def _add_accounts(company: "etree._Element", journal: MunicipalJournal) -> None:
    accounts = journal.accounts
    ledger = _add(company, "generalLedger")
    for account, text, kind in (
        (accounts.expenses, "Kosten van het kindpakket", _PROFIT_AND_LOSS),
        (accounts.payable, "Te betalen aan winkels", _BALANCE),
        (accounts.in_transit, "Betalingen onderweg", _BALANCE),
    ):
        row = _add(ledger, "ledgerAccount")
        _add(row, "accID", account)
        _add(row, "accDesc", text)
        _add(row, "accTp", kind)


def _add_periods(company: "etree._Element", journal: MunicipalJournal) -> None:
    periods = _add(company, "periods")
    for first, last in journal.months:
        period = _add(periods, "period")
        _add(period, "periodNumber", f"{first.month}")
        _add(period, "periodDesc", f"{first:%Y-%m}")
        _add(period, "startDatePeriod", first.isoformat())
        _add(period, "endDatePeriod", last.isoformat())


def _add_transactions(company: "etree._Element", journal: MunicipalJournal) -> None:
    lines = [line for entry in journal.entries for line in entry.lines]
    transactions = _add(company, "transactions")
    _add(transactions, "linesCount", f"{len(lines)}")
    _add(transactions, "totalDebit", _euros(sum(line.debit for line in lines)))
    _add(transactions, "totalCredit", _euros(sum(line.credit for line in lines)))
    book = _add(transactions, "journal")
    _add(book, "jrnID", "KINDPAKKET")
    _add(book, "desc", "Kindpakket")
    _add(book, "jrnTp", _MEMORIAL)
    for entry in journal.entries:
        row = _add(book, "transaction")
        _add(row, "nr", entry.number)
        _add(row, "desc", entry.text)
        _add(row, "periodNumber", f"{entry.day.month}")
        _add(row, "trDt", entry.day.isoformat())
        for number, line in enumerate(entry.lines, start=1):
            part = _add(row, "trLine")
            _add(part, "nr", f"{number}")
            _add(part, "accID", line.account)
            _add(part, "docRef", entry.number)
            _add(part, "effDate", entry.day.isoformat())
            _add(part, "desc", entry.text)
            _add(part, "amnt", _euros(line.debit or line.credit))
            _add(part, "amntTp", "D" if line.debit else "C")
            if line.cost_centre:
                _add(part, "costID", line.cost_centre)


def _add(parent: "etree._Element", name: str, text: str | None = None) -> "etree._Element":
    child = etree.SubElement(parent, f"{{{_SPACE}}}{name}")
    child.text = text
    return child


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
