"""What everyone may know of a municipality's ledger: rules, who decided on them, money, and shops.

It is read again at most once in :data:`REFRESHED_AFTER`, however many ask, and has a limited size:
the newest schemes, changes and shops, up to a number that is told with them.
"""

import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, func, select

from kindpakket import __version__
from kindpakket.domain.ids import Address, Hash
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.services.base.context import Context
from kindpakket.services.figures.published_months import PublishedMoney, read_published_money
from kindpakket.services.figures.published_totals import published_until
from kindpakket.services.publication.rules import (
    RuleChange,
    list_changes,
    read_decisions,
)
from kindpakket.services.schemes.changes import Rules
from kindpakket.services.schemes.details import SchemeDetails, read_cents
from kindpakket.store import tables as t
from kindpakket.store import views
from kindpakket.store.database import StoreUnavailable

REFRESHED_AFTER = 60
"""Age at which a publication is read again, in seconds."""
_PATIENCE_SECONDS = 1
"""Maximum time that a reader waits for another's first reading after a start, so that few threads
wait."""
MOST_SCHEMES = 100
MOST_SHOPS = 5_000


@dataclass(frozen=True)
class Passport:
    """Origin of the data: what a reader of the ledger needs to compute the same."""

    chain_id: int
    contract: Address
    block: int
    """That of the newest change, so that it tells of no payment: the rules follow from the ledger
    up to this block, the money from what was before ``Publication.totals_until``."""
    hash: Hash
    time: int
    """Of that block, in unix seconds."""
    software: str
    """Version of this program."""


@dataclass(frozen=True)
class PublicScheme:
    """A scheme and the rules in force."""

    id: int
    name: str
    per_letter: int
    """What a letter is worth, in cents; the municipality says so, and not the ledger."""
    rules: Rules
    paused: bool
    closed: bool
    decisions: tuple[RuleChange, ...]
    """The decisions that made them: the rules, and the end or the pause if there is one."""
    money: PublishedMoney


@dataclass(frozen=True)
class PublicShop:
    """A shop that takes part: admitted and not suspended."""

    id: int
    name: str
    categories: int
    """As bits."""


@dataclass(frozen=True)
class Publication:
    """All of it; schemes, changes and shops newest first."""

    passport: Passport
    totals_until: int
    """The midnight, in unix seconds, before which the published totals and budgets changed."""
    schemes: tuple[PublicScheme, ...]
    changes: tuple[RuleChange, ...]
    shops: tuple[PublicShop, ...]
    scheme_count: int
    """How many schemes there are, of which ``schemes`` has the newest."""
    shop_count: int

    def is_over(self, scheme: PublicScheme) -> bool:
        """Whether a scheme accepts no payments any more, at the last change or this midnight."""
        last = max(self.passport.time, self.totals_until)
        return scheme.closed or last >= scheme.rules.closes


class _Cache:
    """Cache of the last publication."""

    def __init__(self) -> None:
        self._made: Publication | None = None
        self._at = 0
        self._making = threading.Lock()

    def get(self, context: Context) -> Publication:
        made, now = self._made, context.now()
        if made is None:
            return self._first(context)
        # While one request reads it again, the others get the former one.
        fresh = self._at <= now < self._at + REFRESHED_AFTER
        if fresh or not self._making.acquire(blocking=False):
            return made
        try:
            self._made, self._at = _read_again(context, made), now
            return self._made
        finally:
            self._making.release()

    def _first(self, context: Context) -> Publication:
        if not self._making.acquire(timeout=_PATIENCE_SECONDS):
            raise StoreUnavailable("what is public is being read for the first time")
        try:
            if self._made is None:
                self._made, self._at = _read(context, None), context.now()
            return self._made
        finally:
            self._making.release()


_caches: WeakKeyDictionary[Context, _Cache] = WeakKeyDictionary()
_keeping = threading.Lock()


def read_publication(context: Context) -> Publication:
    """Return what is public; the same object until something in it changed.

    Raises:
        LedgerUnavailable: the ledger was not read yet, and cannot be.
        StoreUnavailable: nor the store; or another request is reading it for the first time.
    """
    with _keeping:
        cache = _caches.setdefault(context, _Cache())
    return cache.get(context)


def _read_again(context: Context, former: Publication) -> Publication:
    try:
        made = _read(context, former)
    except (LedgerUnavailable, StoreUnavailable):
        return former  # what was public then
    return former if made == former else made


def _read(context: Context, former: Publication | None) -> Publication:
    domain = context.ledger.domain
    until = published_until(context.now())
    with context.read_views() as db:
        if former and former.totals_until == until:  # they change once a day
            money = {each.id: each.money for each in former.schemes}
        else:
            money = read_published_money(db, until)
        changes = list_changes(db, until)
        # Without a change there is no scheme, and so no payment.
        newest = changes[0] if changes else views.read_cursor(db)
        block_hash = context.ledger.block_hash(newest.block)
        if block_hash is None:
            raise LedgerUnavailable("the block of the newest change is not there")
        return Publication(
            Passport(
                domain.chain_id,
                domain.contract,
                newest.block,
                block_hash,
                newest.time,
                __version__,
            ),
            until,
            tuple(_read_schemes(db, money)),
            tuple(changes),
            tuple(_read_shops(db)),
            db.scalar(select(func.count()).select_from(t.schemes)) or 0,
            db.scalar(select(func.count()).select_from(t.shops).where(*_TAKES_PART)) or 0,
        )


def _read_schemes(db: Connection, money: Mapping[int, PublishedMoney]) -> list[PublicScheme]:
    scheme, details = t.schemes.c.scheme, t.scheme_details.c
    query = (
        select(t.schemes, t.scheme_names.c.name, details.letter_values)
        .outerjoin(t.scheme_names, t.scheme_names.c.scheme == scheme)
        .outerjoin(t.scheme_details, details.scheme == scheme)
        .order_by(scheme.desc())
        .limit(MOST_SCHEMES)
    )
    rows = db.execute(query).all()
    decisions = read_decisions(db, [row.scheme for row in rows])
    return [
        PublicScheme(
            row.scheme,
            _readable(row.name),
            SchemeDetails().per_letter
            if row.letter_values is None
            else sum(read_cents(row.letter_values)),
            Rules(row.opens, row.closes, int(row.permitted, 16), int(row.excluded, 16)),
            row.paused,
            row.closed,
            tuple(decisions[row.scheme]),
            money.get(row.scheme, PublishedMoney(0)),
        )
        for row in rows
    ]


_TAKES_PART = (t.shops.c.admitted, ~t.shops.c.suspended)


def _read_shops(db: Connection) -> list[PublicShop]:
    shop = t.shops.c.shop
    query = (
        select(t.shops, t.shop_details.c.name)
        .outerjoin(t.shop_details, t.shop_details.c.shop == shop)
        .where(*_TAKES_PART)
        .order_by(shop.desc())
        .limit(MOST_SHOPS)
    )
    return [
        PublicShop(row.shop, _readable(row.name), int(row.categories, 16))
        for row in db.execute(query)
    ]


def _readable(name: str | None) -> str:
    """A name without characters that show nothing, or that XML cannot hold; empty without one."""
    return "".join(each for each in name or "" if not unicodedata.category(each).startswith("C"))
