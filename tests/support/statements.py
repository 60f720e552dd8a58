"""Bank statements, as a bank writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.support.payouts import IBANS, PAYER
from tests.support.town import BICYCLES, BOOKS

OWN = PAYER.iban
BICYCLES_IBAN, BOOKS_IBAN = (IBANS[shop].replace(" ", "") for shop in (BICYCLES, BOOKS))
NAME = "Mevrouw Y. de Vries-Aksoy"
"""Of a party; nothing may keep it."""


@dataclass(frozen=True)
class Transfer:
    """A transfer of a booked line; the amount in euros, without a sign."""

    amount: str
    reference: str = ""
    iban: str = BICYCLES_IBAN
    text: str = ""


@dataclass(frozen=True)
class Booked:
    """A booked line; below zero when it was paid from the account, in cents."""

    amount: int
    transfers: Sequence[Transfer] = ()
    returned: str = ""
    """The reason why the bank returned it, such as AC04."""
    order: str = ""
    status: str = "BOOK"
    bank_reference: str = ""
    currency: str = "EUR"


def paid(cents: int, reference: str, iban: str = BICYCLES_IBAN, bank: str = "") -> Booked:
    """A payment to a shop."""
    return Booked(-cents, [Transfer(euros(cents), reference, iban)], bank_reference=bank)


def came_back(cents: int, reference: str, iban: str = BICYCLES_IBAN, bank: str = "") -> Booked:
    """Money that the bank returned, since the account is closed."""
    return Booked(cents, [Transfer(euros(cents), reference, iban)], "AC04", bank_reference=bank)


def euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def statement(
    *lines: Booked,
    number: str = "2027-1",
    sequence: str = "",
    day: str = "2027-01-19",
    opening: int = 1_000_00,
    closing: int | None = None,
    account: str = OWN,
    version: str = "08",
    created: str = "2027-01-20T06:00:00",
) -> bytes:
    """Write a camt.053 with one statement; ``closing`` follows from its lines by default.

    Args:
        sequence: elements with the bank's number.
    """
    if closing is None:
        closing = opening + sum(each.amount for each in lines if each.status == "BOOK")
    balances = _balance("OPBD", opening, day) + _balance("CLBD", closing, day)
    part = f"<Id>{number}</Id>{sequence}<CreDtTm>{created}</CreDtTm>{_account(account)}{balances}"
    entries = "".join(_entry(each, day, version) for each in lines)
    return _document("053", version, "BkToCstmrStmt", f"<Stmt>{part}{entries}</Stmt>", created)


def notification(
    *lines: Booked, number: str = "N-1", day: str = "2027-01-19", version: str = "08"
) -> bytes:
    """Write a camt.054, which has no balances."""
    created = "2027-01-19T12:00:00"
    part = f"<Id>{number}</Id><CreDtTm>{created}</CreDtTm>{_account(OWN)}"
    entries = "".join(_entry(each, day, version) for each in lines)
    part = f"<Ntfctn>{part}{entries}</Ntfctn>"
    return _document("054", version, "BkToCstmrDbtCdtNtfctn", part, created)


def _document(kind: str, version: str, name: str, part: str, created: str) -> bytes:
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"
    head = f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{space}">'
        f"<{name}>{head}{part}</{name}></Document>"
    ).encode()


def _account(iban: str) -> str:
    return f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"


def _amount(cents: int, currency: str = "EUR") -> str:
    sign = "CRDT" if cents >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{euros(abs(cents))}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def _balance(code: str, cents: int, day: str) -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{kind}{_amount(cents)}<Dt><Dt>{day}</Dt></Dt></Bal>"


def _entry(line: Booked, day: str, version: str) -> str:
    status = (
        f"<Sts><Cd>{line.status}</Cd></Sts>" if version == "08" else f"<Sts>{line.status}</Sts>"
    )
    bank = f"<AcctSvcrRef>{line.bank_reference}</AcctSvcrRef>" if line.bank_reference else ""
    kind = "<Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
    order = f"<Btch><PmtInfId>{line.order}</PmtInfId></Btch>" if line.order else ""
    details = "".join(_details(each, line, version) for each in line.transfers)
    inside = f"<NtryDtls>{order}{details}</NtryDtls>" if order or details else ""
    return (
        f"<Ntry>{_amount(line.amount, line.currency)}{status}"
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{bank}<BkTxCd>{kind}</BkTxCd>{inside}</Ntry>"
    )


def _details(transfer: Transfer, line: Booked, version: str) -> str:
    given = f'<Amt Ccy="{line.currency}">{transfer.amount}</Amt>'
    direction = f"<CdtDbtInd>{'CRDT' if line.amount >= 0 else 'DBIT'}</CdtDbtInd>"
    amount = (
        f"{given}{direction}" if version == "08" else f"<AmtDtls><TxAmt>{given}</TxAmt></AmtDtls>"
    )
    party = "Cdtr" if line.amount < 0 else "Dbtr"
    name = f"<Nm>{NAME}</Nm>" if version == "02" else f"<Pty><Nm>{NAME}</Nm></Pty>"
    parties = (
        f"<RltdPties><{party}>{name}</{party}><{party}Acct><Id><IBAN>{transfer.iban}</IBAN></Id>"
        f"</{party}Acct></RltdPties>"
    )
    text = f"<RmtInf><Ustrd>{escape(transfer.text)}</Ustrd></RmtInf>" if transfer.text else ""
    back = f"<RtrInf><Rsn><Cd>{line.returned}</Cd></Rsn></RtrInf>" if line.returned else ""
    refs = f"<Refs><EndToEndId>{transfer.reference or 'NOTPROVIDED'}</EndToEndId></Refs>"
    return f"<TxDtls>{refs}{amount}{parties}{text}{back}</TxDtls>"
