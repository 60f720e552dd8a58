"""The desk's menu: its entries, and the keys of the keyboard that lead to them."""

from dataclasses import dataclass

from kindpakket.desk.official import Official
from kindpakket.domain.language import say
from kindpakket.services.base.reading import ReadPermission


@dataclass(frozen=True)
class MenuEntry:
    """An entry, and the reading right that it requires."""

    path: str
    reading: ReadPermission
    icon: str
    key: str
    """The letter that opens it, after ``g``."""

    @property
    def name(self) -> str:
        """Its name, in the current language."""
        return {
            "/": say("Start"),
            "/besluiten": say("Besluiten"),
            "/regelingen": say("Regelingen"),
            "/winkels": say("Winkels"),
            "/kinderen": say("Kinderen"),
            "/brieven": say("Brieven"),
            "/uitbetalingen": say("Uitbetalingen"),
            "/cijfers": say("Cijfers"),
            "/controle": say("Controle"),
            "/ambtenaren": say("Ambtenaren"),
            "/privacy": say("Privacy"),
            "/inzage": say("Inzage"),
        }[self.path]

    def is_open(self, path: str) -> bool:
        """Whether a page belongs to it."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


MENU = (
    MenuEntry("/", ReadPermission.DECISIONS, "home", "s"),
    MenuEntry("/besluiten", ReadPermission.DECISIONS, "decision", "b"),
    MenuEntry("/regelingen", ReadPermission.SCHEMES, "scheme", "r"),
    MenuEntry("/winkels", ReadPermission.SHOPS, "shop", "w"),
    MenuEntry("/kinderen", ReadPermission.CHILDREN, "toy", "n"),
    MenuEntry("/brieven", ReadPermission.LETTER_RUNS, "letters", "l"),
    MenuEntry("/uitbetalingen", ReadPermission.PAYOUTS, "payout", "u"),
    MenuEntry("/cijfers", ReadPermission.FIGURES, "chart", "c"),
    MenuEntry("/controle", ReadPermission.AUDITS, "shield", "k"),
    MenuEntry("/ambtenaren", ReadPermission.OFFICIALS, "officials", "a"),
    MenuEntry("/privacy", ReadPermission.PRIVACY_OFFICERS, "lock", "p"),
    MenuEntry("/inzage", ReadPermission.INSPECTIONS, "inspection", "i"),
)


def menu_of(official: Official | None) -> list[MenuEntry]:
    """Return the entries that an official may read; without one there are none."""
    return [each for each in MENU if official and official.reads(each.reading)]
