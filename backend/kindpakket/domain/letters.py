"""The letter: sixteen secret bytes for one scheme, and the 36 characters a person reads."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field

from kindpakket.domain.ids import SchemeId

MAX_COUPONS = 32
"""A letter holds at most this many coupons, numbered from 0."""

QR_PREFIX = "KL1."

_VERSION = 1
_RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = str.maketrans(_RFC4648, _CROCKFORD)
_FROM_CROCKFORD = str.maketrans(_CROCKFORD + "OIL", _RFC4648 + "ABB")
_SEPARATORS = re.compile(r"[\s-]", re.ASCII)  # else \s takes in some control characters
_TEXT = re.compile(r"[0-9A-TV-Z]{36}")
_PADDING = "===="


class LetterUnreadable(ValueError):
    """Not the text of a letter: wrong length, characters, check, version or padding."""


@dataclass(frozen=True)
class Letter:
    """A letter's scheme and secret. The secret is as good as cash and stays out of every repr."""

    scheme: SchemeId
    secret: bytes = field(repr=False)

    @classmethod
    def draw(cls, scheme: SchemeId) -> "Letter":
        """Make a new letter."""
        return cls(scheme, secrets.token_bytes(16))

    @property
    def text(self) -> str:
        """The 36 characters, in Crockford base32 without dashes."""
        body = bytes([_VERSION]) + self.scheme.to_bytes(2) + self.secret
        encoded = base64.b32encode(body + _check(body)).decode().rstrip("=")
        return encoded.translate(_TO_CROCKFORD)

    @property
    def grouped(self) -> str:
        """The text as printed: nine groups of four."""
        return "-".join(self.text[i : i + 4] for i in range(0, 36, 4))

    def link(self, app_address: str) -> str:
        """Return the address in the letter's QR; what follows ``#`` never reaches a server."""
        return f"{app_address.rstrip('/')}/#{QR_PREFIX}{self.text}"


def read_letter(text: str) -> Letter:
    """Read the 36 characters back.

    Case, spaces and dashes do not matter; O is read as 0, I and L as 1.

    Raises:
        LetterUnreadable: it is not the text of a letter.
    """
    # Unicode has letters whose upper case is ASCII (ı, ſ); they are mistakes, not spellings.
    if not text.isascii():
        raise LetterUnreadable("a letter has other characters")
    plain = _SEPARATORS.sub("", text).upper()
    if not _TEXT.fullmatch(plain):
        raise LetterUnreadable("a letter has 36 letters and digits, and no U")
    data = base64.b32decode(plain.translate(_FROM_CROCKFORD) + _PADDING)
    body, check = data[:19], data[19:]
    letter = Letter(SchemeId(int.from_bytes(body[1:3])), body[3:])
    if body[0] != _VERSION or check != _check(body) or letter.scheme == 0:
        raise LetterUnreadable("a character is wrong")
    if letter.text != plain.translate(str.maketrans("OIL", "011")):
        raise LetterUnreadable("the last character is wrong")
    return letter


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:3]
