"""Crockford's base32: how what people read and type is spelled, with a check where that helps."""

import base64
import hashlib
import re
from string import ascii_lowercase, ascii_uppercase

from kindpakket.domain.texts import plain_digits

_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = str.maketrans(_RFC4648, ALPHABET)
_FROM_CROCKFORD = str.maketrans(ALPHABET, _RFC4648)
# Only a to z: Unicode has letters whose upper case is ASCII (ı, ſ), and they are mistakes.
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
_ALIKE = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s-]", re.ASCII)  # else \s takes in some control characters
_TEXT = re.compile(f"[{ALPHABET}]*")
_CHECK_BYTES = 3


class Misspelt(ValueError):
    """Not a spelling of that many bytes: wrong length, characters, check or padding."""


def spell(data: bytes) -> str:
    """Return the text of bytes, most significant bits first; zero bits pad the end."""
    return base64.b32encode(data).decode().rstrip("=").translate(_TO_CROCKFORD)


def spell_checked(body: bytes) -> str:
    """Return the text of bytes and of the first 3 bytes of their SHA-256."""
    return spell(body + _check(body))


_LONGEST = 1_000
"""Characters: more than any of our texts has, with as many separators as anybody types."""


def bare(text: str) -> str:
    """Return what is typed as it counts: no separators, digits of any script as 0 to 9, a to z in
    upper case, O as 0, I and L as 1; other characters as they are."""
    return plain_digits(_SEPARATORS.sub("", text)).translate(_CAPITALS).translate(_ALIKE)


def plain(text: str) -> str:
    """Return what is typed as it counts, when only letters and digits are in it.

    Raises:
        Misspelt: another character is in it.
    """
    if len(text) > _LONGEST:
        raise Misspelt("too many characters")
    counted = bare(text)
    if not _TEXT.fullmatch(counted):
        raise Misspelt("other characters than letters and digits, or a U")
    return counted


def read(text: str, size: int) -> bytes:
    """Read ``size`` bytes back.

    Raises:
        Misspelt: it is not their one spelling.
    """
    counted = plain(text)
    length = -(-size * 8 // 5)
    if len(counted) != length:
        raise Misspelt(f"{length} letters and digits are needed")
    data = base64.b32decode(counted.translate(_FROM_CROCKFORD) + "=" * (-length % 8))
    if spell(data) != counted:
        raise Misspelt("the last character is wrong")
    return data


def read_checked(text: str, size: int) -> bytes:
    """Read ``size`` bytes back that were spelled with their check.

    Raises:
        Misspelt: it is not their one spelling.
    """
    data = read(text, size + _CHECK_BYTES)
    if data[size:] != _check(data[:size]):
        raise Misspelt("a character is wrong")
    return data[:size]


def grouped(text: str, by: int = 4) -> str:
    """Return a text as it is shown and printed: in groups, with dashes between them."""
    return "-".join(text[start : start + by] for start in range(0, len(text), by))


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]
