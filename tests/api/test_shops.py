"""The public list of admitted shops, with their locations where known."""

import pytest

from kindpakket.domain.categories import bits_of
from kindpakket.domain.locations import Location
from kindpakket.protocol.signatures import address_of
from kindpakket.services.shops.register import ShopDetails, invite
from tests.support.town import BICYCLES, Town, owner_of


def test_a_shop_tells_where_it_is(town: Town) -> None:
    owner, bits = address_of(owner_of(BICYCLES)), bits_of(["books"])
    place = Location(53.2474, 6.4031)
    number = invite(
        town.workspace.context, ShopDetails("De Kaft", "Kerkstraat 3", place), owner, bits
    )
    town.decide("setShop", number, bits, owner, True)
    *_, shop = town.api.get("/shops", scheme=1)
    assert shop == {
        "id": 6,
        "name": "De Kaft",
        "address": "Kerkstraat 3",
        "location": {"latitude": 53.2474, "longitude": 6.4031},
        "phone": "",
        "openingHours": "",
        "examples": "",
        "categories": ["books"],
        "permitted": True,
    }


def test_a_shop_may_have_no_location(town: Town) -> None:
    owner, bits = address_of(owner_of(BICYCLES)), bits_of(["books"])
    number = invite(town.workspace.context, ShopDetails("De Kaft", "Kerkstraat 3"), owner, bits)
    town.decide("setShop", number, bits, owner, True)
    # Without the shop that was only invited, and without unregistered ones.
    assert [shop["location"] for shop in town.api.get("/shops")] == [None] * 5


@pytest.mark.parametrize("place", [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)])
def test_every_corner_of_the_earth_is_kept_as_it_is(town: Town, place: tuple[float, float]) -> None:
    owner, bits = address_of(owner_of(BICYCLES)), bits_of(["books"])
    number = invite(
        town.workspace.context, ShopDetails("Ver", "Weg 1", Location(*place)), owner, bits
    )
    town.decide("setShop", number, bits, owner, True)
    *_, shop = town.api.get("/shops")
    assert tuple(shop["location"].values()) == place


@pytest.mark.parametrize(
    "place",
    [(90.001, 0), (-90.001, 0), (0, 180.001), (0, -180.001), (float("nan"), 0), (0, float("inf"))],
)
def test_a_location_outside_the_earth_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="buiten de aarde"):
        Location(*place)
