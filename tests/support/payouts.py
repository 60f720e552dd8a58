"""Payouts, from the side of officials and of the bank."""

from dataclasses import dataclass
from typing import Any

from lxml import etree

from kindpakket.actors import decision_body
from kindpakket.domain.ids import ShopId
from kindpakket.protocol.messages import BankAccount
from kindpakket.protocol.signatures import Key
from kindpakket.services.decisions.prepare import Prepared
from kindpakket.services.payouts.give_file import give_payment_file
from kindpakket.services.payouts.lists import PreparedPayout
from kindpakket.services.payouts.payment_file import Payer
from kindpakket.services.payouts.prepare import prepare_payout
from kindpakket.services.shops.bank_accounts import read_iban, set_account
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, Town, owner_of, till_of

PAYER = Payer("Gemeente Voorbeeldstad", "NL91ABNA0417164300", "ABNANL2A")
DAY = 24 * 3600
IBANS = {BICYCLES: "NL20 INGB 0001 2345 67", BOOKS: "DE89 3704 0044 0532 0130 00"}
HOLDERS = {BICYCLES: "Çağlar & Zn. Fietsen", BOOKS: "De Kaft B.V."}
NAMESPACE = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


@dataclass(frozen=True)
class Order:
    """One transfer in a payment file."""

    name: str
    iban: str
    amount: str
    reference: str
    text: str


def give_account(
    town: Town, shop: ShopId, iban: str, holder: str, by: list[Key] | None = None
) -> None:
    """Have the owner or others sign a shop's account; one second later than anything before."""
    town.clock.time += 1
    message = BankAccount(shop, read_iban(iban), holder, town.now())
    signers = by or [owner_of(shop)]
    signatures = [message.sign(town.api.domain, key) for key in signers]
    set_account(town.workspace.context, message, signatures)


def sell(town: Town, shop: ShopId, amount: int) -> Any:
    """Make a payment from the first letter."""
    return town.api.pay(till_of(shop), town.code(amount), amount)


def prepare(town: Town) -> tuple[PreparedPayout, Prepared]:
    """Prepare a payout of everything that is owed, without a minimum and hold days."""
    town.clock.time += 1
    return prepare_payout(town.workspace.context, minimum=1, hold_days=0)


def pay_out(town: Town) -> int:
    """Prepare a payout and have two officials sign; return the batch."""
    payout, prepared = prepare(town)
    decide(town, prepared)
    return payout.batch


def decide(town: Town, prepared: Prepared, officials: list[Key] | None = None) -> None:
    """Have officials sign a prepared decision, and send it.

    Raises:
        Refusal: it was refused.
    """
    by = EVERYTHING[:2] if officials is None else officials
    town.api.post("/decisions", decision_body(town.api.domain, prepared.message, by))


def get_file(town: Town, batch: int) -> bytes:
    """Get the payment file as an official does."""
    return give_payment_file(town.workspace.context, PAYER, batch, None)


def cancel(town: Town, prepared: Prepared) -> None:
    """Have one official cancel a prepared decision."""
    body = decision_body(town.api.domain, prepared.message, EVERYTHING[:1])
    body["signature"] = body.pop("signatures")[0]
    town.api.post("/cancellations", body)


def orders(file: bytes) -> list[Order]:
    """Parse the transfers in a file, with another parser than the product's."""
    found = etree.fromstring(file).iter(NAMESPACE + "CdtTrfTxInf")
    paths = ("Cdtr/Nm", "CdtrAcct/Id/IBAN", "Amt/InstdAmt", "PmtId/EndToEndId", "RmtInf/Ustrd")
    return [Order(*(_text(each, path) for path in paths)) for each in found]


def told(file: bytes, path: str) -> str:
    """Return the text of the single element at a path in the document."""
    return _text(etree.fromstring(file), f"CstmrCdtTrfInitn/{path}")


def _text(element: etree._Element, path: str) -> str:
    (found,) = element.findall("/".join(NAMESPACE + part for part in path.split("/")))
    assert found.text is not None
    return str(found.text)
