"""Bank statements in ISO 20022: ``camt.053`` and ``camt.054``, versions 02 and 08.

The bytes are hostile: limited in size before parsing, and parsed without a document type and so
without entities. Only what matching needs is returned; names are not read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from kindpakket.domain.language import say

MOST_BYTES = 8 * 1024 * 1024
MOST_LINES = 20_000
"""Maximum number of lines in a file."""
STATEMENT, NOTIFICATION = "053", "054"

_ROOT = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.(053|054)\.001\.(?:02|08)\}Document")
_PARTS = {STATEMENT: "BkToCstmrStmt/Stmt", NOTIFICATION: "BkToCstmrDbtCdtNtfctn/Ntfctn"}
_AMOUNT = re.compile(r"(\d{1,11})(?:\.(\d{1,2})0*)?")
_DAY = re.compile(r"2[01]\d{2}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d{1,18}")
_OURS = re.compile(r"\bKP-\d+")
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_RETURN_CODES = {"RRTN", "RPCR", "ARET"}
"""Subfamilies of bank transaction codes: returned and reversed credit transfers."""
_LONGEST = 35

Element: TypeAlias = "etree._Element"


class StatementInvalid(Exception):
    """The file is no statement that can be used; the message says why."""


@dataclass(frozen=True)
class Line:
    """A booked line, or one transfer of it."""

    day: date
    amount: int
    """In cents; below zero when it was paid from the account."""
    reference: str
    """End-to-end id; empty without one."""
    order: str
    """Id of the payment order, or of its file, of which this is the whole; empty for others."""
    accounts: frozenset[str]
    """The IBANs of both parties, as far as the bank gives them."""
    returned: bool
    """Whether the bank marks it as a return or a reversal."""
    bank_reference: str
    """The bank's own reference (AcctSvcrRef); empty without one."""
    mentions_payouts: bool
    """Whether any of its texts has a reference as that of a payout."""


@dataclass(frozen=True)
class Statement:
    """A statement, or a notification without balances; amounts in cents."""

    kind: str
    id: str
    number: int | None
    """Sequence number among the statements of the account; None without one."""
    account: str
    """IBAN."""
    day: date
    """Of its closing balance; of a notification, of its last line, or on which it was made."""
    opening: int | None
    closing: int | None
    lines: tuple[Line, ...]


def read_statements(content: bytes) -> list[Statement]:
    """Read the statements in a file; only booked lines, in euros.

    Raises:
        StatementInvalid: it is too large, no camt.053 or camt.054, has what these cannot have, or
            its lines are not the difference between its balances.
    """
    root = _parse(content)
    match = _ROOT.fullmatch(str(root.tag))
    if match is None:
        raise StatementInvalid(
            say("Dit is geen afschrift in camt.053 of camt.054, versie 02 of 08.")
        )
    kind, space = match[1], str(root.tag).removesuffix("Document")
    for each in root.iter():
        each.tag = str(each.tag).removeprefix(space)  # other names stay with their namespace
    found = [_statement(each, kind) for each in root.findall(_PARTS[kind])]
    if not found:
        raise StatementInvalid(say("In dit bestand staat geen afschrift."))
    if sum(len(each.lines) for each in found) > MOST_LINES:
        raise StatementInvalid(say("Dit bestand heeft te veel regels."))
    return found


def _parse(content: bytes) -> Element:
    if len(content) > MOST_BYTES:
        raise StatementInvalid(
            say("Het bestand is groter dan %(most)s MB.", most=MOST_BYTES // 1024**2)
        )
    parser = etree.XMLParser(  # the encoding is forced: a document type is found by its bytes
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    if b"<!DOCTYPE" in content:
        raise StatementInvalid(say("Een afschrift mag geen DOCTYPE hebben."))
    try:
        content.decode()
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
        raise StatementInvalid(say("Dit bestand is geen leesbare XML.")) from error


def _statement(part: Element, kind: str) -> Statement:
    account = _text(part, "Acct/Id/IBAN")
    if not account:
        raise _wrong("Acct/Id/IBAN")
    lines = tuple(
        line for entry in part.findall("Ntry") if _is_booked(entry) for line in _lines(entry)
    )
    if kind == NOTIFICATION:
        made = _date(_text(part, "CreDtTm")[:10], "CreDtTm")
        day = max((line.day for line in lines), default=made)
        return Statement(kind, _required(part, "Id"), None, account, day, None, None, lines)
    opening, _ = _balance(part, _OPENING)
    closing, day = _balance(part, _CLOSING)
    if opening + sum(line.amount for line in lines) != closing:
        raise StatementInvalid(
            say("De regels van dit afschrift zijn niet het verschil tussen begin- en eindsaldo.")
        )
    number = _sequence_number(part)
    return Statement(kind, _required(part, "Id"), number, account, day, opening, closing, lines)


def _sequence_number(part: Element) -> int | None:
    """The electronic number, or else the legal one, which also counts statements on paper; None
    when it is no number."""
    text = _text(part, "ElctrncSeqNb") or _text(part, "LglSeqNb")
    return int(text) if _NUMBER.fullmatch(text) else None


def _is_booked(entry: Element) -> bool:
    return (_text(entry, "Sts/Cd") or _text(entry, "Sts")) == "BOOK"


def _lines(entry: Element) -> Iterator[Line]:
    """The transfers of an entry if they add up to it; otherwise the entry as a whole."""
    amount = _signed(entry)
    day = _day(entry, "BookgDt")
    bank_reference = _text(entry, "AcctSvcrRef")
    reversed_entry = _text(entry, "RvslInd") in {"true", "1"} or _has_return_code(entry)
    details = entry.findall("NtryDtls/TxDtls")
    amounts = [_amount_of(each, amount, alone=len(details) == 1) for each in details]
    if not details or sum(each or 0 for each in amounts) != amount or not all(amounts):
        batches = entry.findall("NtryDtls/Btch")
        order = ""
        if len(batches) == 1:
            order = _text(batches[0], "PmtInfId") or _text(batches[0], "MsgId")
        mentions, nobody = _mentions(entry), frozenset[str]()
        yield Line(day, amount, "", order, nobody, reversed_entry, bank_reference, mentions)
        return
    for each, part in zip(details, amounts, strict=True):
        paths = ("DbtrAcct/Id/IBAN", "CdtrAcct/Id/IBAN")
        yield Line(
            day,
            part or 0,
            _text(each, "Refs/EndToEndId"),
            "",
            frozenset(_text(each, f"RltdPties/{path}") for path in paths) - {""},
            reversed_entry or each.find("RtrInf") is not None or _has_return_code(each),
            _text(each, "Refs/AcctSvcrRef") or bank_reference,
            _mentions(each),
        )


def _amount_of(details: Element, whole: int, *, alone: bool) -> int | None:
    """The amount of a transfer, with the direction of its entry; None without one in euros."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = details.find(path)
        if found is not None and found.get("Ccy") == "EUR":
            own = _text(details, "CdtDbtInd")
            sign = {"CRDT": 1, "DBIT": -1}.get(own, 1 if whole > 0 else -1)
            return sign * _cents(found.text)
    return whole if alone else None


def _mentions(element: Element) -> bool:
    return any(_OURS.search(text) for text in element.itertext())


def _has_return_code(element: Element) -> bool:
    return _text(element, "BkTxCd/Domn/Fmly/SubFmlyCd") in _RETURN_CODES


def _balance(part: Element, codes: tuple[str, ...]) -> tuple[int, date]:
    """The amount and day of the first of these codes that a statement has, which it has once."""
    balances = [(_text(each, "Tp/CdOrPrtry/Cd"), each) for each in part.findall("Bal")]
    having = ([each for own, each in balances if own == code] for code in codes)
    found = next(filter(None, having), [])
    if len(found) != 1:
        raise _wrong("Bal")
    return _signed(found[0]), _day(found[0], "Dt")


def _signed(element: Element) -> int:
    """An amount with its direction, in cents."""
    found = element.find("Amt")
    if found is None or found.get("Ccy") != "EUR":
        raise StatementInvalid(say("Dit afschrift heeft bedragen die niet in euro's zijn."))
    sign = {"CRDT": 1, "DBIT": -1}.get(_text(element, "CdtDbtInd"))
    if sign is None:
        raise _wrong("CdtDbtInd")
    return sign * _cents(found.text)


def _cents(text: str | None) -> int:
    match = _AMOUNT.fullmatch((text or "").strip())
    if match is None:
        raise _wrong("Amt")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def _day(element: Element, path: str) -> date:
    return _date(_text(element, f"{path}/Dt") or _text(element, f"{path}/DtTm")[:10], path)


def _date(text: str, path: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _wrong(path)


def _required(element: Element, path: str) -> str:
    text = _text(element, path)
    if not text:
        raise _wrong(path)
    return text


def _text(element: Element, path: str) -> str:
    """The text of the first element at a path, cut off where ISO 20022 ends a reference."""
    return (element.findtext(path) or "").strip()[:_LONGEST]


def _wrong(path: str) -> StatementInvalid:
    return StatementInvalid(say("Dit afschrift mist %(path)s, of het klopt niet.", path=path))
