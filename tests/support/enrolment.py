"""The two devices of a shop, which become its owner and its till, as in the till app."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from kindpakket.actors import API, Till, hexed
from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import Address, ShopId
from kindpakket.protocol.enrolment import (
    Invitation,
    make_till_request,
    owner_code,
    read_invitation,
    read_till_request,
)
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.shops.register import ShopDetails, invite
from tests.support.sessions import read, sign_in
from tests.support.town import EVERYTHING, Town

OFFICIAL = EVERYTHING[0]


def register(town: Town, name: str = "De Kaft", categories: tuple[str, ...] = ("books",)) -> ShopId:
    """Put a shop in the register, as an official does."""
    return invite(
        town.workspace.context, ShopDetails(name, "Kerkstraat 3"), None, bits_of(categories)
    )


def ask_invitation(town: Town, shop: int, key: Key = OFFICIAL) -> httpx2.Response:
    """Request an invitation; return the answer."""
    headers = {"Authorization": f"Bearer {sign_in(town, key)}"}
    return town.http.post(f"{API}/shops/{shop}/invitations", headers=headers)


def get_invitation(town: Town, shop: int) -> Invitation:
    """Let an official make an invitation, and read its link as the shop's device does."""
    answer = ask_invitation(town, shop)
    assert answer.status_code == 201, answer.text
    return read_invitation(answer.json()["link"].partition("#KI1.")[2])


@dataclass
class Device:
    """The device of an owner, which is also a till."""

    town: Town
    shop: ShopId
    owner: Key
    till: Key
    _token: str = field(default="")

    @property
    def code(self) -> str:
        """The owner code on its screen."""
        return owner_code(self.shop, address_of(self.owner))

    @property
    def as_till(self) -> Till:
        return Till(self.shop, self.till)

    def enrol(self, invitation: Invitation) -> httpx2.Response:
        """Use an invitation; return the answer."""
        body = {
            "shop": invitation.shop,
            "secret": hexed(invitation.secret),
            "owner": address_of(self.owner),
        }
        return self.town.post("/enrolments", body)

    def look(self) -> httpx2.Response:
        """Request the shop's data; return the answer."""
        return read(self.town, f"/shops/{self.shop}", sign_in(self.town, self.owner))

    def open_till(self, till: Key | None = None, name: str | None = None) -> httpx2.Response:
        """Add a till by its request, or by its own; sign as the owner, and send it."""
        body = self.till_body(till)
        return self.town.post("/tills", body if name is None else body | {"name": name})

    def till_body(self, till: Key | None = None) -> dict[str, Any]:
        """The body that adds a till, signed by both."""
        town = self.town
        domain = town.api.domain
        request = make_till_request(self.shop, till or self.till, town.now(), domain)
        scanned = read_till_request(request.text, domain)
        return {
            "shop": scanned.change.shop,
            "till": scanned.change.till,
            "active": True,
            "nonce": scanned.change.nonce,
            "signature": hexed(scanned.change.sign(domain, self.owner)),
            "tillSignature": hexed(scanned.signature),
        }

    def block(self, till: Address, **more: Any) -> httpx2.Response:
        """Block a till."""
        town = self.town
        change = make_till_request(self.shop, self.till, town.now(), town.api.domain).change
        blocked = type(change)(self.shop, till, False, town.now())
        signature = hexed(blocked.sign(town.api.domain, self.owner))
        body = {"shop": self.shop, "till": till, "active": False, "nonce": town.now()}
        return town.post("/tills", body | {"signature": signature} | more)


def device(town: Town, shop: ShopId, number: int = 1) -> Device:
    """A device with its own keys."""
    return Device(town, shop, Key(bytes([140 + number]) * 32), Key(bytes([160 + number]) * 32))


def admit(town: Town, shop: ShopId, owner: Key, *, admitted: bool = True) -> None:
    """Let two officials decide on an owner."""
    town.decide("setShop", shop, bits_of(["books"]), address_of(owner), admitted)
