"""The file that a browser hands in: a run's coupon list, and its letters sealed to the officers."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert

from kindpakket.domain.language import say
from kindpakket.services.base.context import Context
from kindpakket.services.letters.coupon_lists import (
    CouponList,
    ListInvalid,
    load,
    parse_list,
    read_list,
)
from kindpakket.services.letters.generate import serial
from kindpakket.services.letters.orders import BegunRun, find_begun
from kindpakket.store import tables as t

_MARK = b"age-encryption.org/v1\n"
_LONGEST = 1000
"""Maximum size of a sealed letter, in bytes."""
_MOST_RUN = 2**31 - 1


@dataclass(frozen=True)
class SealedRun:
    """A run that was begun at this desk, and its letters in order, each sealed."""

    begun: BegunRun
    letters: tuple[bytes, ...]


@dataclass(frozen=True)
class HandedIn:
    """What a file has. Only a browser's has sealed letters; the station's stay at the station."""

    listed: CouponList
    sealed: SealedRun | None = None


def read_handed_in(context: Context, content: bytes) -> HandedIn:
    """Parse the file of a run: the station's coupon list, or a browser's with sealed letters.

    Raises:
        ListInvalid: it is another file, or does not belong to the run that was begun.
    """
    data = load(content)
    if not isinstance(data, dict) or "run" not in data:
        return HandedIn(read_list(content))
    listed, begun = parse_list(data), _find(context, data["run"])
    if listed.scheme != begun.scheme or data.get("sealedTo") != list(begun.sealed_to):
        raise ListInvalid(say("Dit bestand is van een andere regeling of voor andere sleutels."))
    return HandedIn(listed, SealedRun(begun, _letters(data.get("letters"), begun)))


def keep_sealed(db: Connection, sealed: SealedRun) -> None:
    """Store the sealed letters of a run."""
    rows = [
        {"run": sealed.begun.number, "number": number, "sealed": each}
        for number, each in enumerate(sealed.letters, start=1)
    ]
    db.execute(insert(t.sealed_letters), rows)


def _find(context: Context, number: Any) -> BegunRun:
    known = type(number) is int and 0 < number <= _MOST_RUN
    begun = find_begun(context, number) if known else None
    if begun is None:
        raise ListInvalid(say("De serie van dit bestand is hier niet begonnen."))
    return begun


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
    if not sealed.startswith(_MARK) or len(sealed) > _LONGEST:
        raise ListInvalid(say("In dit bestand staat een brief die niet verzegeld is."))
    return sealed
