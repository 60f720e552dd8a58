"""Normalisation of IBANs before they are signed; the same in Python and TypeScript."""

import re

from kindpakket.domain.texts import plain_digits, strip_invisible

LONGEST_HOLDER = 70
"""Maximum length of an account holder's name, in characters (SEPA)."""

_LONGEST_NUMBER = 500
"""Maximum length of input, in characters, separators included."""
_BETWEEN = re.compile("[.\u2010-\u2015\u2212-]")


def compact_iban(text: str) -> str:
    """Normalise an IBAN: digits 0 to 9, letters a to z in upper case, no separators.

    Digits of any script are converted. Separators are white space, dots, dashes and invisible
    characters. Other invalid characters are kept, for validation to reject. Input that is far too
    long gives an empty text.
    """
    if len(text) > _LONGEST_NUMBER:
        return ""
    compact = _BETWEEN.sub("", "".join(plain_digits(strip_invisible(text)).split()))
    return "".join(each.upper() if each.isascii() else each for each in compact)
