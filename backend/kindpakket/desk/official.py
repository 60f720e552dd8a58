"""The official who requests a page."""

from dataclasses import dataclass

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address
from kindpakket.services.base.reading import ReadPermission, may_read
from kindpakket.services.decisions.prepare import Preparer


@dataclass(frozen=True)
class Official:
    """An official with a session, and their capacities."""

    address: Address
    name: str
    capacities: Capacity
    csrf: str
    """The CSRF token of this session's forms."""

    def may(self, capacity: Capacity) -> bool:
        """Whether they hold this capacity."""
        return bool(self.capacities & capacity)

    def reads(self, reading: ReadPermission) -> bool:
        """Whether they may read this."""
        return may_read(self.capacities, reading)

    def by(self, reason: str | None = None) -> Preparer:
        """Return this official as the author of a decision."""
        return Preparer(self.address, reason)
