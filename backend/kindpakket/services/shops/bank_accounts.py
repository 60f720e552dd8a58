"""Bank accounts of shops: messages signed by the owner or by two officials, kept for ever.

The database stores the messages and is not trusted: a version is valid by its signatures and by the
signers' roles on the ledger.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import stdnum.iban
from anyascii import anyascii
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy import Connection, Row, func, insert, select
from stdnum.exceptions import ValidationError
from stdnum.util import clean, isdigits

from kindpakket.domain.bank_accounts import LONGEST_HOLDER, compact_iban
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address, ShopId
from kindpakket.domain.language import say
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.texts import LengthInvalid, TextInvalid, read_line
from kindpakket.ledger.port import View
from kindpakket.protocol.messages import BankAccount, Domain
from kindpakket.protocol.signatures import SIGNATURE_BYTES, SignatureMalformed
from kindpakket.services.base.context import Context
from kindpakket.services.base.two_signatures import MOST_AHEAD, held_then
from kindpakket.store import tables as t

_ALMOST = str.maketrans({"&": "+", '"': "'", "/": "-"})
"""Replacements for characters that banks do not accept; banks do not allow a slash at either end.
"""
_FOREIGN = re.compile(r"[^A-Za-z0-9\-?:().,'+]+")


class BankInvalid(ValueError):
    """Not a valid account for transfers; the message says why."""


class AccountValidity(StrEnum):
    """Validity of a version's signatures."""

    VALID = "valid"
    OWNER_REPLACED = "owner_replaced"
    """Signed by the owner of that time; the shop has another owner since."""
    NOT_SIGNED = "not_signed"
    """No known signer had the authority: nothing is paid to it."""


@dataclass(frozen=True)
class SignedAccount:
    """One version of a shop's account. The signers are recovered from the signatures."""

    message: BankAccount
    signers: tuple[Address, ...]
    """In the order of the signatures; empty when one of them is invalid."""
    signatures: tuple[bytes, ...]
    set_at: int
    """When it was accepted, in unix seconds; from the database and not verified, as is ``block``.
    """
    block: int
    """The final block when it was accepted."""

    @property
    def shop(self) -> ShopId:
        """The shop's number."""
        return self.message.shop

    @property
    def iban(self) -> str:
        """Without spaces, in capitals."""
        return self.message.iban

    @property
    def holder(self) -> str:
        """The account holder as the bank has it, in any script."""
        return self.message.holder

    @property
    def nonce(self) -> int:
        """The signer's clock when it was signed; grows with each version."""
        return self.message.nonce

    @property
    def by_owner(self) -> bool:
        """Whether there is one signature, which is the owner's; otherwise two officials signed."""
        return len(self.signers) == 1

    @property
    def masked(self) -> str:
        """The account, recognisable and not complete: ``NL91 •••• 4300``."""
        return mask(self.iban)


def mask(iban: str) -> str:
    """Return the first and the last four characters of an account."""
    return f"{iban[:4]} •••• {iban[-4:]}"


# ------------------------------------------------------------------------------ what is written


def read_kvk(text: str) -> str:
    """Validate a number of the Chamber of Commerce and return its eight digits. It has no check
    digit.

    Raises:
        BankInvalid: it is none.
    """
    number = clean(compact_iban(text))
    if len(number) != 8 or not isdigits(number):
        raise BankInvalid(say("Dit is geen KvK-nummer: %(kvk)s. Het heeft acht cijfers.", kvk=text))
    return number


def sepa_text(text: str, longest: int = LONGEST_HOLDER) -> str:
    """Transliterate a text into the SEPA character set.

    ``Çağlar & Zn`` becomes ``Caglar + Zn``, ``北京`` becomes ``BeiJing``.
    """
    plain = anyascii(text).translate(_ALMOST)
    return _FOREIGN.sub(" ", plain).strip()[:longest].rstrip()


def read_holder(text: str) -> str:
    """Validate the name of an account holder and return it normalised, as it is signed.

    Raises:
        BankInvalid: it is empty or too long, or banks can write nothing of it.
    """
    try:
        name = read_line(text, LONGEST_HOLDER, any_script=True)
    except LengthInvalid:
        name = ""
    except TextInvalid as error:
        raise BankInvalid(str(error)) from error
    if not sepa_text(name):
        raise BankInvalid(
            say("Een rekeninghouder heeft 1 tot %(most)s leesbare tekens.", most=LONGEST_HOLDER)
        )
    return name


def read_iban(text: str) -> str:
    """Validate an IBAN and return it as it is signed: without spaces, in capitals.

    Two libraries must agree on its form and check digits, since a wrong digit loses money. Neither
    checks that the bank exists: their lists are out of date.

    Raises:
        BankInvalid: it is none, or of a country outside SEPA.
    """
    compact, wrong = (
        compact_iban(text),
        say("Dit is geen rekeningnummer (IBAN): %(iban)s.", iban=text),
    )
    try:
        iban = IBAN(compact)
        stdnum.iban.validate(iban.compact, check_country=False)
    except (SchwiftyException, ValidationError) as error:
        raise BankInvalid(wrong) from error
    if iban.compact != compact:  # the library forgives more than is signed
        raise BankInvalid(wrong)
    if not iban.in_sepa_zone:
        raise BankInvalid(say("Naar dit land gaan geen SEPA-overboekingen: %(iban)s.", iban=text))
    return compact


# ------------------------------------------------------------------------------ what is accepted


def set_account(
    context: Context, message: BankAccount, signatures: list[bytes]
) -> tuple[SignedAccount, bool]:
    """Store a version of a shop's account; payouts that are prepared do not change.

    Args:
        signatures: the owner's, or those of two officials who hold SHOPS, signers ascending.

    Returns:
        the version, and whether this call kept it: the same message again changes nothing.

    Raises:
        Refusal: the account or the holder is not as it is signed, the signers lack the authority,
            or the nonce is too old or too far ahead.
        LedgerUnavailable: the ledger cannot be read.
    """
    _check_text(message)
    block, ledger = context.ledger.head(), context.ledger
    signed = _signed(message, signatures, ledger.domain, context.now(), block)
    _require_authority(context, signed)
    if message.nonce > context.now() + MOST_AHEAD:
        raise Refusal(Code.NONCE_TOO_FAR_AHEAD)
    with context.store.write() as db:
        newest = next(iter(_versions(db, message.shop, 1)), None)
        if newest is not None and message.nonce <= newest.nonce:
            kept = _account(newest, ledger.domain)
            if (kept.message, kept.signers) == (signed.message, signed.signers):
                return kept, False
            raise Refusal(Code.NONCE_TOO_OLD)
        db.execute(
            insert(t.bank_accounts).values(
                shop=message.shop,
                nonce=message.nonce,
                iban=message.iban,
                holder=message.holder,
                signatures=b"".join(signatures),
                set_at=signed.set_at,
                block=block,
            )
        )
    return signed, True


def verify(context: Context, account: SignedAccount) -> AccountValidity:
    """Return the validity of a version's signatures, from the ledger and not from the views.

    Raises:
        LedgerUnavailable: the ledger cannot be read as it is now.
    """
    have_authority = partial(_has_authority, account)
    if have_authority(context.ledger.view):
        return AccountValidity.VALID
    if not held_then(context.ledger, account.block, have_authority):
        return AccountValidity.NOT_SIGNED
    return AccountValidity.OWNER_REPLACED if account.by_owner else AccountValidity.VALID


# ------------------------------------------------------------------------------ what is kept


def read_accounts(context: Context) -> dict[ShopId, SignedAccount]:
    """Return the newest version of each shop's account; :func:`verify` checks its signatures."""
    table, last = t.bank_accounts, t.bank_accounts.alias()
    newest = select(func.max(last.c.nonce)).where(last.c.shop == table.c.shop).scalar_subquery()
    with context.store.read() as db:
        rows = db.execute(select(table).where(table.c.nonce == newest)).all()
    return {ShopId(row.shop): _account(row, context.ledger.domain) for row in rows}


def newest_nonce(context: Context, shop: ShopId) -> int:
    """Return the nonce of a shop's newest version; 0 when there is none."""
    return max((each.nonce for each in list_versions(context, shop, 1)), default=0)


def list_versions(context: Context, shop: ShopId, most: int) -> list[SignedAccount]:
    """Return the newest versions of a shop's account, newest first, at most this many."""
    with context.store.read() as db:
        return [_account(row, context.ledger.domain) for row in _versions(db, shop, most)]


def find_account(context: Context, shop: ShopId) -> tuple[SignedAccount, AccountValidity] | None:
    """Return the newest version of a shop's account with its validity; None without one.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    newest = next(iter(list_versions(context, shop, 1)), None)
    return None if newest is None else (newest, verify(context, newest))


def _versions(db: Connection, shop: ShopId, most: int) -> Sequence[Row[Any]]:
    table = t.bank_accounts
    query = select(table).where(table.c.shop == shop).order_by(table.c.nonce.desc()).limit(most)
    return db.execute(query).all()


def _account(row: Row[Any], domain: Domain) -> SignedAccount:
    data = row.signatures
    signatures = [
        data[start : start + SIGNATURE_BYTES] for start in range(0, len(data), SIGNATURE_BYTES)
    ]
    message = BankAccount(ShopId(row.shop), row.iban, row.holder, row.nonce)
    return _signed(message, signatures, domain, row.set_at, row.block)


def _signed(
    message: BankAccount, signatures: list[bytes], domain: Domain, set_at: int, block: int
) -> SignedAccount:
    try:
        signers = tuple(message.signer(domain, signature) for signature in signatures)
    except SignatureMalformed:
        signers = ()
    return SignedAccount(message, signers, tuple(signatures), set_at, block)


def _require_authority(context: Context, account: SignedAccount) -> None:
    """Check the signers in the final block, as :func:`verify` does later, and also now, for who was
    replaced a moment ago."""
    view = context.ledger.view
    views = (partial(view, block=account.block), view)
    if not all(_has_authority(account, each) for each in views):
        several = len(account.signatures) > 1
        raise Refusal(Code.NOT_AUTHORISED if several else Code.NOT_THE_OWNER)


def _has_authority(account: SignedAccount, view: View) -> bool:
    """Whether the signers may set the shop's account: its owner, or two officials with SHOPS."""
    match account.signers:
        case (owner,):
            return bool(view("shops", account.shop)["owner"] == owner)
        case (first, second):
            return first < second and all(
                view("officials", signer) & Capacity.SHOPS for signer in (first, second)
            )
        case _:
            return False


def _check_text(message: BankAccount) -> None:
    for read, text, code in (
        (read_iban, message.iban, Code.IBAN_INVALID),
        (read_holder, message.holder, Code.HOLDER_INVALID),
    ):
        try:
            same = read(text) == text
        except BankInvalid as error:
            raise Refusal(code) from error
        if not same:
            raise Refusal(code)
