"""Money: whole euro cents, never a float."""

import re
from typing import NewType

Cents = NewType("Cents", int)

MAX_CENTS = 2**32 - 1
"""The most that a message can carry: its amounts are uint32."""

_EUROS = re.compile(r"(?:€\s*)?(\d{1,8})(?:[.,](\d{2}))?")


def format_euros(amount: int) -> str:
    """Return an amount in cents in Dutch notation: ``€ 1.234,50``."""
    euros, cents = divmod(abs(amount), 100)
    sign = "-" if amount < 0 else ""
    return f"€ {sign}{euros:,}".replace(",", ".") + f",{cents:02}"


def parse_euros(text: str) -> Cents:
    """Read ``42``, ``42,50``, ``42.50`` or ``€ 42,50``.

    Raises:
        ValueError: it is none of these, or zero.
    """
    match = _EUROS.fullmatch(text.strip())
    amount = int(match[1]) * 100 + int(match[2] or 0) if match else 0
    if not 0 < amount <= MAX_CENTS:
        raise ValueError(f"geen bedrag in euro's: {text!r}")
    return Cents(amount)
