"""Counts of refusals, to find rules with unwanted effects. Refusals are not on the ledger.

Recording is asynchronous and best effort: a thread writes, an entry may be lost, and the answer to
the till neither waits nor changes.
"""

import queue
import threading
from dataclasses import dataclass

import structlog
from sqlalchemy import insert, update

from kindpakket.domain.ids import Address
from kindpakket.domain.refusals import Code
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t
from kindpakket.store.database import Store, StoreUnavailable

_HOUR = 3600
_MOST_WAITING = 1_000

log = structlog.get_logger()


@dataclass(frozen=True)
class Seen:
    """One refused claim."""

    time: int
    code: Code
    scheme: int
    shop: int
    coupon: Address
    """The first coupon of the code; used to count distinct ones."""


_waiting: queue.Queue[tuple[Store, Seen]] = queue.Queue(_MOST_WAITING)
_starting = threading.Lock()
_writer: threading.Thread | None = None


def note_refusal(context: Context, code: Code, scheme: int, shop: int, coupon: Address) -> None:
    """Queue a refusal for counting; dropped when the queue is full."""
    try:
        _waiting.put_nowait((context.store, Seen(context.now(), code, scheme, shop, coupon)))
    except queue.Full:
        return
    _start()


def _start() -> None:
    global _writer
    with _starting:
        if _writer is None or not _writer.is_alive():
            _writer = threading.Thread(target=_write_all, name="refusals", daemon=True)
            _writer.start()


def _write_all() -> None:
    while True:
        store, seen = _waiting.get()
        try:
            _write(store, seen)
        except StoreUnavailable:
            pass  # the count is lost; the till has its answer
        except Exception:
            log.exception("refusal_not_noted")
        finally:
            _waiting.task_done()


def _write(store: Store, seen: Seen) -> None:
    table = t.refusals.c
    key = {
        "hour": seen.time - seen.time % _HOUR,
        "code": seen.code.value,
        "scheme": seen.scheme,
        "shop": seen.shop,
        "coupon": seen.coupon,
    }
    this = [table[name] == value for name, value in key.items()]
    with store.write() as db:
        more = update(t.refusals).where(*this).values(attempts=table.attempts + 1)
        if db.execute(more).rowcount == 0:
            db.execute(insert(t.refusals).values(**key, attempts=1))
