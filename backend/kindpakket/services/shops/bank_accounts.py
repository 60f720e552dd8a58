"""Where each shop is paid: messages that its owner signed, or two officials, kept for ever.

The database keeps the messages and is not believed: a version counts by its signatures and by what
the ledger says of their signers.
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
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.protocol.messages import BankAccount, Domain
from kindpakket.protocol.signatures import SIGNATURE_BYTES, SignatureMalformed
from kindpakket.services.base.context import Context
from kindpakket.services.decisions.prepare import View
from kindpakket.store import tables as t

_ALMOST = str.maketrans({"&": "+", '"': "'", "/": "-"})
"""What the bank's alphabet lacks and has something like; a slash means something at either end."""
_FOREIGN = re.compile(r"[^A-Za-z0-9\-?:().,'+]+")
_AHEAD = 24 * 3600
"""Seconds that a nonce may be ahead of the clock."""


class BankInvalid(ValueError):
    """An account like this cannot be paid to, or from; the message says why."""


class Standing(StrEnum):
    """What the signatures of a version are worth."""

    VALID = "valid"
    OWNER_REPLACED = "owner_replaced"
    """The shop's owner signed it when it was accepted, and the shop has another owner since."""
    NOT_SIGNED = "not_signed"
    """Nobody who had the authority is known to have signed it: nothing is paid to it."""


@dataclass(frozen=True)
class SignedAccount:
    """One version of a shop's account. Who signed follows from the signatures and nothing else."""

    message: BankAccount
    signers: tuple[Address, ...]
    """In the order of the signatures; none when one of them is of no key."""
    signatures: tuple[bytes, ...]
    set_at: int
    """When it was accepted, in unix seconds; the database's word, as is ``block``."""
    block: int
    """The final block when it was accepted."""

    @property
    def shop(self) -> ShopId:
        """Whose it is."""
        return self.message.shop

    @property
    def iban(self) -> str:
        """Without spaces, in capitals."""
        return self.message.iban

    @property
    def holder(self) -> str:
        """As the bank has it, in any script."""
        return self.message.holder

    @property
    def nonce(self) -> int:
        """When it was signed, by the signer's clock; grows with each version."""
        return self.message.nonce

    @property
    def by_owner(self) -> bool:
        """Whether one signed, as the owner does; two officials otherwise."""
        return len(self.signers) == 1

    @property
    def masked(self) -> str:
        """The account for who has to recognise it and not to know it: ``NL91 •••• 4300``."""
        return mask(self.iban)


def mask(iban: str) -> str:
    """Return the ends of an account."""
    return f"{iban[:4]} •••• {iban[-4:]}"


# ------------------------------------------------------------------------------ what is written


def read_kvk(text: str) -> str:
    """Read a number of the Chamber of Commerce, which has no check digit; return its eight digits.

    Raises:
        BankInvalid: it is none.
    """
    number = clean(compact_iban(text))
    if len(number) != 8 or not isdigits(number):
        raise BankInvalid(say("Dit is geen KvK-nummer: %(kvk)s. Het heeft acht cijfers.", kvk=text))
    return number


def sepa_text(text: str, longest: int = LONGEST_HOLDER) -> str:
    """Return a text in the alphabet that every bank in SEPA reads: plain letters and a few marks.

    ``Çağlar & Zn`` becomes ``Caglar + Zn``, ``北京`` becomes ``BeiJing``.
    """
    plain = anyascii(text).translate(_ALMOST)
    return _FOREIGN.sub(" ", plain).strip()[:longest].rstrip()


def read_holder(text: str) -> str:
    """Read on whose name an account is; return it as it is signed: a line of text, tidied.

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
    """Read an account's number; return it as it is signed: without spaces, in capitals.

    Two libraries have to agree on its form and its check digits: a digit that is wrong here is
    money that is gone. Neither is asked which banks exist, since their lists lag behind.

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
    """Keep where a shop is paid from now on; payouts that are prepared stay as they are.

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
    # In the final block, as verify asks later, and now, for who was replaced a moment ago.
    views = (partial(ledger.view, block=block), ledger.view)
    if not all(_has_authority(view, signed) for view in views):
        raise Refusal(Code.NOT_AUTHORISED if len(signatures) > 1 else Code.NOT_THE_OWNER)
    if message.nonce > context.now() + _AHEAD:
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


def verify(context: Context, account: SignedAccount) -> Standing:
    """Return what a version's signatures are worth, by the ledger and not by its views.

    Raises:
        LedgerUnavailable: the ledger cannot be read as it is now.
    """
    if _has_authority(context.ledger.view, account):
        return Standing.VALID
    then = partial(context.ledger.view, block=account.block)
    try:
        had = account.block <= context.ledger.head() and _has_authority(then, account)
    except LedgerUnavailable:  # a node may have forgotten, and who asks of no block gets no answer
        had = False
    if not had:
        return Standing.NOT_SIGNED
    return Standing.OWNER_REPLACED if account.by_owner else Standing.VALID


# ------------------------------------------------------------------------------ what is kept


def read_accounts(context: Context) -> dict[ShopId, SignedAccount]:
    """Return the newest version of each shop that has one; :func:`verify` says what it is worth."""
    table, last = t.bank_accounts, t.bank_accounts.alias()
    newest = select(func.max(last.c.nonce)).where(last.c.shop == table.c.shop).scalar_subquery()
    with context.store.read() as db:
        rows = db.execute(select(table).where(table.c.nonce == newest)).all()
    return {ShopId(row.shop): _account(row, context.ledger.domain) for row in rows}


def newest_nonce(context: Context, shop: ShopId) -> int:
    """Return the nonce of a shop's newest version; 0 when there is none."""
    return max((each.nonce for each in list_versions(context, shop, 1)), default=0)


def list_versions(context: Context, shop: ShopId, most: int) -> list[SignedAccount]:
    """Return the newest versions of a shop's account, newest first; an owner may make many."""
    with context.store.read() as db:
        return [_account(row, context.ledger.domain) for row in _versions(db, shop, most)]


def find_account(context: Context, shop: ShopId) -> tuple[SignedAccount, Standing] | None:
    """Return the newest version of a shop's account, and what it is worth; None without one.

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


def _has_authority(view: View, account: SignedAccount) -> bool:
    """Whether the signers may say where the shop is paid: its owner, or two who hold SHOPS."""
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
