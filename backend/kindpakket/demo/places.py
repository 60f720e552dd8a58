"""The people and shops of the town. Names are fictitious; categories are those of the table.

The shops are located in and around Zuidhorn.
"""

from dataclasses import dataclass

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import SchemeId, ShopId
from kindpakket.domain.locations import Location
from kindpakket.services.shops.register import ShopDetails

SCHEME, CLOSED_SCHEME, PAUSED_SCHEME = map(SchemeId, (1, 2, 3))
SCHEME_NAMES = {
    SCHEME: "Kindpakket",
    CLOSED_SCHEME: "Kindpakket vorig jaar",
    PAUSED_SCHEME: "Zwemles",
}

PERMITTED = (
    "bicycles",
    "sports",
    "childrens_clothing",
    "clothing",
    "shoes",
    "books",
    "toys",
    "stationery",
    "musical_instruments",
    "sports_lessons",
    "dance_lessons",
    "arts_lessons",
    "swimming_pools",
    "outdoor_sports",
    "second_hand",
)
EXCLUDED = ("off_licences", "tobacco", "gambling")
SWIMMING = ("swimming_pools", "sports_lessons")

TEST_BANK = "TEST"
"""Bank code of the IBANs; no bank has this one."""
PAYER = {"payer_iban": "NL13TEST0123456789", "payer_bic": "TESTNL2A"}
"""Settings of the account that payouts come from: an example that no bank accepts."""
JOURNAL = {"journal_expenses": "1000", "journal_payable": "2000", "journal_in_transit": "2100"}
"""Settings of the accounts of a municipality's own ledger: examples."""

LETTERS, CARDS = 200, 10
LISTED, OWN = 40, 40
"""Number of letters for clients to try, and for the story and the page."""


@dataclass(frozen=True)
class Official:
    """An official of the town."""

    name: str
    capacities: Capacity


OFFICIALS = (
    Official("Anneke Bos", Capacity.RULES | Capacity.SHOPS | Capacity.OFFICIALS),
    Official("Bilal Yilmaz", Capacity.RULES | Capacity.SHOPS | Capacity.ISSUE | Capacity.REGISTER),
    Official("Carla Smit", Capacity.BUDGET | Capacity.ISSUE | Capacity.OFFICIALS),
    Official("Daan Visser", Capacity.BUDGET | Capacity.PAYOUT | Capacity.REGISTER),
    Official("Esra Demir", Capacity.ISSUE | Capacity.PAYOUT),
    Official("Sleutel in de kluis", Capacity.OFFICIALS),
)


@dataclass(frozen=True)
class Shop:
    """A shop; ``sales`` are amounts sold before the story begins, in cents."""

    id: ShopId
    name: str
    address: str
    location: Location
    categories: tuple[str, ...]
    examples: str = ""
    sales: tuple[int, ...] = ()
    admitted: bool = True

    @property
    def details(self) -> ShopDetails:
        """What the municipality writes down about it; the telephone numbers are nobody's."""
        phone = f"0594 99 {self.id:02} {self.id:02}" if self.examples else ""
        hours = "di t/m vr 9.00 – 18.00 uur\nza 9.00 – 17.00 uur" if self.examples else ""
        return ShopDetails(
            self.name,
            self.address,
            self.location,
            phone=phone,
            opening_hours=hours,
            examples=self.examples,
        )


SHOPS = (
    Shop(
        ShopId(1),
        "Fietsenwinkel Van Dam",
        "Dorpsstraat 4",
        Location(53.2474, 6.4031),
        ("bicycles",),
        "Fietsen, helmen, een reparatie",
        (18_900, 2_495, 1_250, 14_500, 3_995, 950, 22_500, 1_795, 6_450, 2_150),
    ),
    Shop(
        ShopId(2),
        "Sporthuis De Start",
        "Dorpsstraat 11",
        Location(53.2469, 6.4043),
        ("sports",),
        "Sportschoenen, een voetbal, een turnpakje",
        (3_495, 5_999, 1_295, 4_250, 2_499, 8_995, 1_995, 3_750, 5_495, 2_895),
    ),
    Shop(
        ShopId(3),
        "Kleding Mooi Weer",
        "Marktplein 2",
        Location(53.2481, 6.4012),
        ("clothing",),
        "Jassen, broeken, truien",
        (2_995, 4_995, 1_499, 3_450, 6_995, 2_250),
    ),
    Shop(
        ShopId(4),
        "Kinderkleding Pip",
        "Marktplein 7",
        Location(53.2483, 6.4018),
        ("childrens_clothing",),
        "Kinderkleding van maat 56 tot 164",
        (1_999, 3_495, 2_750, 4_495, 1_250, 5_995, 2_399, 3_150, 1_895, 4_250),
    ),
    Shop(
        ShopId(5),
        "Schoenen De Stap",
        "Kerkstraat 19",
        Location(53.249, 6.4037),
        ("shoes",),
        "Schoenen, laarzen, gymschoenen",
        (4_995, 5_950, 3_499, 6_495, 4_250, 2_995, 5_495, 7_995, 3_950, 4_495),
    ),
    Shop(
        ShopId(6),
        "Boekhandel De Kaft",
        "Kerkstraat 3",
        Location(53.2486, 6.4029),
        ("books",),
        "Kinderboeken, schoolboeken, agenda’s",
        (1_499, 1_899, 2_250, 995, 1_699),
    ),
    Shop(
        ShopId(7),
        "Speelgoed De Tol",
        "Marktplein 15",
        Location(53.2479, 6.4008),
        ("toys",),
        "Puzzels, bouwdozen, spellen",
        (1_999, 2_995, 1_295, 3_499, 995),
    ),
    Shop(
        ShopId(8),
        "Muziekhuis De Maat",
        "Molenweg 8",
        Location(53.2451, 6.3979),
        ("musical_instruments",),
        "Een gitaar, een blokfluit, les",
        (12_900, 2_450, 8_995),
    ),
    Shop(
        ShopId(9),
        "Zwembad De Waterval",
        "Sportlaan 1",
        Location(53.2438, 6.4103),
        ("swimming_pools",),
        "Zwemles, een kaartje",
        (550, 4_500, 550, 4_500, 1_100),
    ),
    Shop(
        ShopId(10),
        "Dansschool Pirouette",
        "Molenweg 22",
        Location(53.2446, 6.3968),
        ("dance_lessons",),
        "Dansles voor kinderen",
        (8_500, 8_500, 4_250),
    ),
    Shop(
        ShopId(11),
        "Fiets & Fles",
        "Havenkade 5",
        Location(53.2541, 6.4086),
        ("bicycles", "off_licences"),
    ),
    Shop(
        ShopId(12),
        "Slijterij De Kruik",
        "Havenkade 9",
        Location(53.2543, 6.4093),
        ("off_licences",),
    ),
    Shop(
        ShopId(13),
        "Tweedehands De Ruilhoek",
        "Industrieweg 30",
        Location(53.2627, 6.3931),
        ("second_hand",),
        admitted=False,
    ),
)
BICYCLES, BOOKS, POOL, BICYCLES_AND_SPIRITS, OFF_LICENCE, INVITED = map(
    ShopId, (1, 6, 9, 11, 12, 13)
)
"""The shops in the story and the cheats."""


def permitted(shop: Shop) -> bool:
    """Whether the scheme's categories let a shop be paid."""
    names = set(shop.categories)
    return bool(names.intersection(PERMITTED)) and not names.intersection(EXCLUDED)
