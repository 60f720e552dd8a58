"""The one spelling of a bank account that is signed, in every language of the protocol."""

import re

from kindpakket.domain.texts import plain_digits, shown

LONGEST_HOLDER = 70
"""Characters of a holder's name that a bank takes."""

_LONGEST_NUMBER = 500
"""Characters, with as many between the digits as anybody types."""
_BETWEEN = re.compile("[.\u2010-\u2015\u2212-]")


def compact_iban(text: str) -> str:
    """Return an account with digits 0 to 9 and nothing between them, letters a to z as capitals.

    What people write there is white space, dots, dashes, and characters that show nothing. What
    else is wrong stays wrong; what is far too long is empty.
    """
    if len(text) > _LONGEST_NUMBER:
        return ""
    compact = _BETWEEN.sub("", "".join(plain_digits(shown(text)).split()))
    return "".join(each.upper() if each.isascii() else each for each in compact)
