"""Names of schemes, shops and officials; the ledger has numbers and addresses only.

A name is valid from the time it was given: earlier decisions are shown with the names of their
time. An official's name belongs to a decision about that official and becomes valid when the
decision is executed. It is always shown with the code of the key, which cannot be chosen.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Column, Connection, Table, delete, insert, select

from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.language import say
from kindpakket.protocol.enrolment import official_code
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t
from kindpakket.store.database import Store

FOUNDING = ""
"""Placeholder for the decision about officials named in the constructor."""


@dataclass(frozen=True)
class _Former:
    """An earlier name of a scheme or shop, valid up to a second."""

    kind: str
    number: int
    name: str
    until: int


@dataclass(frozen=True)
class _Given:
    """A name of an official, with the time at which its decision was executed; None before."""

    official: str
    name: str
    decision: str
    since: int | None


@dataclass(frozen=True)
class PublicNames:
    """Names of schemes and shops, and texts that identify each with or without a name."""

    schemes: dict[int, str]
    shops: dict[int, str]

    def scheme(self, scheme: int) -> str:
        """Return ``Kindpakket 2027 (regeling 1)``, or ``regeling 1``."""
        return _called(self.schemes.get(scheme), say("regeling %(number)s", number=scheme))

    def shop(self, shop: int) -> str:
        """Return ``Fietsenwinkel (winkel 1)``, or ``winkel 1``."""
        return _called(self.shops.get(shop), say("winkel %(number)s", number=shop))


@dataclass(frozen=True)
class Names(PublicNames):
    """Names at one time, of officials too."""

    officials: dict[str, str]
    _former: tuple[_Former, ...] = ()
    """Newest first."""
    _given: tuple[_Given, ...] = ()
    """Ordered by the time from which they are valid; those not valid yet come last."""

    def official(self, official: str) -> str:
        """Return ``A. de Vries (XXXX-XXXX-XXXX)``, or ``sleutel XXXX-XXXX-XXXX``."""
        name, code = self.officials.get(official), official_code(Address(official))
        return say("sleutel %(code)s", code=code) if name is None else f"{name} ({code})"

    def at(self, time: int) -> "Names":
        """Return the names as of a time: of officials those valid before this second."""
        before = [each for each in self._former if each.until >= time]
        return replace(
            self,
            schemes=self.schemes | {e.number: e.name for e in before if e.kind == "scheme"},
            shops=self.shops | {e.number: e.name for e in before if e.kind == "shop"},
            officials=_counting(e for e in self._given if e.since is not None and e.since < time),
        )

    def deciding(self, decision: str) -> "Names":
        """Return the names with those added that this decision gives."""
        given = (each for each in self._given if each.decision == decision)
        return replace(self, officials=self.officials | _counting(given))

    def proposed(self, decision: str) -> dict[str, str]:
        """Return the names of officials that a decision gives."""
        return _counting(each for each in self._given if each.decision == decision)

    def waiting(self, decisions: Iterable[str]) -> list[tuple[str, str]]:
        """Return officials with the names that these decisions would give them."""
        those = set(decisions)
        return [(each.official, each.name) for each in self._given if each.decision in those]


def read_public_names(store: Store) -> PublicNames:
    """Return the names of schemes and shops; this does not need the ledger."""
    with store.read() as db:
        return _public(db)


def read_names(context: Context) -> Names:
    """Return all names.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    given, made = t.official_names, t.decisions.c
    since = (
        select(given, made.time)
        .outerjoin(t.decisions, (made.decision == given.c.decision) & ~made.cancelled)
        .order_by(made.block)
    )
    former = select(t.former_names).order_by(t.former_names.c.until.desc())
    with context.read_views() as db:
        public = _public(db)
        rows = [
            _Given(row.official, row.name, row.decision, _since(row.decision, row.time))
            for row in db.execute(since)
        ]
        before = tuple(_Former(*row) for row in db.execute(former))
    all_given = tuple(
        sorted(rows, key=lambda each: (each.since is None, 0 if each.since is None else each.since))
    )
    counting = _counting(each for each in all_given if each.since is not None)
    return Names(public.schemes, public.shops, counting, before, all_given)


def name_scheme(store: Store, scheme: int, name: str) -> None:
    """Give a scheme that is to be opened a name."""
    _set(store, t.scheme_names, t.scheme_names.c.scheme, scheme, name)


def rename_scheme(store: Store, scheme: int, name: str, now: int) -> None:
    """Rename a scheme as of now, in unix seconds."""
    table = t.scheme_names
    with store.write() as db:
        before = db.scalar(select(table.c.name).where(table.c.scheme == scheme))
        keep_former(db, "scheme", scheme, before, name, now)
        db.execute(delete(table).where(table.c.scheme == scheme))
        db.execute(insert(table).values(scheme=scheme, name=name))


def keep_former(
    db: Connection, kind: str, number: int, before: str | None, name: str, now: int
) -> None:
    """Record the former name of a scheme or shop that is renamed."""
    table = t.former_names
    same = (table.c.kind == kind) & (table.c.number == number) & (table.c.until == now)
    if before in (None, name) or db.execute(select(table).where(same)).first():
        return
    db.execute(insert(table).values(kind=kind, number=number, name=before, until=now))


def name_founder(store: Store, official: Address, name: str) -> None:
    """Give one of the first officials a name, from the beginning."""
    with store.write() as db:
        db.execute(insert(t.official_names).values(official=official, name=name, decision=FOUNDING))


def name_official(store: Store, official: Address, name: str, decision: Hash) -> str:
    """Record the name that an official gets when a decision about them is executed.

    Returns:
        the name that this decision gives: an earlier one stays.
    """
    table = t.official_names
    same = (table.c.official == official) & (table.c.decision == decision)
    with store.write() as db:
        kept = db.scalar(select(table.c.name).where(same))
        if kept is None:
            db.execute(insert(table).values(official=official, name=name, decision=decision))
    return kept or name


def same_name(one: str, other: str) -> bool:
    """Whether two names are equal without regard to case, width and white space."""
    return _plain(one) == _plain(other)


def name_till(store: Store, till: str, name: str) -> None:
    """Set a till's name."""
    _set(store, t.till_names, t.till_names.c.till, till, name)


def _public(db: Connection) -> PublicNames:
    schemes, shops = (
        {row[0]: row.name for row in db.execute(select(table))}
        for table in (t.scheme_names, t.shop_details)
    )
    return PublicNames(schemes, shops)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _since(decision: str, time: int | None) -> int | None:
    return -1 if decision == FOUNDING else time


def _counting(given: Iterable[_Given]) -> dict[str, str]:
    return {each.official: each.name for each in given}


def _set(store: Store, table: Table, key: Column[object], value: object, name: str) -> None:
    with store.write() as db:
        db.execute(delete(table).where(key == value))
        db.execute(insert(table).values({key.name: value, "name": name}))


def _called(name: str | None, plain: str) -> str:
    return plain if name is None else f"{name} ({plain})"
