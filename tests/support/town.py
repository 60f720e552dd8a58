"""A town for tests: the real chain, contract, store and API, with a clock that tests can set."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from kindpakket.actors import ALL_RIGHTS, API, Api, Till, show_code
from kindpakket.api.app import create_app
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import SchemeId, ShopId
from kindpakket.domain.letters import Letter
from kindpakket.domain.refusals import Refusal
from kindpakket.domain.times import day_of, midnight
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.schemes.details import SchemeDetails, change_details
from kindpakket.settings import Settings
from kindpakket.site import Site
from kindpakket.workspace import Workspace
from scripts.bench.processes import FREELY

START = 1_800_000_000
"""15 January 2027, when every test town is founded."""

SITE = "https://town.test"
HERE = "http://localhost"
"""The site of a town that browsers reach on this machine."""

ALL = sum(Capacity)
EVERYTHING = [Key(bytes([n]) * 32) for n in (1, 2, 3)]
"""Officials who hold every capacity."""
SAFE = Key(b"\x04" * 32)
"""The official with the capacity OFFICIALS only."""

SCHEME = SchemeId(1)
VALUES = (10_000, 10_000, 5_000, 2_000, 2_000, 1_000)
"""A letter's coupons in this scheme, in cents: € 300 together, all in one code."""

BICYCLES, OFF_LICENCE, BICYCLES_AND_SPIRITS, BOOKS, ENDED = map(ShopId, (1, 2, 3, 4, 5))
_SHOPS = {
    BICYCLES: (("bicycles",), True),
    OFF_LICENCE: (("off_licences",), True),
    BICYCLES_AND_SPIRITS: (("bicycles", "off_licences"), True),
    BOOKS: (("books",), True),
    ENDED: (("bicycles",), False),
}
LETTERS = [Letter(SCHEME, bytes([n]) * 16) for n in (1, 2, 3)]


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, time: int = START) -> None:
        self.time = time

    def __call__(self) -> float:
        return self.time


@dataclass
class Town:
    """A scheme, five shops with a till each, three letters, four officials."""

    directory: Path
    clock: Clock
    workspace: Workspace
    http: TestClient
    api: Api
    _nonce: int = field(default=0)

    def now(self) -> int:
        return int(self.clock.time)

    def decide(self, function: str, *args: object, by: list[Key] | None = None) -> None:
        """Have officials decide; each decision is one second later than the one before."""
        self.clock.time += 1
        self.api.decide(EVERYTHING[:2] if by is None else by, self.now(), function, *args)

    def code(
        self,
        amount: int,
        *,
        letter: Letter = LETTERS[0],
        coupons: tuple[int, ...] = (0,),
        generation: int = 0,
        shop: int = 0,
        nonce: int | None = None,
    ) -> str:
        """Make a code as a parent would; each is one second later than the one before."""
        self.clock.time += 1
        keys = [coupon_key(letter, generation, index) for index in coupons]
        return show_code(
            self.api.domain, letter.scheme, keys, amount, self.now(), shop=shop, nonce=nonce
        ).text

    def code_at(self, amount: int, time: int, *, coupons: tuple[int, ...]) -> str:
        """Make a code of the first letter at the time that a phone has."""
        keys = [coupon_key(LETTERS[0], 0, index) for index in coupons]
        return show_code(self.api.domain, SCHEME, keys, amount, time).text

    def decide_at(self, time: int, function: str, *args: object) -> None:
        """Have two officials decide at the time that they have."""
        self.api.decide(EVERYTHING[:2], time, function, *args)

    def post(self, path: str, body: object) -> httpx2.Response:
        """Send a body unchanged; return the answer."""
        return self.http.post(API + path, json=body)

    def view(self, function: str, *args: object) -> Any:
        """Call a view of the contract."""
        return self.workspace.context.ledger.view(function, *args)

    @contextmanager
    def refusing(self, reason: str) -> Iterator[None]:
        """Expect a refusal with this reason, and an unchanged ledger."""
        before = self.workspace.context.ledger.head()
        with pytest.raises(Refusal) as refusal:
            yield
        assert refusal.value.code == reason
        assert self.workspace.context.ledger.head() == before

    def remaining(self, letter: Letter = LETTERS[0], generation: int = 0) -> list[int]:
        """What is left on each coupon of a letter, by the contract."""
        view = self.workspace.context.ledger.view
        return [
            view("coupons", address_of(coupon_key(letter, generation, index)))["remaining"]
            for index in range(len(VALUES))
        ]


def owner_of(shop: ShopId) -> Key:
    return Key(bytes([100 + shop]) * 32)


def till_of(shop: ShopId) -> Till:
    return Till(shop, Key(bytes([200 + shop]) * 32))


@contextmanager
def opened(directory: Path, clock: Clock, **others: Any) -> Iterator[Town]:
    """Open a town that was founded; the other arguments are settings."""
    settings = Settings(data=directory, app_address=SITE, **(FREELY | others))
    with Workspace.open(settings, clock=clock, sync=False) as workspace:
        app = create_app(workspace.context, contact_email=settings.contact_email, site=Site(SITE))
        with TestClient(app, base_url=SITE, raise_server_exceptions=False) as http:
            yield Town(directory, clock, workspace, http, Api(http))


def found(directory: Path, clock: Clock | None = None, **others: Any) -> None:
    """Build the town that every test starts from, by default at its time; the other arguments are
    settings."""
    officials = {address_of(key): ALL for key in EVERYTHING}
    officials[address_of(SAFE)] = int(Capacity.OFFICIALS)
    clock = clock or Clock()
    start = clock.time
    settings = Settings(data=directory, **others)
    Workspace.create(settings, officials, clock=clock, sync=False).close()
    with opened(directory, clock, **others) as town:
        change_details(town.workspace.context.store, SCHEME, SchemeDetails(letter_values=VALUES))
        permitted = bits_of(["bicycles", "books", "toys"])
        closes = midnight(day_of(start) + timedelta(days=366))  # at the end of a day
        town.decide("openScheme", SCHEME, start, closes, permitted, bits_of(["off_licences"]))
        town.decide("fund", SCHEME, 1_000_000)
        for shop, (names, admitted) in _SHOPS.items():
            owner = owner_of(shop)
            town.decide("setShop", shop, bits_of(names), address_of(owner), admitted)
            town.api.change_till(
                owner, shop, till_of(shop).key, town.now(), active=True, rights=ALL_RIGHTS
            )
        for value in sorted(set(VALUES)):
            addresses = sorted(
                address_of(coupon_key(letter, 0, index))
                for letter in LETTERS
                for index, each in enumerate(VALUES)
                if each == value
            )
            town.decide("issue", SCHEME, value, addresses)
        with town.workspace.context.read_views():
            pass  # the blocks are applied to the views, once for all copies


def copied(founded: Path, directory: Path) -> Path:
    """Copy a town for a test."""
    return Path(shutil.copytree(founded, directory))
