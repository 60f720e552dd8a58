"""Two letters and a card of a deterministic run, and a way to print them."""

from kindpakket.domain.ids import SchemeId
from kindpakket.domain.letters import Letter
from kindpakket.services.letters import press
from kindpakket.services.letters.generate import Sheet
from kindpakket.services.paper.stationery import Stationery
from kindpakket.theme.logo import Logo
from kindpakket.theme.look import Look

LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
    b'<path d="M4 4h32v18L20 37 4 22z" fill="#17406d"/></svg>'
)
STATIONERY = Stationery(
    municipality="Gemeente Zuiderbroek",
    app_address="https://ouder.gemeente.example",
    phone="14 0999",
    email="hulp@gemeente.example",
    desk="Markt 1, Zuiderbroek, op werkdagen van 9.00 tot 17.00 uur.",
    look=Look(logo=Logo("svg", LOGO, 1)),
)
TEXTS = {
    "title": "Brieven van serie 4",
    "scheme": "Kindpakket 2027",
    "purpose": "Voor fietsen en bromfietsen; sportartikelen; boeken.",
    "until": "tot en met 31\u00a0december\u00a02027",
}
BUDGET = (100_00, 100_00, 50_00, 20_00, 20_00, 10_00)
SHEETS = (
    Sheet(1, Letter(SchemeId(1), bytes(range(16))), BUDGET, is_card=False),
    Sheet(2, Letter(SchemeId(1), b"\x12" * 16), (75_00, 12_50), is_card=False),
    Sheet(3, Letter(SchemeId(1), b"\x13" * 16), (20_00,) * 14 + (7_50,), is_card=True),
)


def print_out(*sheets: Sheet, stationery: Stationery = STATIONERY) -> bytes:
    """Print sheets of run 4."""
    return press.print_sheets(
        sheets,
        lambda sheet: f"4-{sheet.number:03}",
        stationery,
        TEXTS,
        1_800_000_000,
        lambda _: None,
    )
