"""Block timestamps of the embedded chain: the clock's time, slewed while the head is ahead of it.

Timestamps never decrease. If a block was made while the clock was wrong and ahead, time continues
from there at half speed until the clock has caught up, so that codes can be used and still expire.
All times are unix seconds.
"""

from collections.abc import MutableMapping

_ANCHOR = b"kindpakket:slewed-from"
"""The start of slewing: the head's time and the clock's, 8 bytes each."""
_PACE = 2


def next_time(db: MutableMapping[bytes, bytes], head: int, now: int) -> int:
    """Return the timestamp of a block after one of time ``head``, at clock time ``now``."""
    return max(head, now, _slewed(db, now))


def begin_slewing(db: MutableMapping[bytes, bytes], head: int, now: int) -> None:
    """Record the start of slewing if the head is ahead of the clock and slewing has not started.

    Requires a write transaction.
    """
    if head > now and _slewed(db, now) < head:
        db[_ANCHOR] = head.to_bytes(8) + now.to_bytes(8)


def _slewed(db: MutableMapping[bytes, bytes], now: int) -> int:
    """The slewed time; 0 if slewing never started, or the clock is before its start."""
    if _ANCHOR not in db:
        return 0
    head, clock = int.from_bytes(db[_ANCHOR][:8]), int.from_bytes(db[_ANCHOR][8:])
    return head + (now - clock) // _PACE if now >= clock else 0
