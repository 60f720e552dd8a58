"""The output of ``kindpakket demo --once``."""

import re

import pytest

from tests.support.demo_town import Built

LINES = [
    "Fietsenwinkel Van Dam: € 42,50 ✓ in blok",
    "Slijterij De Kruik: geweigerd, dit budget kan niet in dit soort winkel worden gebruikt.",
    "Fiets & Fles (verkoopt ook sterke drank): geweigerd, dit budget kan niet in dit soort winkel",
    "Tweedehands De Ruilhoek (uitgenodigd, nog niet toegelaten): geweigerd, deze winkel doet (nog)",
    "Boekhandel De Kaft (met de code van daarnet): geweigerd, deze code is al gebruikt.",
    "Boekhandel De Kaft (met een nieuwe code): € 18,95 ✓",
    "Fietsenwinkel Van Dam: € 10,00 terug ✓",
    "Zwembad De Waterval (met een kaart, zonder telefoon): € 5,50 ✓",
    "Zwembad De Waterval (uit de regeling Zwemles): geweigerd, de regeling staat tijdelijk stil.",
    "(uit de regeling Kindpakket vorig jaar): geweigerd, dit geld is nu niet te gebruiken.",
    "Waar het geld van de regeling Kindpakket bleef",
]


@pytest.mark.parametrize("line", LINES)
def test_the_story_is_told(built: Built, line: str) -> None:
    assert line in built.command.stdout


def test_the_amounts_of_the_story_add_up(built: Built) -> None:
    told = built.command.stdout.partition("Waar het geld")[2]
    amounts = [
        int(amount.replace(".", "").replace(",", ""))
        for amount in re.findall(r"€ ([\d.]+,\d\d)$", told, re.MULTILINE)
    ]
    *parts, issued = amounts
    assert len(parts) == 11
    assert sum(parts) == issued == 210 * 300_00


def test_it_stops_after_the_story(built: Built) -> None:
    assert built.command.exit_code == 0
    assert "Stoppen" not in built.command.stdout


def test_no_key_is_printed(built: Built) -> None:
    assert not re.search(r"[0-9a-f]{64}|KC1:|KP1:", built.command.output)
