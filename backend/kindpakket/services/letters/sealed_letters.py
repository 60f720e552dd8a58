"""The file that a browser hands in: a run's letters sealed to the officers, and its coupon list.

The file of a run of blank letters has no list.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from kindpakket.domain.language import say
from kindpakket.domain.letters import is_sealed, serial
from kindpakket.services.base.context import Context
from kindpakket.services.letters.coupon_lists import (
    CouponList,
    ListInvalid,
    load,
    parse_list,
    read_list,
)
from kindpakket.services.letters.orders import BegunRun, find_begun
from kindpakket.store import tables as t

_BLANK_NAMES = {"scheme", "run", "blank", "sealedTo", "letters"}


@dataclass(frozen=True)
class SealedRun:
    """A run that was begun at this desk, and its letters in order, each sealed."""

    begun: BegunRun
    letters: tuple[bytes, ...]

    @property
    def sha256(self) -> str:
        """The hash of the sealed letters, 0x-hex."""
        return hash_sealed(self.begun.number, self.letters)


@dataclass(frozen=True)
class HandedIn:
    """A run with coupons. Only a browser's has sealed letters; the station's stay there."""

    listed: CouponList
    sealed: SealedRun | None = None


@dataclass(frozen=True)
class BlankRun:
    """A run of blank letters."""

    sealed: SealedRun
    sha256: str
    """The hash of its file, 0x-hex."""


def read_handed_in(context: Context, content: bytes) -> HandedIn | BlankRun:
    """Parse the file of a run: the station's coupon list, or a browser's with sealed letters.

    Raises:
        ListInvalid: it is another file, or does not belong to the run that was begun.
    """
    data = load(content)
    if not isinstance(data, dict) or "run" not in data:
        return HandedIn(read_list(content))
    begun = _find(context, data["run"])
    _check_kind(data, begun)
    listed = None if begun.blank else parse_list(data)
    if data.get("scheme") != begun.scheme or data.get("sealedTo") != list(begun.sealed_to):
        raise ListInvalid(say("Dit bestand is van een andere regeling of voor andere sleutels."))
    sealed = SealedRun(begun, _letters(data.get("letters"), begun))
    if listed is None:
        return BlankRun(sealed, "0x" + hashlib.sha256(content).hexdigest())
    return HandedIn(listed, sealed)


def hash_sealed(run: int, letters: Sequence[bytes]) -> str:
    """Return the hash of a run's sealed letters as its file has them, 0x-hex."""
    told = {
        serial(run, number): base64.b64encode(each).decode()
        for number, each in enumerate(letters, start=1)
    }
    content = json.dumps(told, separators=(",", ":")).encode()
    return "0x" + hashlib.sha256(content).hexdigest()


def stored_sealed(db: Connection, run: int) -> tuple[bytes, ...]:
    """Return the sealed letters of a run in order; none of one that the station made."""
    table = t.sealed_letters
    query = select(table.c.sealed).where(table.c.run == run).order_by(table.c.number)
    return tuple(db.scalars(query))


def keep_sealed(db: Connection, sealed: SealedRun) -> None:
    """Store the sealed letters of a run instead of earlier ones."""
    db.execute(delete(t.sealed_letters).where(t.sealed_letters.c.run == sealed.begun.number))
    rows = [
        {"run": sealed.begun.number, "number": number, "sealed": each}
        for number, each in enumerate(sealed.letters, start=1)
    ]
    db.execute(insert(t.sealed_letters), rows)


def _find(context: Context, number: Any) -> BegunRun:
    begun = find_begun(context, number) if type(number) is int else None
    if begun is None:
        raise ListInvalid(say("De serie van dit bestand is hier niet begonnen."))
    return begun


def _check_kind(data: dict[str, Any], begun: BegunRun) -> None:
    if data.get("blank", False) is not begun.blank or (begun.blank and set(data) - _BLANK_NAMES):
        raise ListInvalid(
            say("Deze serie is begonnen met lege brieven, en dit bestand heeft een bedrag.")
            if begun.blank
            else say("Deze serie is begonnen met een bedrag, en dit bestand heeft lege brieven.")
        )


def _letters(found: Any, begun: BegunRun) -> tuple[bytes, ...]:
    serials = [serial(begun.number, number) for number in range(1, begun.letters + begun.cards + 1)]
    if not isinstance(found, dict) or list(found) != serials:
        raise ListInvalid(say("In dit bestand staan niet de brieven van deze serie."))
    return tuple(_unpack(each) for each in found.values())


def _unpack(text: Any) -> bytes:
    try:
        sealed = base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        sealed = b""
    if not is_sealed(sealed):
        raise ListInvalid(say("In dit bestand staat een brief die niet verzegeld is."))
    return sealed
