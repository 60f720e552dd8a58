"""The time of the embedded chain: the clock's, slewed while the head lies ahead of the clock.

A block's time is never below its parent's. When a block was made while the clock was ahead, time
goes on from there at half speed until the clock has caught up, as clocks usually are slewed: codes
can be used, and still expire. All times are unix seconds.
"""

from collections.abc import MutableMapping

_ANCHOR = b"kindpakket:slewed-from"
"""Where slewing began: the head's time and the clock's, 8 bytes each."""
_PACE = 2


def next_time(db: MutableMapping[bytes, bytes], head: int, now: int) -> int:
    """Return the time of a block on top of one of time ``head``, when the clock says ``now``."""
    return max(head, now, _slewed(db, now))


def begin_slewing(db: MutableMapping[bytes, bytes], head: int, now: int) -> None:
    """Keep where slewing begins when the head lies ahead of the clock; within a writing
    transaction. Where it began already it goes on from there."""
    if head > now and _slewed(db, now) < head:
        db[_ANCHOR] = head.to_bytes(8) + now.to_bytes(8)


def _slewed(db: MutableMapping[bytes, bytes], now: int) -> int:
    """The slewed time; 0 where it never began, or the clock went back behind its beginning."""
    if _ANCHOR not in db:
        return 0
    head, clock = int.from_bytes(db[_ANCHOR][:8]), int.from_bytes(db[_ANCHOR][8:])
    return head + (now - clock) // _PACE if now >= clock else 0
