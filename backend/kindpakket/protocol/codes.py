"""Contents of QR codes: a payment code (``KP1:``) and a card's coupon key (``KC1:``)."""

import struct
from dataclasses import dataclass, field

from kindpakket.domain.ids import Address, SchemeId, ShopId
from kindpakket.domain.wallet import MAX_BUNDLE
from kindpakket.protocol import qr
from kindpakket.protocol.messages import Domain, Spend
from kindpakket.protocol.signatures import (
    ORDER,
    SIGNATURE_BYTES,
    Key,
    SignatureMalformed,
    address_of,
    check_form,
)

CODE_PREFIX = "KP1:"
CARD_PREFIX = "KC1:"

_VERSION = 1
_HEAD = struct.Struct(">BHII5s5sB")
_ITEM = struct.Struct(f">20s{SIGNATURE_BYTES}s")
_CARD = struct.Struct(">BH32s")


class CodeUnreadable(ValueError):
    """Not the canonical text of a code of a known version."""


@dataclass(frozen=True)
class PaymentCode:
    """A Spend with the signature of each of its coupons."""

    spend: Spend
    signatures: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """What the QR holds."""
        spend = self.spend
        head = _HEAD.pack(
            _VERSION,
            spend.scheme,
            spend.shop,
            spend.max_amount,
            spend.valid_until.to_bytes(5),
            spend.nonce.to_bytes(5),
            len(spend.coupons),
        )
        items = zip(spend.coupons, self.signatures, strict=True)
        body = b"".join(_ITEM.pack(bytes.fromhex(coupon[2:]), sig) for coupon, sig in items)
        return qr.encode(CODE_PREFIX, head + body)


@dataclass(frozen=True)
class Card:
    """One coupon of a card. Whoever scans it can spend it."""

    scheme: SchemeId
    key: Key = field(repr=False)

    @property
    def text(self) -> str:
        """What the QR holds."""
        return qr.encode(CARD_PREFIX, _CARD.pack(_VERSION, self.scheme, self.key))


def make_code(spend: Spend, domain: Domain, keys: list[Key]) -> PaymentCode:
    """Sign a Spend with the keys of its coupons, in their order.

    Raises:
        ValueError: a key is not that of the coupon in its place.
    """
    if [address_of(key) for key in keys] != list(spend.coupons):
        raise ValueError("each coupon signs with its own key")
    return PaymentCode(spend, tuple(spend.sign(domain, key) for key in keys))


def read_code(text: str) -> PaymentCode:
    """Read a payment code.

    Raises:
        CodeUnreadable: anything that is not exactly a code.
    """
    data = _read(CODE_PREFIX, text)
    if len(data) < _HEAD.size:
        raise CodeUnreadable("too short")
    version, scheme, shop, max_amount, valid_until, nonce, count = _HEAD.unpack_from(data)
    if version != _VERSION:
        raise CodeUnreadable("unknown version")
    if not 1 <= count <= MAX_BUNDLE or len(data) != _HEAD.size + count * _ITEM.size:
        raise CodeUnreadable("the length does not fit the number of coupons")
    items = list(_ITEM.iter_unpack(data[_HEAD.size :]))
    coupons = tuple(Address("0x" + coupon.hex()) for coupon, _ in items)
    if len(set(coupons)) != count:
        raise CodeUnreadable("a coupon twice")
    signatures = tuple(signature for _, signature in items)
    try:
        for signature in signatures:
            check_form(signature)
    except SignatureMalformed as error:
        raise CodeUnreadable(str(error)) from error
    spend = Spend(
        SchemeId(scheme),
        ShopId(shop),
        max_amount,
        int.from_bytes(valid_until),
        int.from_bytes(nonce),
        coupons,
    )
    return PaymentCode(spend, signatures)


def read_card(text: str) -> Card:
    """Read a card's coupon.

    Raises:
        CodeUnreadable: anything that is not exactly a card's code.
    """
    data = _read(CARD_PREFIX, text)
    if len(data) != _CARD.size:
        raise CodeUnreadable("the length is wrong")
    version, scheme, key = _CARD.unpack(data)
    if version != _VERSION or scheme == 0 or not 0 < int.from_bytes(key) < ORDER:
        raise CodeUnreadable("unknown version, no scheme or no key")
    return Card(SchemeId(scheme), Key(key))


def _read(prefix: str, text: str) -> bytes:
    try:
        return qr.decode(prefix, text)
    except qr.QrUnreadable as error:
        raise CodeUnreadable(str(error)) from error
