"""What services work with: the ports, joined by main."""

from collections.abc import Callable
from dataclasses import dataclass

from kindpakket.ledger.port import Ledger
from kindpakket.services.base.limits import Limits
from kindpakket.services.base.project import Projection
from kindpakket.store.database import Store


@dataclass(frozen=True)
class Context:
    """One ledger, one store, and the projection that keeps the one's views in the other."""

    ledger: Ledger
    store: Store
    projection: Projection
    now: Callable[[], int]
    """The clock, in unix seconds: for sessions, bank days and what is kept how long."""
    limits: Limits
    """How often one may ask."""

    def ledger_time(self) -> int:
        """Return the time by which the contract judges what is sent now: for everything that is
        signed, and for what is open or expired on the ledger. In unix seconds.

        Raises:
            LedgerUnavailable: the ledger cannot be read.
        """
        return self.ledger.time(self.now())
