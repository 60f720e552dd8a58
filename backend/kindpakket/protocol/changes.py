"""Changes of coupons, each sealed to the holder of the coupon: the entries of the files of changes.

The key of an entry follows from the ECDH secret of a coupon and a month's key of the server.
"""

import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from coincurve import PrivateKey
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kindpakket.protocol.keys import derive, derive_key
from kindpakket.protocol.messages import Domain
from kindpakket.protocol.signatures import Key

ID_BYTES = 7
"""As many bytes of a payment's id as its proof code takes."""

TAG_BYTES = 8
ENTRY_BYTES = 56
NUMBER_OF_MAKING = 2**32 - 1
"""The number of the entry that tells of the move that made a coupon; changes are counted from 0."""
SECRET_BYTES = 32

_START = struct.Struct(">BIII")
_MONTHS_IN_MEMORY = 64


class ChangeUnreadable(ValueError):
    """The content of an entry is none that a server writes."""


class Kind(IntEnum):
    """What happened to a coupon."""

    PAID = 1
    REFUNDED = 2
    MOVED = 3
    MADE = 4


@dataclass(frozen=True)
class CouponChange:
    """A change of one coupon; amounts in cents, time in unix seconds."""

    kind: Kind
    shop: int
    """That was paid or that refunds; otherwise 0."""
    amount: int
    """Of the payment, of the refund, or what was moved from or to this coupon."""
    debit: int
    """What was taken from this coupon."""
    nonce: int
    """Of the Spend or the Move; 0 for a refund, and for a coupon that was made."""
    time: int
    """Of the block."""
    id: bytes
    """First seven bytes: of the payment's id, or of the address to which the coupon was moved;
    zeros when it was given back, and for a coupon that was made."""

    @classmethod
    def made(cls, amount: int, time: int) -> "CouponChange":
        """Return what tells of a coupon that a move made, with this amount in cents."""
        return cls(Kind.MADE, 0, amount, 0, 0, time, bytes(ID_BYTES))

    def encode(self) -> bytes:
        """Return the 32 bytes that are sealed."""
        numbers = (self.nonce << 40 | self.time).to_bytes(10)
        start = _START.pack(self.kind, self.shop, self.amount, self.debit)
        return start + numbers + self.id + bytes(2)

    @classmethod
    def decode(cls, data: bytes) -> "CouponChange":
        """Read 32 bytes.

        Raises:
            ChangeUnreadable: the kind is unknown, or the padding is not zero.
        """
        kind, shop, amount, debit = _START.unpack(data[:13])
        if kind not in list(Kind) or data[30:] != bytes(2):
            raise ChangeUnreadable
        nonce, time = int.from_bytes(data[13:18]), int.from_bytes(data[18:23])
        return cls(Kind(kind), shop, amount, debit, nonce, time, data[23:30])


class MonthKeys:
    """The server's keys, one for each scheme and month, derived from its secret.

    Args:
        secret: 32 random bytes.
    """

    def __init__(self, secret: bytes, domain: Domain) -> None:
        self._secret = secret
        self._domain = domain
        self._cached = lru_cache(_MONTHS_IN_MEMORY)(self._derive)

    @property
    def secret_sha256(self) -> str:
        """The hash of the secret, in hex: tells whether changes were sealed with it."""
        return hashlib.sha256(self._secret).hexdigest()

    def key(self, scheme: int, month: int) -> Key:
        """Return the key of a scheme in a month, such as 202701."""
        return self._cached(scheme, month)

    def public(self, scheme: int, month: int) -> bytes:
        """Return the public key of a scheme in a month, compressed, 33 bytes."""
        return PrivateKey(self.key(scheme, month)).public_key.format()

    def _derive(self, scheme: int, month: int) -> Key:
        ledger = self._domain.chain_id.to_bytes(8) + bytes.fromhex(self._domain.contract[2:])
        info = b"month" + ledger + scheme.to_bytes(2) + month.to_bytes(4)
        return derive_key(self._secret, info)


class Channel:
    """The entries of one coupon in one month, for its holder and for the server.

    Args:
        key: the month's key or the coupon's.
        public_key: of the other, in any encoding.
        month: such as 202701.

    Raises:
        ValueError: ``public_key`` is no point of the curve.
    """

    def __init__(self, key: Key, public_key: bytes, month: int) -> None:
        # libsecp256k1's default: SHA-256 of the compressed point.
        self._shared = PrivateKey(key).ecdh(public_key)
        self._month = month

    def tag(self, number: int) -> bytes:
        """Return the first eight bytes of an entry; ``number`` counts from 0."""
        return self._derive(number)[:TAG_BYTES]

    def seal(self, number: int, change: CouponChange) -> bytes:
        """Return an entry, 56 bytes."""
        okm = self._derive(number)
        return okm[:TAG_BYTES] + AESGCM(okm[8:40]).encrypt(okm[40:], change.encode(), None)

    def open(self, number: int, entry: bytes) -> CouponChange | None:
        """Return the change in an entry; None when it is not this coupon's entry of that number.

        Raises:
            ChangeUnreadable: it is, and its content is wrong.
        """
        okm = self._derive(number)
        if entry[:TAG_BYTES] != okm[:TAG_BYTES]:
            return None
        try:
            return CouponChange.decode(AESGCM(okm[8:40]).decrypt(okm[40:], entry[TAG_BYTES:], None))
        except InvalidTag:
            return None

    def _derive(self, number: int) -> bytes:
        info = b"change" + self._month.to_bytes(4) + number.to_bytes(4)
        return derive(self._shared, info, 52)
