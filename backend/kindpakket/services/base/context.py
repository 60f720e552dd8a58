"""The ports that services work with; assembled in :mod:`kindpakket.workspace`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from kindpakket.ledger.port import Ledger
from kindpakket.protocol.changes import MonthKeys
from kindpakket.services.base.limits import Limits
from kindpakket.services.base.project import Projection
from kindpakket.store.database import Store


@dataclass(frozen=True)
class Context:
    """One ledger, one store, and the projection of the ledger into the store."""

    ledger: Ledger
    store: Store
    projection: Projection
    month_keys: MonthKeys
    """For sealing changes of coupons."""
    now: Callable[[], int]
    """The clock, in unix seconds: for sessions, bank days and what is kept how long."""
    limits: Limits
    """Rate limits."""
    deletions: Path
    """The file of deleted children, which outlives the database."""
    register_days: int
    """How many days after the end of its scheme a child is kept in the register."""
    reports: Path
    """The directory of the last report of ``kindpakket-audit``."""
    account_required: bool = False
    """Whether an official's session takes a work account and the key, instead of one of them."""

    @contextmanager
    def read_views(self) -> Iterator[Connection]:
        """Bring the views up to date, and open a read transaction on the store.

        Raises:
            LedgerUnavailable: the ledger cannot be read.
            StoreUnavailable: the store cannot be read, or the views not be written.
        """
        self.projection.catch_up()
        with self.store.read(views=True) as db:
            yield db

    @contextmanager
    def write_with_views(self) -> Iterator[Connection]:
        """Bring the views up to date, and open a write transaction that may read them.

        Raises:
            LedgerUnavailable: the ledger cannot be read.
            StoreUnavailable: the store cannot be written.
        """
        self.projection.catch_up()
        with self.store.write(views=True) as db:
            yield db

    def ledger_time(self) -> int:
        """Return the time against which the contract checks what is sent now, in unix seconds. Used
        for nonces, validity of signed messages, and what is open or expired on the ledger.

        Raises:
            LedgerUnavailable: the ledger cannot be read.
        """
        return self.ledger.time(self.now())
