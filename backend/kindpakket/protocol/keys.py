"""Keys derived from a secret: a coupon's from its letter's."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kindpakket.domain.ids import Address
from kindpakket.domain.letters import MAX_COUPONS, Letter
from kindpakket.protocol.signatures import ORDER, Key, address_of

_SALT = b"kindpakket/v1"


def derive(secret: bytes, info: bytes, length: int) -> bytes:
    """Return this many bytes that follow from a secret (HKDF-SHA256, RFC 5869)."""
    return HKDF(SHA256(), length, _SALT, info).derive(secret)


def derive_key(secret: bytes, info: bytes) -> Key:
    """Return a key that follows from a secret."""
    return Key((1 + int.from_bytes(derive(secret, info, 48)) % (ORDER - 1)).to_bytes(32))


def coupon_key(letter: Letter, generation: int, index: int) -> Key:
    """Return the key of one coupon of a letter.

    Args:
        generation: 0 to 255; goes up by one at each move to fresh keys.
        index: 0 to 31.
    """
    if not (0 <= generation < 256 and 0 <= index < MAX_COUPONS):
        raise ValueError("generation or index out of range")
    info = b"coupon" + letter.scheme.to_bytes(2) + bytes([generation]) + index.to_bytes(2)
    return derive_key(letter.secret, info)


def coupon_address(letter: Letter, generation: int, index: int) -> Address:
    """Return the address of one coupon of a letter."""
    return address_of(coupon_key(letter, generation, index))
