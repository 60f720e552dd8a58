"""Periodic work of a server: preload a library, share rate counts, delete what expired or is of
former officials, send again what is not final."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.services.base import accounts, sessions
from kindpakket.services.base.context import Context
from kindpakket.store.database import StoreUnavailable

PAUSE_SECONDS = 1
_ROUNDS = 60
"""Number of rounds between two deletions."""

log = structlog.get_logger()


@contextmanager
def keeping_house(context: Context) -> Iterator[None]:
    """Run the periodic work in threads for the duration of the context."""
    ended = threading.Event()
    for work in (keep_house, keep_acts):
        threading.Thread(target=work, args=(context, ended.wait), daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def keep_house(context: Context, ends_within: Callable[[float], bool]) -> None:
    """Run the periodic work until the end.

    Args:
        ends_within: waits so many seconds at most; returns True once the work is to stop.
    """
    sessions.load_sign_in()
    rounds = 0
    while not ends_within(PAUSE_SECONDS):
        try:
            context.limits.share(context.store)
            if rounds % _ROUNDS == 0:
                sessions.forget_expired(context)
                accounts.unbind_former_officials(context)
            rounds += 1
        except (LedgerUnavailable, StoreUnavailable):
            pass  # the next round does it
        except Exception:
            log.exception("housekeeping_failed")


def keep_acts(context: Context, ends_within: Callable[[float], bool]) -> None:
    """Send acts again that are not final, until the end; parameters as above."""
    while not ends_within(PAUSE_SECONDS):
        try:
            context.ledger.keep()
        except LedgerUnavailable:
            pass  # the next round does it
        except Exception:
            log.exception("acts_not_kept")
