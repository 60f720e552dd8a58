"""``demo.json``: everything a client needs to use the town, including everybody's keys."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from kindpakket.actors import Till
from kindpakket.domain.ids import SchemeId, ShopId
from kindpakket.protocol.signatures import Key
from kindpakket.services.base.private_files import write_private
from kindpakket.settings import DEMO

WARNING = (
    "Only for trying out. The keys in this file are not secret: never use them anywhere else, "
    "and never put real money or real families in this town."
)


class LedgerPlace(BaseModel):
    """The EIP-712 domain of the ledger."""

    chain_id: int
    address: str


class ShopKeys(BaseModel):
    """A shop with its keys; ``permitted`` is whether ``scheme`` lets it be paid."""

    id: ShopId
    name: str
    categories: list[str]
    admitted: bool
    permitted: bool
    owner_key: str
    till_key: str

    @property
    def till(self) -> Till:
        """The shop's till."""
        return Till(self.id, key_of(self.till_key))


class OfficialKey(BaseModel):
    """An official with a key."""

    name: str
    capacities: list[str]
    key: str


class OwnPurse(BaseModel):
    """Letters and cards from which the story and the page at ``/demo`` spend."""

    letters: list[str]
    cards: list[str]


class TownFile(BaseModel):
    """The town for clients. Its letters and cards are unused, except those in ``own``."""

    demo_only: Literal[True] = True
    warning: str = WARNING
    base_url: str
    ledger: LedgerPlace
    scheme: SchemeId
    closed_scheme: SchemeId
    paused_scheme: SchemeId
    letters: list[str]
    closed_letters: list[str]
    paused_letters: list[str]
    cards: list[str]
    """The text of the first QR of each card."""
    shops: list[ShopKeys]
    officials: list[OfficialKey]
    relay_key: str
    own: OwnPurse

    def shop(self, shop: ShopId) -> ShopKeys:
        """Return a shop by its number.

        Raises:
            KeyError: there is no such shop.
        """
        return {found.id: found for found in self.shops}[shop]

    def holders(self, capacity: str) -> list[Key]:
        """Return the keys of the officials who hold a capacity."""
        return [key_of(each.key) for each in self.officials if capacity in each.capacities]


def exists(data: Path) -> bool:
    """Whether a data directory has a demo town."""
    return (data / DEMO).exists()


def read(data: Path) -> TownFile:
    """Read the town's file.

    Raises:
        FileNotFoundError: there is no demo town here.
    """
    return TownFile.model_validate_json((data / DEMO).read_text())


def write(data: Path, town: TownFile) -> None:
    """Write the town's file atomically, readable by its owner only."""
    unfinished = data / f".{DEMO}"
    write_private(unfinished, town.model_dump_json(indent=1) + "\n")
    unfinished.replace(data / DEMO)


def key_of(text: str) -> Key:
    """Parse a key in 0x-hex."""
    return Key(bytes.fromhex(text[2:]))
