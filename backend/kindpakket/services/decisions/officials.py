"""List of officials, and the call that sets an official's capacities."""

from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Address
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.enrolment import official_code
from kindpakket.services.base.context import Context
from kindpakket.services.base.names import read_names
from kindpakket.store import tables as t


@dataclass(frozen=True)
class OfficialFile:
    """An official with at least one capacity."""

    address: Address
    name: str
    """The key's code when there is no valid name."""
    code: str
    capacities: Capacity


def list_officials(context: Context) -> list[OfficialFile]:
    """Return the officials with at least one capacity, by name."""
    names = read_names(context)
    with context.read_views() as db:
        rows = db.execute(select(t.officials).where(t.officials.c.capacities > 0)).all()
    found = [
        OfficialFile(
            Address(row.official),
            names.officials.get(row.official, official_code(Address(row.official))),
            official_code(Address(row.official)),
            Capacity(row.capacities),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: each.name.lower())


def official_call(official: Address, capacities: Capacity) -> bytes:
    """Return the call that sets an official's capacities."""
    return encode_call("setOfficial", official, int(capacities))
