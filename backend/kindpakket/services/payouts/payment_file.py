"""Payment files: SEPA credit transfers, ``pain.001.001.09``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

from holidays import financial_holidays
from schwifty import IBAN
from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError

from kindpakket.services.shops.bank_accounts import sepa_text

SCHEMA = "pain.001.001.09"
LONGEST_TEXT = 140

_SPACE = {"": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}
_PAYER = ("Dbtr/Nm", "DbtrAcct/Id/IBAN", "DbtrAgt/FinInstnId/BICFI")
_FREE = {"MsgId", "CreDtTm", "PmtInfId", "Dt", "Ustrd"}
"""Elements whose content differs from file to file."""


class PaymentFileInvalid(Exception):
    """The file does not follow the bank's schema: a defect; nothing was stored."""


@dataclass(frozen=True)
class Payer:
    """The account that payouts are paid from."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Transfer:
    """One credit transfer."""

    name: str
    """Account holder, in any script."""
    iban: str
    amount: int
    """In cents, above zero."""
    reference: str
    """End-to-end id: at most 35 characters of the SEPA set; on both bank statements."""
    text: str
    """Remittance information, in any script; cut off after 140 characters."""


def write_payment_file(payer: Payer, transfers: Sequence[Transfer], day: date) -> bytes:
    """Return a file with all transfers as one order, validated against the bank's schema.

    Two files are never equal: the ids of message and order are random.

    Args:
        transfers: at least one.
        day: on which the bank is to pay.

    Raises:
        PaymentFileInvalid: it does not follow the schema.
    """
    try:
        return bytes(_order(payer, transfers, day).export(validate=True))
    except ValidationError as error:
        raise PaymentFileInvalid(SCHEMA) from error


def asks_for(data: bytes, transfers: Sequence[Transfer]) -> bool:
    """Whether a file contains exactly these transfers, in this order.

    Ignored is what differs from file to file: its ids, dates, paying account, banks, and remittance
    information.
    """
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 (ours, or not given out)
        name, iban, bic = (root.findtext(f".//{path}", "", _SPACE) for path in _PAYER)
        again = _order(Payer(name, iban, bic), transfers, date.min).export(validate=False)
    except (ElementTree.ParseError, ValueError):
        return False
    return _fixed(root) == _fixed(ElementTree.fromstring(again))  # noqa: S314 (written above)


def amounts_of(data: bytes) -> dict[str, int]:
    """Return what a payment file of ours asks for, in cents by reference."""
    root = ElementTree.fromstring(data)  # noqa: S314 (ours)
    return {
        each.findtext("PmtId/EndToEndId", "", _SPACE): int(
            Decimal(each.findtext("Amt/InstdAmt", "", _SPACE)) * 100
        )
        for each in root.iter(f"{{{_SPACE['']}}}CdtTrfTxInf")
    }


def _order(payer: Payer, transfers: Sequence[Transfer], day: date) -> SepaTransfer:
    config = {"name": sepa_text(payer.name), "IBAN": payer.iban, "BIC": payer.bic}
    # Not cleaned by the library: that would cut names up after they were measured.
    file = SepaTransfer(config | {"batch": True, "currency": "EUR"}, SCHEMA, clean=False)
    for each in transfers:
        payment = {
            "name": sepa_text(each.name),
            "IBAN": each.iban,
            "amount": each.amount,
            "execution_date": day,
            "description": sepa_text(each.text, LONGEST_TEXT),
            "endtoend_id": each.reference,
        }
        bic = IBAN(each.iban).bic
        file.add_payment(payment if bic is None else payment | {"BIC": str(bic)})
    return file


def _fixed(root: ElementTree.Element) -> list[tuple[str, dict[str, str], str | None]]:
    """All elements of a file in order, without the ignored ones."""
    for order in list(root.iter(f"{{{_SPACE['']}}}CdtTrfTxInf")):
        for bank in order.findall("CdtrAgt", _SPACE):
            order.remove(bank)
    return [
        (each.tag, each.attrib, None if each.tag.rpartition("}")[2] in _FREE else each.text)
        for each in root.iter()
    ]


def next_bank_day(day: date) -> date:
    """Return the next TARGET business day after this one."""
    found: date = financial_holidays("XECB").get_nth_working_day(day, 1)
    return found
