"""Detection of changes of the system clock, by comparing it to a monotonic clock.

The monotonic clock counts the seconds since boot, suspension included, and cannot be set.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path

from kindpakket.domain.refusals import Code, Refusal

JUMP_SECONDS = 3600
"""Shift of the clock, in either direction, from which acts are refused."""
_SAME_SECONDS = 60
"""Maximum shift since the operator confirmed the clock."""
CONFIRMED = "clock.json"
"""File in the data directory with the result of :func:`clock_confirmation`."""


def seconds_since_boot() -> float:
    """Return the seconds since boot, suspension included."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class ClockGuard:
    """Refuses acts while the clock is shifted by an hour or more since this object was created.

    Args:
        data: the data directory, with the operator's confirmation if there is one.
    """

    def __init__(
        self,
        data: Path,
        *,
        clock: Callable[[], float] = time.time,
        count: Callable[[], float] = seconds_since_boot,
    ) -> None:
        self._confirmed, self._clock, self._count = data / CONFIRMED, clock, count
        self._started_at = clock() - count()

    def check(self) -> None:
        """Check the clock.

        Raises:
            Refusal: it was shifted, and the operator did not confirm it.
        """
        started_at = self._clock() - self._count()
        if abs(started_at - self._started_at) < JUMP_SECONDS:
            return
        if abs(started_at - _read(self._confirmed)) > _SAME_SECONDS:
            raise Refusal(Code.CLOCK_JUMPED)
        self._started_at = started_at


def clock_confirmation() -> str:
    """Return the content of a file that confirms the clock to a server on this machine."""
    return json.dumps({"started_at": time.time() - seconds_since_boot()})


def _read(file: Path) -> float:
    """The time of boot according to the confirmed clock; -inf when none was confirmed."""
    try:
        return float(json.loads(file.read_text())["started_at"])
    except (OSError, ValueError, LookupError, TypeError):
        return float("-inf")
