"""The keys in a town's file, in every spelling in which they could be sent."""

from kindpakket.demo.town_file import TownFile, key_of
from kindpakket.protocol.enrolment import RecoverySheet


def of_the_page(town: TownFile) -> list[str]:
    """Keys that the page passes to its phone and till, and to the visitor who plays an official."""
    sheets = [RecoverySheet(shop.id, key_of(shop.owner_key)).text for shop in town.shops]
    return [*town.own.letters[1:], *sheets, *(each.key[2:] for each in town.officials)]


def of_the_town(town: TownFile) -> list[str]:
    """Keys that no page needs."""
    return [
        town.relay_key[2:],
        *town.letters,
        town.own.letters[0],
        *town.cards,
        *(key[2:] for shop in town.shops for key in (shop.owner_key, shop.till_key)),
    ]
