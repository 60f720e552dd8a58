"""The files from which a wallet reads what its coupons hold: the same bytes for everybody.

Formats and rules for readers: docs/files.md.
"""

import struct
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kindpakket.protocol.changes import ENTRY_BYTES, TAG_BYTES

_VERSION = 1
_COUPONS, _DAY, _MONTH = b"KC", b"KD", b"KM"
_HEADER = struct.Struct(">2sBHI")
_KEY_BYTES = 33
_GROUP = struct.Struct(">IH")
_VALUE = struct.Struct(">II")
_MOST_ENTRIES = 2**16 - 1
_DAY_SECONDS = 86_400
_EPOCH = date(1970, 1, 1)

PREFIX_BYTES = 6
"""As many bytes of an address as there are in the coupons file."""


class FileUnreadable(ValueError):
    """Not the file that was asked for, or cut or changed; nothing of it is to be used."""


@dataclass(frozen=True)
class Span:
    """A UTC day or month."""

    kind: bytes
    number: int
    """A day's number since 1970-01-01, or a month such as 202701."""
    month: int
    """The month that it is or lies in."""
    first: int
    """The first second, in unix seconds."""
    last: int

    @classmethod
    def of_day(cls, day: date) -> "Span":
        """Return a day."""
        number = day_number(day)
        first = number * _DAY_SECONDS
        return cls(_DAY, number, month_number(day), first, first + _DAY_SECONDS - 1)

    @classmethod
    def of_month(cls, day: date) -> "Span":
        """Return the month of a day."""
        number = month_number(day)
        first = day_number(day.replace(day=1)) * _DAY_SECONDS
        length = monthrange(day.year, day.month)[1] * _DAY_SECONDS
        return cls(_MONTH, number, number, first, first + length - 1)


@dataclass(frozen=True)
class Issued:
    """The issued coupons of a scheme."""

    first_day: date
    """The UTC day of the first issue."""
    coupons: Mapping[bytes, int]
    """The value in cents by the first six bytes of the address."""


@dataclass(frozen=True)
class Group:
    """The changes of one block, or a part of them."""

    minute: int
    """The time of the block in whole minutes since 1970."""
    entries: tuple[bytes, ...]


@dataclass(frozen=True)
class ChangeFile:
    """All changes of a day or month until now."""

    span: Span
    public_key: bytes
    """The month's, compressed."""
    groups: tuple[Group, ...]
    over: bool
    """Whether it never changes again."""

    @cached_property
    def by_tag(self) -> Mapping[bytes, Sequence[tuple[int, int, bytes]]]:
        """The entries, each with the position and the minute of its group."""
        found = defaultdict(list)
        for place, group in enumerate(self.groups):
            for entry in group.entries:
                found[entry[:TAG_BYTES]].append((place, group.minute, entry))
        return dict(found)


def day_number(day: date) -> int:
    """Return the number of days since 1970-01-01."""
    return (day - _EPOCH).days


def month_number(day: date) -> int:
    """Return a day's month, such as 202701."""
    return day.year * 100 + day.month


def write_coupons(scheme: int, first_day: date, prefixes: Mapping[int, bytes]) -> bytes:
    """Return the coupons file.

    Args:
        prefixes: by value in cents, the first six bytes of each address, ascending.
    """
    parts = [_HEADER.pack(_COUPONS, _VERSION, scheme, day_number(first_day))]
    for value, addresses in sorted(prefixes.items()):
        parts += [_VALUE.pack(value, len(addresses) // PREFIX_BYTES), addresses]
    return b"".join(parts)


def write_header(scheme: int, span: Span, public_key: bytes) -> bytes:
    """Return the start of a file of changes, with the month's public key."""
    return _HEADER.pack(span.kind, _VERSION, scheme, span.number) + public_key


def write_groups(time: int, entries: Iterable[bytes]) -> bytes:
    """Return the changes of a block; several groups if there are more than fit in one."""
    ordered = sorted(entries)
    parts = []
    for first in range(0, len(ordered), _MOST_ENTRIES):
        some = ordered[first : first + _MOST_ENTRIES]
        parts += [_GROUP.pack(time // 60, len(some)), *some]
    return b"".join(parts)


def write_end(span: Span) -> bytes:
    """Return the end of a file that is over."""
    return _GROUP.pack(span.last // 60, 0)


def read_coupons(data: bytes, scheme: int) -> Issued:
    """Read the coupons file of a scheme.

    Raises:
        FileUnreadable: it is not that file.
    """
    try:
        first_day = date.fromordinal(_EPOCH.toordinal() + _read_header(data, _COUPONS, scheme))
        coupons: dict[bytes, int] = {}
        at, last_value = _HEADER.size, 0
        while at < len(data):
            value, count = _VALUE.unpack_from(data, at)
            at += _VALUE.size
            end = at + count * PREFIX_BYTES
            prefixes = [
                data[n : n + PREFIX_BYTES] for n in range(at, min(end, len(data)), PREFIX_BYTES)
            ]
            if value <= last_value or count == 0 or end > len(data) or prefixes != sorted(prefixes):
                raise FileUnreadable
            coupons |= dict.fromkeys(prefixes, value)
            at, last_value = end, value
    except (struct.error, ValueError, OverflowError) as error:
        raise FileUnreadable from error
    return Issued(first_day, coupons)


def read_changes(data: bytes, scheme: int, span: Span) -> ChangeFile:
    """Read the file of a day or month of a scheme.

    Raises:
        FileUnreadable: it is not that file.
    """
    start = _HEADER.size + _KEY_BYTES
    if _read_header(data, span.kind, scheme) != span.number or len(data) < start:
        raise FileUnreadable
    groups = list(_read_groups(data, start))
    over = bool(groups) and not groups[-1].entries
    minutes = [span.first // 60, *(group.minute for group in groups), span.last // 60]
    if minutes != sorted(minutes) or (over and groups[-1].minute != minutes[-1]):
        raise FileUnreadable
    if over:
        groups.pop()
    return ChangeFile(span, data[_HEADER.size : start], tuple(groups), over)


def _read_header(data: bytes, kind: bytes, scheme: int) -> int:
    if len(data) < _HEADER.size or data[:5] != _HEADER.pack(kind, _VERSION, scheme, 0)[:5]:
        raise FileUnreadable
    number: int = _HEADER.unpack_from(data)[3]
    return number


def _read_groups(data: bytes, at: int) -> Iterator[Group]:
    """Yield the groups; the end of a file is one without entries."""
    while at < len(data):
        if at + _GROUP.size > len(data):
            raise FileUnreadable
        minute, count = _GROUP.unpack_from(data, at)
        first, at = at + _GROUP.size, at + _GROUP.size + count * ENTRY_BYTES
        if at > len(data) or (count == 0 and at != len(data)):
            raise FileUnreadable
        entries = (data[n : n + ENTRY_BYTES] for n in range(first, at, ENTRY_BYTES))
        yield Group(minute, tuple(entries))
