"""What people call schemes, shops and officials. The ledger knows numbers and addresses only."""

from dataclasses import dataclass

from sqlalchemy import Column, Table, delete, insert, select

from kindpakket.domain.language import say
from kindpakket.store import tables as t
from kindpakket.store.database import Store


@dataclass(frozen=True)
class Names:
    """The names that were given, and how each thing is called with or without one."""

    schemes: dict[int, str]
    shops: dict[int, str]
    officials: dict[str, str]

    def scheme(self, scheme: int) -> str:
        """Return ``Kindpakket 2027 (regeling 1)``, or ``regeling 1``."""
        return _called(self.schemes.get(scheme), say("regeling %(number)s", number=scheme))

    def shop(self, shop: int) -> str:
        """Return ``Fietsenwinkel (winkel 1)``, or ``winkel 1``."""
        return _called(self.shops.get(shop), say("winkel %(number)s", number=shop))

    def official(self, official: str) -> str:
        """Return ``A. de Vries (0x…)``, or the address."""
        return _called(self.officials.get(official), official)


def read_names(store: Store) -> Names:
    """Return every name that was given."""
    with store.read() as db:
        return Names(
            *(
                {row[0]: row.name for row in db.execute(select(table))}
                for table in (t.scheme_names, t.shop_details, t.official_names)
            )
        )


def name_scheme(store: Store, scheme: int, name: str) -> None:
    """Give a scheme a name, or another one."""
    _set(store, t.scheme_names, t.scheme_names.c.scheme, scheme, name)


def name_official(store: Store, official: str, name: str) -> None:
    """Give an official a name, or another one."""
    _set(store, t.official_names, t.official_names.c.official, official, name)


def name_till(store: Store, till: str, name: str) -> None:
    """Give a till a name, or another one."""
    _set(store, t.till_names, t.till_names.c.till, till, name)


def _set(store: Store, table: Table, key: Column[object], value: object, name: str) -> None:
    with store.write() as db:
        db.execute(delete(table).where(key == value))
        db.execute(insert(table).values({key.name: value, "name": name}))


def _called(name: str | None, plain: str) -> str:
    return plain if name is None else f"{name} ({plain})"
