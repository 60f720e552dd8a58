"""Whether this machine's clock can be trusted: it is held against the time since it was started.

The operating system counts the seconds since the machine started, asleep ones too, and nobody sets
that count. A clock that was set moves against it.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path

from kindpakket.domain.refusals import Code, Refusal

JUMP_SECONDS = 3600
"""How far the clock may be set while a server runs, in either direction, before acts stop."""
_SAME_SECONDS = 60
"""How far the clock may be from where it was when the operator confirmed it."""
CONFIRMED = "clock.json"
"""In the data directory: what :func:`confirmation` gave."""


def since_start() -> float:
    """Return the seconds since this machine started, those in which it slept included."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class ClockGuard:
    """Refuses acts while the clock lies an hour or more from where it was when this was made.

    Args:
        data: the data directory, in which an operator's confirmation lies.
    """

    def __init__(
        self,
        data: Path,
        *,
        clock: Callable[[], float] = time.time,
        count: Callable[[], float] = since_start,
    ) -> None:
        self._confirmed, self._clock, self._count = data / CONFIRMED, clock, count
        self._started_at = clock() - count()

    def check(self) -> None:
        """Check the clock.

        Raises:
            Refusal: it was set, and nobody confirmed that it is right.
        """
        started_at = self._clock() - self._count()
        if abs(started_at - self._started_at) < JUMP_SECONDS:
            return
        if abs(started_at - _read(self._confirmed)) > _SAME_SECONDS:
            raise Refusal(Code.CLOCK_JUMPED)
        self._started_at = started_at


def confirmation() -> str:
    """Return what says, to a server that runs on this machine, that the clock is right now."""
    return json.dumps({"started_at": time.time() - since_start()})


def _read(file: Path) -> float:
    """When the machine started by the clock that was confirmed; never, when none was."""
    try:
        return float(json.loads(file.read_text())["started_at"])
    except (OSError, ValueError, LookupError, TypeError):
        return float("-inf")
