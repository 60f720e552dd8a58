"""Enrolment of devices of shops and officials: invitations, codes to compare, till requests."""

import hashlib
import secrets
import struct
from dataclasses import dataclass, field
from typing import Self

from kindpakket.domain import base32
from kindpakket.domain.ids import Address, ShopId
from kindpakket.protocol import qr
from kindpakket.protocol.messages import Domain, TillChange
from kindpakket.protocol.signatures import (
    ORDER,
    SIGNATURE_BYTES,
    Key,
    SignatureMalformed,
    address_of,
    recover_text,
)

INVITATION_PREFIX = "KI1."
OFFICIAL_PREFIX = "KO1."
RECOVERY_PREFIX = "KR1."
REQUEST_PREFIX = "KT1:"

SECRET_BYTES = 16

_VERSION = 1
_INVITATION = struct.Struct(f">BI{SECRET_BYTES}s")
_OFFICIAL = struct.Struct(f">B{SECRET_BYTES}s")
_RECOVERY = struct.Struct(">BI32s")
_REQUEST = struct.Struct(f">BI20s5s{SIGNATURE_BYTES}s")
_CODE_CHARACTERS = 12
_OWNER_CODE_CONTEXT = b"kindpakket/v1 owner"
_OFFICIAL_CODE_CONTEXT = b"kindpakket/v1 official"


class InvitationUnreadable(ValueError):
    """Not the text of an invitation: wrong length, characters, checksum, version or shop."""


class RecoverySheetUnreadable(ValueError):
    """Not the text of a recovery sheet: wrong length, characters, checksum, version or field."""


class TillRequestUnreadable(ValueError):
    """Not a canonical till request, or not signed by that till for this ledger."""


@dataclass(frozen=True)
class Invitation:
    """Allows one device to name the owner key of a shop. The secret is left out of the repr."""

    shop: ShopId
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, shop: ShopId) -> Self:
        """Make a new invitation."""
        return cls(shop, secrets.token_bytes(SECRET_BYTES))

    @property
    def text(self) -> str:
        """Its 39 characters, in Crockford base32 without dashes."""
        return base32.encode_checked(_INVITATION.pack(_VERSION, self.shop, self.secret))

    @property
    def grouped(self) -> str:
        """The text as people type it over: in groups of four."""
        return base32.grouped(self.text)

    def link(self, app_address: str) -> str:
        """Return the address in its QR; what follows ``#`` never reaches a server.

        Args:
            app_address: of the site, under which the shop app lives.
        """
        return shop_app(app_address) + f"#{INVITATION_PREFIX}{self.text}"


@dataclass(frozen=True)
class OfficialInvitation:
    """Allows one browser to name the key of a new official. The secret is left out of the repr."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """Make a new invitation."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    @property
    def text(self) -> str:
        """Its 32 characters, in Crockford base32 without dashes."""
        return base32.encode_checked(_OFFICIAL.pack(_VERSION, self.secret))

    @property
    def grouped(self) -> str:
        """The text as people type it over: in groups of four."""
        return base32.grouped(self.text)

    def link(self, app_address: str) -> str:
        """Return the address to send; what follows ``#`` never reaches a server.

        Args:
            app_address: of the site, under which the municipality's pages live.
        """
        return f"{app_address.rstrip('/')}/gemeente/nieuw#{OFFICIAL_PREFIX}{self.text}"


@dataclass(frozen=True)
class RecoverySheet:
    """An owner's key on paper: whoever reads it is the owner."""

    shop: ShopId
    key: Key = field(repr=False)

    @property
    def text(self) -> str:
        """Its 64 characters, in Crockford base32 without dashes."""
        return base32.encode_checked(_RECOVERY.pack(_VERSION, self.shop, self.key))

    @property
    def grouped(self) -> str:
        """The text as printed: sixteen groups of four."""
        return base32.grouped(self.text)

    def link(self, app_address: str) -> str:
        """Return the address in its QR; what follows ``#`` never reaches a server.

        Args:
            app_address: of the site, under which the shop app lives.
        """
        return shop_app(app_address) + f"#{RECOVERY_PREFIX}{self.text}"


@dataclass(frozen=True)
class TillRequest:
    """The QR that a new till shows its owner: the till's signature of its own TillChange."""

    change: TillChange
    signature: bytes

    @property
    def text(self) -> str:
        """What the QR holds."""
        till = bytes.fromhex(self.change.till[2:])
        nonce = self.change.nonce.to_bytes(5)
        data = _REQUEST.pack(_VERSION, self.change.shop, till, nonce, self.signature)
        return qr.encode(REQUEST_PREFIX, data)


def shop_app(app_address: str) -> str:
    """Return the address of the shop app on a site."""
    return f"{app_address.rstrip('/')}/winkel/"


def owner_code(shop: ShopId, owner: Address) -> str:
    """Return the code that an official and an owner compare, as ``XXXX-XXXX-XXXX``.

    Sixty bits, since whoever runs the server could search for another key with the same code.
    """
    return _compared(_OWNER_CODE_CONTEXT + shop.to_bytes(4) + bytes.fromhex(owner[2:]))


def official_code(official: Address) -> str:
    """Return the code of an official's key, compared in the same way as ``owner_code``."""
    return _compared(_OFFICIAL_CODE_CONTEXT + bytes.fromhex(official[2:]))


def recover_new_official(official: Address, signature: bytes) -> Address:
    """Verify that somebody has the key that they name as an official's; return its public key.

    Args:
        signature: of the proof text (EIP-191).

    Raises:
        SignatureMalformed: it is not by that key.
    """
    address = official.lower()
    signer = recover_text(f"Kindpakket: {address} is mijn sleutel", signature)
    if signer != address:
        raise SignatureMalformed("another key signed")
    return signer


def make_till_request(shop: ShopId, till: Key, now: int, domain: Domain) -> TillRequest:
    """Sign a request to become a till of this shop, at a time in unix seconds."""
    change = TillChange(shop, address_of(till), True, now)
    return TillRequest(change, change.sign(domain, till))


def read_invitation(text: str) -> Invitation:
    """Parse the text of an invitation.

    Case, spaces and dashes do not matter; O is read as 0, I and L as 1.

    Raises:
        InvitationUnreadable: it is none.
    """
    try:
        version, shop, secret = _INVITATION.unpack(base32.decode_checked(text, _INVITATION.size))
    except base32.Base32Invalid as error:
        raise InvitationUnreadable(str(error)) from error
    if version != _VERSION or shop == 0:
        raise InvitationUnreadable("an unknown version, or no shop")
    return Invitation(ShopId(shop), secret)


def read_official_invitation(text: str) -> OfficialInvitation:
    """Parse the text of an official's invitation, by the rules of ``read_invitation``.

    Raises:
        InvitationUnreadable: it is none.
    """
    try:
        version, secret = _OFFICIAL.unpack(base32.decode_checked(text, _OFFICIAL.size))
    except base32.Base32Invalid as error:
        raise InvitationUnreadable(str(error)) from error
    if version != _VERSION:
        raise InvitationUnreadable("an unknown version")
    return OfficialInvitation(secret)


def read_recovery_sheet(text: str) -> RecoverySheet:
    """Parse the text of a recovery sheet.

    Case, spaces and dashes do not matter; O is read as 0, I and L as 1.

    Raises:
        RecoverySheetUnreadable: it is none.
    """
    try:
        version, shop, key = _RECOVERY.unpack(base32.decode_checked(text, _RECOVERY.size))
    except base32.Base32Invalid as error:
        raise RecoverySheetUnreadable(str(error)) from error
    if version != _VERSION or shop == 0 or not 0 < int.from_bytes(key) < ORDER:
        raise RecoverySheetUnreadable("an unknown version, no shop or no key")
    return RecoverySheet(ShopId(shop), Key(key))


def read_till_request(text: str, domain: Domain) -> TillRequest:
    """Parse a till request and verify that this till signed it for this ledger.

    Raises:
        TillRequestUnreadable: it is malformed, or the signature is invalid.
    """
    try:
        data = qr.decode(REQUEST_PREFIX, text)
    except qr.QrUnreadable as error:
        raise TillRequestUnreadable(str(error)) from error
    if len(data) != _REQUEST.size:
        raise TillRequestUnreadable("the length is wrong")
    version, shop, till, nonce, signature = _REQUEST.unpack(data)
    if version != _VERSION or shop == 0:
        raise TillRequestUnreadable("an unknown version, or no shop")
    change = TillChange(ShopId(shop), Address("0x" + till.hex()), True, int.from_bytes(nonce))
    try:
        signer = change.signer(domain, signature)
    except SignatureMalformed as error:
        raise TillRequestUnreadable(str(error)) from error
    if signer != change.till:
        raise TillRequestUnreadable("another key signed it, or for another ledger")
    return TillRequest(change, signature)


def _compared(body: bytes) -> str:
    return base32.grouped(base32.encode(hashlib.sha256(body).digest())[:_CODE_CHARACTERS])
