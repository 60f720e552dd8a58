"""The append-only table of what the category bits on the ledger mean.

Codes and Dutch names follow the Standaard Bedrijfsindeling of Statistics Netherlands (SBI 2008).
A bit is never reused and a row never changes, since rules on the ledger refer to them.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

EDITION = "SBI 2008"


@dataclass(frozen=True)
class Category:
    """One bit: its SBI code, its machine-readable name, and its Dutch name."""

    bit: int
    sbi: str
    name: str
    dutch: str

    @property
    def short(self) -> str:
        """The Dutch name within a sentence about shops: ``boeken``."""
        text = self.dutch.removeprefix("Winkels in ")
        return text[:1].lower() + text[1:]

    @property
    def translations(self) -> dict[str, str]:
        """Its name in the other languages of the parent app, by ISO 639-1 code."""
        return dict(zip(_LANGUAGES, _TRANSLATIONS[self.name], strict=True))

    @property
    def english(self) -> str:
        """The name within an English sentence: ``baby and children's clothing``."""
        text = self.translations["en"]
        return text[:1].lower() + text[1:]


TABLE = tuple(
    Category(bit, sbi, name, dutch)
    for bit, (sbi, name, dutch) in enumerate(
        (
            ("47641", "bicycles", "Winkels in fietsen en bromfietsen"),
            ("47643", "sports", "Winkels in sportartikelen (geen watersport)"),
            ("47714", "childrens_clothing", "Winkels in baby- en kinderkleding"),
            (
                "47713",
                "clothing",
                "Winkels in bovenkleding en modeartikelen (algemeen assortiment)",
            ),
            ("4772", "shoes", "Winkels in schoenen en lederwaren"),
            ("4761", "books", "Winkels in boeken"),
            ("4765", "toys", "Winkels in speelgoed"),
            ("4762", "stationery", "Winkels in kranten, tijdschriften en kantoorbehoeften"),
            ("47594", "musical_instruments", "Winkels in muziekinstrumenten"),
            ("4741", "computers", "Winkels in computers, randapparatuur en software"),
            ("8551", "sports_lessons", "Sport- en recreatieonderwijs"),
            ("85521", "dance_lessons", "Dansscholen"),
            ("85522", "arts_lessons", "Kunstzinnige vorming van amateurs (geen dansscholen)"),
            ("93111", "swimming_pools", "Zwembaden"),
            ("9312", "outdoor_sports", "Buitensport"),
            (
                "4711",
                "supermarkets",
                "Supermarkten en dergelijke winkels met een algemeen assortiment voedings- en "
                "genotmiddelen",
            ),
            ("4725", "off_licences", "Winkels in dranken"),
            ("4726", "tobacco", "Winkels in tabaksproducten"),
            ("9200", "gambling", "Loterijen en kansspelen"),
            ("4779", "second_hand", "Winkels in antiek en tweedehands goederen"),
        )
    )
)

_LANGUAGES = ("en", "tr", "ar")
_TRANSLATIONS = {
    "bicycles": ("Bicycles and mopeds", "Bisiklet ve moped", "دراجات هوائية ودراجات نارية صغيرة"),
    "sports": ("Sports goods", "Spor malzemeleri", "لوازم رياضية"),
    "childrens_clothing": (
        "Baby and children's clothing",
        "Bebek ve çocuk giyimi",
        "ملابس الرضّع والأطفال",
    ),
    "clothing": ("Clothing and fashion", "Giyim ve moda", "ملابس وأزياء"),
    "shoes": ("Shoes and leather goods", "Ayakkabı ve deri eşya", "أحذية ومنتجات جلدية"),
    "books": ("Books", "Kitap", "كتب"),
    "toys": ("Toys", "Oyuncak", "ألعاب"),
    "stationery": (
        "Newspapers, magazines and stationery",
        "Gazete, dergi ve kırtasiye",
        "صحف ومجلات وقرطاسية",
    ),
    "musical_instruments": ("Musical instruments", "Müzik aletleri", "آلات موسيقية"),
    "computers": (
        "Computers, accessories and software",
        "Bilgisayar, donanım ve yazılım",
        "حواسيب وملحقات وبرامج",
    ),
    "sports_lessons": ("Sports lessons", "Spor dersleri", "دروس رياضة"),
    "dance_lessons": ("Dance lessons", "Dans dersleri", "دروس رقص"),
    "arts_lessons": ("Lessons in art and music", "Sanat ve müzik dersleri", "دروس فنون وموسيقى"),
    "swimming_pools": ("Swimming pools", "Yüzme havuzları", "مسابح"),
    "outdoor_sports": ("Outdoor sports", "Açık hava sporları", "رياضات في الهواء الطلق"),
    "supermarkets": ("Supermarkets", "Süpermarketler", "متاجر بقالة كبيرة"),
    "off_licences": ("Drinks shops", "İçki dükkânları", "متاجر مشروبات"),
    "tobacco": ("Tobacco", "Tütün ürünleri", "تبغ"),
    "gambling": ("Lotteries and games of chance", "Piyango ve şans oyunları", "يانصيب وألعاب حظ"),
    "second_hand": ("Antiques and second-hand goods", "Antika ve ikinci el", "تحف وسلع مستعملة"),
}
"""By category name, in the order of the languages; two are unchecked, as the apps state."""

_BY_NAME = {category.name: category for category in TABLE}


def bits_of(names: Iterable[str]) -> int:
    """Return categories, by name, as a bit set.

    Raises:
        KeyError: a name is not in the table.
    """
    return sum({1 << _BY_NAME[name].bit for name in names})


def names_of(bits: int) -> list[str]:
    """Return the names of the bits that are set, in the order of the table."""
    return [category.name for category in TABLE if bits >> category.bit & 1]


def allows(permitted: int, excluded: int, shop: int) -> bool:
    """Return whether the contract would let a shop be paid, from bit sets of categories.

    The same rule as in the contract: at least one permitted category and none that is excluded.
    Repeated here for rules that are not in force, which no view of the contract can evaluate.
    """
    return bool(shop & permitted) and not shop & excluded


def table_sha256() -> bytes:
    """Return the hash of the table that ``setCategories`` puts on the ledger.

    SHA-256 over the JSON array of ``[bit, sbi, name]``, without white space, in UTF-8.
    """
    rows = [[category.bit, category.sbi, category.name] for category in TABLE]
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).digest()
