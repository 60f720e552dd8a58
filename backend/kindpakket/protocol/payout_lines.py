"""The lines of a payout: the bytes that its decision commits to, and their hash."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from kindpakket.domain.ids import Hash, ShopId

SALT_BYTES = 32


@dataclass(frozen=True)
class PayoutLine:
    """What one shop is to be paid, and to which account. The amount is in cents, above zero."""

    shop: ShopId
    holder: str
    iban: str
    amount: int
    reference: str
    """``KP-<batch>-<shop>``."""


def lines_bytes(salt: bytes, lines: Sequence[PayoutLine]) -> bytes:
    """Return the salt and the lines as canonical JSON (RFC 8785), in UTF-8."""
    listed = [[each.shop, each.holder, each.iban, each.amount, each.reference] for each in lines]
    content = {"salt": "0x" + salt.hex(), "lines": listed}
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def lines_sha256(salt: bytes, lines: Sequence[PayoutLine]) -> Hash:
    """Return the hash that the decision has. The salt prevents guessing of the accounts in it."""
    return Hash("0x" + hashlib.sha256(lines_bytes(salt, lines)).hexdigest())
