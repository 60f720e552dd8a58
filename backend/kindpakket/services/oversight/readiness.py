"""Whether a server can do its work: named checks, each with a word and the numbers behind it."""

import asyncio
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import func, select

from kindpakket.domain.refusals import Refusal
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t
from kindpakket.store import views
from kindpakket.store.database import StoreUnavailable

OK = "ok"
CACHED_SECONDS = 1.0
"""How long an answer is given again."""
_WAIT_SECONDS = 2.0
"""How long a check is waited for."""
_MOST_BLOCKS_BEHIND = 500
"""The follower looks every second, and even under load there are fewer blocks in that."""
_AHEAD_SECONDS = 60
_OLD_SECONDS = 120
"""Age of a node's head from which its chain stands still. An embedded chain has no block without
an act, so that its head may be of any age."""
_LEAST_FREE_BYTES = 256 * 1024 * 1024

log = structlog.get_logger()


@dataclass(frozen=True)
class CheckResult:
    """What a check found."""

    word: str
    """``ok``, or what is wrong."""
    numbers: Mapping[str, float] = field(default_factory=dict)


_NO_ANSWER = CheckResult("no_answer")

Check = Callable[[], CheckResult]


class Readiness:
    """Runs checks in threads, each at most once a second and never twice at a time."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._asked: dict[str, tuple[float, Future[CheckResult]]] = {}
        self._asking = threading.Lock()

    async def ask(self) -> dict[str, CheckResult]:
        """Return the answers by name, on an event loop."""
        futures = self._begin()
        if futures:
            wrapped = [asyncio.wrap_future(each) for each in futures.values()]
            await asyncio.wait(wrapped, timeout=_WAIT_SECONDS)
        return _answers(futures)

    def ask_in_a_thread(self) -> dict[str, CheckResult]:
        """Return the same, in a thread that may wait."""
        futures = self._begin()
        wait(futures.values(), _WAIT_SECONDS)
        return _answers(futures)

    def _begin(self) -> dict[str, Future[CheckResult]]:
        with self._asking:
            now = time.monotonic()
            for name, check in self._checks.items():
                asked_at, future = self._asked.get(name, (now, None))
                if future is None or (future.done() and now - asked_at > CACHED_SECONDS):
                    self._asked[name] = now, _started(name, check)
            return {name: future for name, (_, future) in self._asked.items()}


def _started(name: str, check: Check) -> Future[CheckResult]:
    """Run a check in a daemon thread: one that hangs does not keep the process from ending."""
    future = Future[CheckResult]()

    def run() -> None:
        try:
            future.set_result(check())
        except Refusal as refusal:  # an act would be refused with this
            future.set_result(CheckResult(refusal.code.value))
        except (LedgerUnavailable, StoreUnavailable, OSError):
            future.set_result(_NO_ANSWER)
        except Exception:
            log.exception("check_failed", check=name)
            future.set_result(CheckResult("failed"))

    threading.Thread(target=run, name=f"check-{name}", daemon=True).start()
    return future


def _answers(futures: dict[str, Future[CheckResult]]) -> dict[str, CheckResult]:
    return {
        name: future.result() if future.done() else _NO_ANSWER for name, future in futures.items()
    }


def checks_of(
    context: Context, data: Path, *, on_a_node: bool, follows: Callable[[], bool]
) -> dict[str, Check]:
    """Return the checks of a server.

    Args:
        follows: whether the follower runs.
    """
    return {
        "ledger": lambda: _ledger(context),
        "head": lambda: _head(context, on_a_node=on_a_node),
        "database": lambda: _database(context),
        "views": lambda: _views(context),
        "disk": lambda: _disk(data),
        "follower": lambda: CheckResult(OK if follows() else "down"),
    }


def _ledger(context: Context) -> CheckResult:
    """Whether an act could be sent."""
    context.ledger.check()
    context.ledger.reach()
    relay = context.ledger.relay_state()
    numbers = {"relay_balance_wei": relay.balance, "relay_nonce_gap": relay.waiting}
    return CheckResult(OK, numbers)


def _head(context: Context, *, on_a_node: bool) -> CheckResult:
    ledger, now = context.ledger, context.now()
    age = now - next(iter(ledger.blocks(ledger.head()))).time
    word = "ahead" if age < -_AHEAD_SECONDS else OK
    if on_a_node and age > _OLD_SECONDS:
        word = "old"
    return CheckResult(
        "old" if on_a_node and age > _OLD_SECONDS else word, {"head_age_seconds": age}
    )


def _database(context: Context) -> CheckResult:
    with context.store.write() as db:  # which waits while another program holds it
        live = select(func.count()).where(t.sessions.c.expires_at > context.now())
        return CheckResult(OK, {"sessions": db.scalar(live) or 0})


def _views(context: Context) -> CheckResult:
    with context.store.read() as db:
        seen = views.read_cursor(db).block
    behind = max(0, context.ledger.head() - seen)
    word = OK if behind <= _MOST_BLOCKS_BEHIND else "behind"
    return CheckResult(word, {"views_lag_blocks": behind})


def _disk(data: Path) -> CheckResult:
    """Whether the data directory can be written and has room."""
    free = shutil.disk_usage(data).free
    numbers = {"disk_free_bytes": free}
    try:
        with tempfile.TemporaryFile(dir=data) as file:
            file.write(b"\0" * 4096)
    except OSError:
        return CheckResult("not_writable", numbers)
    return CheckResult(OK if free >= _LEAST_FREE_BYTES else "full", numbers)
