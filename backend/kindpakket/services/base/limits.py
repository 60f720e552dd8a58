"""Rate limits: per signing key that the ledger knows, and per client network for everything else.

A request is counted for its network before anything in it is checked. When the ledger accepted its
message, or a till known to the ledger signed a new one, the count moves to that key: many tills
behind one router have a share each, and nobody can use up a till's share without its key. Counts
are kept in memory and merged with those of other processes through the store once a second, so that
no request waits for the store.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import delete, insert, select

from kindpakket.domain.ids import Address
from kindpakket.domain.refusals import RateLimited
from kindpakket.metrics import RATE_LIMITED
from kindpakket.protocol.messages import Domain, Message
from kindpakket.store import tables as t
from kindpakket.store.database import Store

MOST_COUNTED = 20_000
"""Maximum number of separate counters; all further networks and keys share one."""
_SHARED_AT_ONCE = 500
_REST = "rest"


class Lane(StrEnum):
    """A kind of request with a limit of its own."""

    READ = "read"
    ACT = "act"
    SIGN_IN = "sign_in"
    ACCOUNT = "account"
    """Signing in with a work account, which waits for its provider."""
    KEY = "key"


for _lane in Lane:  # so that each is exported from the start
    RATE_LIMITED.labels(_lane)


@dataclass(frozen=True)
class Rates:
    """The limit of each lane, such as ``100 per 10 seconds``."""

    reads: str
    acts: str
    sign_ins: str
    key: str

    def items(self) -> dict[Lane, RateLimitItem]:
        """Return the limits by lane.

        Raises:
            ValueError: one is not a rate.
        """
        texts = (self.reads, self.acts, self.sign_ins, self.sign_ins, self.key)
        return {lane: parse(text) for lane, text in zip(Lane, texts, strict=True)}


@dataclass
class _Count:
    expires_at: int
    hits: int = 0
    unshared: int = 0


class _Counts(Storage):
    """Storage for the ``limits`` library: a bounded number of counters in memory, with a clock that
    tests can set."""

    STORAGE_SCHEME = None

    def __init__(self, now: Callable[[], int]) -> None:
        super().__init__()
        self._now = now
        self._lock = threading.Lock()
        self._counts: dict[str, _Count] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter and return it; the result is at least zero."""
        with self._lock:
            now = self._now()
            if key not in self._counts and len(self._counts) >= MOST_COUNTED:
                _, lane, *_ = key.split("/")
                key = key if lane == Lane.KEY else f"{_REST}/{lane}"  # keys are the ledger's
            count = self._live(key, now)
            if count is None:
                count = self._counts[key] = _Count(now + expiry)
            amount = max(amount, -count.hits)
            count.hits += amount
            count.unshared += amount
            return count.hits

    def get(self, key: str) -> int:
        """Return a counter."""
        with self._lock:
            count = self._live(key, self._now())
            return 0 if count is None else count.hits

    def get_expiry(self, key: str) -> float:
        """Return when a counter is reset, in unix seconds."""
        with self._lock:
            now = self._now()
            count = self._live(key, now)
            return now if count is None else count.expires_at

    def check(self) -> bool:
        """True: memory is always there."""
        return True

    def reset(self) -> int | None:
        """Delete all counters."""
        with self._lock:
            self._counts.clear()
        return None

    def clear(self, key: str) -> None:
        """Delete a counter."""
        with self._lock:
            self._counts.pop(key, None)

    def share(self, store: Store) -> None:
        """Add what was counted here to the store's counts, and take those over.

        Raises:
            StoreUnavailable: nothing was shared; the next call shares it.
        """
        with self._lock:
            now = self._now()
            self._forget(now)
            news = {
                key: (count.expires_at, count.unshared)
                for key, count in self._counts.items()
                if count.unshared
            }
        keys = list(news)
        for start in range(0, len(keys), _SHARED_AT_ONCE):
            some = keys[start : start + _SHARED_AT_ONCE]
            self._take_over(_share(store, {key: news[key] for key in some}, now), news)

    def _take_over(
        self, shared: dict[str, tuple[int, int]], news: dict[str, tuple[int, int]]
    ) -> None:
        with self._lock:
            for key, (expires_at, hits) in shared.items():
                if count := self._counts.get(key):
                    count.unshared -= news[key][1]
                    count.hits = hits + count.unshared
                    count.expires_at = expires_at

    def _live(self, key: str, now: int) -> _Count | None:
        count = self._counts.get(key)
        return count if count is not None and count.expires_at > now else None

    def _forget(self, now: int) -> None:
        for key in [key for key, count in self._counts.items() if count.expires_at <= now]:
            del self._counts[key]


def _share(store: Store, news: dict[str, tuple[int, int]], now: int) -> dict[str, tuple[int, int]]:
    """Add counts to those in the store and return the sums."""
    table = t.request_counts
    with store.write() as db:
        db.execute(delete(table).where(table.c.expires_at <= now))
        known = {
            row.key: (row.expires_at, row.hits)
            for row in db.execute(select(table).where(table.c.key.in_(news)))
        }
        whole = {
            key: (known.get(key, new)[0], max(0, known.get(key, (0, 0))[1] + new[1]))
            for key, new in news.items()
        }
        db.execute(delete(table).where(table.c.key.in_(known)))
        db.execute(
            insert(table),
            [{"key": key, "expires_at": at, "hits": hits} for key, (at, hits) in whole.items()],
        )
    return whole


class Limits:
    """Counts requests and refuses those above the limit."""

    def __init__(self, rates: Rates, now: Callable[[], int]) -> None:
        self._items = rates.items()
        self._now = now
        self._counts = _Counts(now)
        self._windows = FixedWindowRateLimiter(self._counts)

    def count(self, lane: Lane, who: str) -> None:
        """Count a request.

        Raises:
            RateLimited: it is one too many.
        """
        if not self._windows.hit(self._items[lane], lane, who):
            raise self._refusal(lane, who)

    def used(self, lane: Lane, who: str) -> int:
        """Return the number of requests counted for a network or key in this window."""
        item = self._items[lane]
        return item.amount - self._windows.get_window_stats(item, lane, who).remaining

    def check(self, lane: Lane, who: str) -> None:
        """Check that there may be one more, without counting it.

        Raises:
            RateLimited: it would be one too many.
        """
        if not self._windows.test(self._items[lane], lane, who):
            raise self._refusal(lane, who)

    def move(self, lane: Lane, who: str, key: Address) -> None:
        """Move a counted request from a network to a key."""
        self._windows.hit(self._items[lane], lane, who, cost=-1)
        self._windows.hit(self._items[Lane.KEY], Lane.KEY, key)

    def share(self, store: Store) -> None:
        """Merge the counts with those of other processes, and delete expired ones.

        Raises:
            StoreUnavailable: the store cannot be written; counting goes on.
        """
        self._counts.share(store)

    def _refusal(self, lane: Lane, who: str) -> RateLimited:
        RATE_LIMITED.labels(lane).inc()
        anew = self._windows.get_window_stats(self._items[lane], lane, who).reset_time
        return RateLimited(max(1, int(anew) - self._now()))


@dataclass(frozen=True)
class Caller:
    """The network that an act comes from, before its signature is checked."""

    limits: Limits
    network: str

    def may_sign(self, key: Address) -> None:
        """Check that the limit of a key that signed is not exceeded.

        Raises:
            RateLimited: it acted often enough for the moment.
        """
        self.limits.check(Lane.KEY, key)

    def may_send(self, message: Message, domain: Domain, signature: bytes) -> Address | None:
        """Return the signer of a message if it is within its limit; None when the signature is
        invalid.

        Raises:
            RateLimited: this key acted often enough for the moment.
        """
        try:
            key = message.signer(domain, signature)
        except ValueError:
            return None
        self.may_sign(key)
        return key

    @contextmanager
    def sending(self, message: Message, domain: Domain, signature: bytes) -> Iterator[None]:
        """Count a message for its signer instead of the network when the ledger accepts it.

        Raises:
            RateLimited: this key acted often enough for the moment.
        """
        key = self.may_send(message, domain, signature)
        yield
        if key is not None:
            self.signed(key)

    def signed(self, key: Address) -> None:
        """Count an act for the key that signed it; the key is known to the ledger and the act is
        new.

        Signed messages are public on the ledger, and anyone can send them again: repetitions stay
        counted for the network.
        """
        self.limits.move(Lane.ACT, self.network, key)


def network_of(host: str) -> str:
    """Return the network that an address is counted for: an IPv4 address, or the /64 of an IPv6
    address. Anything else is its own network."""
    try:
        address: IPv4Address | IPv6Address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return str(ip_network((address, 64), strict=False))
        address = address.ipv4_mapped
    return str(address)


def is_within(host: str, networks: Collection[str]) -> bool:
    """Whether an address lies in one of these networks or is one of these addresses."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in ip_network(each) for each in networks)
