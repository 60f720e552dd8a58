"""Texts of decisions: every governed function, compared with sentences written by hand."""

import hashlib
from datetime import date
from typing import Any

import pytest

from kindpakket.domain.capacities import GOVERNED
from kindpakket.domain.categories import TABLE, table_sha256
from kindpakket.domain.times import dutch_moment, midnight
from kindpakket.ledger.abi import encode_call
from kindpakket.services.base.names import Names
from kindpakket.services.decisions.describe import say_call

OWNER = "0x" + "ab" * 20
ANNA = "0x" + "cd" * 20
NAMES = Names({1: "Kindpakket 2027"}, {1: "Fietsenwinkel", 2: "Slijterij Jansen"}, {ANNA: "Anna"})

OPENS, CLOSES = midnight(date(2027, 1, 1)), midnight(date(2028, 1, 1))
BICYCLES, BOOKS, OFF_LICENCES = 1 << 0, 1 << 5, 1 << 16
FILE = hashlib.sha256(b"pain.001").digest()
COUPONS = ["0x" + bytes([n] * 20).hex() for n in range(1, 4)]

SENTENCES: list[tuple[str, tuple[Any, ...], str]] = [
    (
        "openScheme",
        (1, OPENS, CLOSES, BICYCLES | BOOKS, OFF_LICENCES),
        "Kindpakket 2027 (regeling 1) gaat open van 1 januari 2027 tot en met 31 december 2027. "
        "Winkels die mogen: fietsen en bromfietsen; boeken. Winkels die nooit mogen: dranken.",
    ),
    (
        "openScheme",
        (7, OPENS, CLOSES, 0, 0),
        "Regeling 7 gaat open van 1 januari 2027 tot en met 31 december 2027. "
        "Winkels die mogen: geen enkele.",
    ),
    (
        "setRules",
        (1, OPENS + 8 * 3600, CLOSES - 1, BOOKS | 1 << 200 | 1 << 255, 0),
        "Kindpakket 2027 (regeling 1) krijgt nieuwe regels: open van 1 januari 2027 om 08.00 uur "
        "tot 31 december 2027 om 23.59.59 uur. Winkels die mogen: boeken; 2 onbekende.",
    ),
    ("closeScheme", (1,), "Kindpakket 2027 (regeling 1) sluit voorgoed."),
    (
        "setPaused",
        (1, True),
        "Kindpakket 2027 (regeling 1) staat tijdelijk stil: er kan niet worden betaald.",
    ),
    (
        "setPaused",
        (1, False),
        "Kindpakket 2027 (regeling 1) gaat weer verder: er kan weer worden betaald.",
    ),
    (
        "setCategories",
        (FILE,),
        "De lijst van categorieën wordt een die dit programma niet kent. "
        f"Controlegetal: 0x{FILE.hex()}.",
    ),
    (
        "setShop",
        (2, OFF_LICENCES, OWNER, True),
        "Slijterij Jansen (winkel 2) mag meedoen, als winkel in: dranken. "
        f"Sleutel van de eigenaar: {OWNER}, eigenaarscode 7Q57-7AMX-RER5.",
    ),
    (
        "setShop",
        (3, BICYCLES, OWNER, False),
        "Winkel 3 mag niet (langer) meedoen, als winkel in: fietsen en bromfietsen. "
        f"Sleutel van de eigenaar: {OWNER}, eigenaarscode XQYJ-K48B-K4DP.",
    ),
    (
        "setSuspended",
        (2, True),
        "Slijterij Jansen (winkel 2) is geschorst: er kan niet worden betaald.",
    ),
    ("setSuspended", (3, False), "De schorsing van winkel 3 eindigt."),
    ("fund", (1, 60_000_00), "Bij het budget van Kindpakket 2027 (regeling 1) komt € 60.000,00."),
    ("fund", (9, -5_00), "Van het budget van regeling 9 gaat € 5,00 af."),
    (
        "issue",
        (1, 100_00, COUPONS),
        "Voor Kindpakket 2027 (regeling 1) worden 3 tegoeden van € 100,00 toegekend, "
        "samen € 300,00.",
    ),
    (
        "settle",
        (12, [1, 2], [42_50, -2_50], FILE),
        "Uitbetaling 12 wordt vastgelegd, aan 2 winkels, samen hoogstens € 40,00: "
        "Fietsenwinkel (winkel 1) € 42,50; Slijterij Jansen (winkel 2) € -2,50 (teruggekomen). "
        f"Controlegetal van de regels: 0x{FILE.hex()}.",
    ),
    (
        "setOfficial",
        (ANNA, 1 | 32),
        "Anna (EBYN-B70V-VTC1) heeft dan de bevoegdheden: Regels, Ambtenaren.",
    ),
    ("setOfficial", (OWNER, 0), "Sleutel XGD1-X01X-V92M is geen bevoegde ambtenaar meer."),
]


@pytest.mark.parametrize(("function", "args", "sentence"), SENTENCES)
def test_a_decision_in_words(function: str, args: tuple[Any, ...], sentence: str) -> None:
    assert say_call(NAMES, encode_call(function, *args)) == sentence


def test_every_governed_function_has_words() -> None:
    assert {function for function, _, _ in SENTENCES} == set(GOVERNED)


def test_our_own_category_table_is_named() -> None:
    words = say_call(NAMES, encode_call("setCategories", table_sha256()))
    assert words.startswith("De lijst van categorieën wordt die van dit programma (SBI 20")
    assert f"{len(TABLE)} regels" in words


@pytest.mark.parametrize(
    "call",
    [
        b"",
        b"\x00" * 36,
        encode_call("refunds", b"\x00" * 32),
        b"\xff" * 4,
        encode_call("issue", 1, 100_00, COUPONS)[:-1],
        encode_call("issue", 1, 100_00, COUPONS)[:40],
        b"".join((encode_call("issue", 1, 100_00, [])[:4], b"\xff" * 96)),
    ],
)
def test_what_is_no_decision_says_so(call: bytes) -> None:
    assert say_call(NAMES, call) == "Dit is geen besluit dat het grootboek kent."


def test_a_time_beyond_the_calendar_is_no_crash() -> None:
    assert dutch_moment(2**40 - 1) == "31 december 9999 om 23.59.59 uur"
