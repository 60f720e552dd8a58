"""The desk's figures at one block; they may be shown to every official who may read figures.

Suppression takes a second or more in a large town. So figures are cached in this process and
recomputed in a thread: once a minute while they are read, and now and then otherwise, so that the
first reader does not wait.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import structlog

from kindpakket.domain.ids import ShopId
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import PublicNames, read_public_names
from kindpakket.services.figures.facts import read_facts
from kindpakket.services.figures.groups import Axis, Kept, kept_back
from kindpakket.services.figures.lines import ReportLine, measure, named
from kindpakket.services.figures.months import MonthFigures, measure_months
from kindpakket.services.figures.refused import (
    RefusalLine,
    Refusals,
    read_refusals,
    tell_refusals,
)
from kindpakket.services.figures.schemes import SchemeFigures, measure_schemes

REFRESHED_AFTER = 60
STALE_AFTER = 600
"""Maximum age of shown figures, in seconds; without a background thread the first reader waits."""
_KEPT_AFTER = 5
"""Delay of the first computation after the start, in seconds."""
_KEPT_EVERY = STALE_AFTER / 2
_BREAKDOWNS = (Axis.WEEK, Axis.MONTH, Axis.CATEGORY, Axis.SHOP, Axis.HOUR, Axis.SHOP_MONTH)

log = structlog.get_logger()


@dataclass(frozen=True)
class Figures:
    """Content of the dashboards, exports and pages of shops. Amounts in cents."""

    block: int
    time: int
    """Time of that block, in unix seconds."""
    schemes: list[SchemeFigures]
    weeks: list[ReportLine]
    months: list[MonthFigures]
    categories: list[ReportLine]
    shops: list[ReportLine]
    hours: list[ReportLine]
    shop_months: list[ReportLine]
    refusals: list[RefusalLine]
    left_out: list[SchemeFigures]
    """Schemes whose payments are in their totals only, since too few letters were used."""


@dataclass(frozen=True)
class _Made:
    """Figures without names, which depend on the reader's language."""

    at: int
    block: int
    time: int
    schemes: list[SchemeFigures]
    lines: dict[Axis, list[ReportLine]]
    months: list[MonthFigures]
    refusals: Refusals
    kept: Kept


class _Keeper:
    """Cache of the last figures of one town."""

    def __init__(self) -> None:
        self._made: _Made | None = None
        self._making = threading.Lock()

    def get(self, context: Context) -> _Made:
        made, now = self._made, context.now()
        if made and now - made.at < REFRESHED_AFTER:
            return made
        if made and now - made.at < STALE_AFTER:
            self.refresh(context)
            return made
        with self._making:
            if self._made is made or not self._made:
                self._made = _make(context)
            return self._made  # perhaps made by another request meanwhile

    def refresh(self, context: Context) -> None:
        """Recompute the figures in a thread, unless that is in progress."""
        if self._making.acquire(blocking=False):
            threading.Thread(target=self._make, args=(context,), daemon=True).start()

    def _make(self, context: Context) -> None:
        try:
            self._made = _make(context)
        except Exception:
            log.exception("figures_not_made")
        finally:
            self._making.release()


_keepers: WeakKeyDictionary[Context, _Keeper] = WeakKeyDictionary()
_keeping = threading.Lock()


def read_figures(context: Context) -> Figures:
    """Return the figures, with names in the reader's language. They may be a minute old, or
    somewhat more while new ones are computed.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
    """
    return _tell(_keeper(context).get(context), read_public_names(context.store))


def list_months(figures: Figures, shop: ShopId) -> list[ReportLine]:
    """Return the months in which a shop was paid, newest first; a name is ``2027-01``.

    Refunds count in the month of their payment.
    """
    own = [line for line in figures.shop_months if line.key.startswith(f"{shop}/")]
    return sorted(own, key=lambda line: line.name, reverse=True)


def read_kept(context: Context) -> Kept:
    """Return what these figures suppress, of the same age.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
        StoreUnavailable: nor the store.
    """
    return _keeper(context).get(context).kept


@contextmanager
def keeping_figures(context: Context) -> Iterator[None]:
    """Keep the cached figures fresh, in a thread, for the duration of the context."""
    ended = threading.Event()
    threading.Thread(target=keep_figures, args=(context, ended.wait), daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def keep_figures(context: Context, ends_within: Callable[[float], bool]) -> None:
    """Recompute the figures periodically until the end.

    Args:
        ends_within: waits so many seconds at most, and tells whether it was the end.
    """
    pause: float = _KEPT_AFTER
    while not ends_within(pause):
        _keeper(context).refresh(context)
        pause = _KEPT_EVERY


def _keeper(context: Context) -> _Keeper:
    with _keeping:
        return _keepers.setdefault(context, _Keeper())


def _make(context: Context) -> _Made:
    with context.read_views() as db:
        facts = read_facts(db)
        refusals = read_refusals(db, facts.letters)
    kept = kept_back(facts)
    lines = {by: measure(facts, [by], kept) for by in _BREAKDOWNS}
    months = measure_months(lines[Axis.MONTH], lines[Axis.SHOP_MONTH], facts.categories)
    schemes = measure_schemes(facts)
    return _Made(context.now(), facts.block, facts.time, schemes, lines, months, refusals, kept)


def _tell(made: _Made, names: PublicNames) -> Figures:
    lines = {by: named(lines, names) for by, lines in made.lines.items()}
    schemes = [replace(each, name=names.scheme(each.scheme)) for each in made.schemes]
    return Figures(
        made.block,
        made.time,
        schemes,
        lines[Axis.WEEK],
        made.months,
        lines[Axis.CATEGORY],
        lines[Axis.SHOP],
        lines[Axis.HOUR],
        lines[Axis.SHOP_MONTH],
        tell_refusals(made.refusals),
        [each for each in schemes if each.scheme in made.kept.schemes],
    )
