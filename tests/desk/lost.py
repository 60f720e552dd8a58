"""Letters that were lost, in tests: two officials who sign requests, two privacy officers, runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.letters import Letter, serial
from kindpakket.protocol.signatures import address_of
from tests.desk.office import (
    ANNA,
    BRAM,
    CARLA,
    Desk,
    at_the_desk,
    decided_by_two,
    field,
    read,
    sign_in,
)
from tests.desk.runs import (
    begin,
    hand_in,
    look_at,
    made,
    made_blank,
    name_officers,
    order_of,
)
from tests.support.small_town import key
from tests.support.town import SCHEME, Town

DIRK, EVA = key(81), key(82)
"""Officials with ISSUE who are no privacy officers."""
REASON = "Brief en telefoon kwijt bij een verhuizing."


@dataclass
class Runs:
    """A run with letters and cards, cards last; and blank letters."""

    run: int
    letters: list[Letter]
    blank_run: int
    blanks: list[Letter]


@dataclass
class Office(Runs):
    """The officers are Anna (first) and Bram (second); Dirk and Eva sign requests."""

    town: Town
    anna: Desk
    bram: Desk
    dirk: Desk
    eva: Desk

    def form(self, lost: int = 1, blank: int | None = 1, **others: str) -> dict[str, str]:
        """The fields of a request."""
        to = "regeling" if blank is None else "leeg"
        number = "" if blank is None else serial(self.blank_run, blank)
        given = {"lost": serial(self.run, lost), "to": to, "blank": number, "reason": REASON}
        return given | others

    def later(self, seconds: int) -> None:
        """Let time pass, after which everybody signs in again."""
        self.town.clock.time += seconds
        for each in (self.anna, self.bram, self.dirk, self.eva):
            assert sign_in(self.town, each.http, each.key).status_code == 303

    def proposed(self, lost: int = 1, blank: int | None = 1) -> str:
        """Propose a request; return the path of the message."""
        answer = self.dirk.post("/brieven/vervangen/nieuw", self.form(lost, blank))
        assert answer.status_code == 303, read(answer.text)
        path: str = answer.headers["location"]
        return path.removeprefix("/gemeente").partition("?")[0]

    def signed(self, lost: int = 1, blank: int | None = 1) -> str:
        """Have a request signed by two officials; return the path of its page."""
        path = self.proposed(lost, blank)
        assert [sign(each, path) for each in (self.dirk, self.eva)] == [303, 303]
        return f"/brieven/vervangen/{path.rpartition('/')[2]}"


def sign(desk: Desk, path: str) -> int:
    answer = desk.post(f"{path}/handtekening", {"signature": desk.signed(path)})
    return int(answer.status_code)


def name_requesters(town: Town) -> None:
    """Have Dirk and Eva become officials who issue letters."""
    for each in (DIRK, EVA):
        town.decide("setOfficial", address_of(each), int(Capacity.ISSUE))


def make_runs(town: Town) -> Runs:
    """Name officials and privacy officers, and make a run that is on the ledger and a blank one."""
    town.decide("fund", SCHEME, 3_000_000)
    name_requesters(town)
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        name_officers(anna, bram, carla)
        loaded = begin(anna, 50, 1)
        letters, content = made(order_of(anna, loaded))
        decided_by_two(anna, bram, hand_in(anna, letters, content))
        blank, blanks = make_blanks(anna)
    return Runs(loaded, [sheet.letter for sheet in letters.sheets], blank, blanks)


def make_blanks(desk: Desk) -> tuple[int, list[Letter]]:
    """Make and hand in three blank letters; return the number of their run, and the letters."""
    number = begin(desk, 3, kind="leeg")
    blanks, content = made_blank(order_of(desk, number))
    looked = field(look_at(desk, content).text, "sha256")
    answer = desk.post("/brieven", {"content": content.decode(), "sha256": looked})
    assert answer.status_code == 303
    return number, blanks


@contextmanager
def office(town: Town, runs: Runs) -> Iterator[Office]:
    """An office with these runs."""
    with at_the_desk(town, ANNA, BRAM, DIRK, EVA) as desks:
        yield Office(*vars(runs).values(), town, *desks)
