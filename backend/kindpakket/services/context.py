"""What services work with: the ports, joined by main."""

from collections.abc import Callable
from dataclasses import dataclass

from kindpakket.ledger.port import Ledger
from kindpakket.services.limits import Limits
from kindpakket.services.project import Projection
from kindpakket.store.database import Store


@dataclass(frozen=True)
class Context:
    """One ledger, one store, and the projection that keeps the one's views in the other."""

    ledger: Ledger
    store: Store
    projection: Projection
    now: Callable[[], int]
    """The time in unix seconds."""
    limits: Limits
    """How often one may ask."""
