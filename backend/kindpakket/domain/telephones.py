"""Telephone numbers, as people write them."""

import re

from kindpakket.domain.language import say
from kindpakket.domain.texts import plain_digits

_WRITTEN = re.compile(r"\+?[\d ()./-]+", re.ASCII)
_LONGEST = 30
_FEWEST, _MOST = 3, 15
"""Digits; the most are those of an international number (E.164)."""


class PhoneInvalid(ValueError):
    """It is not a telephone number; the message says so."""


def read_phone(text: str) -> str:
    """Return a telephone number as it was written, with plain digits and single spaces.

    Raises:
        PhoneInvalid: it is none.
    """
    plain = " ".join(plain_digits(text[:_LONGEST]).split())
    digits = sum(each.isdigit() for each in plain)
    if not (_WRITTEN.fullmatch(plain) and _FEWEST <= digits <= _MOST and len(text) <= _LONGEST):
        raise PhoneInvalid(say("Dit is geen telefoonnummer. Schrijf het als 0594 12 34 56."))
    return plain
