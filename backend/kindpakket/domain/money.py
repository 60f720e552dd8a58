"""Amounts of money, in whole euro cents."""

import re
from typing import NewType

from kindpakket.domain.language import current_catalogue
from kindpakket.domain.texts import plain_digits, strip_invisible

Cents = NewType("Cents", int)

MAX_CENTS = 2**32 - 1
"""The maximum of an amount in a message: uint32."""

_EUROS = re.compile(r"(?:€\s*)?(?:(\d{1,8})(?:[.,](\d{2}))?|(\d{1,3}(?:\.\d{3}){1,2}),(\d{2}))")
"""Dots may separate thousands only when cents follow, since ``1.234`` alone is ambiguous."""
_ARABIC_THOUSANDS = re.compile("(?<=[0-9])\u066c(?=[0-9]{3}(?![0-9]))")
_ARABIC_COMMAS = re.compile("[\u060c\u066b]")
_LONGEST = 100
"""Maximum length of input, in characters, invisible ones included."""


def format_euros(amount: int) -> str:
    """Format an amount in cents in Dutch notation, with a plain space: ``€ 1.234,50``."""
    euros, cents = divmod(abs(amount), 100)
    sign = "-" if amount < 0 else ""
    return f"€ {sign}{euros:,}".replace(",", ".") + f",{cents:02}"


def unbroken(text: str) -> str:
    """Replace the space after each euro sign by a no-break space, which keeps amounts on one line.

    For texts on pages; terminals, files and decisions have plain spaces.
    """
    return text.replace("€ ", "€\N{NO-BREAK SPACE}")


def dutch_euros(amount: int) -> str:
    """Format an amount in cents in Dutch notation, with a no-break space."""
    return unbroken(format_euros(amount))


def english_euros(amount: int) -> str:
    """Format an amount in cents in English notation: ``€1,234.50``."""
    euros, cents = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}€{euros:,}.{cents:02}"


def say_euros(amount: int) -> str:
    """Format an amount in cents in the notation of the current language, on one line."""
    return (english_euros if current_catalogue().language == "en" else dutch_euros)(amount)


def parse_euros(text: str) -> Cents:
    """Parse ``42``, ``42,50``, ``42.50``, ``€ 1.234,50`` or ``٤٢٫٥٠`` into cents.

    Raises:
        ValueError: it is none of these, or zero.
    """
    plain = plain_digits(strip_invisible(text)) if len(text) <= _LONGEST else ""
    plain = _ARABIC_COMMAS.sub(",", _ARABIC_THOUSANDS.sub("", plain))
    match = _EUROS.fullmatch(plain.strip())
    euros, cents, grouped, after = match.groups("") if match else ("", "", "", "")
    amount = int((euros + grouped).replace(".", "") or 0) * 100 + int(cents + after or 0)
    if not 0 < amount <= MAX_CENTS:
        raise ValueError(f"geen bedrag in euro's: {text!r}")
    return Cents(amount)
