"""Payouts as officials and a bank see them."""

from dataclasses import dataclass

from lxml import etree

from kindpakket.actors import decision_body
from kindpakket.protocol.signatures import Key
from kindpakket.services.decide import Prepared
from kindpakket.services.payment_file import Payer
from tests.support.town import EVERYTHING, Town

PAYER = Payer("Gemeente Voorbeeldstad", "NL91ABNA0417164300", "ABNANL2A")
DAY = 24 * 3600
NAMESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@dataclass(frozen=True)
class Order:
    """One transfer, as the bank reads it."""

    name: str
    iban: str
    amount: str
    reference: str
    text: str


def decide(town: Town, prepared: Prepared, officials: list[Key] | None = None) -> None:
    """Have officials sign a prepared decision, and send it.

    Raises:
        Refusal: it was refused.
    """
    by = EVERYTHING[:2] if officials is None else officials
    town.api.post("/decisions", decision_body(town.api.domain, prepared.message, by))


def cancel(town: Town, prepared: Prepared) -> None:
    """Have one official end a prepared decision."""
    body = decision_body(town.api.domain, prepared.message, EVERYTHING[:1])
    body["signature"] = body.pop("signatures")[0]
    town.api.post("/cancellations", body)


def orders(file: bytes) -> list[Order]:
    """Read the transfers in a file, with another reader than the one that wrote it."""
    found = etree.fromstring(file).iter(NAMESPACE + "CdtTrfTxInf")
    paths = ("Cdtr/Nm", "CdtrAcct/Id/IBAN", "Amt/InstdAmt", "PmtId/EndToEndId", "RmtInf/Ustrd")
    return [Order(*(_text(each, path) for path in paths)) for each in found]


def told(file: bytes, path: str) -> str:
    """Return the text of the one element of the order at a path, from below its document."""
    return _text(etree.fromstring(file), f"CstmrCdtTrfInitn/{path}")


def _text(element: etree._Element, path: str) -> str:
    (found,) = element.findall("/".join(NAMESPACE + part for part in path.split("/")))
    assert found.text is not None
    return str(found.text)
