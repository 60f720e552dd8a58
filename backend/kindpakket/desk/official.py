"""Who asks for a page of the desk."""

from dataclasses import dataclass

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address
from kindpakket.services.base.reading import Reading, may_read
from kindpakket.services.decisions.prepare import By


@dataclass(frozen=True)
class Official:
    """An official with a session, and what they may do."""

    address: Address
    name: str
    capacities: Capacity
    csrf: str
    """Stands in every form of this session, and in no other's."""

    def may(self, capacity: Capacity) -> bool:
        """Whether they take part in deciding on this."""
        return bool(self.capacities & capacity)

    def reads(self, reading: Reading) -> bool:
        """Whether they may read this."""
        return may_read(self.capacities, reading)

    def by(self, reason: str | None = None) -> By:
        """Who prepares a decision."""
        return By(self.address, reason)
