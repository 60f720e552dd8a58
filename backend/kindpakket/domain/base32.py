"""Crockford's base32 for texts that people read and type, optionally with a checksum."""

import base64
import hashlib
import re
from string import ascii_lowercase, ascii_uppercase

from kindpakket.domain.texts import plain_digits

_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = str.maketrans(_RFC4648, ALPHABET)
_FROM_CROCKFORD = str.maketrans(ALPHABET, _RFC4648)
# Not str.upper(): some non-ASCII letters have an ASCII upper case (ı, ſ) and must be rejected.
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
_ALIKE = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s-]", re.ASCII)  # without re.ASCII, \s matches some control characters
_TEXT = re.compile(f"[{ALPHABET}]*")
_CHECK_BYTES = 3


class Base32Invalid(ValueError):
    """Not the base32 text of that many bytes: wrong length, characters, checksum or padding."""


def encode(data: bytes) -> str:
    """Encode bytes, most significant bits first, padded with zero bits."""
    return base64.b32encode(data).decode().rstrip("=").translate(_TO_CROCKFORD)


def encode_checked(body: bytes) -> str:
    """Encode bytes followed by a checksum: the first 3 bytes of their SHA-256."""
    return encode(body + _check(body))


_LONGEST = 1_000
"""Maximum length of input, in characters, separators included."""


def normalise(text: str) -> str:
    """Normalise a typed text.

    Separators are removed, digits of any script become 0 to 9, a to z upper case, O becomes 0, I
    and L become 1. Other characters are kept.
    """
    return plain_digits(_SEPARATORS.sub("", text)).translate(_CAPITALS).translate(_ALIKE)


def normalise_valid(text: str) -> str:
    """Normalise a typed text that has characters of the alphabet only.

    Raises:
        Base32Invalid: it is too long or has another character.
    """
    if len(text) > _LONGEST:
        raise Base32Invalid("too many characters")
    counted = normalise(text)
    if not _TEXT.fullmatch(counted):
        raise Base32Invalid("other characters than letters and digits, or a U")
    return counted


def decode(text: str, size: int) -> bytes:
    """Decode a typed text of ``size`` bytes.

    Raises:
        Base32Invalid: the length, a character or the padding is wrong.
    """
    counted = normalise_valid(text)
    length = -(-size * 8 // 5)
    if len(counted) != length:
        raise Base32Invalid(f"{length} letters and digits are needed")
    data = base64.b32decode(counted.translate(_FROM_CROCKFORD) + "=" * (-length % 8))
    if encode(data) != counted:
        raise Base32Invalid("the last character is wrong")
    return data


def decode_checked(text: str, size: int) -> bytes:
    """Decode a typed text of ``size`` bytes and their checksum.

    Raises:
        Base32Invalid: the length, a character, the padding or the checksum is wrong.
    """
    data = decode(text, size + _CHECK_BYTES)
    if data[size:] != _check(data[:size]):
        raise Base32Invalid("a character is wrong")
    return data[:size]


def grouped(text: str, by: int = 4) -> str:
    """Return a text in groups with dashes between them, as it is shown and printed."""
    return "-".join(text[start : start + by] for start in range(0, len(text), by))


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]
