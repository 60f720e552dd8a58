"""The letter: sixteen secret bytes for one scheme, and their text of 36 characters."""

import secrets
from dataclasses import dataclass, field

from kindpakket.domain import base32
from kindpakket.domain.ids import SchemeId
from kindpakket.domain.texts import read_number

MAX_COUPONS = 32
"""Maximum number of coupons of a letter; they are numbered from 0."""
LETTER_VALUES = (100_00, *[50_00] * 2, *[20_00] * 3, *[10_00] * 2, *[5_00] * 4)
"""Coupons of a letter, in cents: € 300, in so many that different payments can use different
ones."""
CARD_VALUES = (20_00,) * 15
CARD_COUPON_MOST = 20_00
"""Maximum of a card's coupon, in cents: a dishonest till can spend all of a coupon that it
scanned."""

CHARACTERS = 36
QR_PREFIX = "KL1."

MOST_RUN, MOST_NUMBER = 2**31 - 1, 2**16 - 1
"""Maximum of a run's number, and of a letter's or card's number in its run."""
_SEALED_MARK = b"age-encryption.org/v1\n"
_SEALED_LONGEST = 1000
"""Maximum size of a sealed letter, in bytes."""
_VERSION = 1
_BODY_BYTES = 19


class LetterUnreadable(ValueError):
    """Not the text of a letter: wrong length, characters, checksum, version or padding."""


@dataclass(frozen=True)
class Letter:
    """A letter's scheme and secret. The secret is as good as cash and is left out of the repr."""

    scheme: SchemeId
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, scheme: SchemeId) -> "Letter":
        """Generate a letter with a random secret."""
        return cls(scheme, secrets.token_bytes(16))

    @property
    def text(self) -> str:
        """The 36 characters, in Crockford base32 without dashes."""
        return base32.encode_checked(bytes([_VERSION]) + self.scheme.to_bytes(2) + self.secret)

    @property
    def grouped(self) -> str:
        """The text as printed: nine groups of four."""
        return base32.grouped(self.text)

    def link(self, app_address: str) -> str:
        """Return the address in the letter's QR; the part after ``#`` is never sent to a server."""
        return f"{app_address.rstrip('/')}/#{QR_PREFIX}{self.text}"


def read_letter(text: str) -> Letter:
    """Parse the text of a letter.

    Case, spaces and dashes do not matter; O is read as 0, I and L as 1.

    Raises:
        LetterUnreadable: it is not the text of a letter.
    """
    try:
        body = base32.decode_checked(text, _BODY_BYTES)
    except base32.Base32Invalid as error:
        raise LetterUnreadable(str(error)) from error
    letter = Letter(SchemeId(int.from_bytes(body[1:3])), body[3:])
    if body[0] != _VERSION or letter.scheme == 0:
        raise LetterUnreadable("an unknown version, or no scheme")
    return letter


def serial(run: int, number: int) -> str:
    """Return the identification printed on a letter or card: its run, and its number in it."""
    return f"{run}-{number:03}"


def read_serial(text: str) -> tuple[int, int] | None:
    """Parse a letter's identification, as ``12-007``; None when it is not one."""
    run, dash, number = text.replace(" ", "").partition("-")
    numbers = read_number(run, MOST_RUN), read_number(number, MOST_NUMBER)
    if not dash or not numbers[0] or not numbers[1]:
        return None
    return numbers[0], numbers[1]


def is_sealed(data: bytes) -> bool:
    """Whether bytes have the form and the size of a sealed letter (age)."""
    return data.startswith(_SEALED_MARK) and len(data) <= _SEALED_LONGEST
